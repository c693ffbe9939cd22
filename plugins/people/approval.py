"""A steward's word on who belongs where: asked for in the stewards' room, given by a word or a reaction."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.domain.directory import Grade, Organisation
from bot.errors import UserError
from bot.events import Answered, Ask, Effect, Heard, Option, Say
from bot.plugin import Context, NoSettings
from bot.words import Person, phrase
from plugins.people import plugin

Ctx = Context[NoSettings]

KIND = "belongs"
ANSWERS = (Option("yes"), Option("no"))
WAITS = timedelta(days=90)


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
    say = Say(room, told, key=f"belongs:{heard.sender}:{organisation.id}:{heard.event_id}")
    return [Ask(say, KIND, subject, ANSWERS, lasts=WAITS)]


@plugin.answers(KIND)
async def approve(context: Ctx, answered: Answered) -> list[Effect]:
    """Keep what the steward says, and tell the person where they said it."""
    if context.community.stewards and not context.community.is_steward(answered.sender):
        raise UserError(phrase("people.stewards_only"))
    asked = json.loads(answered.subject)
    organisation = context.names.organisations.get(asked["organisation"])
    known = await context.memory.people.belonging(asked["person"])
    if organisation is None or known is None or known.organisation_id != organisation.id:
        return [answered.reply(phrase("people.overtaken", person=Person(asked["person"])))]
    person = Person(asked["person"])
    if answered.value == "yes":
        await context.memory.people.keep(asked["person"], organisation.id, True, context.now)
        await _confirm(context, asked["person"], organisation)
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


async def _confirm(context: Ctx, person: str, organisation: Organisation) -> None:
    """What the person said before is the council's own word now; said anew, since nothing is ever overwritten."""
    said = await context.memory.register.said_by(person, organisation.id)
    again = [
        replace(a, grade=Grade.CONFIRMED, said_at=context.now, asserted_on=context.now.date())
        for a in said
        if a.grade is Grade.UNVERIFIED
    ]
    latest = {(a.tool_id, a.relation): a for a in again}
    await context.memory.register.add_assertions(latest.values(), context.now)
