"""The weekly digest, by dialogue: at its hour, once, made up for, quiet when the week was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAMDEN, MONDAY, PLANX, ROOM, Dialogue, dialogue, uses
from tests.plugins.digest.stage import issue, start

CHANNEL = "!channel:example.org"
PLUGINS: dict[str, dict[str, Any]] = {
    "digest": {"room": CHANNEL, "day": "Friday", "time": "16:00"},
    "directory": {},
    "requests": {},
}


def digests(talk: Dialogue) -> list[str]:
    """What was posted to the channel."""
    return [said.body for said in talk.in_room(CHANNEL)]


async def begin(talk: Dialogue, at: datetime) -> None:
    """The bot is started then; what was due before is posted."""
    talk.now = at
    await start(talk)


async def test_it_is_posted_at_its_local_hour_once_a_week(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=4, hours=5, minutes=59)
        assert digests(talk) == []
        await talk.wait(minutes=2)
        assert len(digests(talk)) == 1
        await talk.wait(days=7)
        assert len(digests(talk)) == 2


async def test_a_quiet_week_is_one_line(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=5)
        assert digests(talk)[0].splitlines()[1:] == ["A quiet week: nothing was asked, and nothing is waiting."]


async def test_it_tells_what_waits_who_helped_what_is_new_and_what_is_at_risk(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CAMDEN, PLANX)]) as talk:
        waiting = await talk.say("help with PlanX: waiting")
        question = await talk.say("help with PlanX: answered")
        await talk.wait(hours=3)
        await talk.say("Try again.", sender=BEA, thread=question, addressed=False)
        await talk.say("we use BOPS", sender=BEA)
        await talk.wait(days=5)
        told = digests(talk)[0]
    nobody = "nobody has volunteered"
    link = f"https://matrix.to/#/{ROOM}/{waiting}?via=example.org"
    assert told.splitlines() == [
        "🗞 The week in Test councils, up to 15 May 2026",
        "2 questions asked (the week before: 0).",
        "1 question answered (the week before: 0).",
        "The first response came within 3 working hours.",
        "Promised was a first response within 8 working hours: kept for 1 of 2.",
        "Waiting longest",
        f"· #1 ({link}) PlanX, for 4 days: anybody may answer",
        "Thank you for answering",
        "· Camden: 1 question",
        "New in the register",
        "· Camden uses BOPS",
        "At risk (to answer questions about one of these, say “we maintain” and its name)",
        f"· BOPS, used by 1 council: {nobody}",
        f"· PlanX, used by 1 council: {nobody}",
        "Ask me: “who uses BOPS?” To keep your council out of this: “leave us out of the digest”.",
    ]


async def test_missed_while_down_it_is_made_up_for_once_and_says_so(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.sleep(days=5)
        assert len(digests(talk)) == 1
        assert "(Late: this was due on Friday 15 May, 16:00.)" in digests(talk)[0]
        await talk.wait(days=1)
        assert len(digests(talk)) == 1


async def test_a_restart_neither_loses_nor_doubles_the_timer(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.sleep(days=5)
    async with dialogue(tmp_path, PLUGINS) as talk:
        talk.now = MONDAY.replace(day=16)
        await talk.settle()
        assert digests(talk) == []


async def test_it_is_shown_here_and_now_when_asked_for(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("digest", sender=ANA)
        assert "The week in Test councils" in talk.last.body


async def test_a_week_whose_digest_a_holiday_moved_into_the_next_has_one_and_the_next_its_own(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        talk.now = talk.now.replace(month=3, day=30)  # the Monday before Good Friday 2026
        async with talk.database.transaction() as connection:
            await talk.router.start(Memory(connection), talk.now)
        await talk.wait(days=12)
        assert [told.splitlines()[0][-12:] for told in digests(talk)] == ["7 April 2026", "0 April 2026"]


async def test_at_the_turn_of_the_year_every_week_has_one_under_its_own_name_though_holidays_move_them(
    tmp_path: Path,
) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await begin(talk, datetime(2026, 12, 21, 9, tzinfo=UTC))
        before = len(digests(talk))
        await talk.wait(days=11, hours=3)  # New Year's Day: a Friday, of week 53
        await talk.say("help with PlanX: one")
        await talk.wait(days=4)
        for text in ("two", "three"):
            await talk.say(f"help with PlanX: {text}")
        await talk.wait(days=5)
        issues = [await issue(talk, week) for week in ("2026-W52", "2026-W53", "2027-W01")]
        told = [text.splitlines() for text in digests(talk)[before:]]
    assert [f"{one.published_at:%d %b %H:%M}" for one in issues if one and one.published_at] == [
        "29 Dec 16:00",  # neither Christmas Day nor the Monday on which Boxing Day is made up for
        "04 Jan 16:00",
        "08 Jan 16:00",
    ]
    assert [lines[0].partition("up to ")[2] for lines in told] == [
        "29 December 2026",
        "4 January 2027",
        "8 January 2027",
    ]
    assert told[1][1] == "1 question asked (the week before: 0)."
    assert told[2][1] == "2 questions asked (the week before: 1)."


@pytest.mark.parametrize(
    ("monday", "hour", "shift", "posted"),
    [
        (datetime(2026, 3, 23, 9, tzinfo=UTC), 16, -1, ["25 Mar 16:00", "01 Apr 15:00"]),
        (datetime(2026, 10, 19, 9, tzinfo=UTC), 15, 1, ["21 Oct 15:00", "28 Oct 16:00"]),
    ],
)
async def test_its_hour_is_the_wall_clocks_and_no_hour_is_lost_where_that_changes(
    tmp_path: Path, monday: datetime, hour: int, shift: int, posted: list[str]
) -> None:
    wednesday = PLUGINS | {"digest": PLUGINS["digest"] | {"day": "Wednesday"}}
    async with dialogue(tmp_path, wednesday) as talk:
        await begin(talk, monday)
        before = len(digests(talk))
        await talk.wait(days=2, hours=hour - 9, minutes=1)
        await talk.say("help with PlanX: just after the first")
        await talk.wait(days=7, hours=shift, minutes=-3)
        await talk.say("help with PlanX: just before the second")
        await talk.wait(hours=2)
        weeks = [await issue(talk, f"2026-W{monday.isocalendar().week + n}") for n in (0, 1)]
        told = digests(talk)[before:]
    assert [f"{one.published_at:%d %b %H:%M}" for one in weeks if one and one.published_at] == posted
    assert ["A quiet week" in text for text in told] == [True, False]
    assert told[1].splitlines()[1] == "2 questions asked (the week before: 0)."


async def test_what_is_shown_as_waiting_is_counted_as_asked_at_the_same_instant_too(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("help with PlanX: now")
        await talk.say("digest")
        assert "1 question asked (the week before: 0)." in talk.last.body.splitlines()
        assert "Waiting longest" in talk.last.body


async def test_made_up_for_it_lists_nothing_that_was_asked_after_its_week(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        talk.now += timedelta(days=5)
        await talk.say("help with PlanX: on Saturday")
        assert digests(talk)[0].splitlines()[2:] == ["A quiet week: nothing was asked, and nothing is waiting."]
        await talk.wait(days=7)
        assert digests(talk)[1].splitlines()[1] == "1 question asked (the week before: 0)."
