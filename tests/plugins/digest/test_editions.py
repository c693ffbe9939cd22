"""Several digests: each of its own room, tools and language, on its own day; a word on one is for that one."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.issue import IssueState
from bot.errors import OperatorError
from bot.store.memory import Memory
from bot.store.rooms import Room
from plugins.digest.settings import DigestSettings
from tests.dialogue import BEA, BOPS, CAMDEN, CARDIFF, DECIDIM, LAMBETH, PLANX, Dialogue, dialogue, uses
from tests.plugins.digest.stage import CHANNEL, FRIDAY, OTHER, PLUGINS, as_it_is, drafts, issue, posted, start, tell

TWO = PLUGINS | {"digest": FRIDAY | {"more": [FRIDAY | {"room": OTHER, "tools": ["bops", "Participation"]}]}}
OTHERS_KEY = f"{OTHER}|Participation+bops|"


async def test_an_edition_tells_of_its_own_tools_alone_named_by_id_or_category(tmp_path: Path) -> None:
    assertions = [uses(CAMDEN, PLANX), uses(CAMDEN, BOPS), uses(LAMBETH, BOPS), uses(CARDIFF, DECIDIM)]
    async with dialogue(tmp_path, TWO, assertions=assertions) as talk:
        for tool in ("PlanX", "BOPS", "Decidim"):
            await talk.say(f"help with {tool}: it is down")
        await talk.say("we use PlanX", BEA)
        await talk.wait(days=5)
        (everything,), (some,) = posted(talk), posted(talk, OTHER)
    assert "3 questions asked" in everything.body
    assert "PlanX" in everything.body
    assert "2 questions asked" in some.body
    assert "· #2" in some.body
    assert "· #3" in some.body
    assert "PlanX" not in some.body


async def test_an_edition_of_tools_that_nobody_knows_tells_of_none(tmp_path: Path) -> None:
    plugins = PLUGINS | {"digest": FRIDAY | {"tools": ["nothing"]}}
    async with dialogue(tmp_path, plugins) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.say("help: it is down, all of it")
        await talk.wait(days=5)
        assert "A quiet week" in posted(talk)[0].body


async def test_each_is_posted_on_its_own_day_and_in_its_own_language(tmp_path: Path) -> None:
    plugins = PLUGINS | {
        "digest": FRIDAY | {"more": [{"room": OTHER, "day": "wed", "time": "08:00", "language": "de"}]}
    }
    async with dialogue(tmp_path, plugins) as talk:
        await talk.wait(days=2)
        assert (len(posted(talk)), len(posted(talk, OTHER))) == (0, 1)
        assert posted(talk, OTHER)[0].body.startswith("🗞 Die Woche")
        await talk.wait(days=3)
        assert (len(posted(talk)), len(posted(talk, OTHER))) == (1, 1)


async def test_where_several_drafts_wait_it_is_asked_which_is_meant(tmp_path: Path) -> None:
    async with dialogue(tmp_path, TWO) as talk:
        await talk.wait(days=3, hours=7)
        assert len(drafts(talk)) == 2
        await tell(talk, "introduction: To whom?")
        assert talk.last.body.splitlines() == [
            "Which digest do you mean?", f"· “1” {CHANNEL}", f"· “2” {OTHER} (bops, Participation)",
        ]  # fmt: skip
        await tell(talk, "2")
        await talk.wait(days=1)
        assert "To whom?" not in posted(talk)[0].body
        assert "To whom?" in posted(talk, OTHER)[0].body


async def test_a_reply_to_one_draft_is_about_that_one(tmp_path: Path) -> None:
    async with dialogue(tmp_path, TWO) as talk:
        await talk.wait(days=3, hours=7)
        mine = next(draft for draft in drafts(talk) if OTHER in draft.body)
        await tell(talk, "skip", reply_to=mine.event_id)
        assert as_it_is(talk, mine).startswith("⏭")
        await tell(talk, "skip")  # the only one that still waits
        await talk.wait(days=1)
        assert [*posted(talk), *posted(talk, OTHER)] == []


async def test_the_digest_asked_for_in_an_editions_room_is_of_its_tools(tmp_path: Path) -> None:
    async with dialogue(tmp_path, TWO) as talk:
        await talk.rooms_say(OTHER)
        await talk.say("help with PlanX: it is down")
        await talk.wait(minutes=1)
        await talk.say("digest", room=OTHER)
        assert "A quiet week" in talk.last.body
        await talk.say("digest")
        assert "1 question asked" in talk.last.body


async def test_a_draft_goes_where_the_settings_go_and_an_edition_they_drop_is_gone(tmp_path: Path) -> None:
    async with dialogue(tmp_path, TWO) as talk:
        await talk.wait(days=3, hours=7)
        mine, others = drafts(talk)
        _settle(talk, FRIDAY | {"time": "17:30"})
        await start(talk)
        assert "on Friday 15 May, 17:30" in as_it_is(talk, mine)
        await tell(talk, "publish", reply_to=others.event_id)
        assert talk.last.body == "That digest is no longer in the settings."
        await talk.wait(days=2)
        assert (len(posted(talk)), len(posted(talk, OTHER))) == (1, 0)


def _settle(talk: Dialogue, section: dict[str, Any]) -> None:
    """The settings of the digest are changed."""
    installed = next(one for one in talk.router.installed if one.plugin.name == "digest")
    installed.settings = DigestSettings(**section)


async def test_an_upgraded_room_is_followed(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.rooms_say(CHANNEL)
        await talk.move(CHANNEL, OTHER)
        await talk.wait(days=5)
        assert (len(posted(talk)), len(posted(talk, OTHER))) == (0, 1)
        await talk.wait(days=7)
        assert len(posted(talk, OTHER)) == 2


async def test_a_room_named_by_its_alias_is_entered_and_posted_to(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | {"room": "#week:example.org"}}) as talk:
        assert "#week:example.org" in talk.chat.joined
        async with talk.database.transaction() as connection:
            await Memory(connection).rooms.keep(Room("!week:example.org", "join", members=5, named=True))
        await talk.wait(days=5)
        kept = await issue(talk, edition="#week:example.org")
        assert len(posted(talk, "!week:example.org")) == 1
        assert kept
        assert (kept.state, kept.room_id) == (IssueState.PUBLISHED, "!week:example.org")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"day": "Someday"}, "is no day of the week"),
        ({"time": "25:00"}, "time"),
        ({"time": "nine"}, "time"),
        ({"draft_before": "soon"}, "is not a span of time"),
        ({"draft_before": "30d"}, "too early for a draft"),
        ({"room": "our channel"}, "is no room"),
        ({"more": [{"day": "Monday"}]}, "needs a room"),
        ({"more": [{"room": OTHER, "day": "Never"}]}, "more.0.day"),
        ({"room": CHANNEL, "more": [{"room": CHANNEL, "day": "Tuesday"}]}, "the same room, tools and language"),
        ({"language": "xx"}, "xx"),
    ],
)
async def test_a_mistake_in_the_settings_is_told(tmp_path: Path, section: dict[str, Any], told: str) -> None:
    with pytest.raises(OperatorError, match=told):
        async with dialogue(tmp_path, {"digest": section}):
            pass
