"""Whatever people say, take back, change, or leave: the card tells the truth, and what was erased is gone."""

import asyncio
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import structlog
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from structlog.testing import LogCapture

from bot.actions import Changed, Say
from bot.domain.promise import PromiseNote
from bot.domain.request import SETTLED, Request, State
from bot.language.meaning import NOTHING
from bot.plugin import Context
from bot.store.memory import Memory
from bot.store.requests import as_request
from bot.store.rooms import Room
from plugins.requests.card import draw
from plugins.requests.settings import RequestsSettings
from tests.dialogue import (
    ANA,
    BEA,
    BOPS,
    CAI,
    CAMDEN,
    CLERK,
    LAMBETH,
    MAINTAINERS,
    PLANX,
    ROOM,
    SAM,
    STEWARDS,
    Dialogue,
    Said,
    dialogue,
    maintains,
    uses,
)  # fmt: skip

DAN = "@dan:example.org"
PEOPLE = (ANA, BEA, CAI, DAN, SAM)
DIRECT = {person: f"!direct-{person[1:4]}:example.org" for person in PEOPLE}
PLUGINS: dict[str, dict[str, Any]] = {
    "requests": {"pinned_boards": False, "claims_per_person": 2}, "help": {}, "escalation": {}, "directory": {},
    "people": {}, "rooms": {},
}  # fmt: skip

QUESTIONS = (
    "help with PlanX: the {} layer is {} after login",
    "help with BOPS: our {} list stays {}",
    "why does PlanX say {} when I open {}?",
    "check that: PlanX keeps {} data in {}",
)
WORDS = (
    "take", "pass", "wait", "answered", "resolve", "reopen", "withdraw", "watch", "stop watching", "thanks", "me too",
    "I'm looking into it", "yes", "no", "1", "that's it", "that didn't help", "duplicate of #1", "duplicate of #2",
    "hand over to @cai:example.org", "hand over to @dan:example.org", "save this answer as trick", "answer with trick",
    "history", "take #1", "pass #2", "resolve #2", "stop asking me",
)  # fmt: skip
TALK = ("You have to clear the {} cache of {} first.", "Which {} do you mean by {}?", "It says {} and {} here, too.")
SIGNS = ("🙋", "🙅", "💬", "✅", "🔁", "👀", "🆘", "👍", "👎", "🙋🏽")

people = st.sampled_from(PEOPLE)
T = TypeVar("T")


class Whatever(RuleBasedStateMachine):
    """Conversations in a room, its threads and direct chats."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.log = LogCapture()
        self.before = structlog.get_config()
        structlog.configure(processors=[self.log])
        self.room = ROOM
        self.said: list[tuple[str, str, str, str]] = []  # event, room, sender, text
        self.reactions: list[tuple[str, str, str]] = []  # event, room, sender
        self.words: dict[str, set[str]] = {}  # of each message, the words that only it has
        self.gone: set[str] = set()
        self.number = 0
        self.talk = self.do(self.begin())

    async def begin(self) -> Dialogue:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        assertions = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX), uses(LAMBETH, BOPS)]
        rooms = {"maintainers": MAINTAINERS, "stewards": STEWARDS, "help": ROOM}
        talk = await self.stack.enter_async_context(
            dialogue(Path(folder), PLUGINS, assertions=assertions, community={"rooms": rooms})
        )
        async with talk.database.transaction() as connection:
            for person, room in DIRECT.items():
                await Memory(connection).rooms.keep(Room(room, "join", members=2, direct=True, inviter=person))
        return talk

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.do(self.stack.aclose())
        self.loop.close()
        structlog.configure(**self.before)

    # --- what people do ----------------------------------------------------------------------------------------

    def filled(self, text: str) -> tuple[str, set[str]]:
        words = []
        for _ in range(text.count("{}")):
            self.number += 1
            words.append("zeq" + "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:03}") + "x")
        return text.format(*words), set(words)

    def places(self) -> list[str]:
        asked = [s.content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") for s in self.talk.said
                 if s.op_id.startswith("requests:card:") and not s.edits]  # fmt: skip
        talk = [event for event, room, _, _ in self.said if room in (ROOM, self.room)]
        return [event for event in (*asked, *asked, *self.cards(), *talk) if event]

    def cards(self) -> list[str]:
        return [s.event_id for s in self.talk.said if not s.edits and s.op_id.startswith("requests:card:")]

    def speak(self, who: str, text: str, room: str, **how: Any) -> None:
        text, words = self.filled(text)
        mentions = [f"{part}" for part in text.split() if part.startswith("@")]
        note(f"{who} in {room}: {text} {how}")
        event = self.do(self.talk.say(text, who, room=room, mentions=mentions, **how))
        self.said.append((event, room, who, text))
        self.words[event] = words

    @rule(who=people, text=st.sampled_from(QUESTIONS))
    def ask(self, who: str, text: str) -> None:
        self.speak(who, text, self.room)

    @rule(who=people, text=st.sampled_from((*QUESTIONS, "yes", "no", "1", "2", "resolve #1", "reopen #1", "board")))
    def ask_in_private(self, who: str, text: str) -> None:
        self.speak(who, text, DIRECT[who], addressed=False)

    def threads(self) -> list[str]:
        """The questions, and the cards that stand for one."""
        roots = []
        for said in self.talk.said:
            if said.op_id.startswith("requests:card:") and not said.edits and said.room_id == self.room:
                asked = said.relation.get("m.in_reply_to", {}).get("event_id")
                roots.append(asked or said.event_id)
        return roots

    def in_a_thread(self, who: str, text: str, data: st.DataObject) -> None:
        if threads := self.threads():
            self.speak(who, text, self.room, thread=data.draw(st.sampled_from(threads)), addressed=False)

    @rule(who=people, text=st.sampled_from(WORDS), data=st.data())
    def command(self, who: str, text: str, data: st.DataObject) -> None:
        self.in_a_thread(who, text, data)

    @rule(who=people, text=st.sampled_from(WORDS), data=st.data())
    def another_command(self, who: str, text: str, data: st.DataObject) -> None:
        self.in_a_thread(who, text, data)

    @rule(who=people, text=st.sampled_from(WORDS), data=st.data())
    def yet_another_command(self, who: str, text: str, data: st.DataObject) -> None:
        self.in_a_thread(who, text, data)

    @rule(who=people, text=st.sampled_from(TALK), data=st.data())
    def remark(self, who: str, text: str, data: st.DataObject) -> None:
        self.in_a_thread(who, text, data)

    @rule(who=people, sign=st.sampled_from(SIGNS), data=st.data())
    def sign(self, who: str, sign: str, data: st.DataObject) -> None:
        if threads := self.threads():
            target = data.draw(st.sampled_from(threads))
            note(f"{who} puts {sign} on {target}")
            self.reactions.append((self.do(self.talk.react(target, sign, who, self.room)), self.room, who))

    @precondition(lambda self: self.said)
    @rule(who=people, text=st.sampled_from((*WORDS, *TALK)), addressed=st.booleans(), data=st.data())
    def reply(self, who: str, text: str, addressed: bool, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from([(s.event_id, s.room_id) for s in self.talk.said if "body" in s.content]
                                           + [(event, room) for event, room, _, _ in self.said]))  # fmt: skip
        if target[1] not in (*DIRECT.values(),) or target[1] == DIRECT[who]:
            room = target[1] if not target[1].startswith("@") else DIRECT[who]
            self.speak(who, text, room, reply_to=target[0], addressed=addressed)

    @precondition(lambda self: self.said)
    @rule(who=people, sign=st.sampled_from(SIGNS), data=st.data())
    def react(self, who: str, sign: str, data: st.DataObject) -> None:
        places = self.places()
        if places:
            target = data.draw(st.sampled_from(places))
            note(f"{who} puts {sign} on {target}")
            self.reactions.append((self.do(self.talk.react(target, sign, who, self.room)), self.room, who))

    @precondition(lambda self: self.reactions)
    @rule(moderator=st.booleans(), data=st.data())
    def take_reaction_back(self, moderator: bool, data: st.DataObject) -> None:
        event, room, who = data.draw(st.sampled_from(self.reactions))
        self.reactions.remove((event, room, who))
        note(f"reaction {event} is taken back")
        self.do(self.talk.redact(event, SAM if moderator else who, room))

    @precondition(lambda self: self.said)
    @rule(text=st.sampled_from((*QUESTIONS, *TALK)), data=st.data())
    def edit(self, text: str, data: st.DataObject) -> None:
        event, room, who, _ = data.draw(st.sampled_from(self.said))
        if event in self.gone:
            return
        text, words = self.filled(text)
        note(f"{who} edits {event}: {text}")
        self.words[event] |= words
        self.do(self.talk.edit(event, text, who, room))

    @precondition(lambda self: self.said)
    @rule(moderator=st.booleans(), data=st.data())
    def redact(self, moderator: bool, data: st.DataObject) -> None:
        event, room, who, _ = data.draw(st.sampled_from(self.said))
        if event not in self.gone:
            note(f"{event} is taken back")
            self.gone.add(event)
            self.do(self.talk.redact(event, SAM if moderator else who, room))

    @precondition(lambda self: self.cards())
    @rule(data=st.data())
    def lose_card(self, data: st.DataObject) -> None:
        card = data.draw(st.sampled_from(self.cards()))
        note(f"card {card} is removed")
        self.talk.redacted.add(card)
        room = next(s.room_id for s in self.talk.said if s.event_id == card)
        self.do(self.talk.redact(card, SAM, room))

    @rule(who=st.sampled_from((ANA, BEA, DAN)), direct=st.booleans())
    def leave(self, who: str, direct: bool) -> None:
        note(f"{who} leaves")
        self.do(self.talk.depart(who, DIRECT[who] if direct else self.room))

    @rule(hours=st.sampled_from((1, 5, 30, 100, 600)), asleep=st.booleans())
    def time_goes_by(self, hours: int, asleep: bool) -> None:
        note(f"{hours} hours{' asleep' if asleep else ''}")
        self.do(self.talk.sleep(hours=hours) if asleep else self.talk.wait(hours=hours))

    @rule()
    def upgrade(self) -> None:
        self.number += 1
        new = f"!new{self.number}:example.org"
        note(f"{self.room} goes on in {new}")
        self.do(self.talk.move(self.room, new))
        self.room = new

    # --- what holds whatever they do -----------------------------------------------------------------------------

    @invariant()
    def nothing_broke(self) -> None:
        bad = [entry for entry in self.log.entries if entry["log_level"] in ("error", "critical", "exception")]
        assert not bad, bad

    @invariant()
    def every_card_tells_what_is_kept(self) -> None:
        self.do(self._cards())

    async def _cards(self) -> None:
        for request, expected in await self._drawn():
            live = [s for s in self.talk.said if s.op_id == request.card_op]
            assert len(live) == 1, (request, live)
            shown = shown_now(self.talk, live[0])
            assert shown == expected, f"#{request.number} shows {shown!r} and is {expected!r}"

    async def _drawn(self) -> list[tuple[Request, str]]:
        """Each request, and its card as it would be drawn now."""
        drawn, router = [], self.talk.router
        async with self.talk.database.reading() as connection:
            memory = Memory(connection)
            for request in await every_request(memory):
                context = Context(
                    now=self.talk.now,
                    settings=RequestsSettings(**PLUGINS["requests"]),
                    community=router.community,
                    memory=memory,
                    names=router.names,
                    language="en",
                    bot=CLERK,
                    understand=lambda text: NOTHING,
                    written=router.keeper.renderer.written,
                    plugins=frozenset(PLUGINS),
                )
                (say,) = await draw(context, Changed(request.id, "looked at"))
                assert isinstance(say, Say)
                (content, *_) = router.keeper.renderer.contents(replace(say, thread=None), say.language or "")
                drawn.append((request, str(content["body"])))
        return drawn

    @invariant()
    def timers_are_those_of_the_state(self) -> None:
        self.do(self._timers())

    async def _timers(self) -> None:
        async with self.talk.database.reading() as connection:
            memory = Memory(connection)
            for request in await every_request(memory):
                patience = await memory.timers.due_at(f"patience:{request.number}")
                rung = await memory.timers.due_at(f"rung:{request.number}")
                assert (patience is not None) == (request.state not in SETTLED), (request, patience)
                promised = PromiseNote.from_json(request.promise)
                at = promised.at if promised and request.state is State.OPEN else None
                assert rung == at, (request.number, request.state, rung, at)
                for due in (patience, rung):
                    assert due is None or due >= self.talk.now, (request.number, due)

    @invariant()
    def who_is_pinged_has_something_to_do(self) -> None:
        for said in self.talk.said:
            plugin, _, rest = said.op_id.partition(":")
            expected = rest.startswith(("handed:", "saved:")) or "escalation" in plugin or "." in plugin
            assert not said.mentions or expected, said
            assert len(said.mentions) <= 1 or plugin == "escalation", said
            assert CLERK not in said.mentions

    @invariant()
    def what_was_taken_back_is_gone(self) -> None:
        gone = {word for event in self.gone for word in self.words[event]}
        if gone:
            kept = self.do(self._kept())
            for word in gone:
                assert word not in kept, (word, kept[max(0, kept.find(word) - 200) : kept.find(word) + 100])
            for said in self.talk.said:
                if said.edits or said.event_id in self.talk.redacted:
                    continue
                shown = shown_now(self.talk, said)
                assert not any(word in shown for word in gone), (said.op_id, said.room_id, shown)

    async def _kept(self) -> str:
        """All that is kept, but for the register."""
        tables = ("request", "request_step", "question", "outbox", "inbox", "saved_answer", "past_answer", "subject",
                  "fact", "timer")  # fmt: skip
        async with self.talk.database.reading() as connection:
            rows = [dict(row) for table in tables for row in await connection.fetch(f"SELECT * FROM {table}")]
        return "\n".join(map(str, rows))


def shown_now(talk: Dialogue, said: Said) -> str:
    """What a message says since its last edit."""
    return next((s.body for s in reversed(talk.said) if s.edits == said.event_id), said.body)


async def every_request(memory: Memory) -> list[Request]:
    """All there are."""
    return [as_request(row) for row in await memory.connection.fetch("SELECT * FROM request ORDER BY number")]


def test_whatever_happens() -> None:
    run_state_machine_as_test(
        Whatever,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            derandomize=True,
            phases=(Phase.generate,),  # a minute of shrinking is a minute too many: the notes tell the story
        ),
    )  # fmt: skip
