"""Patience: how long one room, searched again and again, may hold up what waits for its past to be known."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.turn.signals import HELD

log = structlog.get_logger()

NOTHING = timedelta(0)
REGAINED = 6  # times as slowly as it is lost: all of it within an hour


@dataclass
class Patience:
    """A hole is waited for no longer than HELD, but a room whose every sync shows another one, because it is so busy or
    by somebody's will, is never without one. So each room has HELD in all, which comes back while it has no hole; once
    it is used up, the room isn't waited for until all of it has come back.
    """

    _used: dict[str, timedelta] = field(default_factory=dict)
    _used_up: frozenset[str] = frozenset()
    _searched: frozenset[str] = frozenset()  # when last asked
    _asked_at: datetime | None = None

    def left(self, searched: Set[str], now: datetime) -> set[str]:
        """Of the rooms that are searched, those that are still waited for."""
        passed = max(NOTHING, now - (self._asked_at or now))
        used = {room: self._grown(room, passed) for room in self._used.keys() | searched}
        used_up = {r for r, some in used.items() if some >= HELD or (r in self._used_up and some > NOTHING)}
        for room in used_up - self._used_up:
            log.warning("a room is searched again and again", room_id=room, consequence="nothing waits for it now")
        self._used = {room: some for room, some in used.items() if some > NOTHING}
        self._used_up, self._searched, self._asked_at = frozenset(used_up), frozenset(searched), now
        return set(searched - used_up)

    def _grown(self, room: str, passed: timedelta) -> timedelta:
        used = self._used.get(room, NOTHING)
        return min(HELD, used + passed) if room in self._searched else used - passed / REGAINED
