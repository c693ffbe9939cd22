"""Who speaks a language that isn't learnt yet waits for it, in order; nobody else does."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bot.language.engine import Engine
from bot.learning import Learning
from bot.render import Renderer
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.turn.signals import Signals, woken
from bot.turn.think import Think
from tests.dialogue import ANA, CAMDEN, MAINTAINERS, PLANX, ROOM, Dialogue, dialogue, uses

ENGLISH, FRENCH = "who uses PlanX?", "qui utilise PlanX ?"
PATIENCE = 30.0


@dataclass
class Slow:
    """An engine that learns French only when it is let, and a renderer beside it."""

    engine: Engine
    let: threading.Event = field(default_factory=threading.Event)
    taught: list[str] = field(default_factory=list)

    def likely(self, text: str, languages: Sequence[str]) -> list[str]:
        """As it is."""
        return self.engine.likely(text, languages)

    def learn(self, language: str) -> None:
        """Nothing, in its own time."""
        self.taught.append(language)
        if language == "fr":
            self.let.wait(PATIENCE)

    def learning(self, signals: Signals) -> Learning:
        """With nothing to learn from elsewhere."""
        return Learning(cast(Engine, self), cast(Renderer, self), [], signals.think.set)


async def arrive(d: Dialogue, *said: tuple[str, str]) -> None:
    async with d.database.transaction() as connection:
        memory = Memory(connection)
        for number, (room, text) in enumerate(said):
            content = {"kind": "heard", "text": text, "addressed": True, "thread": None, "reply_to": None}
            batch = await memory.inbox.new_batch()
            await memory.inbox.add(batch, [Arrival(f"$said{number}", room, ANA, "new", 0, content)], d.now)


async def left(d: Dialogue) -> list[str]:
    async with d.database.reading() as connection:
        return [waiting.event_id for waiting in await Memory(connection).inbox.waiting(9)]


async def test_a_language_is_learnt_beside_the_loops_and_only_its_room_waits(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"directory": {}}, assertions=[uses(CAMDEN, PLANX)]) as d:
        slow, signals = Slow(d.router.engine), Signals()
        learning = slow.learning(signals)
        await learning.learn("en")
        d.router.require = learning.require
        think = Think(d.database, d.router, lambda: d.now, signals)
        await arrive(d, (ROOM, FRENCH), (ROOM, ENGLISH), (MAINTAINERS, ENGLISH), (MAINTAINERS, FRENCH))

        assert await think.events(d.now)
        assert await left(d) == ["$said0", "$said1", "$said3"]
        signals.think.clear()
        slow.let.set()
        await woken(signals.think, PATIENCE)
        await d.settle()

        assert slow.taught == ["en", "en", "fr", "fr"]  # understood and said
        assert await left(d) == []
        replies = [(said.room_id, said.relation["m.in_reply_to"]["event_id"]) for said in d.said]
        mine = [event for room, event in replies if room == ROOM]
        theirs = [event for room, event in replies if room == MAINTAINERS]
        assert (mine, theirs) == (["$said0", "$said1"], ["$said2", "$said3"])


async def test_what_waits_for_a_language_is_not_overtaken_by_a_timer(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"directory": {}}) as d:
        slow, signals = Slow(d.router.engine), Signals()
        learning = slow.learning(signals)
        await learning.learn("en")
        d.router.require = learning.require
        await arrive(d, (ROOM, FRENCH))
        signals.think.set()  # else it would sleep until the language is there

        assert await Think(d.database, d.router, lambda: d.now, signals).events(d.now)
        assert await left(d) == ["$said0"]
        slow.let.set()
        await learning.learn("fr")
        await d.settle()
        assert len(d.said) == 1
