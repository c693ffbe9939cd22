"""Keeping the register fresh: who confirmed an entry is asked once, in their hours, whether it still holds."""

import json
from datetime import date, datetime, timedelta

from bot.domain.directory import Age, Assertion, Entry, Grade, Relation, Status, Usage, trust
from bot.events import Answered, Ask, Due, Effect, Option, Say, SetTimer
from bot.words import phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx, age_in

KIND = "renew"
EVERY = timedelta(hours=1)  # working hours differ from council to council
RENEW_PRIORITY = 3  # nothing waits for it
ANSWERS = tuple(Option(value) for value in ("yes", "no", "later", "stop"))


@plugin.starts
async def set_out(context: Ctx) -> list[Effect]:
    """See that old entries are looked for."""
    return [_next(context)] if context.settings.ask_when_stale else []


def _next(context: Ctx) -> SetTimer:
    return SetTimer(KIND, "directory:renew", context.community.calendar(None).next_open(context.now + EVERY))


@plugin.due(KIND)
async def look_for_old(context: Ctx, due: Due) -> list[Effect]:
    """Ask about what grew old: one question a person and week, and each entry once."""
    if not context.settings.ask_when_stale:
        return []
    resting = await context.memory.contacts.resting(context.now)
    effects: list[Effect] = [_next(context)]
    asked: set[str] = set()
    old = await context.memory.register.confirmed_before(context.now.date() - context.settings.stale_after)
    # First what a body said itself: it knows what it is asked about.
    for usage in sorted(old, key=lambda u: (trust(u.grade), u.confirmed_on, u.organisation_id, u.tool_id)):
        if age_in(context, usage) is Age.CONFIRMED or _entry(usage) in resting or not _is_asked_about(context, usage):
            continue
        person = await _whom(context, usage, asked)
        if person:
            asked.add(person)
            effects.append(await _question(context, usage, person))
    return effects


def _entry(usage: Usage) -> Entry:
    return Entry(usage.organisation_id, usage.tool_id, usage.relation, usage.confirmed_on)


def _is_asked_about(context: Ctx, usage: Usage) -> bool:
    known = usage.organisation_id in context.names.organisations and usage.tool_id in context.names.tools
    return known and usage.status is not Status.RETIRED


async def _whom(context: Ctx, usage: Usage, asked: set[str]) -> str:
    """Who may be asked now: whoever said it first of all, then the body's other people."""
    organisation = context.names.organisations[usage.organisation_id]
    if organisation.ended or not context.community.calendar(organisation).is_open(context.now):
        return ""
    people = await context.contacts_of(organisation.id)
    own = await context.belonging(usage.said_by) if usage.said_by.startswith("@") else None
    if own and own.verified and own.organisation_id == organisation.id:
        people = [usage.said_by, *people]
    for person in people:
        known = await context.memory.contacts.get(person)
        rested = known.last_asked_at is None or context.now - known.last_asked_at >= _pause(context)
        if known.consent != "no" and rested and person not in asked:
            return person
    return ""


def _pause(context: Ctx) -> timedelta:
    return timedelta(days=context.settings.days_between_questions)


async def _question(context: Ctx, usage: Usage, person: str) -> Ask:
    await context.memory.contacts.asked(person, context.now)
    await context.memory.contacts.reminded(_entry(usage), person, context.now)
    known = await context.memory.contacts.get(person)
    language = known.language or context.community.language
    blocks = (
        phrase(
            f"directory.renew_{usage.relation}",
            organisation=context.names.organisations[usage.organisation_id].name,
            tool=context.names.tools[usage.tool_id].name,
            on=usage.confirmed_on,
        ),
        phrase("directory.renew_answers"),
    )
    subject = json.dumps([usage.organisation_id, usage.tool_id, usage.relation, usage.confirmed_on.isoformat()])
    key = f"renew:{usage.organisation_id}:{usage.tool_id}:{usage.relation}:{context.now.date().isoformat()}"
    say = Say(person, blocks, key=key, notice=False, priority=RENEW_PRIORITY, language=language)
    return Ask(say, KIND, subject, ANSWERS, person, lasts=timedelta(days=90))


@plugin.answers(KIND)
async def renewed(context: Ctx, answered: Answered) -> list[Effect]:
    """Yes and no are the body's own word; later is later; stop is never again."""
    organisation_id, tool_id, relation, on = json.loads(answered.subject)
    entry = Entry(organisation_id, tool_id, Relation(relation), date.fromisoformat(on))
    if answered.value == "stop":
        await context.memory.contacts.keep_consent(answered.sender, "no")
        return [answered.reply(phrase("directory.renew_stop"))]
    if answered.value == "later":
        days = context.settings.later_means_days
        await context.memory.contacts.ask_again(entry, context.now + timedelta(days=days))
        return [answered.reply(phrase("directory.renew_later", count=days))]
    belonging = await context.belonging(answered.sender)
    sure = bool(belonging and belonging.verified and belonging.organisation_id == organisation_id)
    latest = await context.memory.register.usages_of_organisation(organisation_id, entry.relation)
    usage = next((u for u in latest if u.tool_id == tool_id), None)
    said = _said_now(usage, entry, answered, context.now, still=answered.value == "yes", sure=sure)
    await context.memory.register.add_assertions([said], context.now)
    tool = context.names.tools[tool_id].name
    organisation = context.names.organisations[organisation_id].name
    return [answered.reply(phrase(f"directory.renew_{answered.value}", tool=tool, organisation=organisation))]


def _said_now(
    usage: Usage | None, entry: Entry, answered: Answered, now: datetime, *, still: bool, sure: bool
) -> Assertion:
    """The entry said anew: as it stood, or ended."""
    as_it_was = usage.status if usage and usage.status is not Status.RETIRED else Status.PRODUCTION
    return Assertion(
        organisation_id=entry.organisation_id,
        tool_id=entry.tool_id,
        relation=entry.relation,
        status=as_it_was if still else Status.RETIRED,
        grade=Grade.CONFIRMED if sure else Grade.UNVERIFIED,
        asserted_on=now.date(),
        said_by=answered.sender,
        said_at=now,
    )
