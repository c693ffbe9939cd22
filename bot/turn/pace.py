"""Pace: what may be sent now. Rooms go side by side until the homeserver limits the account; then one row at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions import Priority
from bot.store.outbox import FETCHING, Head, Ready
from bot.turn.chat import TryLater
from bot.turn.signals import Backoff

SIDE_BY_SIDE = 16  # rooms; as many again may be entered meanwhile, which can take a minute each
WELL = 10  # sent one after the other without being held back: the limit is gone
ACCOUNT = "the account"  # waits for all that speaks
LONG = timedelta(minutes=10)  # an account's pause without an end: blocked until somebody does something


def lane(row: Ready) -> str:
    """The queue in which a row stands: its room's, or that of all that is fetched."""
    return FETCHING if row.kind == "fetch" else row.room_id


@dataclass
class Pace:
    """Synapse's limit on messages is the account's, whatever the room (`rc_message`); entering rooms and opening
    direct chats have limits of their own, which hold up nothing else.
    """

    side_by_side: int = SIDE_BY_SIDE
    strict: bool = False  # one row at a time, the most pressing first
    _account: datetime | None = None
    _held: dict[str, datetime] = field(default_factory=dict)
    _backoffs: dict[str, Backoff] = field(default_factory=dict)
    _well: int = 0

    def choose(self, heads: Sequence[Head], underway: Sequence[Ready], now: datetime) -> tuple[list[int], datetime]:
        """The places of the rows to send now, `heads` being sorted; and when to look again, if nothing happens."""
        busy = {lane(row) for row in underway}
        speaking = sum(row.priority != Priority.FREE for row in underway)
        entering = len(underway) - speaking
        chosen, again = [], datetime.max.replace(tzinfo=now.tzinfo)
        for head in heads:
            if head.lane in busy:
                continue
            at = max([head.at, *self._waits(head)]) if head.oldest else head.at
            if at > now:
                again = min(again, at)
            elif head.priority == Priority.FREE:
                if entering < self.side_by_side:
                    entering += 1
                    chosen.append(head.pressing)
            elif speaking < (1 if self.strict else self.side_by_side):
                speaking += 1
                chosen.append(head.pressing if self.strict else head.oldest)
        if not speaking and not any(head.oldest and head.priority != Priority.FREE for head in heads):
            self.strict = False  # all is said: the next burst may be a small one
        return chosen, again

    def _waits(self, head: Head) -> Iterator[datetime]:
        for name in (head.lane, _kind(head.lane, head.priority)):
            if name in self._held:
                yield self._held[name]
        if head.priority != Priority.FREE and self._account:
            yield self._account

    def went(self, row: Ready) -> None:
        """It was sent, or refused for good: its lane has nothing to wait for."""
        for name in (ACCOUNT, lane(row), _kind(lane(row), row.priority)):
            self._backoffs.pop(name, None)
            self._held.pop(name, None)
        if self.strict and row.priority != Priority.FREE:
            self._well += 1
            self.strict = self._well < WELL

    def later(self, row: Ready, error: TryLater, now: datetime) -> float:
        """Not now; who waits for it and how long, in seconds."""
        if error.account:
            seconds = self._account_seconds(error)
            self.strict, self._well = True, 0
            self._account = max(self._account or now, now + timedelta(seconds=seconds))
            return seconds
        kind = _kind(lane(row), row.priority)
        name = kind if error.limited and kind else lane(row)
        seconds = self._backoffs.setdefault(name, Backoff("send")).seconds(error)
        self._held[name] = now + timedelta(seconds=seconds)
        return seconds

    def _account_seconds(self, error: TryLater) -> float:
        """A limit passes, also one that says no time that makes sense; a block doesn't by itself."""
        if error.limited:
            return self._backoffs.setdefault(ACCOUNT, Backoff("send")).seconds(error)
        return LONG.total_seconds() if error.seconds is None else error.seconds


def _kind(of: str, priority: Priority) -> str:
    """Which limit is met there, other than that on messages; empty if none."""
    if priority == Priority.FREE and of != FETCHING:
        return "joins"
    return "direct chats" if of.startswith("@") else ""
