"""Once, ever, per week and room: whatever the machine, the clock or the homeserver does."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.issue import IssueState
from bot.store.database import open_database
from bot.store.memory import Memory
from bot.store.timers import Timer
from tests.dialogue import CLERK, MONDAY, SAM, STEWARDS, Dialogue, dialogue
from tests.plugins.digest.stage import CHANNEL, FRIDAY, PLUGINS, WEEK, as_it_is, issue, posted, start, tell, until_draft

HOUR = MONDAY + timedelta(days=4, hours=6)  # Friday, four o'clock in London


async def test_the_hour_met_again_says_nothing_more(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=5)
        for _ in range(2):
            async with talk.database.transaction() as connection:
                again = Timer(f"digest:{CHANNEL}", "digest", "", HOUR, 0)
                await talk.router.fire(Memory(connection), again, talk.now)
            await talk.settle()
        assert len(posted(talk)) == 1


async def test_from_an_older_database_it_is_said_under_the_same_name(tmp_path: Path) -> None:
    """The homeserver takes a message of the same name for the same one."""
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=4)
        async with talk.database.transaction() as connection:
            await connection.execute("SELECT 1")
        shutil.copytree(tmp_path, tmp_path / "before")
        await talk.wait(days=1)
        talk.database, newer = await open_database(f"sqlite:///{tmp_path / 'before' / 'dialogue.db'}"), talk.database
        try:
            await start(talk)
            await talk.wait(hours=1)
        finally:
            await talk.database.close()
            talk.database = newer
        assert {said.op_id for said in posted(talk)} == {f"digest:digest:{CHANNEL}:{WEEK}"}


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-3), timedelta(days=365)])
async def test_a_clock_that_jumps_posts_no_week_twice(tmp_path: Path, jump: timedelta) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=5)
        there = talk.now
        talk.now += jump
        await start(talk)
        await talk.settle()
        await talk.wait(hours=2)
        talk.now = there
        await start(talk)
        await talk.wait(days=1)
        names = [said.op_id for said in posted(talk)]
        assert len(names) == len(set(names))
        assert names.count(f"digest:digest:{CHANNEL}:{WEEK}") == 1
        await talk.wait(days=7)
        assert f"digest:digest:{CHANNEL}:2026-W21" in [said.op_id for said in posted(talk)]


async def test_installed_after_the_hour_it_waits_for_the_next_week(tmp_path: Path) -> None:
    monday = PLUGINS | {"digest": {"room": CHANNEL, "day": "Monday", "time": "09:00"}}
    async with dialogue(tmp_path, monday) as talk:  # ten o'clock
        await talk.wait(days=6)
        assert posted(talk) == []
        await talk.wait(days=1)
        assert len(posted(talk)) == 1


async def test_an_hour_set_anew_on_the_same_day_tells_the_week_no_second_time(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=4, hours=7)
        installed = next(one for one in talk.router.installed if one.plugin.name == "digest")
        installed.settings = type(installed.settings)(**FRIDAY | {"time": "20:00"})
        await start(talk)
        await talk.wait(days=1)
        assert len(posted(talk)) == 1


# --- a room that won't have it ---------------------------------------------------------------------


def told_to_stewards(talk: Dialogue) -> list[str]:
    """What the stewards hear of it, once each."""
    return [said.body for said in talk.in_room(STEWARDS) if "couldn't be posted in" in said.body]


async def test_refused_the_stewards_hear_it_once_and_publish_tries_again(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        talk.chat.refuses.add(CHANNEL)
        await talk.wait(days=2)
        assert posted(talk) == []
        assert told_to_stewards(talk) == [
            f"The digest couldn't be posted in {CHANNEL}: I'm not in the room, or may not write there. "
            "Invite me or let me write; then “publish” tries again."
        ]
        assert "couldn't be posted; “publish” tries again" in as_it_is(talk, draft)
        await tell(talk, "publish")
        assert len(told_to_stewards(talk)) == 2
        talk.chat.refuses.clear()
        await tell(talk, "publish")
        await tell(talk, "publish")
        assert len(posted(talk)) == 1
        assert "(Late: this was due on Friday 15 May, 16:00.)" in posted(talk)[0].body
        kept = await issue(talk)
        assert kept
        assert kept.state is IssueState.PUBLISHED
        await talk.wait(days=7)
        assert len(posted(talk)) == 2


async def test_a_room_the_bot_was_removed_from_is_such_a_room(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.rooms_say(CHANNEL)
        await talk.depart(CLERK, CHANNEL)
        talk.chat.refuses.add(CHANNEL)
        await talk.wait(days=5)
        assert len(told_to_stewards(talk)) == 1


async def test_a_room_that_cant_be_entered_is_told_once(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | {"room": "#nowhere:example.org"}}) as talk:
        talk.chat.refuses.add("#nowhere:example.org")
        for _ in range(2):
            await talk.wait(minutes=1)
            await start(talk)
        told = [said.body for said in talk.in_room(STEWARDS) if "can't be entered" in said.body]
        assert len(told) == 1


async def test_with_no_stewards_to_tell_nothing_breaks_and_the_next_week_comes(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, community={"rooms": {}}) as talk:
        talk.chat.refuses.add(CHANNEL)
        await talk.wait(days=5)
        talk.chat.refuses.clear()
        await talk.say("publish", SAM)
        assert len(posted(talk)) == 1
        await talk.wait(days=7)
        assert len(posted(talk)) == 2
