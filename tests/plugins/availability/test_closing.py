"""A council's closed days, as it says them and takes them back."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.store.memory import Memory
from tests.dialogue import BEA, CAMDEN, ROOM, Dialogue, dialogue
from tests.plugins.availability.conftest import ADVENT, PLUGINS


async def closed(talk: Dialogue) -> list[str]:
    """What Camden said, as "first/last"."""
    async with talk.database.reading() as connection:
        said = await Memory(connection).availability.said(CAMDEN.id)
    return [f"{first}/{last}" for first, last in said.closed]


@pytest.mark.parametrize(
    ("now", "said", "told", "kept"),
    [
        (
            ADVENT,
            "we are closed 24-27 December",
            "Noted: Camden is closed from Thursday 24 December to Sunday 27 December 2026.",
            "2026-12-24/2026-12-27",
        ),
        (
            datetime(2026, 12, 28, 9, tzinfo=UTC),
            "we are closed 24-27 Dec",
            "Noted: Camden is closed from Friday 24 December to Monday 27 December 2027.",
            "2027-12-24/2027-12-27",
        ),
        (
            ADVENT,
            "we are closed 24 December to 2 January",
            "Noted: Camden is closed from Thursday 24 December 2026 to Saturday 2 January 2027.",
            "2026-12-24/2027-01-02",
        ),
        (
            datetime(2028, 2, 1, 9, tzinfo=UTC),
            "we are closed 29 February",
            "Noted: Camden is closed on Tuesday 29 February 2028.",
            "2028-02-29/2028-02-29",
        ),
    ],
)
async def test_closed_days_are_kept_and_said_back_with_weekday_and_year(
    talk: Dialogue, now: datetime, said: str, told: str, kept: str
) -> None:
    talk.now = now
    await talk.say(said, BEA)
    assert talk.in_room(ROOM)[-1].body.startswith(told)
    assert await closed(talk) == [kept]


async def test_today_is_the_councils_own_day(tmp_path: Path) -> None:
    """Eleven in the evening of 1 December in London is the 2nd in Paris."""
    councils = [{"id": CAMDEN.id, "people": [BEA], "time_zone": "Europe/Paris"}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        talk.now = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
        await talk.say("we are closed 1-4 December", BEA)
        await talk.say("we are closed 1 December", BEA)
        assert await closed(talk) == ["2026-12-01/2026-12-04", "2027-12-01/2027-12-01"]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("yesterday", "that lie ahead"),
        ("30 February", "that lie ahead"),
        ("🎄🎅", "that lie ahead"),
        ("‮חג המולד‬", "that lie ahead"),
        ("<b>soon</b>", "that lie ahead"),
        ("soon" * 2_500, "that lie ahead"),
        ("soon " * 2_000, "that lie ahead"),
        ("from Monday", "has no last day"),
        ("1 January 2027 to 31 March 2028", "366 days at most"),
    ],
)
async def test_days_that_make_no_sense_are_refused(talk: Dialogue, days: str, told: str) -> None:
    await talk.say(f"we are closed {days}", BEA)
    assert told in talk.last.body
    assert len(talk.last.body) < 600
    assert "<b>" not in talk.last.html
    assert await closed(talk) == []


async def test_without_days_an_example_is_shown(talk: Dialogue) -> None:
    await talk.say("we are closed", BEA)
    assert talk.last.body == "Which days? Name some that lie ahead, for instance: “we are closed 24-27 December”"


async def test_a_day_is_cut_out_of_the_closed_ones_around_it(talk: Dialogue) -> None:
    talk.now = ADVENT
    await talk.say("we are closed 7-11 December", BEA)
    await talk.say("we are open after all 9 December", BEA)
    assert talk.last.body == "Noted: Camden is open after all on Wednesday 9 December 2026."
    assert await closed(talk) == ["2026-12-07/2026-12-08", "2026-12-10/2026-12-11"]


async def test_a_public_holiday_and_what_the_settings_say_stay_closed(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "closed": ["2026-12-24"]}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        talk.now = ADVENT
        await talk.say("we are closed 24-29 December", BEA)
        await talk.say("we are open after all 24-29 December", BEA)
        assert talk.last.body.splitlines() == [
            "Noted: Camden is open after all from Thursday 24 December to Tuesday 29 December 2026.",
            "Camden still doesn't work on Thursday 24 December 2026, Friday 25 December 2026 and Monday 28 December "
            "2026: that is a public holiday, or stands in my settings.",
        ]


async def test_days_that_were_never_closed_are_no_mistake(talk: Dialogue) -> None:
    talk.now = ADVENT
    await talk.say("we are open after all 9 December", BEA)
    assert talk.last.body == "I didn't have Camden down as closed on Wednesday 9 December 2026, so nothing changes."


async def test_stretches_that_overlap_are_shown_as_one(talk: Dialogue) -> None:
    talk.now = ADVENT
    for days in ("24-27 December", "26-29 December", "30 December"):
        await talk.say(f"we are closed {days}", BEA)
    await talk.say("what are our hours", BEA)
    assert "· Closed: from Thursday 24 December to Wednesday 30 December 2026" in talk.last.body.splitlines()


async def test_what_is_over_is_shown_no_more(talk: Dialogue) -> None:
    talk.now = ADVENT
    await talk.say("we are closed 7-11 December", BEA)
    talk.now = datetime(2026, 12, 12, 9, tzinfo=UTC)
    await talk.say("what are our hours", BEA)
    assert "Closed:" not in talk.last.body


async def test_the_days_are_those_said_first_and_last(talk: Dialogue) -> None:
    talk.now = ADVENT
    await talk.say("we are closed 24-27 December", BEA)
    async with talk.database.reading() as connection:
        said = await Memory(connection).availability.said(CAMDEN.id)
    calendar = talk.router.community.calendar(CAMDEN, said.hours, said.closed)
    days = [day for day in range(21, 32) if calendar.closed_on(date(2026, 12, day))]
    assert days == [24, 25, 26, 27, 28]  # the 28th is the holiday in lieu of the 26th
