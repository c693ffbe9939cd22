"""What a message said goes with it and changes with it, and running promises are looked at again."""

from dataclasses import replace

import pytest

from bot.actions import Changed, Effect
from bot.plugin import Context
from bot.store.memory import Memory
from plugins.availability import plugin
from tests.dialogue import ANA, BEA, CAI, CAMDEN, ROOM, Dialogue
from tests.plugins.availability.conftest import ADVENT

KEPT = "SELECT hours, at_most FROM availability WHERE hours <> '' OR at_most IS NOT NULL"


async def kept(talk: Dialogue) -> list[tuple[object, ...]]:
    """Everything that is kept of availability, in whatever table."""
    async with talk.database.reading() as connection:
        rows = [
            row
            for sql in (KEPT, "SELECT first_day, last_day FROM closed_days ORDER BY first_day",
                        "SELECT user_id, first_day, last_day FROM away", "SELECT tool_id FROM not_asked")
            for row in await connection.fetch(sql)
        ]  # fmt: skip
    return [tuple(row.values()) for row in map(dict, rows)]


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was told of requests, as it is told."""
    told: list[str] = []

    async def follow(context: Context[object], changed: Changed) -> list[Effect]:  # type: ignore[type-var]
        told.append(f"{changed.request_id}: {changed.what}")
        return []

    monkeypatch.setattr(plugin, "following", [follow])
    return told


async def promised(talk: Dialogue) -> None:
    """A request of Ana's for which Camden is asked next."""
    await talk.say("help with PlanX: it is down", ANA)
    async with talk.database.transaction() as connection:
        requests = Memory(connection).requests
        request = await requests.get(1)
        assert request is not None
        await requests.keep(replace(request, promised_to=CAMDEN.id, promised_at=talk.now))


SAYINGS = [
    ("our hours are Mon 9-12", "hours changed", "Taken back: the hours given for Camden don't count any more; those "
     "of my settings do."),
    ("at most 3 at a time", "at most changed", "Taken back: the limit given for Camden doesn't count any more; what "
     "stands in my settings does."),
    ("we are closed 24-27 December", "closed days changed", "Taken back: Camden isn't closed on those days."),
    ("I'm away 7-9 December", "away changed", "Taken back: bea isn't away then."),
    ("stop asking us about BOPS", "asking changed", "Taken back: Camden may be asked about BOPS again."),
]  # fmt: skip
ENDINGS = [
    ("we are closed 24-27 December", "we are open after all 25 December", "Camden is closed on those days as before."),
    ("I'm away 7-9 December", "back", "Taken back: bea is away, as before."),
    ("stop asking us about BOPS", "put us back on the rota", "Taken back: Camden isn't asked about BOPS, as before."),
]


@pytest.mark.parametrize(("text", "what", "told"), SAYINGS)
async def test_what_is_said_is_kept_looked_at_again_and_taken_back_with_its_message(
    talk: Dialogue, changes: list[str], text: str, what: str, told: str
) -> None:
    talk.now = ADVENT
    await promised(talk)
    changes.clear()
    said = await talk.say(text, BEA)
    assert len(await kept(talk)) == 1
    assert changes == [f"request:1: {what}"]
    await talk.redact(said, BEA)
    assert await kept(talk) == []
    assert changes == [f"request:1: {what}"] * 2
    assert [said for said in talk.in_room(ROOM) if not said.edits][-1].body == told


@pytest.mark.parametrize(("first", "text", "told"), ENDINGS)
async def test_what_ended_something_is_taken_back_with_its_message(
    talk: Dialogue, first: str, text: str, told: str
) -> None:
    talk.now = ADVENT
    await talk.say(first, BEA)
    before = await kept(talk)
    ending = await talk.say(text, BEA)
    assert await kept(talk) != before
    await talk.redact(ending, BEA)
    assert told in talk.last.body
    await talk.say("what are our hours", BEA)
    shown = talk.last.body
    await talk.redact(ending, BEA)
    await talk.say("what are our hours", BEA)
    assert talk.last.body == shown


@pytest.mark.parametrize("text", [text for text, _, _ in SAYINGS])
async def test_an_edit_takes_back_what_was_said_and_is_heard_anew(talk: Dialogue, text: str) -> None:
    talk.now = ADVENT
    said = await talk.say(text, BEA)
    await talk.edit(said, "our hours are Tue 9-12", BEA)
    assert [row[0] for row in await kept(talk)] == ["Tue 09:00-12:00"]
    assert talk.last.body.startswith("Noted: Camden works Tue 09:00–12:00")
    await talk.edit(said, "our hours are Wed 9-12", BEA)
    assert [row[0] for row in await kept(talk)] == ["Wed 09:00-12:00"]
    assert talk.last.edits
    await talk.redact(said, BEA)
    assert await kept(talk) == []


async def test_an_edit_that_means_nothing_only_takes_back(talk: Dialogue) -> None:
    said = await talk.say("our hours are Mon 9-12", BEA)
    await talk.edit(said, "what a day", BEA)
    assert talk.last.body.startswith("Taken back: the hours given for Camden")
    assert await kept(talk) == []


async def test_an_edit_that_is_refused_takes_back_and_says_both(talk: Dialogue) -> None:
    said = await talk.say("our hours are Mon 9-12", BEA)
    await talk.edit(said, "our hours are banana", BEA)
    assert talk.last.body.startswith("Taken back: the hours given for Camden")
    assert "each closing after it opens" in talk.last.body
    assert await kept(talk) == []


async def test_a_sentence_that_was_refused_is_mended_by_an_edit(talk: Dialogue) -> None:
    said = await talk.say("our hours are banana", BEA)
    await talk.edit(said, "our hours are Mon 9-12", BEA)
    assert talk.last.body.startswith("Noted: Camden works Mon 09:00–12:00")
    assert len(await kept(talk)) == 1


async def test_an_edit_of_what_was_never_said_to_the_bot_is_nothing(talk: Dialogue) -> None:
    said = await talk.say("lovely weather", BEA, addressed=False)
    await talk.edit(said, "our hours are Mon 9-12", BEA)
    assert await kept(talk) == []
    assert talk.said == []


async def test_what_was_said_later_stays_when_an_earlier_message_goes(talk: Dialogue) -> None:
    first = await talk.say("our hours are Mon 9-12", BEA)
    limit = await talk.say("at most 3 at a time", BEA)
    await talk.say("our hours are Tue 9-12", BEA)
    await talk.say("at most 4 at a time", BEA)
    count = len(talk.said)
    for message in (first, limit):
        await talk.redact(message, BEA)
    assert await kept(talk) == [("Tue 09:00-12:00", 4)]
    assert len(talk.said) == count


async def test_overlapping_closed_days_are_taken_back_each_with_its_message(talk: Dialogue) -> None:
    talk.now = ADVENT
    first = await talk.say("we are closed 24-27 December", BEA)
    await talk.say("we are closed 26-31 December", BEA)
    await talk.redact(first, BEA)
    assert await kept(talk) == [("2026-12-26", "2026-12-31")]


async def test_only_who_is_promised_is_looked_at_again(talk: Dialogue, changes: list[str]) -> None:
    await promised(talk)
    changes.clear()
    await talk.say("our hours are Mon 9-12", CAI)
    await talk.say("I'm away until Friday", ANA)
    assert changes == []
