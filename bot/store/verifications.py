"""Verifications that others began with the bot, as far as an operator must see them and a restart must end them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Connection, Row, dumps, instant, micros

KEPT = timedelta(days=1)  # so long a replayed request is known to be over


@dataclass(frozen=True)
class Verification:
    """One of them. `room_id` is empty if it goes from device to device; `emoji` once there is something to compare."""

    id: str
    user_id: str
    device_id: str
    room_id: str
    transaction_id: str
    begun_at: datetime
    state: str = "begun"
    emoji: tuple[str, ...] = ()
    decimals: str = ""
    decision: str = ""
    reason: str = ""


class Verifications:
    """The table verification."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def begin(self, new: Verification) -> bool:
        """Note it; False if it is noted already. What is long over goes."""
        await self._db.execute("DELETE FROM verification WHERE begun_at < $1", micros(new.begun_at - KEPT))
        return bool(
            await self._db.execute(
                "INSERT INTO verification (id, user_id, device_id, room_id, transaction_id, state, begun_at) "
                "VALUES ($1, $2, $3, $4, $5, 'begun', $6) ON CONFLICT DO NOTHING",
                new.id, new.user_id, new.device_id, new.room_id, new.transaction_id, micros(new.begun_at),
            )
        )  # fmt: skip

    async def begun(self, since: datetime) -> dict[str, int]:
        """How many each person began since then."""
        rows = await self._db.fetch(
            "SELECT user_id, COUNT(*) AS n FROM verification WHERE begun_at > $1 GROUP BY user_id", micros(since)
        )
        return {row["user_id"]: int(row["n"]) for row in rows}

    async def show(self, verification_id: str, emoji: Sequence[str], decimals: str) -> None:
        """There is something to compare."""
        await self._db.execute(
            "UPDATE verification SET state = 'shown', emoji = $1, decimals = $2 WHERE id = $3 AND state = 'begun'",
            dumps(list(emoji)), decimals, verification_id,
        )  # fmt: skip

    async def decide(self, verification_id: str, matches: bool) -> bool:
        """What the operator says; False if nothing waits for it (any more)."""
        return bool(
            await self._db.execute(
                "UPDATE verification SET decision = $1 WHERE id = $2 AND state = 'shown' AND decision = ''",
                "yes" if matches else "no", verification_id,
            )
        )  # fmt: skip

    async def close(self, verification_id: str, done: bool, reason: str = "") -> None:
        """It is over, and how it ended."""
        await self._db.execute(
            "UPDATE verification SET state = $1, reason = $2 WHERE id = $3 AND state IN ('begun', 'shown')",
            "done" if done else "cancelled", reason, verification_id,
        )  # fmt: skip

    async def get(self, verification_id: str) -> Verification | None:
        """The one of this id."""
        row = await self._db.fetch_one("SELECT * FROM verification WHERE id = $1", verification_id)
        return _read(row) if row else None

    async def running(self) -> list[Verification]:
        """Those that are not over, the oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM verification WHERE state IN ('begun', 'shown') ORDER BY begun_at, id"
        )
        return [_read(row) for row in rows]


def _read(row: Row) -> Verification:
    return Verification(
        row["id"],
        row["user_id"],
        row["device_id"],
        row["room_id"],
        row["transaction_id"],
        instant(row["begun_at"]),
        row["state"],
        tuple(json.loads(row["emoji"])),
        row["decimals"],
        row["decision"],
        row["reason"],
    )
