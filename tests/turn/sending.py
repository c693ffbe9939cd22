"""A homeserver of the tests' own: takes what is sent, or holds it back, loses it, refuses it; idempotent by op id."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.outbox import Post, Ready
from bot.turn.chat import Refused, TryLater
from bot.turn.pace import Pace
from bot.turn.say import Say
from bot.turn.signals import Signals
from tests.store.samples import NOW

LIMITED = TryLater("429 M_LIMIT_EXCEEDED", 5.0, limited=True, account=True)


@dataclass
class Taking:
    """What a homeserver does with each request in turn (`fate`), and what it has: each op id once, as it came first."""

    fate: Callable[[Ready], str] = lambda row: "taken"
    has: dict[str, Ready] = field(default_factory=dict)
    asked: list[Ready] = field(default_factory=list)

    async def send(self, row: Ready) -> str | None:
        """Take it, or not."""
        self.asked.append(row)
        match self.fate(row):
            case "limited":
                raise TryLater(LIMITED.reason, LIMITED.seconds, limited=True, account=True)
            case "lost":
                raise TryLater("502")
            case "refused" if row.op_id not in self.has:
                raise Refused("403 M_FORBIDDEN")
            case "answer lost":
                self._take(row)
                raise TryLater("the answer was cut off")
        self._take(row)
        return f"${row.op_id}"

    def _take(self, row: Ready) -> None:
        before = self.has.setdefault(row.op_id, row)
        assert before.content == row.content, f"{row.op_id} was resent with other words"

    async def join(self, room: str, via: Any, knock: str = "") -> str:
        """Entering is never limited with the messages."""
        self.asked.append(Ready(room, room, "join", {}, "", None, 0, "", NOW))
        return room

    @property
    def order(self) -> list[str]:
        """The op ids as they were taken."""
        return list(self.has)


@dataclass
class Sender:
    """The loop that speaks, with a clock that the test moves."""

    database: Database
    server: Taking
    now: datetime = NOW
    say: Say = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after SIGKILL: what it had in mind is gone."""
        self.say = Say(self.database, self.server, lambda: self.now, Signals(), Pace())  # type: ignore[arg-type]

    async def queue(self, *posts: Post) -> None:
        """These are to be said."""
        async with self.database.transaction() as connection:
            for post in posts:
                await Memory(connection).outbox.add(post, self.now)

    async def settle(self, seconds: float = 0) -> None:
        """Send all that may be sent, for so long."""
        end = self.now + timedelta(seconds=seconds)
        await self.say.settle()
        while self.now < end:
            self.now = min(end, self.now + timedelta(seconds=1))
            await self.say.settle()

    async def states(self) -> dict[str, str]:
        """Each op id's state."""
        async with self.database.reading() as connection:
            rows = await connection.fetch("SELECT op_id, state FROM outbox")
        return {row["op_id"]: row["state"] for row in rows}
