"""The plugin API: what a feature declares; its handlers are given a Context."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

from pydantic import BaseModel, ConfigDict

from bot.actions import Changed, Effect
from bot.context import Context, S
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

__all__ = ["SURELY", "Context", "Hearing", "NoSettings", "Page", "Plugin"]


class NoSettings(BaseModel):
    """The settings of a plugin that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


SURELY = 0.95  # the certainty from which what wasn't said to the bot may be answered

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


@dataclass(frozen=True)
class Page:
    """What the web port serves of a plugin."""

    content_type: str
    text: str


Serves = Callable[[Context[Any], Mapping[str, str]], Awaitable[Page | None]]


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
    pages: dict[str, Serves] = field(default_factory=dict)

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

    def serves(self, path: str) -> Callable[[Serves], Serves]:
        """A page under the web port, at this path ("/digest.atom"). The handler is given what the address asks for
        after its question mark; it reads and changes nothing. None: there is no such page.
        """

        def register(handler: Serves) -> Serves:
            self.pages[path] = handler
            return handler

        return register
