"""A room that is searched for ever holds up nobody for ever; one that is searched now and then is waited for."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.gaps import Gap
from bot.store.memory import Memory
from bot.turn.patience import REGAINED, Patience
from bot.turn.signals import HELD, Signals
from bot.turn.think import Think
from tests.dialogue import dialogue
from tests.store.samples import HOUR, MINUTE, NOW, OTHER, ROOM, SECOND


def waited(patience: Patience, searched: str, start: timedelta = timedelta(0), step: timedelta = SECOND) -> str:
    """Whether the room was still waited for (`w`) or not (`.`) at each step, at which it was searched (`s`) or not."""
    found = ""
    for number, was in enumerate(searched):
        left = patience.left({ROOM} if was == "s" else set(), NOW + start + number * step)
        found += "w" if left else "."
    return found


def test_a_room_searched_without_end_is_waited_for_ten_minutes() -> None:
    assert waited(Patience(), "s" * 15, step=MINUTE) == "w" * 10 + "." * 5


@pytest.mark.parametrize("step", [SECOND, MINUTE])
def test_short_breaks_between_the_holes_do_not_begin_it_anew(step: timedelta) -> None:
    many = int(2 * HOUR / step)
    found = waited(Patience(), "ssss." * (many // 5), step=step)
    assert (found[:4], found[-5:]) == ("wwww", ".....")


def test_a_room_searched_now_and_then_is_always_waited_for() -> None:
    pattern = ("s" * 5 + "." * 55) * 100
    assert waited(Patience(), pattern) == pattern.replace("s", "w")


def test_patience_that_was_used_up_is_there_again_when_all_of_it_has_come_back() -> None:
    patience = Patience()
    assert waited(patience, "s" * 11 + ".", step=MINUTE)[-2:] == ".."
    well = HELD * REGAINED
    assert waited(patience, "s", 11 * MINUTE + well / 2) == "."
    assert waited(patience, ".", 11 * MINUTE + well / 2) == "."
    assert waited(patience, "sss", 11 * MINUTE + well, MINUTE) == "www"


def test_each_room_has_its_own() -> None:
    patience = Patience()
    for minute in range(20):
        patience.left({ROOM}, NOW + minute * MINUTE)
    assert patience.left({ROOM, OTHER}, NOW + HOUR / 3) == {OTHER}


def test_nothing_is_remembered_of_rooms_that_are_well() -> None:
    patience = Patience()
    waited(patience, "s.", step=MINUTE)
    patience.left(set(), NOW + HOUR)
    assert patience == Patience(_asked_at=NOW + HOUR)


async def test_timers_go_off_though_each_sync_of_a_room_shows_a_hole(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"probe": {"module": "tests.turn.probe"}}) as talk:
        think = Think(talk.database, talk.router, lambda: talk.now, Signals())
        async with talk.database.transaction() as connection:
            await Memory(connection).timers.set("due", "probe.due", "", talk.now)
        fired = []
        for batch in range(3 * 4):
            async with talk.database.transaction() as connection:
                gaps = Memory(connection).gaps
                await gaps.open(Gap(ROOM, 1000 + batch), talk.now)
                await gaps.close(Gap(ROOM, 999 + batch), talk.now)
            fired.append(await think.timers(talk.now))
            talk.now += MINUTE
        assert fired[:10] == [0] * 10
        assert sum(fired) == 1
