"""Hours and limits are kept as they were understood, and said back in full."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.working_time import Calendar
from bot.store.memory import Memory
from tests.dialogue import BEA, CAMDEN, Dialogue, dialogue
from tests.plugins.availability.conftest import PLUGINS


async def calendar(talk: Dialogue) -> Calendar:
    """When Camden is at work."""
    async with talk.database.reading() as connection:
        said = await Memory(connection).availability.said(CAMDEN.id)
    return talk.router.community.calendar(CAMDEN, said.hours, said.closed)


async def limit(talk: Dialogue) -> int | None:
    """How many questions Camden said it takes at a time."""
    async with talk.database.reading() as connection:
        return (await Memory(connection).availability.said(CAMDEN.id)).at_most


@pytest.mark.parametrize(
    ("said", "told", "kept"),
    [
        (
            "our hours are Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-13:00",
            "Mon–Thu 09:00–12:30 and 13:30–17:00, Fri 09:00–13:00, London time",
            "Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-13:00",
        ),
        ("our hours are Tue and Thu 9-5pm", "Tue 09:00–17:00, Thu 09:00–17:00", "Tue 09:00-17:00, Thu 09:00-17:00"),
        ("our hours are Mon 18:00-24:00", "Mon 18:00–24:00", "Mon 18:00-24:00"),
    ],
)
async def test_hours_are_kept_and_said_back_in_full(talk: Dialogue, said: str, told: str, kept: str) -> None:
    await talk.say(said, BEA)
    assert talk.last.body.startswith(f"Noted: Camden works {told}")
    assert "public holidays of England" in talk.last.body
    assert "Nobody is called outside these hours." in talk.last.body
    assert str((await calendar(talk)).hours) == kept


async def test_who_answers_round_the_clock_has_no_hours_outside_which_it_is_quiet(talk: Dialogue) -> None:
    await talk.say("our hours are always", BEA)
    assert talk.last.body.splitlines() == [
        "Noted: Camden works round the clock, public holidays included.",
        "Wrong? Say it again, or take your message back.",
    ]


async def test_hours_of_the_night_the_clocks_change_are_hours_like_others(talk: Dialogue) -> None:
    """In London 01:00 to 02:00 is skipped on 28 March 2027; the Sundays before and after have it."""
    await talk.say("our hours are Sun 01:00-02:00", BEA)
    hour = timedelta(hours=1)
    after = datetime(2027, 3, 21, 12, tzinfo=UTC)
    assert (await calendar(talk)).deadline(after, hour) == datetime(2027, 4, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "hours",
    [
        "banana",
        "Mon-Fri 17:00-09:00",
        "Mon 25:00-26:00",
        "Mon 09:00-12:00 11:00-14:00",
        "🕘🕔",
        "‮17:00-09:00‬ الإثنين",
        "Mon-Fri",
        "9" * 10_000,
        "<b>early</b>",
    ],
)
async def test_hours_that_make_no_sense_are_refused_with_an_example(talk: Dialogue, hours: str) -> None:
    await talk.say(f"our hours are {hours}", BEA)
    assert "our hours are Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-13:00" in talk.last.body
    assert len(talk.last.body) < 600
    assert "<b>" not in talk.last.html
    assert str((await calendar(talk)).hours) == "Mon-Fri 09:00-17:00"


async def test_hours_without_end_change_nothing(talk: Dialogue) -> None:
    await talk.say("our hours are " + "9-5 " * 2_500, BEA)
    assert len(talk.last.body) < 600
    assert str((await calendar(talk)).hours) == "Mon-Fri 09:00-17:00"


async def test_a_limit_is_kept_and_lifted(talk: Dialogue) -> None:
    await talk.say("at most 3 at a time", BEA)
    assert talk.last.body == "Noted: while Camden has 3 questions in hand, I don't call it for another."
    assert await limit(talk) == 3
    await talk.say("at most 1 at a time", BEA)
    assert talk.last.body == "Noted: while Camden has one question in hand, I don't call it for another."
    await talk.say("no limit", BEA)
    assert talk.last.body == "Noted: Camden may be called however many questions it has in hand."
    assert await limit(talk) is None


async def test_a_limit_of_the_settings_counts_again_when_none_is_said(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "at_most": 2}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say("no limit", BEA)
        assert "The limit of 2 questions at a time that stands in my settings counts" in talk.last.body


@pytest.mark.parametrize("count", ["0", "-", "many", "10000000000000000000000", "🙂"])
async def test_a_limit_that_is_no_number_is_refused(talk: Dialogue, count: str) -> None:
    await talk.say("at most 3 at a time", BEA)
    await talk.say(f"at most {count} at a time", BEA)
    assert "How many questions at a time?" in talk.last.body
    assert await limit(talk) == 3
