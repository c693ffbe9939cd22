"""Who may ask us in: by their server, by their own id, or as a member of a space; and how many at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import structlog

from bot.turn.chat import Chat, Invitation, TryLater

log = structlog.get_logger()

MOST_AT_ONCE = 20  # of one server's invitations, and then one every three seconds: homeservers themselves let
EVERY = timedelta(seconds=3)  # an account join no faster
LONGEST_PUT_OFF = timedelta(minutes=10)  # what would have its turn later than that is no invitation but a flood
MOST_LOOKED_UP = 10  # inviters in one sync response whose membership of a space is asked for
MOST_SERVERS = 1000  # remembered; the longest quiet are forgotten first
MOST_TOLD = 10  # lines of the log for one sync response
NOT_ALLOWED = "neither [matrix] allowed_servers nor allowed_people nor a member of allowed_spaces"
TOO_MANY = "too many at once"


@dataclass(frozen=True)
class Accepted:
    """An invitation to be followed at this instant."""

    invitation: Invitation
    at: datetime


@dataclass
class Door:
    """Judges invitations. What is refused is answered by nothing, stored nowhere and said in the log: a thousand of
    them cost no more than reading them.

    `servers` and `people` are globs; `spaces` and `rooms` are those the settings name, `rooms` by their ids.
    """

    chat: Chat
    servers: Sequence[str] = ()
    people: Sequence[str] = ()
    spaces: Sequence[str] = ()
    rooms: Sequence[str] = ()
    _next: dict[str, datetime] = field(default_factory=dict)  # when each server's account of turns is paid off

    async def judge(self, invitations: Sequence[Invitation], knocked: Sequence[str], now: datetime) -> list[Accepted]:
        """Those that are accepted; into rooms of the settings, and where we knocked, anybody may ask us."""
        accepted: list[Accepted] = []
        refused: Counter[tuple[str, str]] = Counter()
        wanted, looked_up = frozenset((*self.rooms, *knocked)), 0
        for invitation in invitations:
            known = invitation.room_id in wanted or self._knows(invitation.inviter)
            if not known and self.spaces and looked_up < MOST_LOOKED_UP:
                looked_up += 1
                try:
                    known = await self._is_member(invitation.inviter)
                except TryLater as error:  # they may ask again; hearing doesn't wait for a homeserver that is slow
                    log.warning("members of the spaces not known", reason=error.reason)
                    looked_up = MOST_LOOKED_UP
            server = invitation.inviter.partition(":")[2]
            if not known:
                refused[server, NOT_ALLOWED] += 1
            elif (at := self._turn(server, now)) is None:
                refused[server, TOO_MANY] += 1
            else:
                log.info("invitation accepted", room_id=invitation.room_id, inviter=invitation.inviter)
                accepted.append(Accepted(invitation, at))
        for (server, reason), count in refused.most_common(MOST_TOLD):
            log.warning("invitations refused", server=server, reason=reason, count=count)
        return accepted

    def _knows(self, inviter: str) -> bool:
        server = inviter.partition(":")[2]
        return any(fnmatchcase(server, glob) for glob in self.servers) or any(
            fnmatchcase(inviter, glob) for glob in self.people
        )

    async def _is_member(self, inviter: str) -> bool:
        for space in self.spaces:
            if await self.chat.is_member(space, inviter):
                return True
        return False

    def _turn(self, server: str, now: datetime) -> datetime | None:
        """When the next invitation of this server is followed; None if too many wait already."""
        before = max(self._next.pop(server, now), now)
        at = max(now, before + EVERY - MOST_AT_ONCE * EVERY)
        late = at - now > LONGEST_PUT_OFF
        self._next[server] = before if late else before + EVERY
        if len(self._next) > MOST_SERVERS:
            del self._next[next(iter(self._next))]
        return None if late else at
