"""What people do in a community's biggest room, each time to another of its open requests."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.domain.request import Request
from bot.store.memory import Memory
from tests.bench.past import IN_BIGGEST_ROOM, person
from tests.dialogue import ROOM, Dialogue

Work = Callable[[], Awaitable[object]]


@dataclass
class Conversation:
    """In a community with so many past requests, as `past.fill` made it."""

    talk: Dialogue
    past: int
    _answered: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        here = range(self.past + 1, self.past + IN_BIGGEST_ROOM + 1)
        self._open = iter([number for number in here if number % 10 < 5])
        self._claimed = iter([number for number in here if 5 <= number % 10 < 8])
        self._people = (person(number) for number in itertools.count(7))

    def works(self) -> Mapping[str, Work]:
        """What is measured, in this order: some of it takes up what was left before."""
        return {
            "question heard, answered and sent": lambda: self._say("who uses PlanX?"),
            "a tool's page": lambda: self._say("what is PlanX?"),
            "request opened with card and promise": lambda: self._say("help with PlanX: it is down"),
            "request taken": lambda: self._say(f"take #{next(self._open)}"),
            "answer in the thread": self._answer,
            "request opened again": self._reopen,
            "another answer in the thread": self._answer,
            "request resolved": self._resolve,
            "talk in the thread": self._talk,
            "talk among people": lambda: self._say("Shall we meet on Tuesday?", addressed=False),
            "reaction: watch": self._watch,
            "question edited": self._edit,
            "question taken back": self._redact,
            "board": lambda: self._say("board"),
            "pinned board redrawn": lambda: self._due(f"board:{ROOM}", "board", ROOM),
            "history of a request": lambda: self._say(f"status #{next(self._open)}"),
            "timer due: a council is called": self._call,
            "digest": lambda: self._say("digest"),
            "asker and claimer leaves": lambda: self.talk.depart(next(self._people)),
        }

    async def _say(self, text: str, *, addressed: bool = True) -> None:
        await self.talk.say(text, next(self._people), addressed=addressed)

    async def _answer(self) -> None:
        request = await self._get(next(self._claimed))
        words = "You have to set the flag in the settings first"
        await self.talk.say(words, request.claimer, addressed=False, thread=request.question_event)
        self._answered.append(request.number)

    async def _resolve(self) -> None:
        request = await self._get(self._answered.pop())
        await self.talk.say(f"resolve #{request.number}", request.asker)

    async def _reopen(self) -> None:
        request = await self._get(self._answered.pop())
        await self.talk.say(f"reopen #{request.number}", request.asker)

    async def _talk(self) -> None:
        request = await self._get(next(self._claimed))
        words = "We had a good laugh about that"
        await self.talk.say(words, next(self._people), addressed=False, thread=request.question_event)

    async def _watch(self) -> None:
        """By the one who has watched most."""
        await self.talk.react((await self._get(next(self._open))).question_event, "👀", person(1))

    async def _edit(self) -> None:
        request = await self._get(next(self._open))
        await self.talk.edit(request.question_event, f"help with PlanX: {request.text}", request.asker)

    async def _redact(self) -> None:
        request = await self._get(next(self._open))
        await self.talk.redact(request.question_event, request.asker)

    async def _call(self) -> None:
        number = next(self._open)
        await self._due(f"rung:{number}", "rung", f"request:{number}")

    async def _due(self, key: str, kind: str, subject: str) -> None:
        async with self.talk.database.transaction() as connection:
            await Memory(connection).timers.set(key, kind, subject, self.talk.now)
        await self.talk.settle()

    async def _get(self, number: int) -> Request:
        async with self.talk.database.reading() as connection:
            request = await Memory(connection).requests.get(number)
        assert request
        return request
