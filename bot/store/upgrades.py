"""Which room goes on in which: what tombstones say, and what turned out to be true."""

from bot.store.database import Connection

MOST_UPGRADES = 10  # of one room, one after another; a circle of them ends here


class Upgrades:
    """The table room, as far as one room takes another's place."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def carry(self, old: str, new: str) -> None:
        """The room goes on in another one: what stewards set for it holds there, too, unless they have set something
        there already.
        """
        await self._db.execute(
            "INSERT INTO room (room_id, membership, language, listening, threads) "
            "SELECT $2, 'leave', language, listening, threads FROM room WHERE room_id = $1 "
            "ON CONFLICT (room_id) DO UPDATE SET language = excluded.language, listening = excluded.listening, "
            "threads = excluded.threads "
            "WHERE room.language = '' AND room.listening = 0 AND room.threads = 1",
            old,
            new,
        )
        await self._db.execute("UPDATE room SET successor = $2, replaced_by = '' WHERE room_id = $1", old, new)

    async def replace(self, old: str, new: str) -> None:
        """A tombstone in the room names this one its successor; "" if that wasn't true."""
        await self._db.execute("UPDATE room SET replaced_by = $2 WHERE room_id = $1", old, new)

    async def replaced_by(self, new: str) -> list[str]:
        """The rooms whose tombstones name this one, as far as it hasn't been found true or false."""
        rows = await self._db.fetch("SELECT room_id FROM room WHERE replaced_by = $1 AND $1 <> ''", new)
        return [str(row["room_id"]) for row in rows]

    async def came_only_to_follow(self, room_id: str) -> bool:
        """Whether the bot is there because of a tombstone alone: nobody asked it in, and no setting names the room."""
        row = await self._db.fetch_one(
            "SELECT 1 AS one FROM room WHERE room_id = $1 AND inviter = '' AND alias = '' AND EXISTS "
            "(SELECT 1 FROM outbox WHERE room_id = $1 AND kind = 'join' AND op_id LIKE 'follow:%') AND NOT EXISTS "
            "(SELECT 1 FROM outbox WHERE room_id = $1 AND kind = 'join' AND op_id NOT LIKE 'follow:%')",
            room_id,
        )
        return row is not None

    async def now(self, room_id: str) -> str:
        """The room that took this one's place, if it was upgraded and we are in that one; else itself."""
        for _ in range(MOST_UPGRADES):
            row = await self._db.fetch_one(
                "SELECT s.room_id FROM room AS r JOIN room AS s ON s.room_id = r.successor "
                "WHERE r.room_id = $1 AND s.membership = 'join'",
                room_id,
            )
            if row is None:
                break
            room_id = str(row["room_id"])
        return room_id

    async def origin(self, room_id: str) -> str:
        """The room that this one goes back to, through all its upgrades; of a circle, always the same one."""
        row = await self._db.fetch_one(
            "WITH RECURSIVE chain(room_id) AS (SELECT room_id FROM room WHERE room_id = $1 UNION "
            "SELECT room.room_id FROM room JOIN chain ON room.successor = chain.room_id) SELECT room_id FROM chain "
            "ORDER BY (SELECT COUNT(*) FROM room WHERE room.successor = chain.room_id), room_id LIMIT 1",
            room_id,
        )
        return str(row["room_id"]) if row else room_id

    async def lost_sight_of(self) -> list[tuple[str, str]]:
        """The rooms we are in whose tombstones name one that we aren't in and aren't on the way to."""
        rows = await self._db.fetch(
            "SELECT room_id, replaced_by FROM room WHERE membership = 'join' AND replaced_by <> '' AND NOT EXISTS "
            "(SELECT 1 FROM room AS s WHERE s.room_id = room.replaced_by AND s.membership = 'join') AND NOT EXISTS "
            "(SELECT 1 FROM outbox WHERE outbox.room_id = room.replaced_by AND outbox.state = 'waiting' "
            "AND outbox.kind = 'join') ORDER BY room_id"
        )
        return [(str(row["room_id"]), str(row["replaced_by"])) for row in rows]
