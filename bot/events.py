"""What the whole bot shares: what was heard, what fell due, and what shall be done."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.words import Block, Items, Phrase, phrase

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
    listening: bool = False  # the room lets us answer what is surely a question, though not addressed
    mentions: tuple[str, ...] = ()  # other people it names: in `m.mentions`, or by their full id

    def reply(self, *blocks: Block, **options: object) -> "Say":
        """An answer where it was asked: in the thread if asked in one, else as a reply to the message."""
        say = Say(room_id=self.room_id, blocks=blocks, reply_to=self.event_id, thread=self.thread)
        return replace(say, **options)  # type: ignore[arg-type]

    def in_thread(self, thread: str | None) -> "Heard":
        """The same, said in this thread."""
        return replace(self, thread=thread)


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
class Departed(Happened):
    """`sender`, a person or the bot itself, is no longer in the room: left, kicked, banned, or the account is gone."""

    received_at: datetime


@dataclass(frozen=True)
class Moved(Happened):
    """The room was upgraded (`m.room.tombstone`) and goes on in `successor`, which the servers `via` know."""

    successor: str
    via: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True)
class Fetched(Happened):
    """The message `target` that this plugin asked to see (`Fetch`). `sender` is its author; `text` is empty if it
    can't be read, or is no person's text.
    """

    plugin: str
    kind: str
    subject: str
    target: str
    text: str
    thread: str | None
    received_at: datetime


@dataclass(frozen=True)
class Unsent(Happened):
    """The homeserver refused for good what this plugin had to say or do: `what` is the outbox's kind ("message",
    "edit", "pin", …), `key` the key it was said under, if it had one.
    """

    plugin: str
    what: str
    key: str
    subject: str
    reason: str
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


@dataclass(frozen=True)
class Answered(Happened):
    """A question of ours (`Ask`) has its answer: the value of an option, or any words if it had no options.

    `reply_to` is the message to reply to: the answer itself, or the question if the answer was a reaction.
    """

    kind: str
    subject: str
    value: str
    received_at: datetime
    reply_to: str
    thread: str | None = None

    def reply(self, *blocks: Block, **options: object) -> "Say":
        """A word where it was answered."""
        say = Say(room_id=self.room_id, blocks=blocks, reply_to=self.reply_to, thread=self.thread)
        return replace(say, **options)  # type: ignore[arg-type]


Event = Heard | Reacted | Edited | Redacted | Entered | Departed | Moved | Fetched | Unsent | Due | Answered

# --- what shall be done --------------------------------------------------------------------------------


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
    priority: int = 0
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


Effect = Say | Ask | React | Redact | Pin | Fetch | Join | Leave | SetTimer | DropTimer | Changed
