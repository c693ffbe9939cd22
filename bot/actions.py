"""What shall be done: the effects that a handler returns, saved with its changes and carried out after them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from bot.domain.chart import Chart
from bot.words import Block, Items, Phrase, phrase


class Priority(IntEnum):
    """What leaves first while the homeserver lets us send only so much (the database keeps the numbers)."""

    FREE = 0  # joining and fetching: other limits than that on messages, and nothing is said in a room before we enter
    REPLY = 1  # somebody asked, and looks at the screen
    PROMISE = 2  # a card's first showing: that it was heard, and until when somebody will respond
    CALL = 3  # a council is asked to help, or told how it went: a matter of hours
    TAKEN_BACK = 4  # words that are no longer to be read
    REACTION = 5  # an emoji beside the words that say the same
    CARD = 6  # how things stand now: of several edits only the newest counts
    BOARD = 7  # the same, for those who look in now and then
    NEWS = 8  # digests, relays, reminders: nobody waits for them
    LEAVING = 9  # after all that is still to be said there


@dataclass(frozen=True)
class Say:
    """A message. `notice` (answers, cards) pings nobody; a request to a person is no notice and has `mentions`.

    `key` names the message for ever, so that it can be edited later and its replies and reactions
    be traced to `subject` (e.g. a request's id); without one the op id is made from the cause.
    With `card=True` the message is kept up to date in place: said again under the same key, it is edited.
    A `room_id` that is a person's user id means a direct chat with them, opened if there is none yet.
    """

    room_id: str
    blocks: tuple[Block, ...]
    reply_to: str | None = None
    thread: str | None = None
    mentions: tuple[str, ...] = ()
    notice: bool = True
    key: str | None = None
    subject: str | None = None
    card: bool = False
    priority: Priority | None = None  # by what caused it
    language: str | None = None


@dataclass(frozen=True)
class Picture:
    """A chart, drawn when its turn comes, behind what was said in that room before it; nothing where charts can't be
    drawn. `alt` says in words what it shows: screen readers read it, and some clients show it below. It can be pinned
    and taken back by its key as a `Say` can, but is never changed. There is no silent kind: it may ring a telephone.
    """

    room_id: str
    chart: Chart
    alt: tuple[Block, ...]
    reply_to: str | None = None
    thread: str | None = None
    key: str | None = None
    subject: str | None = None
    priority: Priority | None = None
    language: str | None = None


@dataclass(frozen=True)
class Option:
    """One of the answers a question takes. One with a label is shown, numbered, and taken by number or label too;
    "yes", "no", "that", "later", "stop" and "none" are values that people have many words for. `shown`: what stands
    behind the number, if that is more than the label.
    """

    value: str
    label: str = ""
    shown: Phrase | None = None


@dataclass(frozen=True)
class Ask:
    """A message that waits for an answer; the plugin's `answers(kind)` handler is given it, once.

    Only `person` may answer; empty: anybody in that room who replies or reacts to it. No options: any words, said as
    a reply. With `again` a later reply or reaction answers it anew, and the handler is given that too.
    """

    say: Say
    kind: str
    subject: str = ""
    options: tuple[Option, ...] = ()
    person: str = ""
    lasts: timedelta = timedelta(days=14)
    again: bool = False

    @property
    def shown(self) -> Say:
        """The message with its numbered answers below."""
        labels = [option.shown or option.label for option in self.options if option.label]
        lines = [phrase("bot.option", number=number, label=label) for number, label in enumerate(labels, start=1)]
        return replace(self.say, blocks=(*self.say.blocks, Items(tuple(lines)))) if lines else self.say


@dataclass(frozen=True)
class React:
    """Put an emoji on an event; never the only signal."""

    room_id: str
    target: str
    emoji: str


@dataclass(frozen=True)
class Redact:
    """Take back all that was said under `key`, its edits too."""

    room_id: str
    key: str


@dataclass(frozen=True)
class Pin:
    """Pin what was said under `key` in its room, or unpin it; refused where the bot may not (`Unsent`)."""

    room_id: str
    key: str
    pinned: bool = True


@dataclass(frozen=True)
class Fetch:
    """Ask the homeserver for a message that wasn't kept; the plugin's `fetched(kind)` handler is given it."""

    room_id: str
    target: str
    kind: str
    subject: str = ""


@dataclass(frozen=True)
class Join:
    """Accept an invitation, or enter a room the settings name (by id or alias); `via` are servers that know it."""

    room_id: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leave:
    """Refuse an invitation or leave a room."""

    room_id: str


@dataclass(frozen=True)
class SetTimer:
    """Wake the plugin's `due(kind)` handler at `due_at`; the same key set again moves the timer."""

    kind: str
    key: str
    due_at: datetime
    subject: str = ""


@dataclass(frozen=True)
class DropTimer:
    """Forget the timer with this key, if it is there."""

    key: str


@dataclass(frozen=True)
class Changed:
    """A help request moved on. An event between plugins: emitted as an effect, followed in the same transaction."""

    request_id: str
    what: str


Effect = Say | Picture | Ask | React | Redact | Pin | Fetch | Join | Leave | SetTimer | DropTimer | Changed
