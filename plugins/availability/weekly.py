"""A council's weekly hours, and how much it has in hand at a time, as its people say."""

from bot.actions import Effect
from bot.domain.promise import AT_MOST_CHANGED, HOURS_CHANGED
from bot.errors import UserError
from bot.events import Heard
from bot.language.counts import read_count
from bot.language.hours_said import read_hours
from bot.language.meaning import Meaning
from bot.plugin import SURELY
from bot.words import phrase
from plugins.availability import plugin
from plugins.availability.record import Record, keep
from plugins.availability.spoken import typed
from plugins.availability.whose import Ctx, changeable, look_again
from plugins.availability.wording import week_in_words

NO_LIMIT = "none"


@plugin.hears("our_hours")
async def our_hours(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Keep the hours and say them back: a slip is seen at once."""
    council = await changeable(context, heard.sender, meant)
    text = typed(meant, "hours")
    try:
        hours = str(read_hours(text, context.language))
    except ValueError:
        unclear = phrase("availability.hours_unclear", typed=text) if text else phrase("availability.which_hours")
        raise UserError(unclear) from None
    await context.memory.availability.keep_hours(council.id, hours, heard.sender, context.now)
    await keep(context, heard.event_id, Record("hours", council.id, (hours,)))
    calendar = await context.calendar(council.id)
    quiet = [] if calendar.hours.always else [phrase("availability.quiet_outside")]
    noted = phrase(
        "availability.hours_noted", organisation=council.label, week=week_in_words(calendar, context.language)
    )
    told = heard.reply(noted, *quiet, phrase("availability.wrong"))
    return [told, *await look_again(context, council.id, HOURS_CHANGED)]


@plugin.hears("at_most")
async def at_most(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Keep how many questions the council takes at a time; without a number, as many as come."""
    council = await changeable(context, heard.sender, meant)
    count = _count(meant, context.language)
    await context.memory.availability.keep_at_most(council.id, count, heard.sender, context.now)
    await keep(context, heard.event_id, Record("at_most", council.id, (str(count),)))
    configured = context.community.council(council.id).at_most
    if count:
        told = phrase("availability.at_most_noted", organisation=council.label, count=count)
    elif configured:
        told = phrase("availability.at_most_configured", organisation=council.label, count=configured)
    else:
        told = phrase("availability.at_most_lifted", organisation=council.label)
    return [heard.reply(told), *await look_again(context, council.id, AT_MOST_CHANGED)]


def _count(meant: Meaning, language: str) -> int | None:
    """The number; none only where that is surely what was said."""
    text = typed(meant, "count")
    if text == NO_LIMIT or (not text and meant.certainty >= SURELY):
        return None
    try:
        return read_count(text, language)
    except ValueError:
        raise UserError(phrase("availability.count_unclear")) from None
