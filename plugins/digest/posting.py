"""The hour: the digest is posted by itself, once, ever, per week and room; made up for, and told to whom it failed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from bot.actions import Effect, Join, Say, SetTimer
from bot.domain.issue import Issue, IssueState
from bot.events import Due, Unsent
from bot.plugin import Context
from bot.words import Phrase, phrase
from plugins.digest import plugin
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
from plugins.digest.wording import values, words

Ctx = Context[DigestSettings]

PRIORITY = 2  # after what people are waiting for
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
    told = await publish(context, edition, issue, due.due_at) if issue.state is IssueState.DRAFT else []
    return [*told, *await _timers(context, edition, max(context.now, due.due_at))]


async def publish(context: Ctx, edition: EditionSettings, issue: Issue, end: datetime) -> list[Effect]:
    """Post the week that ends then. What was posted under this name is never posted again, but for what the homeserver
    refused.
    """
    issue = replace(issue, state=IssueState.PUBLISHED, published_at=context.now)
    return [*await _post(context, edition, issue, end), *await redraw(context, edition, issue)]


async def revise(context: Ctx, edition: EditionSettings, issue: Issue) -> list[Effect]:
    """Change what was posted, because its introduction changed."""
    end = issue.figures.get("end")
    return await _post(context, edition, issue, datetime.fromisoformat(end) if end else issue.due_at)


async def _post(context: Ctx, edition: EditionSettings, issue: Issue, end: datetime) -> list[Effect]:
    """Say it, or change what was said, and keep it for the feed."""
    language = edition.language or context.community.language
    week = await week_until(context, edition, issue.week, end)
    late = issue.due_at if issue.published_at and issue.published_at - issue.due_at > LATE else None
    told = await values(context, week, language, late=late, introduction=issue.introduction)
    blocks = words(told)
    text = context.written(blocks, language)
    issue = replace(
        issue,
        room_id=await room_of(context, edition),
        title=context.written([cast("Phrase", told["title"])], language).plain,
        body=text.plain,
        formatted_body=text.html,
        figures=week.figures,
    )
    await context.memory.digests.keep(issue)
    name = name_of(issue)
    return [
        Say(
            issue.room_id,
            tuple(blocks),
            key=name.message,
            subject=name.told,
            priority=PRIORITY,
            card=True,
            language=language,
        )
    ]


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
    told = phrase("digest.not_posted", room=edition.room if edition else issue.room_id)
    return [Say(stewards, (told,), subject=str(name_of(issue))), *drawn]
