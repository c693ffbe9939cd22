"""The plugin API: what a feature declares, and what its handlers are given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from bot.actions import Changed, Effect
from bot.domain.community import Community
from bot.domain.request import Request
from bot.events import (
    Allowed,
    Answered,
    Departed,
    Due,
    Edited,
    Entered,
    Fetched,
    Heard,
    Moved,
    Reacted,
    Redacted,
    Unsent,
)
from bot.language.meaning import Meaning
from bot.language.names import Names
from bot.store.memory import Memory
from bot.store.people import Belonging
from bot.words import Link


class NoSettings(BaseModel):
    """The settings of a plugin that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=BaseModel)

SURELY = 0.95  # the certainty from which what wasn't said to the bot may be answered


@dataclass(frozen=True)
class Context(Generic[S]):
    """All that a handler may use: the time, its settings, the community's, the memory and the names.

    `memory` is inside the transaction that will also save the handler's effects. `understand` is for words that
    didn't come as a message, like those of one that was fetched.
    """

    now: datetime
    settings: S
    community: Community
    memory: Memory
    names: Names
    language: str
    bot: str
    understand: Callable[[str], Meaning]
    plugins: frozenset[str] = frozenset()

    async def belonging(self, user_id: str) -> Belonging | None:
        """The organisation this person belongs to: by account or homeserver as configured, else as they said."""
        known = self.community.by_account(user_id)
        if known and known in self.names.organisations:
            return Belonging(known, verified=True)
        return await self.memory.people.belonging(user_id)

    async def surely_of(self, user_id: str) -> str:
        """The id of the organisation this person surely belongs to; empty if there is none."""
        belonging = await self.belonging(user_id)
        return belonging.organisation_id if belonging and belonging.verified else ""

    async def people_of(self, organisation_id: str) -> list[str]:
        """The people who surely belong to this organisation and said so, after those the settings name."""
        verified = await self.memory.people.verified_of(organisation_id)
        proven = self._by_homeserver(organisation_id, await self.memory.people.said_of(organisation_id))
        return list(dict.fromkeys((*self.community.council(organisation_id).people, *verified, *proven)))

    async def contacts_of(self, organisation_id: str) -> list[str]:
        """The people who surely belong to this organisation, and those who said that they may be asked."""
        willing: list[str] = []
        if self.community.council(organisation_id).homeservers:
            willing = self._by_homeserver(organisation_id, await self.memory.contacts.consenting())
        return list(dict.fromkeys((*await self.people_of(organisation_id), *willing)))

    def _by_homeserver(self, organisation_id: str, people: Sequence[str]) -> list[str]:
        servers = self.community.council(organisation_id).homeservers
        near = (person for person in people if person.partition(":")[2] in servers)
        return [person for person in near if self.community.by_account(person) == organisation_id]

    def permalink(self, room_id: str, event_id: str) -> str:
        """A link to an event; a room id alone doesn't say which server to ask for it, so ours is named."""
        server = self.bot.partition(":")[2]
        return f"https://matrix.to/#/{quote(room_id, safe='!:')}/{quote(event_id, safe='$:')}?via={server}"

    async def link_to(self, request: Request) -> Link:
        """A link to a request's question, or to the card that stands for it; its text is the number."""
        event_id = await self.memory.requests.anchor(request)
        return Link(self.permalink(request.room_id, event_id) if event_id else "", f"#{request.number}")

    async def thread_of(self, request: Request) -> str | None:
        """The root of the thread in which it is talked over."""
        return request.thread or await self.memory.requests.anchor(request)


Effects = Awaitable[Sequence[Effect]]
Hears = Callable[[Context[Any], Heard, Meaning], Effects]
Handler = Callable[..., Effects]


@dataclass(frozen=True)
class Hearing:
    """A handler for one intent.

    `reads` promises that it changes nothing: `townclerk ask` may run it, and an edited question runs it again.
    `in_thread` lets it be said unaddressed, where it is surely meant and the talk is about something of ours.
    `overheard` lets it be answered unaddressed in a room that a steward let the bot listen in, if it is meant with
    this certainty at least; 0 never. `talk` is only said between people in such a talk: anywhere else it means nothing.
    """

    handler: Hears
    reads: bool
    in_thread: bool
    overheard: float
    talk: bool


@dataclass
class Plugin(Generic[S]):
    """A feature: its name, its settings' model, its handlers. A folder `language/` and `locales/` beside its
    module bring its sentences, understood and said.
    """

    name: str
    folder: Path
    settings: type[S]
    summary: str
    intents: dict[str, Hearing] = field(default_factory=dict)
    overhearing: list[Hears] = field(default_factory=list)
    reactions: list[Handler] = field(default_factory=list)
    edits: list[Handler] = field(default_factory=list)
    redactions: list[Handler] = field(default_factory=list)
    entrances: list[Handler] = field(default_factory=list)
    departures: list[Handler] = field(default_factory=list)
    allowances: list[Handler] = field(default_factory=list)
    moves: list[Handler] = field(default_factory=list)
    refusals: list[Handler] = field(default_factory=list)
    fetching: dict[str, Handler] = field(default_factory=dict)
    timers: dict[str, Handler] = field(default_factory=dict)
    following: list[Handler] = field(default_factory=list)
    answering: dict[str, Handler] = field(default_factory=dict)
    starting: list[Handler] = field(default_factory=list)

    def hears(
        self, *intents: str, reads: bool = False, in_thread: bool = False, overheard: float = 0.0, talk: bool = False
    ) -> Callable[[Hears], Hears]:
        """A person meant one of these intents. One plugin owns an intent."""

        def register(handler: Hears) -> Hears:
            for intent in intents:
                self.intents[intent] = Hearing(handler, reads, in_thread or talk, overheard, talk)
            return handler

        return register

    def overhears(self, handler: Hears) -> Hears:
        """Any message, addressed or not, that no `hears` handler of any plugin took."""
        self.overhearing.append(handler)
        return handler

    def reacts(self, handler: Callable[[Context[S], Reacted], Effects]) -> Handler:
        """Somebody put a reaction on something."""
        self.reactions.append(handler)
        return handler

    def edited(self, handler: Callable[[Context[S], Edited, Meaning], Effects]) -> Handler:
        """Somebody changed a message of theirs."""
        self.edits.append(handler)
        return handler

    def redacted(self, handler: Callable[[Context[S], Redacted], Effects]) -> Handler:
        """Somebody took a message or reaction back."""
        self.redactions.append(handler)
        return handler

    def enters(self, handler: Callable[[Context[S], Entered], Effects]) -> Handler:
        """The bot came into a room by invitation."""
        self.entrances.append(handler)
        return handler

    def departs(self, handler: Callable[[Context[S], Departed], Effects]) -> Handler:
        """Somebody, or the bot, is no longer in a room."""
        self.departures.append(handler)
        return handler

    def allowed(self, handler: Callable[[Context[S], Allowed], Effects]) -> Handler:
        """The bot may speak in a room again: what couldn't be shown there meanwhile can be now."""
        self.allowances.append(handler)
        return handler

    def moved(self, handler: Callable[[Context[S], Moved], Effects]) -> Handler:
        """A room was upgraded; its settings have been carried along."""
        self.moves.append(handler)
        return handler

    def unsent(self, handler: Callable[[Context[S], Unsent], Effects]) -> Handler:
        """Something this plugin had to say or do was refused for good."""
        self.refusals.append(handler)
        return handler

    def fetched(self, kind: str) -> Callable[[Callable[[Context[S], Fetched], Effects]], Handler]:
        """A message this plugin asked to see (effect `Fetch`) is here, or can't be had."""

        def register(handler: Callable[[Context[S], Fetched], Effects]) -> Handler:
            self.fetching[kind] = handler
            return handler

        return register

    def answers(self, kind: str) -> Callable[[Callable[[Context[S], Answered], Effects]], Handler]:
        """A question of this kind (effect `Ask`) was answered; a UserError leaves it open for another answer."""

        def register(handler: Callable[[Context[S], Answered], Effects]) -> Handler:
            self.answering[kind] = handler
            return handler

        return register

    def due(self, kind: str) -> Callable[[Callable[[Context[S], Due], Effects]], Handler]:
        """A timer of this kind fell due."""

        def register(handler: Callable[[Context[S], Due], Effects]) -> Handler:
            self.timers[kind] = handler
            return handler

        return register

    def follows(self, handler: Callable[[Context[S], Changed], Effects]) -> Handler:
        """A help request moved on, perhaps by another plugin's doing; runs in the same transaction."""
        self.following.append(handler)
        return handler

    def starts(self, handler: Callable[[Context[S]], Effects]) -> Handler:
        """The bot starts: the place to see that a standing timer is set."""
        self.starting.append(handler)
        return handler
