"""When councils and people can be asked comes back as it was said, and goes with the message that said it."""

from datetime import date

import pytest
import pytest_asyncio

from bot.domain.directory import Organisation, Tool
from bot.store.availability import Away, Said
from bot.store.memory import Memory
from tests.store.samples import ANA, BEA, HOUR, NOW

CAMDEN, LEEDS = "local-authority:CMD", "local-authority:LDS"
EVE, NEW_YEAR = date(2026, 12, 24), date(2027, 1, 1)


@pytest_asyncio.fixture(autouse=True)
async def register(memory: Memory) -> None:
    """Two councils and a tool."""
    await memory.register.add_organisations([Organisation(CAMDEN, "Camden"), Organisation(LEEDS, "Leeds")])
    await memory.register.add_tools([Tool("planx", "PlanX"), Tool("bops", "BOPS")], NOW)


def december(first: int, last: int) -> tuple[date, date]:
    """Days of that month."""
    return date(2026, 12, first), date(2026, 12, last)


async def test_of_whom_nothing_was_said_nothing_is_known(memory: Memory) -> None:
    assert await memory.availability.said(CAMDEN) == Said()
    assert await memory.availability.away([ANA]) == []
    assert await memory.availability.not_asked("planx") == set()


async def test_hours_and_limit_are_kept_beside_each_other_and_forgotten_singly(memory: Memory) -> None:
    await memory.availability.keep_hours(CAMDEN, "Mon 09:00-12:00", BEA, NOW)
    await memory.availability.keep_at_most(CAMDEN, 3, BEA, NOW + HOUR)
    await memory.availability.keep_hours(LEEDS, "always", ANA, NOW)
    assert await memory.availability.said(CAMDEN) == Said("Mon 09:00-12:00", 3)
    await memory.availability.keep_hours(CAMDEN, "", BEA, NOW)
    assert await memory.availability.said(CAMDEN) == Said("", 3)
    await memory.availability.keep_at_most(CAMDEN, None, BEA, NOW)
    assert await memory.availability.said(CAMDEN) == Said()
    assert await memory.availability.said(LEEDS) == Said("always")


@pytest.mark.parametrize(
    ("opened", "dropped", "left"),
    [
        (december(1, 9), [], [december(10, 20)]),
        (december(10, 20), [december(10, 20)], []),
        (december(1, 31), [december(10, 20)], []),
        (december(15, 15), [december(15, 15)], [december(10, 14), december(16, 20)]),
        (december(1, 10), [december(10, 10)], [december(11, 20)]),
        (december(20, 31), [december(20, 20)], [december(10, 19)]),
    ],
)
async def test_open_days_are_cut_out_of_the_closed_ones(
    memory: Memory, opened: tuple[date, date], dropped: list[tuple[date, date]], left: list[tuple[date, date]]
) -> None:
    await memory.availability.add_closed(CAMDEN, *december(10, 20), BEA, "$said")
    await memory.availability.add_closed(LEEDS, *december(10, 20), BEA, "$other")
    assert await memory.availability.drop_closed(CAMDEN, *opened) == dropped
    assert list((await memory.availability.said(CAMDEN)).closed) == left
    assert (await memory.availability.said(LEEDS)).closed == (december(10, 20),)
    assert await memory.availability.take_back("$said") == ([CAMDEN] if left else [], [])
    assert (await memory.availability.said(CAMDEN)).closed == ()


async def test_the_same_days_said_twice_go_with_the_later_message(memory: Memory) -> None:
    await memory.availability.add_closed(CAMDEN, EVE, NEW_YEAR, BEA, "$first")
    await memory.availability.add_closed(CAMDEN, EVE, NEW_YEAR, ANA, "$second")
    assert await memory.availability.take_back("$first") == ([], [])
    assert (await memory.availability.said(CAMDEN)).closed == ((EVE, NEW_YEAR),)
    assert await memory.availability.take_back("$second") == ([CAMDEN], [])


async def test_an_absence_covers_its_days_and_one_without_an_end_all_that_follow(memory: Memory) -> None:
    await memory.availability.add_away(ANA, *december(24, 27), "$ana")
    await memory.availability.add_away(BEA, EVE, None, "$bea")
    ana, bea = await memory.availability.away([ANA, BEA])
    assert (ana, bea) == (Away(ANA, *december(24, 27)), Away(BEA, EVE, None))
    days = (date(2026, 12, 23), EVE, date(2026, 12, 27), date(2026, 12, 28))
    assert [ana.covers(day) for day in days] == [False, True, True, False]
    assert [bea.covers(day) for day in days] == [False, True, True, True]
    assert [ana.is_over(day) for day in days] == [False, False, False, True]
    assert not bea.is_over(NEW_YEAR)


async def test_absences_of_one_day_follow_the_last_word_and_can_be_dropped(memory: Memory) -> None:
    await memory.availability.add_away(ANA, EVE, None, "$first")
    await memory.availability.add_away(ANA, EVE, NEW_YEAR, "$second")
    await memory.availability.add_away(ANA, NEW_YEAR, None, "$third")
    assert await memory.availability.take_back("$first") == ([], [])
    await memory.availability.drop_away(ANA, NEW_YEAR)
    assert await memory.availability.away([ANA]) == [Away(ANA, EVE, NEW_YEAR)]
    assert await memory.availability.take_back("$second") == ([], [ANA])
    assert await memory.availability.away([ANA]) == []


async def test_a_forgotten_person_was_never_away_and_others_still_are(memory: Memory) -> None:
    for person in (ANA, BEA):
        await memory.availability.add_away(person, EVE, None, f"${person}")
    await memory.availability.forget(ANA)
    assert [one.user_id for one in await memory.availability.away([ANA, BEA])] == [BEA]


async def test_what_a_council_is_not_asked_about(memory: Memory) -> None:
    for _ in range(2):
        await memory.availability.dont_ask(CAMDEN, "planx", BEA, NOW)
    await memory.availability.dont_ask(CAMDEN, "bops", BEA, NOW)
    await memory.availability.dont_ask(LEEDS, "planx", ANA, NOW)
    assert await memory.availability.not_asked("planx") == {CAMDEN, LEEDS}
    assert await memory.availability.not_asked_of(CAMDEN) == ["bops", "planx"]
    assert await memory.availability.ask_again(CAMDEN, "planx")
    assert not await memory.availability.ask_again(CAMDEN, "planx")
    assert await memory.availability.not_asked("planx") == {LEEDS}


async def test_the_calendars_by_which_promises_were_made(memory: Memory) -> None:
    await memory.availability.see_calendars([(CAMDEN, "a"), (LEEDS, "b")])
    await memory.availability.see_calendars([(CAMDEN, "c")])
    assert await memory.availability.calendars_seen() == {CAMDEN: "c", LEEDS: "b"}
