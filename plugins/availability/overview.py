"""What is kept of when a council can be asked, shown in words."""

from collections.abc import Sequence
from datetime import date

from bot.actions import Effect
from bot.domain.community import Span
from bot.domain.directory import Organisation
from bot.domain.working_time import NeverOpen
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import organisation_meant
from bot.language.meaning import Meaning
from bot.words import Block, Items, Moment, Person, Phrase, phrase
from plugins.availability import plugin
from plugins.availability.asking import named
from plugins.availability.whose import Ctx, speaks_for, today_of
from plugins.availability.wording import days_in_words, merged, week_in_words

MOST_SHOWN = 10


@plugin.hears("our_availability", reads=True)
async def our_availability(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The asker's council, or the one they name; who is away is told to its own people and stewards alone."""
    council = await _council(context, heard.sender, meant)
    own = await speaks_for(context, heard.sender, council.id)
    today = await today_of(context, council.id)
    calendar = await context.calendar(council.id)
    lines = [phrase("availability.line_hours", week=week_in_words(calendar, context.language))]
    lines.append(await _opening(context, council))
    lines += await _closed(context, council, today)
    lines.append(await _limit(context, council))
    if own:
        lines += await _away(context, council, today)
    if not_asked := named(context, await context.memory.availability.not_asked_of(council.id)):
        lines.append(phrase("availability.line_not_asked", tools=not_asked))
    blocks: list[Block] = [phrase("availability.overview", organisation=council.label), Items(tuple(lines))]
    if own and not context.community.council(council.id).locked:
        blocks.append(phrase("availability.how_to_change"))
    return [heard.reply(*blocks)]


async def _council(context: Ctx, who: str, meant: Meaning) -> Organisation:
    if meant.organisation is not None:
        return organisation_meant(context.names, meant.organisation).organisation
    belonging = await context.belonging(who)
    if belonging is None:
        raise UserError(phrase("availability.for_whom"))
    return context.names.organisations[belonging.organisation_id]


async def _opening(context: Ctx, council: Organisation) -> Phrase:
    calendar = await context.calendar(council.id)
    try:
        opens = calendar.next_open(context.now)
    except NeverOpen:
        return phrase("availability.line_never")
    if opens <= context.now:
        return phrase("availability.line_open")
    return phrase("availability.line_opens", at=Moment(opens, calendar.zone.key))


async def _closed(context: Ctx, council: Organisation, today: date) -> list[Phrase]:
    """Its own closed days that lie ahead: holidays are the nation's."""
    configured = context.community.council(council.id)
    said = () if configured.locked else (await context.memory.availability.said(council.id)).closed
    spans: Sequence[Span] = [span for span in merged((*configured.closed, *said)) if span[1] >= today]
    if not spans:
        return []
    shown = [days_in_words(*span, context.language) for span in spans[:MOST_SHOWN]]
    line = phrase("availability.line_closed", days=shown)
    more = len(spans) - len(shown)
    return [line, phrase("availability.line_closed_more", count=more)] if more else [line]


async def _limit(context: Ctx, council: Organisation) -> Phrase:
    configured = context.community.council(council.id)
    said = None if configured.locked else (await context.memory.availability.said(council.id)).at_most
    most = said or configured.at_most
    return phrase("availability.line_at_most", count=most) if most else phrase("availability.line_no_limit")


async def _away(context: Ctx, council: Organisation, today: date) -> list[Phrase]:
    away = await context.memory.availability.away(await context.people_of(council.id))
    return [
        phrase("availability.line_away", person=Person(one.user_id),
               days=days_in_words(one.first_day, one.last_day, context.language))
        for one in [one for one in away if not one.is_over(today)][:MOST_SHOWN]
    ]  # fmt: skip
