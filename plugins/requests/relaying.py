"""A question asked in a direct chat: put to the community only after a yes, under the asker's name."""

import json
from datetime import timedelta

from bot.actions import Ask, Effect, Join, Option, Redact
from bot.domain.request import Kind
from bot.errors import UserError
from bot.events import Answered, Edited, Entered, Heard, Redacted
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Link, Quote, phrase
from plugins.requests import plugin
from plugins.requests.opening import open_request
from plugins.requests.question import Question, whole
from plugins.requests.settings import RequestsSettings
from plugins.requests.shortly import shortly

Ctx = Context[RequestsSettings]

KIND = "relay"
LASTS = timedelta(hours=12)
SHOWN = 80  # letters, to say which one


async def offer_to_relay(context: Ctx, question: Question) -> list[Effect]:
    """Say where it would be asked, and with what words; raises UserError if there is no room for it."""
    room = await _room(context)
    if not room:
        raise UserError(phrase("requests.ask_in_a_room"))
    heard = question.heard
    subject = {"event": heard.event_id, "thread": heard.thread, "text": heard.text, "asked": question.text,
               "kind": question.kind, "topic": question.topic}  # fmt: skip
    link = Link(f"https://matrix.to/#/{room}", context.community.help_room)
    line = phrase("requests.shall_i_relay", room=link, text=Quote(question.text))
    await context.memory.questions.withdraw_to(heard.sender, KIND, context.now)  # a yes is to the newest one
    say = heard.reply(line, key=_key(heard.event_id), card=True)
    return [Ask(say, KIND, json.dumps(subject), (Option("yes"), Option("no")), heard.sender, LASTS)]


def _key(event_id: str) -> str:
    return f"relay:{event_id}"


def _done_key(event_id: str) -> str:
    return f"relayed:{event_id}"


@plugin.starts
async def enter_help_room(context: Ctx) -> list[Effect]:
    """Be where questions are put to all, if invited or allowed."""
    room = context.community.help_room
    joined = await context.memory.rooms.joined()
    return [Join(room)] if room and room not in joined else []


@plugin.enters
async def help_room_entered(context: Ctx, entered: Entered) -> list[Effect]:
    """Perhaps this is it, by its alias: entering it once more tells."""
    room = context.community.help_room
    unknown = room.startswith("#") and await context.memory.rooms.joined_as(room) is None
    return [Join(room)] if unknown and not entered.direct else []


async def _room(context: Ctx) -> str | None:
    """The id of the room in which questions are put to all, if we are in it."""
    room = await context.memory.rooms.joined_as(context.community.help_room)
    return await context.memory.rooms.now(room) if room else None


@plugin.answers(KIND)
async def relay(context: Ctx, answered: Answered) -> list[Effect]:
    """Open the request in the community's room, or let it be."""
    if answered.value == "no":
        return [answered.reply(phrase("requests.not_relayed"))]
    said = json.loads(answered.subject)
    room = await _room(context)
    if not room:
        raise UserError(phrase("requests.ask_in_a_room"))
    heard = Heard(
        said["event"], answered.room_id, answered.sender, said["text"], answered.received_at, True, True, said["thread"]
    )
    meaning = context.understand(heard.text)
    question = Question(heard, meaning.tool, said["asked"], Kind(said["kind"]), said["topic"], room=room)
    done = phrase("requests.relayed", text=shortly(said["asked"], SHOWN))
    return [*await open_request(context, question), answered.reply(done, key=_done_key(heard.event_id))]


async def reworded_before(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """The words were changed before the yes: it is asked anew, with what would be shown now."""
    if await context.memory.outbox.state(f"requests:{_key(edited.target)}") is None:
        return []
    await context.memory.questions.withdraw(edited.target, (KIND,), context.now)
    heard = Heard(edited.target, edited.room_id, edited.sender, edited.text, edited.received_at, True, True)
    text = whole(meant.slots.get("text"), edited.text)
    return await offer_to_relay(context, Question(heard.in_thread(edited.thread), meant.tool, text))


@plugin.redacted
async def not_to_relay(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A question taken back before the yes is not kept for one; nor are its words in what we asked."""
    await context.memory.questions.withdraw(redacted.target, (KIND,), context.now)
    keys = (_key(redacted.target), _done_key(redacted.target))
    said = [key for key in keys if await context.memory.outbox.state(f"requests:{key}")]
    return [Redact(redacted.room_id, key) for key in said]
