"""The play: each step of a script is carried out for real, and each expectation heard by the observer."""

import asyncio

from bot.demo.script import Act, Expect, Narrate, React, Say, Script, Step, Wait
from bot.demo.town import PATIENCE, Town, bot_has_entered
from bot.demo.view import View
from bot.demo.watching import Observer, Seen
from bot.errors import OperatorError

SPOKEN_TO = ("clerk", "town clerk", "!clerk")


class Performance:
    """Carries out steps; what a step is about is known from those before it."""

    def __init__(self, town: Town, observer: Observer, view: View) -> None:
        self._town = town
        self._observer = observer
        self._view = view
        self._here = town.community.main_room.key
        # Where in each room somebody acted last; what was said before the play is nobody's answer.
        self._since = {room_id: len(observer.seen(room_id)) for room_id in town.rooms.values()}
        self._heard: set[str] = set()
        self.missed = 0

    async def play(self, script: Script) -> bool:
        """Whether all went as the script expects."""
        for step in script.steps:
            await self.do(step)
        return not self.missed

    async def do(self, step: Step) -> None:
        """One step."""
        match step:
            case Act(title):
                self._view.act(title)
            case Narrate(text):
                self._view.narrate(text)
            case Wait(seconds):
                await asyncio.sleep(seconds)
            case Say():
                await self.say(step)
            case React():
                await self.react(step)
            case Expect():
                await self._expect(step)

    async def say(self, step: Say, typed: bool = False) -> None:
        """Say it, and wait until it has come round; what was `typed` here stands on the screen already."""
        room_id = await self.enter(step.room)
        client = await self._town.client(step.who)
        thread = self._thread(room_id) if step.in_thread else None
        if typed:
            self._view.is_typed(client.user_id, step.text)
        event_id = await client.say(room_id, step.text, self._town.mentions, thread)
        await self._done(step.room, room_id, event_id)

    async def react(self, step: React) -> None:
        """React to the bot's last message outside threads."""
        room_id = await self.enter(step.room)
        client = await self._town.client(step.who)
        target = self._last_of_bot(room_id)
        if target is None:
            self.missed += 1
            self._view.failed(f"the clerk has said nothing in {step.room} to react to")
            return
        await self._done(step.room, room_id, await client.react(room_id, target.event_id, step.key))

    async def _done(self, room: str, room_id: str, event_id: str) -> None:
        if not await self._observer.until_seen(room_id, event_id, PATIENCE):
            raise OperatorError(f"the homeserver did not show the observer what was said in {room}")
        self._here = room
        self._since[room_id] = (self._observer.place_of(room_id, event_id) or 0) + 1

    async def _expect(self, step: Expect) -> None:
        room_id = await self.enter(step.room or self._here)

        def fitting() -> Seen | None:
            return next((s for s in self._news(room_id, step) if step.pattern.search(s.text)), None)

        await self._observer.until(lambda: fitting() is not None, step.patience)
        found = fitting()
        if found is None:
            self.missed += 1
            self._view.missed(step, self._news(room_id, step))
        else:
            self._heard.add(found.event_id)
            self._view.came(step)

    def _news(self, room_id: str, step: Expect) -> list[Seen]:
        """What the bot said since somebody acted there; of a room named, only what no step has heard."""
        said = self._observer.seen(room_id)[self._since.get(room_id, 0) :]
        return [
            seen
            for seen in said
            if seen.sender == self._town.bot_id
            and not seen.reacts_to
            and not (step.room and seen.event_id in self._heard)
        ]

    def _thread(self, room_id: str) -> str | None:
        """The thread on what the bot was asked, or spoke of, last outside threads."""
        main = [s for s in self._observer.seen(room_id) if s.is_message and not s.thread and self._concerns_bot(s)]
        if not main:
            return None
        answered = main[-1].reply_to if main[-1].sender == self._town.bot_id else None
        return answered or main[-1].event_id

    def _concerns_bot(self, seen: Seen) -> bool:
        bot = self._town.bot_id
        return seen.sender == bot or bot in seen.mentions or seen.text.casefold().startswith(SPOKEN_TO)

    def _last_of_bot(self, room_id: str) -> Seen | None:
        said = self._observer.seen(room_id)
        mine = [s for s in said if s.is_message and not s.thread and s.sender == self._town.bot_id]
        return mine[-1] if mine else None

    async def enter(self, key: str) -> str:
        """The id of a room that the bot is in; a new one is made, and the bot waited for."""
        is_new = key not in self._town.rooms
        room_id = await self._town.room(key)
        if is_new and not await bot_has_entered(self._town, self._observer, room_id):
            raise OperatorError(f"the bot was invited to {key} and did not come")
        return room_id
