"""🆘 on a message that couldn't be read: said at once, and done when the key has come."""

import pytest

from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.turn.chat import News
from bot.turn.door import Door
from bot.turn.hear import Hear
from bot.turn.signals import Signals
from tests.dialogue import ANA, BEA, CLERK, ROOM, Dialogue
from tests.plugins.requests.conftest import newest

LOCKED = "$locked"


async def comes(talk: Dialogue, state: str = "locked") -> None:
    """Ana's words, which nobody can read."""
    talk.chat.messages[LOCKED] = (ANA, "the map layer in PlanX doesn't load for us", None)
    talk.chat.locked.add(LOCKED)
    async with talk.database.transaction() as connection:
        arrival = Arrival(LOCKED, ROOM, ANA, state, 0, {"event_id": LOCKED}, "one")
        await Memory(connection).inbox.add(1, [arrival], talk.now)


async def key_comes(talk: Dialogue, session_id: str = "one") -> None:
    """And opens what it opens."""
    if session_id == "one":
        talk.chat.locked.clear()
    hear = Hear(talk.database, talk.chat, CLERK, Door(talk.chat, ["*"]), lambda: talk.now, Signals(), lambda: 0.0)
    await hear.save(News("next", unlockable={(ROOM, session_id)}), "before", talk.now)
    await talk.settle()


async def unanswered(talk: Dialogue) -> int:
    """How many requests there are."""
    async with talk.database.reading() as connection:
        return await Memory(connection).requests.count_unanswered()


async def test_it_is_opened_once_when_its_key_has_come(talk: Dialogue) -> None:
    await comes(talk)
    await talk.react(LOCKED, "🆘")
    assert "I can't read this message" in newest(talk).body
    await key_comes(talk, "another")
    assert await unanswered(talk) == 0
    for _ in range(2):
        await key_comes(talk)
    assert "Help request #1 about PlanX, asked by ana" in talk.card(LOCKED).body
    assert await unanswered(talk) == 1


async def test_taken_back_before_the_key_came_it_opens_nothing(talk: Dialogue) -> None:
    await comes(talk)
    sign = await talk.react(LOCKED, "🆘")
    await talk.redact(sign, sender=BEA)
    await key_comes(talk)
    assert await unanswered(talk) == 0


@pytest.mark.parametrize("state", ["history", "ignored"])
async def test_what_isnt_kept_until_its_key_comes_is_not_waited_for(talk: Dialogue, state: str) -> None:
    await comes(talk, state)
    await talk.react(LOCKED, "🆘")
    await key_comes(talk)
    assert await unanswered(talk) == 0
    async with talk.database.reading() as connection:
        kept = await connection.fetch("SELECT op_id FROM outbox WHERE state = 'superseded' AND content IS NOT NULL")
    assert kept == []
