"""A council's own closed days, as its people say."""

from datetime import date, timedelta

from bot.actions import Effect
from bot.domain.promise import CLOSED_DAYS_CHANGED
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.words import phrase
from plugins.availability import plugin
from plugins.availability.record import Record, keep
from plugins.availability.spoken import closed_days_meant
from plugins.availability.whose import Ctx, changeable, look_again, today_of
from plugins.availability.wording import day_in_words, days_in_words


@plugin.hears("closed_days")
async def closed_days(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """It is closed on these days, and nobody of it is called then."""
    council = await changeable(context, heard.sender, meant)
    first, last = closed_days_meant(meant, await today_of(context, council.id), context.language)
    await context.memory.availability.add_closed(council.id, first, last, heard.sender, heard.event_id)
    await keep(context, heard.event_id, Record("closed", council.id))
    noted = phrase(
        "availability.closed_noted", organisation=council.label, days=days_in_words(first, last, context.language)
    )
    told = heard.reply(noted, phrase("availability.wrong"))
    return [told, *await look_again(context, council.id, CLOSED_DAYS_CHANGED)]


@plugin.hears("open_days")
async def open_days(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """It is open after all on these days, as far as it was they who said that it isn't."""
    council = await changeable(context, heard.sender, meant)
    first, last = closed_days_meant(meant, await today_of(context, council.id), context.language)
    dropped = await context.memory.availability.drop_closed(council.id, first, last)
    days = days_in_words(first, last, context.language)
    blocks = [phrase("availability.open_noted", organisation=council.label, days=days)] if dropped else []
    if still := await _still_closed(context, council.id, first, last):
        named = [day_in_words(day, context.language) for day in still]
        blocks.append(phrase("availability.still_closed", organisation=council.label, days=named))
    elif not dropped:
        blocks.append(phrase("availability.was_not_closed", organisation=council.label, days=days))
    gone = [f"{begin.isoformat()}/{end.isoformat()}" for begin, end in dropped]
    await keep(context, heard.event_id, Record("open", council.id, gone))
    return [heard.reply(*blocks), *await look_again(context, council.id, CLOSED_DAYS_CHANGED)]


async def _still_closed(context: Ctx, council: str, first: date, last: date) -> list[date]:
    """The days on which it would work, but for a public holiday or what the settings say."""
    calendar = await context.calendar(council)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if calendar.hours.week[day.weekday()] and calendar.closed_on(day)]
