"""What happens: what was heard or seen in a room, what fell due, and what became of our own effects."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import Say
from bot.words import Block


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
class Allowed(Happened):
    """The bot may speak in the room again."""

    received_at: datetime


@dataclass(frozen=True)
class Moved(Happened):
    """The room was upgraded and goes on in `successor`: both say so, and the bot is there."""

    successor: str
    received_at: datetime


@dataclass(frozen=True)
class Fetched(Happened):
    """The message `target` that this plugin asked to see (`Fetch`). `sender` is its author; `text` is empty if it
    can't be read, or is no person's text; `locked`: for want of its key.
    """

    plugin: str
    kind: str
    subject: str
    target: str
    text: str
    thread: str | None
    received_at: datetime
    locked: bool = False


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


Event = Heard | Reacted | Edited | Redacted | Entered | Departed | Allowed | Moved | Fetched | Unsent | Due | Answered
