"""From what a handler wants done to the rows that will do it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import Ask, Changed, DropTimer, Effect, Fetch, Join, Leave, Pin, React, Redact, Say, SetTimer
from bot.events import Due, Edited, Event, Heard
from bot.render import OP_ID, Renderer
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.questions import Question
from bot.words import phrase


@dataclass(frozen=True)
class Keeper:
    """Writes effects into the memory: words in the reader's language, replies within their budget.

    `replies_per_minute` holds for each room and for each sender; 0 lifts it.
    """

    renderer: Renderer
    replies_per_minute: int

    async def keep(
        self,
        memory: Memory,
        effects: Sequence[Effect],
        event: Event,
        plugin: str,
        handler: str,
        now: datetime,
        language: str,
    ) -> None:
        """Save them all, in the caller's transaction; said in `language` where they don't name their own."""
        origin = event.target if isinstance(event, Edited) else event.cause
        # The answer to an edited question takes the place of the first one, whoever gave that.
        speaker = event.answered if isinstance(event, Edited) and event.answered else f"{plugin}.{handler}"
        for number, effect in enumerate(effects):
            op_id = f"{speaker}:{origin}:{number}"
            match effect:
                case Say():
                    await self._say(memory, _in(effect, language), event, plugin, op_id, now)
                case Ask():
                    await self._ask(memory, effect, event, plugin, op_id, origin, now, language)
                case Redact() | Pin():
                    await _change(memory, effect, f"{plugin}:{effect.key}", event.cause, now)
                case SetTimer() | DropTimer():
                    await _wake(memory, effect)
                case Changed():
                    pass  # the router has it followed
                case _:
                    await memory.outbox.add(_act(effect, op_id, event.cause), now)

    async def _say(self, memory: Memory, say: Say, event: Event, plugin: str, op_id: str, now: datetime) -> None:
        if say.room_id.startswith("@"):
            say = replace(say, room_id=await memory.rooms.direct_with(say.room_id) or say.room_id)
        if (room_id := await memory.rooms.now(say.room_id)) != say.room_id:
            say = replace(say, room_id=room_id, reply_to=None, thread=None)
        room = await memory.rooms.get(say.room_id) if say.thread else None
        if room and not room.threads:
            say = replace(say, thread=None, reply_to=say.reply_to or say.thread)
        if say.key:
            op_id = f"{plugin}:{say.key}"
        elif isinstance(event, Edited):
            say = replace(say, card=True)  # the answer to an edited question is the old answer, changed
        asked_by = event.sender if isinstance(event, Heard) and not say.key else ""
        not_before = now
        if asked_by and self.replies_per_minute:
            not_before = await self._slot(memory, say, asked_by, op_id, now)
        for part, content in enumerate(self.renderer.contents(say, say.language or ""), start=1):
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

    async def _ask(
        self,
        memory: Memory,
        ask: Ask,
        event: Event,
        plugin: str,
        op_id: str,
        origin: str,
        now: datetime,
        language: str,
    ) -> None:
        """Say the question with its numbered answers, and remember that it waits for one."""
        key = f"{plugin}:{ask.say.key}" if ask.say.key else op_id
        say = _in(ask.shown, language)
        room = await memory.rooms.direct_with(say.room_id) if say.room_id.startswith("@") else None
        question = Question(
            key=key,
            plugin=plugin,
            kind=ask.kind,
            subject=ask.subject,
            room_id=room or say.room_id,
            person=ask.person,
            options=[(option.value, option.label) for option in ask.options],
            language=say.language or "",
            asked_at=now,
            expires_at=now + ask.lasts,
            origin=origin,
            asker="" if isinstance(event, Due) else event.sender,
            again=ask.again,
        )
        await memory.questions.drop_expired(now)
        await memory.questions.ask(question)
        say = replace(say, subject=question.id)
        await self._say(memory, say, event, plugin, op_id, now)

    async def _slot(self, memory: Memory, say: Say, asked_by: str, op_id: str, now: datetime) -> datetime:
        """The reply's place in the budget; the first one that has to wait is announced by one line."""
        at, announce = await memory.outbox.slot(say.room_id, asked_by, self.replies_per_minute, now)
        if announce:
            line = Say(say.room_id, (phrase("bot.slower", count=self.replies_per_minute),), thread=say.thread)
            for content in self.renderer.contents(line, say.language or ""):
                notice = Post(f"slower:{op_id}", say.room_id, "message", content | {OP_ID: f"slower:{op_id}"})
                await memory.outbox.add(notice, now)
        return at


def _in(say: Say, language: str) -> Say:
    return replace(say, language=say.language or language)


def _act(effect: React | Fetch | Join | Leave, op_id: str, cause: str) -> Post:
    match effect:
        case React():
            relation = {"rel_type": "m.annotation", "event_id": effect.target, "key": effect.emoji}
            return Post(op_id, effect.room_id, "reaction", {"m.relates_to": relation}, effect.target)
        case Fetch():
            content = {"kind": effect.kind, "after": cause}
            return Post(op_id, effect.room_id, "fetch", content, effect.target, effect.subject)
        case Join():
            return Post(op_id, effect.room_id, "join", {"via": list(effect.via)})
        case Leave():
            return Post(op_id, effect.room_id, "leave", {})


async def _change(memory: Memory, effect: Redact | Pin, key: str, cause: str, now: datetime) -> None:
    """Queued in the message's own room, so that it comes after the message."""
    if isinstance(effect, Redact):
        await memory.outbox.take_back(key, now)
    elif room_id := await memory.outbox.room_of(key):
        kind = "pin" if effect.pinned else "unpin"
        await memory.outbox.add(Post(f"{key}~{kind}~{cause}", room_id, kind, {}, key), now)


async def _wake(memory: Memory, effect: SetTimer | DropTimer) -> None:
    if isinstance(effect, SetTimer):
        await memory.timers.set(effect.key, effect.kind, effect.subject, effect.due_at)
    else:
        await memory.timers.drop(effect.key)
