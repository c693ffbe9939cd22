"""The draft: what will be posted, shown to the stewards ahead of the hour, and kept up to date until it is posted."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions import DropTimer, Effect, Priority, Say, SetTimer
from bot.domain.issue import Issue, IssueState
from bot.events import Due
from bot.plugin import Context
from bot.words import Block, Moment, phrase
from plugins.digest import plugin
from plugins.digest.editions import DRAFTED, draft_for, edition_of, name_of, room_of, timer_of, week_of
from plugins.digest.settings import DigestSettings, EditionSettings
from plugins.digest.telling import week_until
from plugins.digest.templated import told
from plugins.digest.wording import values

Ctx = Context[DigestSettings]

AT_LEAST = timedelta(hours=1)  # ahead of the hour: a later draft leaves no time to read it


async def issue_for(context: Ctx, edition: EditionSettings, due: datetime) -> Issue:
    """The issue that is posted then, as the stewards left it, or as it begins."""
    week = week_of(context, edition, due)
    known = await context.memory.digests.get(edition.key, week)
    if known and known.state is not IssueState.PUBLISHED:
        return replace(known, due_at=due)
    return known or Issue(edition.key, week, await room_of(context, edition), IssueState.DRAFT, due)


async def draft_timer(context: Ctx, edition: EditionSettings, due: datetime) -> Effect:
    """When its draft is shown, if it still is to be."""
    at = draft_for(context, due)
    stewards = context.community.stewards_room
    to_be_read = stewards and stewards not in (edition.room, await room_of(context, edition))
    if (
        not (to_be_read and at)
        or due - max(at, context.now) < AT_LEAST
        or await _is_shown(context, await issue_for(context, edition, due))
    ):
        return DropTimer(timer_of(edition, DRAFTED))
    return SetTimer(DRAFTED, timer_of(edition, DRAFTED), max(at, context.now))


@plugin.due(DRAFTED)
async def show_draft(context: Ctx, due: Due) -> list[Effect]:
    """Show the stewards what will be posted; nothing if they have decided already, or too late."""
    edition = edition_of(context, due.key.partition(":")[2])
    posted = await context.memory.timers.due_at(timer_of(edition)) if edition else None
    if edition is None or posted is None or posted - context.now < AT_LEAST:
        return []
    issue = await issue_for(context, edition, posted)
    if issue.state is not IssueState.DRAFT:
        return []
    await context.memory.digests.keep(issue)
    return [await _card(context, edition, issue)]


async def redraw(context: Ctx, edition: EditionSettings, issue: Issue) -> list[Effect]:
    """The draft as it is now, if it was shown."""
    return [await _card(context, edition, issue)] if await _is_shown(context, issue) else []


async def is_waiting(context: Ctx, issue: Issue) -> bool:
    """Whether its draft was shown and nobody has decided."""
    return issue.state is IssueState.DRAFT and await _is_shown(context, issue)


async def _is_shown(context: Ctx, issue: Issue) -> bool:
    return await context.memory.outbox.state(f"{plugin.name}:{name_of(issue).draft}") is not None


async def _card(context: Ctx, edition: EditionSettings, issue: Issue) -> Say:
    name = name_of(issue)
    language = edition.language or context.community.language
    match issue.state:
        case IssueState.DRAFT:
            blocks = await _draft(context, edition, issue, language)
        case IssueState.SKIPPED:
            blocks = [phrase("digest.draft_skipped", week=issue.week, room=edition.room)]
        case IssueState.PUBLISHED:
            at = Moment(issue.published_at or context.now, context.community.time_zone.key)
            blocks = [phrase("digest.draft_published", week=issue.week, room=edition.room, at=at)]
    stewards = context.community.stewards_room
    return Say(
        stewards, tuple(blocks), key=name.draft, subject=str(name), card=True, priority=Priority.NEWS, language=language
    )


async def _draft(context: Ctx, edition: EditionSettings, issue: Issue, language: str) -> list[Block]:
    week = await week_until(context, edition, issue.week, issue.due_at)
    blocks, wrong = told(context, await values(context, week, language, introduction=issue.introduction))
    at = Moment(issue.due_at, context.community.time_zone.key)
    when = phrase("digest.draft_when", at=at) if issue.due_at > context.now else phrase("digest.draft_refused", at=at)
    last = [wrong] if wrong else []
    return [phrase("digest.draft", room=edition.room), *blocks, phrase("digest.draft_how"), when, *last]
