"""The weekly digest, by dialogue: at its hour, once, made up for, quiet when the week was."""

from pathlib import Path
from typing import Any

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAMDEN, MONDAY, PLANX, ROOM, Dialogue, dialogue, uses

CHANNEL = "!channel:example.org"
PLUGINS: dict[str, dict[str, Any]] = {
    "digest": {"room": CHANNEL, "day": "Friday", "time": "16:00"},
    "directory": {},
    "requests": {},
}


def digests(talk: Dialogue) -> list[str]:
    """What was posted to the channel."""
    return [said.body for said in talk.in_room(CHANNEL)]


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
