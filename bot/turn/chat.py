"""The port to the chat: what the loops ask of it, in our words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.store.outbox import Ready


@dataclass(frozen=True)
class Incoming:
    """One event, already turned into our words.

    `state` is the inbox's: `new` (with `content`), `own`, `ignored`, `locked` (undecryptable; `content` is the
    raw event, `session_id` its Megolm session) or `bad`. `transaction` is what one of our own events says it was;
    `redacts` what a redaction took back; `ratchet` by which key it was encrypted: by each, one event.
    """

    event_id: str
    sender: str
    state: str
    content: dict[str, Any] | None = None
    transaction: str = ""
    redacts: str = ""
    session_id: str = ""
    ratchet: str = ""


@dataclass(frozen=True)
class RoomNews:
    """What came of one room, oldest first. `limited`: there is more before it, to be paged back from `prev_batch`.

    `entered` and `invited` are the places in `events` of our own join and of the invitation to it. What the room's
    state says of it (`may_pin` and so on: see `bot.store.rooms.Room`) is None where nothing is known.
    """

    room_id: str
    events: Sequence[Incoming]
    limited: bool = False
    prev_batch: str = ""
    members: int | None = None
    named: bool = False
    entered: int | None = None
    invited: int | None = None
    left: bool = False
    may_pin: bool | None = None
    may_send: bool | None = None
    shared: bool | None = None
    shut_out: bool | None = None
    predecessor: str | None = None


@dataclass(frozen=True)
class Invitation:
    """Somebody asks us into a room."""

    room_id: str
    inviter: str
    direct: bool


@dataclass(frozen=True)
class News:
    """One sync response. `unlockable` are the keys that came: rooms, and Megolm sessions in them."""

    next_batch: str
    rooms: Sequence[RoomNews] = ()
    invitations: Sequence[Invitation] = ()
    knocking: Sequence[str] = ()  # rooms at whose door we stand
    unlockable: Collection[tuple[str, str]] = ()
    at: datetime | None = None  # by the homeserver's clock


@dataclass(frozen=True)
class Page:
    """A page of a room's past, newest first; `end` is where the next one begins, None at the room's beginning."""

    events: Sequence[Incoming]
    end: str | None
    entered: int | None = None


@dataclass
class Refused(Exception):
    """The homeserver says no, and will say no again."""

    reason: str


@dataclass
class TryLater(Exception):
    """Not now: rate-limited, unreachable, or an answer that leaves open whether it was done.

    `seconds` is the server's own word, None if it gave none. `limited`: it wasn't even looked at (429). `account`: it
    is all that we send that has to wait, not this alone.
    """

    reason: str
    seconds: float | None = None
    limited: bool = field(default=False)
    account: bool = field(default=False)


@dataclass
class LoggedOut(Exception):
    """The homeserver no longer accepts our token: nothing can go on. `soft`: the device is still ours."""

    reason: str
    soft: bool = False

    def __str__(self) -> str:
        return self.reason


class CursorLost(Exception):
    """The homeserver can't make anything of our sync token."""


class Chat(Protocol):
    """A homeserver with the bot logged in."""

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """What is new; waits up to `timeout_ms` for something. Raises TryLater, CursorLost or LoggedOut."""

    async def page_back(self, room_id: str, token: str) -> Page:
        """A page of the past before `token`. Raises TryLater, Refused or LoggedOut."""

    async def send(self, row: Ready) -> str | None:
        """Do what the row says, idempotently by its op id; the event id, if that made one.

        Raises TryLater, Refused or LoggedOut.
        """

    async def join(self, room: str, via: Sequence[str], knock: str = "") -> str:
        """Enter a room by its id or alias, through the servers `via`; its id. Where we may only knock we do, with the
        reason `knock` if there is one. Raises TryLater, Refused or LoggedOut.
        """

    async def is_member(self, room: str, person: str) -> bool:
        """Whether this person is now in a room (by id or alias) that we are in. Raises TryLater or LoggedOut."""

    async def fetch(self, room_id: str, event_id: str) -> Incoming:
        """One event of the room as it is now, its words those of its newest edit.

        Raises TryLater, Refused or LoggedOut.
        """

    async def decrypt(self, room_id: str, raw: dict[str, Any]) -> Incoming:
        """Try a locked event again."""

    def may_ask_for_key(self, sender: str, session_id: str) -> bool:
        """Whether this person is still to be asked for the key of this session, and may be now."""

    async def ask_for_key(self, room_id: str, raw: dict[str, Any]) -> None:
        """Ask whoever sent a locked event for its key, once for each key. Raises TryLater or LoggedOut."""
