"""Who wants an event: the handlers of the plugins that are on."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.actions import Effect
from bot.domain.calls import numbers_of
from bot.domain.request import number_of
from bot.events import Allowed, Departed, Edited, Entered, Event, Fetched, Heard, Moved, Reacted, Redacted, Unsent
from bot.language.meaning import NOTHING, Meaning
from bot.plugin import SURELY, Context, Handler, Hearing, Plugin

Work = Callable[[Context[object]], Awaitable[Sequence[Effect]]]  # type: ignore[type-var]


LIKELY = 0.9  # the certainty from which a word to us in a request's thread is for us, and not for who asked

_TOLD: dict[type[Event], str] = {  # what every plugin is told that wants to hear it
    Reacted: "reactions",
    Redacted: "redactions",
    Entered: "entrances",
    Departed: "departures",
    Allowed: "allowances",
    Moved: "moves",
}


@dataclass
class Installed:
    """A plugin that is on, with its settings, and the parts of the machine its context is made from."""

    plugin: Plugin  # type: ignore[type-arg]
    settings: object


@dataclass(frozen=True)
class Audience:
    """The plugins that are on, in the order they are asked."""

    installed: Sequence[Installed]

    def owner(self, intent: str) -> tuple[Installed, Hearing] | None:
        """The plugin that answers to this intent."""
        for installed in self.installed:
            hearing = installed.plugin.intents.get(intent)
            if hearing:
                return installed, hearing
        return None

    def asker(self, plugin: str, kind: str) -> tuple[Installed, Handler] | None:
        """The plugin that asked questions of this kind, and its handler of the answers."""
        for installed in self.installed:
            handler = installed.plugin.answering.get(kind)
            if handler and installed.plugin.name == plugin:
                return installed, handler
        return None

    @cached_property
    def readers(self) -> frozenset[str]:
        """The handlers that only read, as `plugin.handler`."""
        return frozenset(
            f"{installed.plugin.name}.{hearing.handler.__name__}"
            for installed in self.installed
            for hearing in installed.plugin.intents.values()
            if hearing.reads
        )

    def of(self, event: Event, meaning: Meaning) -> Iterable[tuple[Installed, str, Work]]:
        """Each handler that wants the event, with its name and what it would do."""
        match event:
            case Heard():
                yield from self._hearing(event, meaning)
            case Edited():
                yield from self._editing(event, meaning)
            case Fetched() | Unsent():
                yield from self._own(event)
            case _ if kind := _TOLD.get(type(event)):
                yield from self._each(kind, event)

    def _own(self, event: Fetched | Unsent) -> Iterable[tuple[Installed, str, Work]]:
        """What became of a plugin's own effect is told to that plugin alone."""
        for installed in self.installed:
            if installed.plugin.name != event.plugin:
                continue
            handlers = installed.plugin.refusals
            if isinstance(event, Fetched):
                handlers = [handler for kind, handler in installed.plugin.fetching.items() if kind == event.kind]
            for handler in handlers:
                yield installed, handler.__name__, _given(handler, event)

    def _each(self, kind: str, *values: object) -> Iterable[tuple[Installed, str, Work]]:
        for installed in self.installed:
            for handler in getattr(installed.plugin, kind):
                yield installed, handler.__name__, _given(handler, *values)

    def outside_talk(self, meaning: Meaning) -> Meaning:
        """What it means where nothing of ours is talked over: less than there."""
        owner = self.owner(meaning.intent)
        return replace(NOTHING, language=meaning.language) if owner and owner[1].talk else meaning

    def _hearing(self, event: Heard, meaning: Meaning) -> Iterable[tuple[Installed, str, Work]]:
        if number_of(event.subject) is None:
            meaning = self.outside_talk(meaning)
        owner = self.owner(meaning.intent)
        addressed = event.addressed or event.direct
        if owner and self._is_meant(event, meaning, owner[1]):
            yield owner[0], owner[1].handler.__name__, _given(owner[1].handler, event, meaning)
            return
        taken = addressed and self.owner("none")
        yield from self._each("overhearing", event, meaning)
        if taken and number_of(event.subject) is None:
            yield taken[0], taken[1].handler.__name__, _given(taken[1].handler, event, meaning)

    def _is_meant(self, event: Heard, meaning: Meaning, hearing: Hearing) -> bool:
        """Whether the sentence is for the bot to carry out.

        In the talk about something of ours, only what surely is: clients add a mention of the bot to every reply to
        its card, and what is said there is first of all an answer to the person who asked.
        """
        sure = meaning.certainty >= SURELY
        if number_of(event.subject) is None:
            if hearing.in_thread and sure and numbers_of(event.subject):
                return True
            return event.addressed or event.direct or (event.listening and overheard(meaning, hearing))
        if hearing.in_thread:
            return sure or (event.addressed and meaning.number is not None)
        return event.addressed and meaning.certainty >= LIKELY and meaning.intent != NOTHING.intent

    def _editing(self, event: Edited, meaning: Meaning) -> Iterable[tuple[Installed, str, Work]]:
        """An edited question that only read is answered again, in place; the rest is each plugin's affair."""
        owner = self.owner(meaning.intent)
        _, _, handler = event.answered.partition(".")
        if owner and owner[1].reads and event.answered:
            asked = Heard(event.target, event.room_id, event.sender, event.text, event.received_at, True)
            yield owner[0], handler, _given(owner[1].handler, replace(asked, thread=event.thread), meaning)
        yield from self._each("edits", event, meaning)


def overheard(meaning: Meaning, hearing: Hearing) -> bool:
    """Whether something that wasn't said to the bot is surely a question it may answer."""
    named = [name for name in (meaning.tool, meaning.organisation) if name is not None]
    surely = 0 < hearing.overheard <= meaning.certainty
    return surely and bool(named) and all(name.id for name in named)


def _given(handler: Callable[..., Awaitable[Sequence[Effect]]], *values: object) -> Work:
    return lambda context: handler(context, *values)
