"""Keeping the register fresh: who confirmed an entry is asked once, in their hours, whether it still holds."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.actions import Ask, Effect, Option, Priority, Say, SetTimer
from bot.domain.directory import Age, Assertion, Entry, Grade, Relation, Status, Usage, trust
from bot.events import Answered, Due
from bot.words import phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx, age_in

KIND = "renew"
EVERY = timedelta(hours=1)  # working hours differ from council to council
AT_ONCE = 20  # questions a round: a register that grows old as a whole is asked about over some days
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
    resting = await _resting(context)
    effects: list[Effect] = [_next(context)]
    free = Free(context)
    old = await context.memory.register.confirmed_before(context.now.date() - context.settings.stale_after)
    # First what a body said itself: it knows what it is asked about.
    for usage in sorted(old, key=lambda u: (trust(u.grade), u.confirmed_on, u.organisation_id, u.tool_id)):
        if age_in(context, usage) is Age.CONFIRMED or _entry(usage) in resting or not _is_asked_about(context, usage):
            continue
        person = await free.whom(usage)
        if person:
            free.asked.add(person)
            effects.append(await _question(context, usage, person))
        if len(effects) > AT_ONCE:
            break
    return effects


async def _resting(context: Ctx) -> set[Entry]:
    """The entries that somebody was asked about; not those whose question the homeserver refused, after a day."""
    resting = await context.memory.contacts.resting(context.now)
    refused = await context.memory.outbox.refused("directory:renew:")
    stems = {op_id.rpartition(":")[0] for op_id in refused}
    for entry in [e for e in resting if f"directory:{_stem(e)}" in stems]:
        at = await context.memory.contacts.asked_about(entry)
        if at and at.date() < context.now.date() and f"directory:{_stem(entry)}:{at.date().isoformat()}" in refused:
            resting.discard(entry)
    return resting


def _stem(entry: Entry | Usage) -> str:
    return f"renew:{entry.organisation_id}:{entry.tool_id}:{entry.relation}"


def _entry(usage: Usage) -> Entry:
    return Entry(usage.organisation_id, usage.tool_id, usage.relation, usage.confirmed_on)


def _is_asked_about(context: Ctx, usage: Usage) -> bool:
    known = usage.organisation_id in context.names.organisations and usage.tool_id in context.names.tools
    return known and usage.status is not Status.RETIRED


@dataclass
class Free:
    """Who may be asked in one round, each body and person looked up once."""

    context: Ctx
    asked: set[str] = field(default_factory=set)
    _bodies: dict[str, list[str]] = field(default_factory=dict)
    _people: dict[tuple[str, str], bool] = field(default_factory=dict)

    async def whom(self, usage: Usage) -> str:
        """Who may be asked now: whoever said it first of all, then the body's other people."""
        body = usage.organisation_id
        if body not in self._bodies:
            self._bodies[body] = await self._of(body)
        people = self._bodies[body]
        if usage.said_by in people or await self._own(usage.said_by, body):
            people = [usage.said_by, *people]
        return next((person for person in people if person not in self.asked), "")

    async def _of(self, body: str) -> list[str]:
        if not await self._at_work(body):
            return []
        return [person for person in await self.context.contacts_of(body) if await self._rested(person)]

    async def _own(self, said_by: str, body: str) -> bool:
        """Whether it was said by one of the body's people who isn't among its contacts, and may be asked now."""
        if not said_by.startswith("@"):
            return False
        if (said_by, body) not in self._people:
            own = await self.context.belonging(said_by)
            sure = bool(own and own.verified and own.organisation_id == body)
            self._people[said_by, body] = sure and await self._at_work(body) and await self._rested(said_by)
        return self._people[said_by, body]

    async def _at_work(self, body: str) -> bool:
        if self.context.names.organisations[body].ended:
            return False
        return (await self.context.calendar(body)).is_open(self.context.now)

    async def _rested(self, person: str) -> bool:
        known = await self.context.memory.contacts.get(person)
        pause = timedelta(days=self.context.settings.days_between_questions)
        rested = known.last_asked_at is None or self.context.now - known.last_asked_at >= pause
        return known.consent != "no" and rested


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
    key = f"{_stem(usage)}:{context.now.date().isoformat()}"
    say = Say(person, blocks, key=key, notice=False, priority=Priority.NEWS, language=language)
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
    key = f"directory.renew_{answered.value}" if sure else f"directory.renew_{answered.value}_unverified"
    return [answered.reply(phrase(key, tool=tool, organisation=organisation))]


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
