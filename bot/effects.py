"""From what a handler wants done to the rows that will do it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.events import (
    Changed,
    DropTimer,
    Edited,
    Effect,
    Event,
    Heard,
    Join,
    Leave,
    React,
    Say,
    SetTimer,
    phrase,
)
from bot.render import OP_ID, Renderer
from bot.store.memory import Memory
from bot.store.outbox import Post


@dataclass(frozen=True)
class Keeper:
    """Writes effects into the memory: words in the reader's language, replies within their budget.

    `replies_per_minute` holds for each room and for each sender; 0 lifts it.
    """

    renderer: Renderer
    language: str
    replies_per_minute: int

    async def keep(
        self,
        memory: Memory,
        effects: Sequence[Effect],
        event: Event,
        plugin: str,
        handler: str,
        now: datetime,
    ) -> None:
        """Save them all, in the caller's transaction."""
        origin = event.target if isinstance(event, Edited) else event.cause
        # The answer to an edited question takes the place of the first one, whoever gave that.
        speaker = event.answered if isinstance(event, Edited) and event.answered else f"{plugin}.{handler}"
        for number, effect in enumerate(effects):
            op_id = f"{speaker}:{origin}:{number}"
            match effect:
                case Say():
                    await self._say(memory, effect, event, plugin, op_id, now)
                case React():
                    await memory.outbox.add(
                        Post(op_id, effect.room_id, "reaction", _reaction(effect), effect.target), now
                    )
                case Join() | Leave():
                    kind = type(effect).__name__.lower()
                    await memory.outbox.add(Post(op_id, effect.room_id, kind, {}), now)
                case SetTimer():
                    await memory.timers.set(effect.key, effect.kind, effect.subject, effect.due_at)
                case DropTimer():
                    await memory.timers.drop(effect.key)
                case Changed():
                    pass  # the router has it followed

    async def _say(self, memory: Memory, say: Say, event: Event, plugin: str, op_id: str, now: datetime) -> None:
        if say.key:
            op_id = f"{plugin}:{say.key}"
        elif isinstance(event, Edited):
            say = replace(say, card=True)  # the answer to an edited question is the old answer, changed
        asked_by = event.sender if isinstance(event, Heard) and not say.key else ""
        not_before = now
        if asked_by and self.replies_per_minute:
            not_before = await self._slot(memory, say, asked_by, op_id, now)
        for part, content in enumerate(self.renderer.contents(say, say.language or self.language), start=1):
            part_id = op_id if part == 1 else f"{op_id}/{part}"
            post = Post(
                op_id=part_id,
                room_id=say.room_id,
                kind="message",
                content=content | {OP_ID: part_id},
                subject=say.subject or "",
                asked_by=asked_by if part == 1 else "",
                priority=say.priority,
                card=say.card,
            )
            await memory.outbox.add(post, now, event.cause, not_before)

    async def _slot(self, memory: Memory, say: Say, asked_by: str, op_id: str, now: datetime) -> datetime:
        """The reply's place in the budget; the first one that has to wait is announced by one line."""
        at, announce = await memory.outbox.slot(say.room_id, asked_by, self.replies_per_minute, now)
        if announce:
            line = Say(say.room_id, (phrase("bot.slower", count=self.replies_per_minute),), thread=say.thread)
            for content in self.renderer.contents(line, say.language or self.language):
                notice = Post(f"slower:{op_id}", say.room_id, "message", content | {OP_ID: f"slower:{op_id}"})
                await memory.outbox.add(notice, now)
        return at


def _reaction(effect: React) -> dict[str, object]:
    return {
        "m.relates_to": {"rel_type": "m.annotation", "event_id": effect.target, "key": effect.emoji},
    }
