"""Questions of ours and what answers them: a number, a name, a bare word, a reaction, or any words in reply."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from bot.actions import Ask, Option, Say
from bot.errors import Unsettled, UserError
from bot.events import Answered, Edited, Event, Heard, Reacted
from bot.language.engine import Engine
from bot.language.keys import fold
from bot.language.meaning import NOTHING, Match, Meaning, Named
from bot.language.names import Names
from bot.store.memory import Memory
from bot.store.questions import Question
from bot.words import phrase

WHICH = "which"  # the machine's own kinds of question: which of several names is meant,
MEANT = "meant"  # and whether words that reply to nothing are the answer to a question that takes any words
OURS = (WHICH, MEANT)
STOP, STOP_INTENT = "stop", "stop_asking"  # obeyed, whatever was asked;
OBEYED = 0.8  # sooner than other words: they are a person's own, and would be shown to everybody
IN_PASSING = timedelta(hours=1)  # how long a bare "2" in a room answers a question without replying to it
REACTIONS = {"👍": "yes", "✅": "yes", "👎": "no", "❌": "no", "🚫": "no"}

Chosen = Mapping[tuple[str, str], str]  # the kind and the folded name, and the id it stands for


@dataclass(frozen=True)
class Answer:
    """The question that was answered, and with what. `unsure`: perhaps; they are asked whether it is meant so."""

    question: Question
    value: str
    unsure: bool = False

    def event(self, event: Heard | Reacted) -> Answered:
        """What the plugin that asked is told."""
        told = (event.event_id, event.room_id, event.sender, self.question.kind, self.question.subject, self.value)
        if isinstance(event, Heard):
            return Answered(*told, event.received_at, event.event_id, event.thread)
        return Answered(*told, event.received_at, event.target)


@dataclass(frozen=True)
class Word:
    """A message as an answer; read when a question waits, once, however many wait."""

    text: str
    engine: Engine

    @cached_property
    def number(self) -> int | None:
        """Which of several it picks."""
        return self.engine.choice(self.text, self.engine.languages)

    @cached_property
    def bare(self) -> str:
        """The bare word it is, as `yes`; empty if none."""
        return self.engine.answer(self.text, self.engine.languages) or ""

    def value(self, question: Question) -> str:
        """Which of the question's options it is; empty if none."""
        labelled = [value for value, label in question.options if label]
        if self.number and self.number <= len(labelled):
            return labelled[self.number - 1]
        if _takes(question, self.bare):
            return self.bare
        if self.bare == "that" and _takes(question, "yes"):
            return "yes"
        return next((v for v, label in question.options if label and fold(label) == fold(self.text.strip(" .!?"))), "")


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
    word = Word(event.text, engine)
    if replied := await memory.questions.get(event.subject, now):
        value = word.value(replied) or ("" if replied.options else _words(word, meaning))
        return Answer(replied, value) if value and _may(replied, event.sender) else None
    waiting = await memory.questions.waiting(event.room_id, event.sender, now)
    if not event.direct:
        waiting = [q for q in waiting if not q.room_id.startswith("@")]  # asked in a direct chat, answered there
    return _chosen(waiting, word, event, now) or _perhaps(waiting, word, event, meaning)


def _words(word: Word, meaning: Meaning) -> str:
    stop = word.bare == STOP or (meaning.intent == STOP_INTENT and meaning.certainty >= OBEYED)
    return STOP if stop else word.text.strip()


def _chosen(waiting: list[Question], word: Word, event: Heard, now: datetime) -> Answer | None:
    """An option, said without a reply, in the same thread; in a room only soon, or to us. Where several wait for
    anybody's, to none. What replies to somebody else is theirs.
    """
    if event.reply_to:
        return None
    here = [question for question in waiting if question.thread == (event.thread or "")]
    fitting = [Answer(question, value) for question in here if (value := word.value(question))]
    if not (event.direct or event.addressed or event.thread):
        fitting = [a for a in fitting if now - a.question.asked_at <= IN_PASSING]
    if not (event.direct or event.addressed):
        fitting = [a for a in fitting if a.question.person]
    own = [answer for answer in fitting if answer.question.person]
    if own:
        return own[0]
    return fitting[0] if len(fitting) == 1 else None


def _perhaps(waiting: list[Question], word: Word, event: Heard, meaning: Meaning) -> Answer | None:
    """Words in a direct chat that mean nothing else may be the answer to a question that takes any."""
    question = next((question for question in waiting if not question.options), None)
    if question is None or not event.direct:
        return None
    if word.bare == STOP:
        return Answer(question, STOP)
    if meaning.intent != NOTHING.intent or word.bare or not any(c.isalpha() for c in word.text):
        return None
    return Answer(question, word.text.strip(), unsure=True)


def _may(question: Question, sender: str) -> bool:
    return question.person in ("", sender)


def _takes(question: Question, value: str) -> bool:
    return any(value == option for option, _ in question.options)


# --- whether it was meant as the answer --------------------------------------------------------------------


def checking(event: Heard, answer: Answer) -> Ask:
    """The question whether these words are to be passed on."""
    subject = {"key": answer.question.id, "event": event.event_id, "text": answer.value, "thread": event.thread}
    say = event.reply(phrase("bot.is_it_the_answer"), language=answer.question.language)
    return Ask(say, MEANT, json.dumps(subject), (Option("yes"), Option("no")), event.sender)


async def as_meant(
    memory: Memory, event: Heard | Reacted, answer: Answer, now: datetime
) -> tuple[Heard, Answer] | None:
    """The words that were meant as an answer, as the message they were said in; None if they weren't."""
    said = json.loads(answer.question.subject)
    question = await memory.questions.get(said["key"], now)
    if answer.value != "yes" or question is None:
        return None
    heard = Heard(said["event"], event.room_id, event.sender, said["text"], event.received_at, True, True)
    return replace(heard, thread=said["thread"]), Answer(question, said["text"])


# --- which of several names --------------------------------------------------------------------------------


def asking(event: Heard | Edited, error: Unsettled) -> Ask:
    """The question behind a name that may stand for several; its answer lets the sentence be heard again."""
    reply_to = event.target if isinstance(event, Edited) else event.event_id
    say = Say(event.room_id, (error.phrase,), reply_to=reply_to, thread=event.thread)
    subject = {"text": event.text, "kind": error.kind, "typed": error.typed, "remembered": error.remembered}
    return Ask(say, WHICH, json.dumps(subject), error.options, event.sender, again=True)


def refusal(event: Event, error: UserError) -> Say | Ask | None:
    """What is said of a sentence that can't be carried out, if it was said to us; perhaps what leads on."""
    if isinstance(event, Edited) and event.answered:
        say = Say(event.room_id, (error.phrase,), reply_to=event.target, thread=event.thread)
    elif isinstance(event, Answered) or (
        isinstance(event, Heard) and (event.addressed or event.direct or event.subject)
    ):
        say = event.reply(error.phrase)
    else:
        return None
    return asking(event, error) if isinstance(error, Unsettled) and isinstance(event, Heard | Edited) else say


async def heard_again(memory: Memory, names: Names, event: Heard | Reacted, answer: Answer) -> tuple[Heard, Chosen]:
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
    heard = Heard(event.event_id, event.room_id, event.sender, text, event.received_at, True, direct, thread)
    return heard, {(kind, fold(called)): answer.value for called in (typed, chosen)}


async def goes_with(memory: Memory, heard: Heard, question: Question) -> None:
    """What came of the sentence heard again goes with the message it was first said in, when that is taken back."""
    await memory.questions.comes_of(heard.event_id, question.origin)
    if subject := await memory.inbox.subject(heard.event_id, heard.room_id):
        await memory.inbox.set_subject(question.origin, subject)


async def as_settled(memory: Memory, room_id: str, meaning: Meaning, chosen: Chosen) -> Meaning:
    """The meaning with the names that were just chosen, or that this room has settled before."""
    return replace(
        meaning,
        tool=await _settled(memory, room_id, "tool", meaning.tool, chosen),
        organisation=await _settled(memory, room_id, "organisation", meaning.organisation, chosen),
        other=await _settled(memory, room_id, "tool", meaning.other, chosen),
    )


async def _settled(memory: Memory, room_id: str, kind: str, named: Named | None, chosen: Chosen) -> Named | None:
    if named is None:
        return None
    settled = chosen.get((kind, fold(named.typed)))
    if settled is None and named.match is Match.AMBIGUOUS:
        settled = await memory.questions.chosen(room_id, kind, fold(named.typed))
        settled = settled if settled in named.ids else None
    return Named(named.typed, Match.EXACT, (settled,)) if settled else named
