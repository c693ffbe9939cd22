"""Our own events, read back: what was said already isn't said again, whatever became of our memory of it."""

from datetime import datetime
from hashlib import sha256

from bot.store.database import Connection, micros


def transaction_id(op_id: str) -> str:
    """Made from the op id alone, so that a resend is not a second message. It is also written into what we send, in
    the clear where the rest is encrypted: a device that has lost its keys still knows its own words by it.
    """
    return sha256(op_id.encode()).hexdigest()[:32]


class Echoes:
    """The table echo, and of the table outbox what our own events say about it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def sent(self, op_id: str, event_id: str | None) -> None:
        """The homeserver has it; its words are dropped, and its replies are traced to its subject."""
        changed = await self._db.fetch_one(
            "UPDATE outbox SET state = 'sent', content = NULL, event_id = $2 WHERE op_id = $1 AND state = 'waiting' "
            "RETURNING subject",
            op_id,
            event_id,
        )
        if changed and changed["subject"] and event_id:
            await self._db.execute(
                "INSERT INTO subject (event_id, subject) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING",
                event_id,
                changed["subject"],
            )

    async def echoed(self, transaction: str, event_id: str, now: datetime) -> None:
        """An event of ours came: its row is sent. What no row is known for was said by a memory that was lost, and
        is remembered until a row asks for it.
        """
        row = await self._db.fetch_one("SELECT op_id FROM outbox WHERE transaction_id = $1", transaction)
        if row:
            await self.sent(row["op_id"], event_id)
            return
        await self._db.execute(
            "INSERT INTO echo (op, event_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            transaction, event_id, micros(now),
        )  # fmt: skip

    async def sent_before(self, op_id: str) -> None:
        """A row was queued: if its event came long ago, it is sent."""
        row = await self._db.fetch_one("SELECT event_id FROM echo WHERE op = $1", transaction_id(op_id))
        if row:
            await self.sent(op_id, row["event_id"])
