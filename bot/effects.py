"""From what a handler wants done to the rows that will do it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.actions import Ask, Changed, DropTimer, Effect, Fetch, Join, Leave, Picture, Pin, React, Redact, Say, SetTimer
from bot.domain.chart import to_json
from bot.drawing import CHART, can_draw
from bot.events import Due, Edited, Event, Heard
from bot.render import OP_ID, Renderer
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.questions import Question
from bot.words import phrase

Words = TypeVar("Words", Say, Picture)


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
                case Picture():
                    await self._show(memory, _in(effect, language), event, plugin, op_id, now)
                case Ask():
                    await self._ask(memory, effect, event, plugin, op_id, origin, now, language)
                case Redact() | Pin():
                    await _change(memory, effect, f"{plugin}:{effect.key}", event.cause, now)
                case SetTimer() | DropTimer():
                    await _wake(memory, effect)
                case Changed():
                    pass  # the router has it followed
                case _:
                    knock = await self._knock(memory, effect, language)
                    await memory.outbox.add(_act(effect, op_id, event.cause, knock), now)

    async def _say(self, memory: Memory, say: Say, event: Event, plugin: str, op_id: str, now: datetime) -> None:
        say = await _placed(memory, say)
        if say.key:
            op_id = f"{plugin}:{say.key}"
        elif isinstance(event, Edited):
            say = replace(say, card=True)  # the answer to an edited question is the old answer, changed
        asked_by, not_before = await self._turn(memory, say, event, op_id, now)
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

    async def _show(
        self, memory: Memory, picture: Picture, event: Event, plugin: str, op_id: str, now: datetime
    ) -> None:
        """The chart as numbers and its text alternative: it is drawn and uploaded when its turn comes."""
        if not can_draw():
            return
        picture = await _placed(memory, picture)
        op_id = f"{plugin}:{picture.key}" if picture.key else op_id
        asked_by, not_before = await self._turn(memory, picture, event, op_id, now)
        alt = Say(picture.room_id, picture.alt, reply_to=picture.reply_to, thread=picture.thread)
        content = self.renderer.contents(alt, picture.language or "")[0]
        for words in ("format", "formatted_body"):
            del content[words]
        content |= {"msgtype": "m.image", CHART: to_json(picture.chart), OP_ID: op_id}
        post = Post(
            op_id=op_id,
            room_id=picture.room_id,
            kind="message",
            content=content,
            subject=picture.subject or "",
            asked_by=asked_by,
            priority=picture.priority,
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
            thread=say.thread or "",
        )
        await memory.questions.drop_expired(now)
        await memory.questions.ask(question)
        say = replace(say, subject=question.id)
        await self._say(memory, say, event, plugin, op_id, now)

    async def _knock(self, memory: Memory, effect: Effect, language: str) -> str:
        """What is said at the door of a room that nobody may enter unasked, once."""
        if not isinstance(effect, Join) or effect.room_id in await memory.rooms.knocked():
            return ""
        return self.renderer.text(phrase("bot.knock"), language).plain

    async def _turn(
        self, memory: Memory, said: Say | Picture, event: Event, op_id: str, now: datetime
    ) -> tuple[str, datetime]:
        """Who asked for it, if it is a reply, and its place in the budget of replies, in which a reply that changes
        with its question counts, too; the first one that has to wait is announced by one line.
        """
        asked_by = event.sender if isinstance(event, Heard | Edited) and not said.key else ""
        if not asked_by or not self.replies_per_minute:
            return asked_by, now
        at, announce = await memory.outbox.slot(said.room_id, asked_by, self.replies_per_minute, now)
        if announce and isinstance(event, Heard):
            line = Say(said.room_id, (phrase("bot.slower", count=self.replies_per_minute),), thread=said.thread)
            for content in self.renderer.contents(line, said.language or ""):
                notice = Post(f"slower:{op_id}", said.room_id, "message", content | {OP_ID: f"slower:{op_id}"})
                await memory.outbox.add(notice, now)
        return asked_by, at


def _in(said: Words, language: str) -> Words:
    return replace(said, language=said.language or language)


async def _placed(memory: Memory, said: Words) -> Words:
    """In the direct chat with a person, in the successor of an upgraded room, in no thread where none are wanted."""
    if said.room_id.startswith("@"):
        said = replace(said, room_id=await memory.rooms.direct_with(said.room_id) or said.room_id)
    if (room_id := await memory.rooms.now(said.room_id)) != said.room_id:
        said = replace(said, room_id=room_id, reply_to=None, thread=None)
    room = await memory.rooms.get(said.room_id) if said.thread else None
    if room and not room.threads:
        said = replace(said, thread=None, reply_to=said.reply_to or said.thread)
    return said


def _act(effect: React | Fetch | Join | Leave, op_id: str, cause: str, knock: str) -> Post:
    match effect:
        case React():
            relation = {"rel_type": "m.annotation", "event_id": effect.target, "key": effect.emoji}
            return Post(op_id, effect.room_id, "reaction", {"m.relates_to": relation}, effect.target)
        case Fetch():
            content = {"kind": effect.kind, "after": cause}
            return Post(op_id, effect.room_id, "fetch", content, effect.target, effect.subject)
        case Join():
            return Post(op_id, effect.room_id, "join", {"via": list(effect.via), "knock": knock})
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
