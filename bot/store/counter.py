"""Numbers given out one after the other, never twice; kept in the caller's transaction, so without holes."""

from bot.store.database import Connection


async def take(connection: Connection, name: str, how_many: int = 1) -> int:
    """The next number of this name, starting at 1 (with `how_many`, the first of that many)."""
    row = await connection.fetch_one(
        "INSERT INTO counter (name, value) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + $2 RETURNING value",
        name,
        how_many,
    )
    assert row is not None
    return int(row["value"]) - how_many + 1


async def read(connection: Connection, name: str) -> int:
    """The last number given out; 0 before the first."""
    row = await connection.fetch_one("SELECT value FROM counter WHERE name = $1", name)
    return int(row["value"]) if row else 0
