"""Questions of ours and what answers them: a number, a name, a bare word, a reaction, or any words in reply."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.audience import SURE
from bot.errors import Unsettled
from bot.events import Answered, Ask, Edited, Event, Heard, Reacted, Say
from bot.language.engine import Engine
from bot.language.keys import fold
from bot.language.meaning import Match, Meaning, Named
from bot.language.names import Names
from bot.store.memory import Memory
from bot.store.questions import Question

WHICH = "which"  # the machine's own kind of question: which of several names is meant
IN_PASSING = timedelta(hours=1)  # how long a bare "2" in a room answers a question without replying to it
REACTIONS = {"👍": "yes", "✅": "yes", "👎": "no", "❌": "no", "🚫": "no"}


@dataclass(frozen=True)
class Answer:
    """The question that was answered, and with what."""

    question: Question
    value: str

    def event(self, event: Heard | Reacted) -> Answered:
        """What the plugin that asked is told."""
        told = (event.event_id, event.room_id, event.sender, self.question.kind, self.question.subject, self.value)
        if isinstance(event, Heard):
            return Answered(*told, event.received_at, event.event_id, event.thread)
        return Answered(*told, event.received_at, event.target)


async def answer_in(memory: Memory, engine: Engine, event: Event, meaning: Meaning, now: datetime) -> Answer | None:
    """The answer that this event is, if it is one to a question that waits."""
    if isinstance(event, Reacted):
        question = await memory.questions.get(event.subject, now)
        value = REACTIONS.get(event.key[:1], "")
        return (
            Answer(question, value) if question and _may(question, event.sender) and _takes(question, value) else None
        )
    if not isinstance(event, Heard):
        return None
    if replied := await memory.questions.get(event.subject, now):
        value = _value(engine, replied, event.text) or ("" if replied.options else event.text.strip())
        return Answer(replied, value) if value and _may(replied, event.sender) else None
    for question in await memory.questions.waiting(event.room_id, event.sender, now):
        if value := _unreplied(engine, question, event, meaning, now):
            return Answer(question, value)
    return None


def _unreplied(engine: Engine, question: Question, event: Heard, meaning: Meaning, now: datetime) -> str:
    """What a message answers that replies to nothing: in a room only soon, and only from who was asked."""
    if question.room_id.startswith("@") and not event.direct:
        return ""  # asked in a direct chat, answered there
    if not question.options:
        understood = meaning.intent != "none" and meaning.certainty >= SURE
        return event.text.strip() if event.direct and not understood else ""
    in_passing = bool(question.person) and now - question.asked_at <= IN_PASSING
    return _value(engine, question, event.text) if event.direct or event.addressed or in_passing else ""


def _may(question: Question, sender: str) -> bool:
    return question.person in ("", sender)


def _takes(question: Question, value: str) -> bool:
    return any(value == option for option, _ in question.options)


def _value(engine: Engine, question: Question, text: str) -> str:
    labelled = [value for value, label in question.options if label]
    number = engine.choice(text, engine.languages)
    if number and number <= len(labelled):
        return labelled[number - 1]
    word = engine.answer(text, engine.languages) or ""
    if _takes(question, word):
        return word
    return next((v for v, label in question.options if label and fold(label) == fold(text.strip(" .!?"))), "")


# --- which of several names --------------------------------------------------------------------------------


def asking(event: Heard | Edited, error: Unsettled) -> Ask:
    """The question behind a name that may stand for several; its answer lets the sentence be heard again."""
    reply_to = event.target if isinstance(event, Edited) else event.event_id
    say = Say(event.room_id, (error.phrase,), reply_to=reply_to, thread=event.thread)
    subject = {"text": event.text, "kind": error.kind, "typed": error.typed, "remembered": error.remembered}
    return Ask(say, WHICH, json.dumps(subject), error.options, event.sender)


async def heard_again(memory: Memory, names: Names, event: Heard | Reacted, answer: Answer) -> Heard:
    """The sentence with the chosen name in the place of the one that wasn't clear."""
    asked = json.loads(answer.question.subject)
    kind, typed = asked["kind"], asked["typed"]
    if asked["remembered"]:
        await memory.questions.choose(event.room_id, kind, fold(typed), answer.value)
    if kind == "tool":
        name, found = names.tools[answer.value].name, names.find_tool
    else:
        name, found = names.organisations[answer.value].name, names.find_organisation
    chosen = name if found(name).id == answer.value else answer.value
    text = asked["text"].replace(typed, chosen, 1)
    thread = event.thread if isinstance(event, Heard) else None
    direct = event.direct if isinstance(event, Heard) else False
    return Heard(event.event_id, event.room_id, event.sender, text, event.received_at, True, direct, thread)


async def as_settled(memory: Memory, room_id: str, meaning: Meaning) -> Meaning:
    """The meaning with the names that this room has settled before."""
    return replace(
        meaning,
        tool=await _settled(memory, room_id, "tool", meaning.tool),
        organisation=await _settled(memory, room_id, "organisation", meaning.organisation),
    )


async def _settled(memory: Memory, room_id: str, kind: str, named: Named | None) -> Named | None:
    if named is None or named.match is not Match.AMBIGUOUS:
        return named
    chosen = await memory.questions.chosen(room_id, kind, fold(named.typed))
    return Named(named.typed, Match.EXACT, (chosen,)) if chosen in named.ids else named
