"""The words the whole bot shares: what was heard, what fell due, and what shall be said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

# --- what comes in -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened:
    """Something that happened in a room; its event id is the cause of all that comes of it."""

    event_id: str
    room_id: str
    sender: str

    @property
    def cause(self) -> str:
        """What op ids are made from."""
        return self.event_id


@dataclass(frozen=True)
class Heard(Happened):
    """A person's message (`m.room.message` of msgtype `m.text`), with quotes of others already removed.

    `text` has lost the address ("@clerk", "!clerk") it began with; `addressed` says whether it had one,
    or was sent in a direct chat. `thread` is the thread's root event, `reply_to` the event it answers.
    """

    text: str
    received_at: datetime
    addressed: bool = False
    direct: bool = False
    thread: str | None = None
    reply_to: str | None = None
    subject: str | None = None  # what the thread, or the message replied to, is about: "request:12"

    def reply(self, *blocks: "Block", **options: object) -> "Say":
        """An answer where it was asked: in the thread if asked in one, else as a reply to the message."""
        say = Say(room_id=self.room_id, blocks=blocks, reply_to=self.event_id, thread=self.thread)
        return replace(say, **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reacted(Happened):
    """Somebody put `key` (an emoji) on the event `target`."""

    target: str
    key: str
    received_at: datetime
    subject: str | None = None


@dataclass(frozen=True)
class Edited(Happened):
    """The author of `target` replaced its text (`m.replace`); edits by anybody else never come this far."""

    target: str
    text: str
    received_at: datetime
    thread: str | None = None
    answered: str = ""  # the handler that answered the message as it was, if one did


@dataclass(frozen=True)
class Redacted(Happened):
    """The event `target`, a message or a reaction, was taken back."""

    target: str
    received_at: datetime
    subject: str | None = None


@dataclass(frozen=True)
class Entered(Happened):
    """The bot came into a room it was invited to, by `sender`."""

    direct: bool
    received_at: datetime


@dataclass(frozen=True)
class Due:
    """A timer that fell due; `late` if the bot was not there at the time."""

    kind: str
    key: str
    subject: str
    due_at: datetime
    late: bool

    @property
    def cause(self) -> str:
        """What op ids are made from: the same timer at another instant is another cause."""
        return f"{self.key}@{self.due_at.isoformat()}"


@dataclass(frozen=True)
class Changed:
    """A help request moved on. An event between plugins: emitted as an effect, followed in the same transaction."""

    request_id: str
    what: str


Event = Heard | Reacted | Edited | Redacted | Entered | Due

# --- what is said --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A person named in a text; shown as a link (pill), pinged only if also in the message's `mentions`."""

    user_id: str
    name: str | None = None


@dataclass(frozen=True)
class Link:
    """A link with its text; only https, http, mailto and matrix.to addresses become links."""

    url: str
    text: str


@dataclass(frozen=True)
class Moment:
    """An instant to be shown in a calendar: "Tuesday 5 May at 09:00"."""

    at: datetime
    time_zone: str


@dataclass(frozen=True)
class Phrase:
    """A sentence of the message catalogue with its fillings; `count` chooses the plural form."""

    key: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    count: int | None = None


def phrase(key: str, /, count: int | None = None, **values: object) -> Phrase:
    """`phrase("directory.unknown_tool", tool="Foo")`; a value may be another phrase, a Person, Link or Moment."""
    if count is not None:
        values.setdefault("count", count)
    return Phrase(key, MappingProxyType(values), count)


@dataclass(frozen=True)
class Items:
    """A list, one phrase a line."""

    items: tuple[Phrase, ...]


Block = Phrase | Items


# --- what shall be done --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """A message. `notice` (answers, cards) pings nobody; a request to a person is no notice and has `mentions`.

    `key` names the message for ever, so that it can be edited later and its replies and reactions
    be traced to `subject` (e.g. a request's id); without one the op id is made from the cause.
    With `card=True` the message is kept up to date in place: said again under the same key, it is edited.
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
    priority: int = 0
    language: str | None = None


@dataclass(frozen=True)
class React:
    """Put an emoji on an event; never the only signal."""

    room_id: str
    target: str
    emoji: str


@dataclass(frozen=True)
class Join:
    """Accept an invitation, or enter a room the settings name (by id or alias)."""

    room_id: str


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


Effect = Say | React | Join | Leave | SetTimer | DropTimer | Changed
