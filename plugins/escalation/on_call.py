"""Who is on call for a tool: the councils in the order in which they would be called now, and the ladder in words."""

from datetime import timedelta

from bot.actions import Effect
from bot.domain.directory import Organisation
from bot.domain.escalation import Candidate, Ladder, Promise, Rung, promise
from bot.domain.working_time import Calendar, NeverOpen
from bot.events import Heard
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Block, Items, Moment, Person, Phrase, phrase
from plugins.escalation import plugin
from plugins.escalation.candidates import back_on, maintainers, next_person, silent
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

MOST_SHOWN = 10
NOW = Ladder((Rung("maintainer", timedelta(0)),))


@plugin.hears("on_call", reads=True)
async def on_call(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Nobody is pinged by it."""
    tool = tool_meant(context.names, meant.tool)
    councils = _in_turn(context, await maintainers(context, tool.id))
    not_asked = await silent(context, tool.id)
    known = context.names.organisations
    lines = [await _line(context, known[one.organisation_id], one) for one in councils[:MOST_SHOWN]]
    lines += [phrase("escalation.not_asked", council=known[i].label, tool=tool.name) for i in not_asked[:MOST_SHOWN]]
    blocks: list[Block] = [phrase("escalation.on_call" if councils else "escalation.nobody_on_call", tool=tool.name)]
    if lines:
        blocks.append(Items(tuple(lines)))
    if len(councils) > MOST_SHOWN:
        blocks.append(phrase("escalation.more_on_call", count=len(councils) - MOST_SHOWN))
    ladder = context.settings.ladder_for(tool.id, tool.category)
    blocks += [phrase("escalation.ladder"), Items(_rungs(ladder))]
    if ladder.repeats:
        blocks.append(phrase("escalation.ladder_repeats", count=ladder.repeats))
    return [heard.reply(*blocks)]


def _in_turn(context: Ctx, candidates: list[Candidate]) -> list[Candidate]:
    """As they would be called if none of them answered; last those who can't be called for now."""
    left = {one.organisation_id: one for one in candidates}
    ordered: list[Candidate] = []
    community = context.community.calendar(None)
    while len(ordered) < MOST_SHOWN:
        found = promise(NOW, 0, context.now, lambda _: list(left.values()), (), None, community)
        if not isinstance(found, Promise):
            break
        ordered.append(left.pop(found.organisation_id or ""))
    return [*ordered, *left.values()]


def _is_away(context: Ctx, one: Candidate) -> bool:
    return context.now.astimezone(one.calendar.zone).date() in one.away


async def _line(context: Ctx, council: Organisation, one: Candidate) -> Phrase:
    people = await context.people_of(council.id)
    when = _hours(context, one.calendar)
    if one.has_hands_full:
        return phrase("escalation.council_hands_full", council=council.label)
    if _is_away(context, one):
        day = await back_on(context, council.id, people)
        if day is None:
            return phrase("escalation.council_away", council=council.label)
        return phrase("escalation.council_away_until", council=council.label, day=day)
    person = await next_person(context, council.id, people)
    if person:
        return phrase("escalation.council_person", council=council.label, person=Person(person), when=when)
    return phrase("escalation.council", council=council.label, when=when)


def _hours(context: Ctx, calendar: Calendar) -> Phrase:
    """At work now and until when, or when next."""
    if calendar.hours.always and calendar.is_open(context.now):
        return phrase("escalation.always_at_work")
    if calendar.is_open(context.now):
        return phrase("escalation.at_work_until", time=_closing(context, calendar))
    try:
        opens = calendar.next_open(context.now)
    except NeverOpen:
        return phrase("escalation.never_at_work")
    return phrase("escalation.next_at_work", at=Moment(opens, context.community.time_zone.key))


def _closing(context: Ctx, calendar: Calendar) -> str:
    local = context.now.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    closes = next(p.closes for p in calendar.hours.week[local.weekday()] if p.opens <= minute < p.closes)
    at = context.now.replace(second=0, microsecond=0) + timedelta(minutes=closes - minute)
    return f"{at.astimezone(context.community.time_zone):%H:%M}"


def _rungs(ladder: Ladder) -> tuple[Phrase, ...]:
    return tuple(
        phrase(f"escalation.rung_{rung.ask}", after=rung.after)
        if rung.after > timedelta(0)
        else phrase(f"escalation.rung_{rung.ask}_at_once")
        for rung in ladder.rungs
    )
