"""The hour: the digest is posted by itself, once, ever, per week and room; made up for, and told to whom it failed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from bot.actions import Effect, Join, Picture, Priority, Say, SetTimer
from bot.domain.digest import Week
from bot.domain.issue import Issue, IssueState
from bot.events import Due, Unsent
from bot.plugin import Context
from bot.words import Phrase, phrase
from plugins.digest import plugin
from plugins.digest.charting import chart
from plugins.digest.drafting import draft_timer, issue_for, redraw
from plugins.digest.editions import (
    POSTED,
    Name,
    edition_of,
    editions,
    name_of,
    posting_after,
    room_of,
    timer_of,
)
from plugins.digest.settings import DigestSettings, EditionSettings
from plugins.digest.telling import week_until
from plugins.digest.templated import told
from plugins.digest.wording import chart_text, values

Ctx = Context[DigestSettings]

LATE = timedelta(minutes=1)


@plugin.starts
async def set_up(context: Ctx) -> list[Effect]:
    """See that every digest is due, and that we are in its room; one that fell due while we were away stays due."""
    effects: list[Effect] = []
    for edition in editions(context):
        if await context.memory.rooms.joined_as(await room_of(context, edition)) is None:
            effects.append(Join(edition.room))
        due_at = await context.memory.timers.due_at(timer_of(edition))
        if due_at is None or due_at > context.now:
            effects += await _timers(context, edition, context.now)
            effects += await _moved(context, edition, due_at)
    return effects


async def _timers(context: Ctx, edition: EditionSettings, after: datetime) -> list[Effect]:
    at = posting_after(context, edition, after)
    return [SetTimer(POSTED, timer_of(edition), at), await draft_timer(context, edition, at)]


async def _moved(context: Ctx, edition: EditionSettings, was_due: datetime | None) -> list[Effect]:
    """A draft says when it is posted: if the settings say otherwise now, it says so."""
    at = posting_after(context, edition, context.now)
    issue = await issue_for(context, edition, at)
    if was_due in (None, at) or issue.state is not IssueState.DRAFT:
        return []
    drawn = await redraw(context, edition, issue)
    if drawn:
        await context.memory.digests.keep(issue)
    return drawn


@plugin.due(POSTED)
async def post(context: Ctx, due: Due) -> list[Effect]:
    """Tell the week, unless the stewards told it already or skipped it."""
    edition = edition_of(context, due.key.partition(":")[2])
    if edition is None:
        return []  # the settings name it no longer
    issue = await issue_for(context, edition, due.due_at)
    posted = await publish(context, edition, issue, due.due_at) if issue.state is IssueState.DRAFT else []
    return [*posted, *await _timers(context, edition, max(context.now, due.due_at))]


async def publish(context: Ctx, edition: EditionSettings, issue: Issue, end: datetime) -> list[Effect]:
    """Post the week that ends then. What was posted under this name is never posted again, but for what the homeserver
    refused.
    """
    issue = replace(issue, state=IssueState.PUBLISHED, published_at=context.now)
    week = await week_until(context, edition, issue.week, end)
    told_now = [*await _post(context, edition, issue, week), *await _picture(context, edition, issue, week)]
    return [*told_now, *await redraw(context, edition, issue)]


async def revise(context: Ctx, edition: EditionSettings, issue: Issue) -> list[Effect]:
    """Change what was posted, because its introduction changed."""
    end = issue.figures.get("end")
    until = datetime.fromisoformat(end) if end else issue.due_at
    return await _post(context, edition, issue, await week_until(context, edition, issue.week, until))


async def _post(context: Ctx, edition: EditionSettings, issue: Issue, week: Week) -> list[Effect]:
    """Say it, or change what was said, and keep it for the feed."""
    language, name = _language(context, edition), name_of(issue)
    due = issue.due_at if _is_late(issue) else None
    known = await values(context, week, language, late=due, introduction=issue.introduction)
    blocks, wrong = told(context, known)
    text = context.written(blocks, language)
    issue = replace(
        issue,
        room_id=await room_of(context, edition),
        title=context.written([cast("Phrase", known["title"])], language).plain,
        body=text.plain,
        formatted_body=text.html,
        figures=week.figures | {"language": language},
    )
    await context.memory.digests.keep(issue)
    say = Say(issue.room_id, tuple(blocks), key=name.message, subject=name.told, card=True, language=language)
    stewards = context.community.stewards_room
    if not (wrong and stewards):
        return [replace(say, priority=Priority.NEWS)]
    return [replace(say, priority=Priority.NEWS), Say(stewards, (wrong,), key=f"template-broken:{name}")]


async def _picture(context: Ctx, edition: EditionSettings, issue: Issue, week: Week) -> list[Effect]:
    """The last weeks drawn. Told late, after it was refused, it is another one: a picture is never said anew."""
    language = _language(context, edition)
    drawn, text = chart(context, week, language), chart_text(week, language)
    if not (context.settings.chart and drawn and text):
        return []
    key = f"chart:{issue.edition}:{issue.week}" + (":late" if _is_late(issue) else "")
    room = await room_of(context, edition)
    return [Picture(room, drawn, (text,), key=key, priority=Priority.NEWS, language=language)]


def _language(context: Ctx, edition: EditionSettings) -> str:
    return edition.language or context.community.language


def _is_late(issue: Issue) -> bool:
    return issue.published_at is not None and issue.published_at - issue.due_at > LATE


@plugin.unsent
async def not_posted(context: Ctx, unsent: Unsent) -> list[Effect]:
    """A room that wouldn't have it: the stewards hear it, and their word posts it again."""
    stewards = context.community.stewards_room
    if unsent.what == "join":
        named = [edition.room for edition in editions(context) if edition.room == unsent.room_id]
        line = phrase("digest.cant_enter", room=unsent.room_id)
        return [Say(stewards, (line,), key=f"cant-enter:{unsent.room_id}")] if stewards and named else []
    name = Name.read(unsent.subject, "told")
    issue = await context.memory.digests.get(name.edition, name.week) if name and unsent.what == "message" else None
    if issue is None or issue.state is not IssueState.PUBLISHED:
        return []  # of several parts, the first that is refused is told
    issue = replace(issue, state=IssueState.DRAFT, published_at=None)
    await context.memory.digests.keep(issue)
    edition = edition_of(context, issue.edition)
    drawn = await redraw(context, edition, issue) if edition else []
    if not stewards or stewards == unsent.room_id:
        return drawn
    line = phrase("digest.not_posted", room=edition.room if edition else issue.room_id)
    return [Say(stewards, (line,), subject=str(name_of(issue))), *drawn]
