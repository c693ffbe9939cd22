"""The stewards see the digest ahead of the hour, and may publish it, skip it, or put their words on top."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.issue import Issue, IssueState
from tests.dialogue import ANA, BEA, ROOM, SAM, STEWARDS, Dialogue, dialogue
from tests.plugins.digest.stage import (
    CHANNEL,
    FRIDAY,
    PLUGINS,
    as_it_is,
    drafts,
    issue,
    posted,
    start,
    tell,
    until_draft,
)


async def test_it_is_shown_at_the_same_hour_of_the_working_day_before_and_says_what_to_type(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.wait(days=3, hours=5, minutes=59)
        assert drafts(talk) == []
        draft = await until_draft(talk)
        assert draft.body.splitlines() == [
            f"📝 Draft of the digest for {CHANNEL}:",
            "🗞 The week in Test councils, up to 15 May 2026",
            "A quiet week: nothing was asked, and nothing is waiting.",
            "“publish” (or ✅) posts it now, “skip” (or ❌) leaves this week out, “introduction: …” puts a few words "
            "on top.",
            "Otherwise it is posted by itself on Friday 15 May, 16:00, as the week is then.",
        ]
        assert draft.content["m.mentions"] == {}
        await talk.wait(days=1)
        assert len(posted(talk)) == 1
        assert as_it_is(talk, draft) == (
            f"✅ Published: the digest of week 2026-W20 in {CHANNEL}, on Friday 15 May, 16:00."
        )


@pytest.mark.parametrize(
    ("settings", "wait", "shown"),
    [
        ({"day": "Monday", "time": "09:30"}, {"days": 3, "hours": 23}, False),
        ({"day": "Monday", "time": "09:30"}, {"days": 4}, True),  # Friday, for the Monday after
        ({"draft_before": "4h"}, {"days": 4, "hours": 1}, False),
        ({"draft_before": "4h"}, {"days": 4, "hours": 3}, True),
        ({"draft_before": "0"}, {"days": 4, "hours": 5}, False),
    ],
)
async def test_the_settings_may_say_when(
    tmp_path: Path, settings: dict[str, str], wait: dict[str, int], shown: bool
) -> None:
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | settings}) as talk:
        await talk.wait(**wait)
        assert bool(drafts(talk)) is shown


async def test_published_early_it_is_not_posted_again_at_the_hour(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        await tell(talk, "publish")
        assert f"Published in {CHANNEL}." in [said.body for said in talk.in_room(STEWARDS)]
        assert [said.body.splitlines()[0] for said in posted(talk)] == [
            "🗞 The week in Test councils, up to 14 May 2026"
        ]
        assert as_it_is(talk, draft).startswith("✅ Published")
        await talk.wait(days=2)
        assert len(posted(talk)) == 1
        await talk.wait(days=7)
        assert len(posted(talk)) == 2


async def test_what_happened_between_an_early_issue_and_its_hour_is_told_in_the_next(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, "publish")
        await talk.say("help with PlanX: asked after it was told")
        await talk.wait(days=8)
        assert "1 question asked" in posted(talk)[1].body


async def test_skipped_nothing_is_posted_and_the_next_week_is_its_own(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        await tell(talk, "skip")
        assert as_it_is(talk, draft).startswith("⏭ Skipped")
        await talk.wait(days=2)
        assert posted(talk) == []
        await talk.wait(days=7)
        assert len(posted(talk)) == 1
        assert "22 May" in posted(talk)[0].body


@pytest.mark.parametrize(("days", "marked_late"), [(0, False), (2, True)])
async def test_a_skipped_one_can_be_published_after_all(tmp_path: Path, days: int, marked_late: bool) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, "skip")
        await talk.wait(days=days)
        await tell(talk, "publish")
        assert len(posted(talk)) == 1
        assert ("(Late: this was due on Friday 15 May, 16:00.)" in posted(talk)[0].body) is marked_late
        await talk.wait(days=2)
        assert len(posted(talk)) == 1


async def test_reactions_on_the_draft_are_short_for_the_words(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        await talk.react(draft.event_id, "❌", SAM, STEWARDS)
        assert as_it_is(talk, draft).startswith("⏭ Skipped")
        await talk.react(draft.event_id, "✅", SAM, STEWARDS)
        assert len(posted(talk)) == 1
        await talk.react(draft.event_id, "❌", SAM, STEWARDS)
        assert as_it_is(talk, draft).startswith("✅ Published")


async def test_a_reply_to_the_draft_need_not_address_the_bot(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        await tell(talk, "introduction: Good morning!", addressed=False, reply_to=draft.event_id)
        await tell(talk, "should we skip it?", addressed=False, reply_to=draft.event_id)
        await tell(talk, "publish", addressed=False, reply_to=draft.event_id)
        assert posted(talk)[0].body.splitlines()[1] == "Good morning!"


async def test_the_same_words_to_nobody_are_not_for_the_bot(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, "publish", addressed=False)
        assert posted(talk) == []


@pytest.mark.parametrize("word", ["publish", "skip", "introduction: Hello"])
async def test_only_stewards_decide_and_only_where_the_draft_is(tmp_path: Path, word: str) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        await tell(talk, word, sender=ANA)
        assert talk.last.body == "That is for the community's stewards."
        await tell(talk, word, room=ROOM)
        assert talk.last.body == "Please say that in the stewards' room, or in reply to the draft."
        said = len(talk.said)
        await talk.react(draft.event_id, "✅", BEA, STEWARDS)
        await tell(talk, word, sender=BEA, addressed=False, reply_to=draft.event_id)
        assert len(talk.said) == said
        assert await issue(talk) is not None
        assert (await _kept(talk)).state is IssueState.DRAFT


async def test_with_no_draft_there_is_nothing_to_publish_yet(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await tell(talk, "publish")
        assert talk.last.body == "No draft is waiting. The next digest is due on Friday 15 May, 16:00."


async def test_the_next_one_may_be_skipped_or_introduced_before_its_draft(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await tell(talk, "introduction: Early words")
        assert "Early words" in (await until_draft(talk)).body
        await talk.wait(days=1)
        assert "Early words" in posted(talk)[0].body
        await tell(talk, "skip")
        await talk.wait(days=7)
        assert (len(drafts(talk)), len(posted(talk))) == (1, 1)


async def test_without_a_stewards_room_nothing_is_drafted_and_it_is_posted_all_the_same(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, community={"rooms": {}}) as talk:
        await talk.wait(days=5)
        assert drafts(talk) == []
        assert len(posted(talk)) == 1


async def test_a_digest_in_the_stewards_own_room_has_no_draft(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | {"room": STEWARDS}}) as talk:
        await talk.wait(days=5)
        assert drafts(talk) == []
        assert len(posted(talk, STEWARDS)) == 1


async def test_down_at_the_drafts_hour_it_is_shown_as_soon_as_we_are_back(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.sleep(days=3, hours=20)
        assert len(drafts(talk)) == 1
        await start(talk)
        await talk.wait(hours=1)
        assert len(drafts(talk)) == 1


async def test_down_until_shortly_before_the_hour_there_is_none(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.sleep(days=4, hours=5, minutes=30)
        await talk.wait(hours=1)
        assert drafts(talk) == []
        assert len(posted(talk)) == 1


# --- the introduction ------------------------------------------------------------------------------


async def _kept(talk: Dialogue) -> Issue:
    kept = await issue(talk)
    assert kept
    return kept


async def test_said_anew_edited_or_deleted_it_is_what_the_stewards_say_last(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        draft = await until_draft(talk)
        first = await tell(talk, "introduction: One")
        assert as_it_is(talk, draft).splitlines()[2] == "One"
        second = await tell(talk, "introduction: Two")
        await talk.edit(first, "introduction: One again", SAM, STEWARDS)
        assert as_it_is(talk, draft).splitlines()[2] == "Two"
        await talk.edit(second, "introduction: Three", SAM, STEWARDS)
        assert as_it_is(talk, draft).splitlines()[2] == "Three"
        await talk.redact(first, SAM, STEWARDS)
        assert as_it_is(talk, draft).splitlines()[2] == "Three"
        await talk.redact(second, SAM, STEWARDS)
        assert "Three" not in as_it_is(talk, draft)
        await talk.wait(days=1)
        assert "Three" not in posted(talk)[0].body


async def test_after_it_was_posted_an_edited_or_deleted_introduction_changes_what_was_posted(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        said = await tell(talk, "introduction: Wellcome")
        await talk.wait(days=1)
        (told,) = posted(talk)
        await talk.edit(said, "introduction: Welcome", SAM, STEWARDS)
        assert as_it_is(talk, told).splitlines()[1] == "Welcome"
        await talk.redact(said, SAM, STEWARDS)
        assert "Welcome" not in as_it_is(talk, told)
        assert "elcome" not in (await _kept(talk)).body
        assert len(posted(talk)) == 1


@pytest.mark.parametrize(
    ("text", "plain", "html"),
    [
        ("@room, look!", "@\u2060room, look!", "@\u2060room, look!"),
        ("<b>bold</b> & <script>x</script>", "<b>bold</b> & <script>x</script>", "&lt;script&gt;"),
        ("\u202eright to left\u202c and **strong**", "right to left and **strong**", "**strong**"),
        ("שלום to all", "שלום to all", "שלום"),
    ],
)
async def test_whatever_it_says_it_pings_nobody_and_marks_nothing_up(
    tmp_path: Path, text: str, plain: str, html: str
) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, f"introduction: {text}")
        await talk.wait(days=1)
        (told,) = posted(talk)
    assert told.body.splitlines()[1] == plain
    assert html in told.html
    assert told.content["m.mentions"] == {}


async def test_endless_it_is_cut_and_that_is_said(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, f"introduction: {'word ' * 2_000}")
        assert any("only its first 2000 characters" in said.body for said in talk.in_room(STEWARDS))
        await talk.wait(days=1)
        assert len(posted(talk)[0].body.splitlines()[1]) <= 2_000


async def test_an_empty_one_is_asked_for(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await until_draft(talk)
        await tell(talk, "introduction:")
        assert talk.last.body.startswith("What shall stand on top?")


async def test_for_a_digest_that_a_holiday_moved_it_is_shown_on_the_working_day_before(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        talk.now = datetime(2026, 3, 30, 8, tzinfo=UTC)  # before Good Friday
        await start(talk)
        await talk.wait(days=3, hours=6, minutes=59)
        assert drafts(talk) == []
        await talk.wait(minutes=2)  # Thursday; neither Good Friday nor Easter Monday is one to read it on
        (draft,) = drafts(talk)
        assert draft.body.splitlines()[1].endswith("up to 7 April 2026")
        assert "by itself on Tuesday 7 April, 16:00" in draft.body
        await talk.wait(days=6)
        assert (len(posted(talk)), len(drafts(talk))) == (1, 1)
