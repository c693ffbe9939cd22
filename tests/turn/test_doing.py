"""What a plugin wants done with messages is done, and what became of it is told to that plugin."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.store.inbox import Arrival, Inbox
from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.turn.chat import Refused
from bot.turn.doing import INVITED_TRIES, do
from tests.dialogue import ANA, BEA, CLERK, MAINTAINERS, ROOM, STEWARDS, Dialogue, FakeChat, dialogue
from tests.store.samples import NOW


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A conversation with the probe."""
    async with dialogue(tmp_path, {"probe": {"module": "tests.turn.probe"}}) as talk:
        yield talk


async def bodies(talk: Dialogue, *orders: str) -> list[str]:
    """What is said after Ana gave these orders."""
    for order in orders:
        await talk.say(order)
    return [said.body for said in talk.said]


async def rows(talk: Dialogue, state: str) -> list[str]:
    """The op ids in this state."""
    async with talk.database.reading() as connection:
        found = await connection.fetch("SELECT op_id FROM outbox WHERE state = $1 ORDER BY seq", state)
    return [row["op_id"] for row in found]


# --- fetching ----------------------------------------------------------------------------------------------


async def test_a_message_is_fetched_for_the_plugin_that_asked(talk: Dialogue) -> None:
    message = await talk.say("the map is blank", BEA, addressed=False)
    await talk.react(message, "🆘", ANA)
    assert talk.last.body == f"fetched {BEA}: the map is blank"
    await talk.edit(message, "blank since Monday", BEA)
    await talk.react(message, "👀", ANA)
    assert talk.last.body == f"fetched {BEA}: blank since Monday"


async def test_our_own_message_is_fetched_without_words(talk: Dialogue) -> None:
    await talk.say("say card")
    await talk.react(talk.last.event_id, "🆘", ANA)
    assert talk.last.body == f"fetched {CLERK}: nothing"


async def test_what_cant_be_had_is_fetched_without_words_and_not_unsent(talk: Dialogue) -> None:
    assert await bodies(talk, "fetch $never") == ["fetched : nothing"]
    message = await talk.say("the map is blank", BEA, addressed=False)
    talk.chat.refuses.add((ROOM, "fetch"))
    await talk.react(message, "🆘", ANA)
    assert talk.last.body == "fetched : nothing"
    assert await rows(talk, "dead") == []


# --- pinning and taking back -------------------------------------------------------------------------------


async def test_a_message_is_pinned_beside_others_and_taken_off(talk: Dialogue) -> None:
    talk.chat.pinned[ROOM] = ["$others"]
    await talk.say("both board")
    assert talk.pinned() == ["$others", talk.said[0].event_id]
    await talk.say("unpin board")
    assert talk.pinned() == ["$others"]
    await talk.say("pin board")
    assert len(talk.pinned()) == 2


async def test_what_was_never_said_is_not_pinned(talk: Dialogue) -> None:
    await talk.say("pin nothing")
    talk.chat.refuses.add((ROOM, "message"))
    await talk.say("both refused")
    assert talk.pinned() == []
    assert "probe:refused~pin~$event1" in await rows(talk, "superseded")


async def test_what_was_said_is_taken_back(talk: Dialogue) -> None:
    await bodies(talk, "say card", "say other", "change card", "redact card")
    card, _, edit = talk.said
    assert talk.redacted == {card.event_id, edit.event_id}
    assert await bodies(talk, "change card") == ["words of card", "words of other", "other words of card"]


# --- what was refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "orders", "told"),
    [
        ("pin", ["say board", "pin board"], "unsent pin board"),
        ("unpin", ["say board", "unpin board"], "unsent unpin board"),
        ("redact", ["say board", "redact board"], "unsent redact board"),
        ("edit", ["say board", "change board"], "unsent edit board"),
    ],
)
async def test_a_refusal_is_told_to_its_plugin_with_the_key(
    talk: Dialogue, kind: str, orders: list[str], told: str
) -> None:
    talk.chat.refuses.add((ROOM, kind))
    assert (await bodies(talk, *orders))[-1] == told


async def test_a_room_that_refuses_everything_is_told_no_more_than_a_few_times(talk: Dialogue) -> None:
    talk.chat.refuses.add(ROOM)
    assert await bodies(talk, "say board") == []
    assert len(await rows(talk, "dead")) == 3  # the message, what was said of it, and what was said of that
    assert await rows(talk, "waiting") == []


async def test_a_card_that_was_refused_is_said_as_soon_as_it_may_be(talk: Dialogue) -> None:
    talk.chat.refuses.add(ROOM)
    await talk.say("say card")
    talk.chat.refuses.clear()
    assert await bodies(talk, "change card", "say card") == ["other words of card", "words of card"]
    assert talk.said[1].edits == talk.said[0].event_id


async def test_a_refused_join_is_told(talk: Dialogue) -> None:
    talk.chat.refuses.add(("!new", "join"))
    await talk.say("enter !new")
    assert talk.last.body == "unsent join"


class PowerCut(Exception):
    """The machine stops in the middle of a transaction."""


@pytest.mark.parametrize(("order", "waiting"), [("fetch $never", "probe.told:$event0:0"), ("say card", "probe:card")])
async def test_what_became_of_a_row_is_written_with_the_row_or_not_at_all(
    talk: Dialogue, monkeypatch: pytest.MonkeyPatch, order: str, waiting: str
) -> None:
    async def add(self: Inbox, batch: int, arrivals: Sequence[Arrival], now: datetime) -> None:
        if arrivals[0].event_id.startswith(("fetched:", "unsent:")):
            raise PowerCut
        await kept(self, batch, arrivals, now)

    kept = Inbox.add
    talk.chat.refuses.add(ROOM)
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "add", add)
        with pytest.raises(PowerCut):
            await talk.say(order)
    assert await rows(talk, "waiting") == [waiting]
    talk.chat.refuses.clear()
    await talk.settle()
    assert len(talk.said) == 1


# --- rooms and people --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [BEA, CLERK])
async def test_whoever_is_gone_is_told(talk: Dialogue, who: str) -> None:
    await talk.depart(who, MAINTAINERS)
    assert (talk.last.body, talk.last.room_id) == (f"gone {who}", ROOM if who == CLERK else MAINTAINERS)


async def test_an_upgraded_room_is_followed_with_its_settings(talk: Dialogue) -> None:
    await talk.say("cymraeg")
    await talk.rooms_say(ROOM, threads=False, may_pin=True)
    await talk.move(ROOM, "!new")
    assert (talk.last.body, talk.last.room_id) == ("moved here", "!new")
    async with talk.database.reading() as connection:
        room = await Memory(connection).rooms.get("!new")
    assert room is not None
    assert (room.membership, room.language, room.listening, room.threads) == ("join", "cy", True, False)
    assert not room.may_pin


async def test_in_a_room_of_replies_only_a_threads_answer_is_a_reply(talk: Dialogue) -> None:
    await talk.say("where", thread="$root")
    assert talk.last.relation["rel_type"] == "m.thread"
    await talk.rooms_say(ROOM, threads=False)
    message = await talk.say("where", thread="$root")
    assert talk.last.relation == {"m.in_reply_to": {"event_id": message}}
    await talk.say("say card", thread="$root")  # answers nobody: then the thread's beginning
    assert talk.last.relation == {"m.in_reply_to": {"event_id": "$root"}}
    await talk.say("where", thread="$root", room=STEWARDS)
    assert talk.last.relation["rel_type"] == "m.thread"


async def test_the_people_a_message_names_are_known(talk: Dialogue) -> None:
    await talk.say("named", mentions=[BEA])
    assert talk.last.body == f"named {BEA}"


async def test_what_an_older_townclerk_heard_names_nobody(talk: Dialogue) -> None:
    heard = {"kind": "heard", "text": "named", "addressed": True, "thread": None, "reply_to": None}
    await talk.arrive(ANA, ROOM, **heard)
    assert talk.last.body == "named"


# --- edits that come too early -----------------------------------------------------------------------------


async def test_an_edit_that_came_before_its_message_is_thought_about_after_it(talk: Dialogue) -> None:
    await talk.edit("$late", "where are we")
    assert talk.said == []
    await talk.arrive(ANA, ROOM, "$late", kind="heard", text="where", addressed=True, thread=None, reply_to=None)
    assert [said.body for said in talk.said] == ["here", "edited: where are we"]


async def test_somebody_elses_early_edit_is_none(talk: Dialogue) -> None:
    await talk.edit("$late", "named", BEA)
    await talk.arrive(ANA, ROOM, "$late", kind="heard", text="where", addressed=True, thread=None, reply_to=None)
    assert [said.body for said in talk.said] == ["here"]


async def test_an_edit_of_an_edit_is_none(talk: Dialogue) -> None:
    message = await talk.say("where")
    edit = await talk.edit(message, "where are we")
    await talk.edit(edit, "where were we")
    assert [said.body for said in talk.said] == ["here", "edited: where are we"]


async def test_an_early_edit_of_a_message_taken_back_is_forgotten(talk: Dialogue) -> None:
    await talk.edit("$late", "where are we")
    async with talk.database.transaction() as connection:
        await Memory(connection).inbox.forget_words("$late", ROOM)
    await talk.arrive(ANA, ROOM, "$late", kind="heard", text="where", addressed=True, thread=None, reply_to=None)
    assert [said.body for said in talk.said] == ["here"]


@pytest.mark.parametrize(
    ("content", "reason", "attempts", "again"),
    [
        ({"invited": True}, "403 M_FORBIDDEN", 0, True),
        ({"invited": True}, "403 M_FORBIDDEN", INVITED_TRIES, False),
        ({"invited": True}, "404 M_NOT_FOUND", 0, False),
        ({"via": ["x.org"]}, "403 M_FORBIDDEN", 0, False),
    ],
)
async def test_an_invitation_that_its_own_server_does_not_have_yet_is_followed_a_little_later(
    content: dict[str, Any], reason: str, attempts: int, again: bool
) -> None:
    class Closed(FakeChat):
        async def join(self, room: str, via: Sequence[str], knock: str = "") -> str:
            raise Refused(reason)

    outcome = await do(Closed(), Ready("join:!a:s1", "!a", "join", content, "", None, attempts, "", NOW))
    assert (outcome.later is not None, outcome.refused) == (again, None if again else reason)
