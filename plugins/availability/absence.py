"""A person's days away, as they say: they aren't called then, and what they have in hand is named to them."""

from collections.abc import Callable
from datetime import date, timedelta

from bot.actions import Effect
from bot.domain.promise import AWAY_CHANGED
from bot.errors import UserError
from bot.events import Heard
from bot.language.days import Days
from bot.language.meaning import Meaning
from bot.plugin import SURELY
from bot.words import Phrase, phrase
from plugins.availability import plugin
from plugins.availability.record import Record, keep
from plugins.availability.spoken import LONGEST, days_meant, typed
from plugins.availability.whose import Ctx, look_again, today_of
from plugins.availability.wording import day_in_words, days_in_words

_DAY = timedelta(days=1)


@plugin.hears("away")
async def away(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """They are away on these days; without any, until they say that they are back."""
    who, council = heard.sender, await context.surely_of(heard.sender)
    today = await today_of(context, council)
    days = _days(context, meant, today)
    await _take_over(context, who, days, today)
    await context.memory.availability.add_away(who, days.first, days.last, heard.event_id)
    await keep(context, heard.event_id, Record("away", who))
    key = "availability.away_noted" if days.last else "availability.away_open_noted"
    blocks = [phrase(key, days=days_in_words(days.first, days.last, context.language))]
    blocks += [*await _in_hand(context, who), *await _nobody_left(context, council, days, today)]
    return [heard.reply(*blocks), *await look_again(context, council, AWAY_CHANGED)]


def _days(context: Ctx, meant: Meaning, today: date) -> Days:
    """As said; only a plain "I'm away" has no end, not a sentence whose days weren't understood."""
    if text := typed(meant, "days"):
        return days_meant(text, today, context.language)
    if meant.certainty < SURELY:
        raise UserError(phrase("availability.away_how_long"))
    return Days(today, None)


async def _take_over(context: Ctx, who: str, days: Days, today: date) -> None:
    """Of the absence that lasts, the last word counts: "until Wednesday after all" is no longer until Friday."""
    if days.first <= today:
        for known in await context.memory.availability.away([who]):
            if known.covers(today):
                await context.memory.availability.drop_away(who, known.first_day)


async def _in_hand(context: Ctx, who: str) -> list[Phrase]:
    """What waits for them meanwhile; their claims stay theirs."""
    held = await context.memory.requests.in_hand(who)
    if not held:
        return []
    numbers = [f"#{request.number}" for request in held]
    return [phrase("availability.in_hand", numbers=numbers, first=numbers[0])]


async def _nobody_left(context: Ctx, council: str, days: Days, today: date) -> list[Phrase]:
    """That all of their council are away at once, and until when."""
    people = await context.people_of(council) if council else []
    if not people:
        return []
    known = await context.memory.availability.away(people)

    def empty(day: date) -> bool:
        return {one.user_id for one in known if one.covers(day)} >= set(people)

    horizon = today + LONGEST * _DAY
    first = _next(empty, max(days.first, today), min(days.last or horizon, horizon))
    if first is None:
        return []
    label = context.names.organisations[council].label
    back = _next(lambda day: not empty(day), first, horizon)
    if back is None:
        return [phrase("availability.nobody_left_open", organisation=label)]
    return [
        phrase("availability.nobody_left", organisation=label, first=day_in_words(first, context.language),
               back=day_in_words(back, context.language))
    ]  # fmt: skip


def _next(wanted: Callable[[date], bool], first: date, last: date) -> date | None:
    days = (first + n * _DAY for n in range((last - first).days + 1))
    return next((day for day in days if wanted(day)), None)


@plugin.hears("back")
async def back(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """They are back; who isn't away yet won't be."""
    who, council = heard.sender, await context.surely_of(heard.sender)
    today = await today_of(context, council)
    ahead = [one for one in await context.memory.availability.away([who]) if not one.is_over(today)]
    over = [one for one in ahead if one.first_day <= today] or ahead
    for one in over:
        await context.memory.availability.drop_away(who, one.first_day)
    gone = [f"{one.first_day.isoformat()}/{one.last_day.isoformat() if one.last_day else ''}" for one in over]
    await keep(context, heard.event_id, Record("back", who, gone))
    left = [days_in_words(one.first_day, one.last_day, context.language) for one in ahead if one not in over]
    blocks = [phrase("availability.back_noted") if over else phrase("availability.was_not_away")]
    if left:
        blocks.append(phrase("availability.away_later", days=left))
    return [heard.reply(*blocks), *await look_again(context, council, AWAY_CHANGED)]
