"""Where a steward lets the bot listen: it offers once to open a request, and is then quiet in that thread."""

import json
from datetime import timedelta

from bot.actions import Ask, Effect, Option
from bot.events import Answered, Heard, Redacted
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.opening import open_request
from plugins.requests.question import Question, whole
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "offered"
LASTS = timedelta(days=1)


async def offer(context: Ctx, heard: Heard) -> list[Effect]:
    """Ask whoever wondered aloud whether a request shall be opened; in a thread, or room, not again for hours."""
    place = heard.thread or heard.room_id
    if await context.memory.requests.is_quiet(place, context.now):
        return []
    quiet = timedelta(hours=context.settings.quiet_hours_after_offer)
    await context.memory.requests.be_quiet(place, context.now + quiet)
    subject = {"event": heard.event_id, "thread": heard.thread, "text": heard.text}
    line = phrase("requests.shall_i_open")
    return [Ask(heard.reply(line), KIND, json.dumps(subject), (Option("yes"), Option("no")), heard.sender, LASTS)]


@plugin.answers(KIND)
async def wanted(context: Ctx, answered: Answered) -> list[Effect]:
    """Open it, or leave them alone."""
    said = json.loads(answered.subject)
    if answered.value == "no" or await context.memory.requests.of_question(said["event"]):
        return []
    heard = Heard(said["event"], answered.room_id, answered.sender, said["text"], answered.received_at, True)
    meaning = context.understand(heard.text)
    text = whole(meaning.slots.get("text"), heard.text)
    heard = heard.in_thread(said["thread"])
    return await open_request(context, Question(heard, meaning.tool, text))


@plugin.redacted
async def not_to_open(context: Ctx, redacted: Redacted) -> list[Effect]:
    """What was taken back is not kept for a yes."""
    await context.memory.questions.withdraw(redacted.target, (KIND,), context.now)
    return []
