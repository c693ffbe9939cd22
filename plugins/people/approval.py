"""A steward's word on who belongs where: asked for in the stewards' room, given by a word or a reaction."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.actions import Ask, Effect, Option, Say
from bot.domain.directory import Grade, Organisation
from bot.errors import UserError
from bot.events import Answered, Heard, Redacted
from bot.plugin import Context, NoSettings
from bot.words import Person, phrase
from plugins.people import plugin

Ctx = Context[NoSettings]

KIND = "belongs"
ANSWERS = (Option("yes"), Option("no"))
WAITS = timedelta(days=90)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def ask_stewards(context: Ctx, heard: Heard, organisation: Organisation) -> list[Ask]:
    """The question to the stewards; none if they have no room."""
    room = context.community.stewards_room
    if not room:
        return []
    told = (
        phrase("people.does_belong", person=Person(heard.sender), account=heard.sender, organisation=organisation.name),
        phrase("people.how_to_approve"),
    )
    subject = json.dumps(
        {"person": heard.sender, "organisation": organisation.id, "room": heard.room_id, "event": heard.event_id,
         "thread": heard.thread, "language": context.language}
    )  # fmt: skip
    say = Say(room, told, key=f"belongs:{heard.sender}:{organisation.id}")
    return [Ask(say, KIND, subject, ANSWERS, lasts=WAITS, again=True)]


@plugin.answers(KIND)
async def approve(context: Ctx, answered: Answered) -> list[Effect]:
    """Keep what the steward says, and tell the person where they said it. The last word counts."""
    if context.community.stewards and not context.community.is_steward(answered.sender):
        raise UserError(phrase("people.stewards_only"))
    asked = json.loads(answered.subject)
    if answered.sender == asked["person"]:
        raise UserError(phrase("people.not_yourself"))
    organisation = context.names.organisations.get(asked["organisation"])
    known = await context.memory.people.belonging(asked["person"])
    if organisation is None or (known and known.organisation_id != organisation.id):
        return [answered.reply(phrase("people.overtaken", person=Person(asked["person"])))]
    person = Person(asked["person"])
    if answered.value == "yes":
        await context.memory.people.keep(asked["person"], organisation.id, True, context.now)
        await _confirm(context, asked["person"], organisation)
        await context.memory.inbox.set_subject(answered.event_id, f"approved:{asked['person']}")
    else:
        await context.memory.people.forget(asked["person"])
    told = Say(
        asked["room"],
        (phrase(f"people.told_{answered.value}", person=person, organisation=organisation.name),),
        reply_to=asked["event"],
        thread=asked["thread"],
        language=asked["language"],
        key=f"belongs-told:{answered.event_id}",
    )
    return [
        answered.reply(phrase(f"people.approved_{answered.value}", person=person, organisation=organisation.name)),
        told,
    ]


@plugin.redacted
async def take_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A steward who takes their yes back, word or reaction, takes back what it proved."""
    kind, _, person = (redacted.subject or "").partition(":")
    known = await context.memory.people.belonging(person) if kind == "approved" else None
    organisation = context.names.organisations.get(known.organisation_id) if known and known.verified else None
    if organisation is None:
        return []
    await context.memory.people.keep(person, organisation.id, False, context.now)
    told = phrase("people.approval_taken_back", person=Person(person), organisation=organisation.name)
    return [Say(redacted.room_id, (told,))]


async def _confirm(context: Ctx, person: str, organisation: Organisation) -> None:
    """What the person said last of each tool was the council's own word, as of the day on which they said it."""
    said = await context.memory.register.said_by(person, organisation.id)
    latest = {(a.tool_id, a.relation): a for a in sorted(said, key=lambda a: (a.asserted_on, a.said_at or LONG_AGO))}
    sure = [replace(a, grade=Grade.CONFIRMED) for a in latest.values() if a.grade is Grade.UNVERIFIED]
    await context.memory.register.add_assertions(sure, context.now)
