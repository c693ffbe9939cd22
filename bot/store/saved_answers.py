"""The answers that a council keeps under a name, to give them again."""

from bot.domain.saved_answer import SavedAnswer
from bot.store.database import Connection, Row, instant, micros


class SavedAnswers:
    """The table saved_answer."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def keep(self, a: SavedAnswer) -> None:
        """Keep it; what this council had under the name is gone."""
        await self._db.execute(
            "INSERT INTO saved_answer (organisation_id, name, title, text, said_by, saved_at, said_in, saved_in) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organisation_id, name) DO UPDATE SET "
            "title = excluded.title, text = excluded.text, said_by = excluded.said_by, saved_at = excluded.saved_at, "
            "said_in = excluded.said_in, saved_in = excluded.saved_in",
            a.organisation_id, a.name, a.title, a.text, a.said_by, micros(a.saved_at), a.said_in, a.saved_in,
        )  # fmt: skip

    async def get(self, organisation_id: str, name: str) -> SavedAnswer | None:
        """What this council keeps under the name."""
        row = await self._db.fetch_one(
            "SELECT * FROM saved_answer WHERE organisation_id = $1 AND name = $2", organisation_id, name
        )
        return _saved(row) if row else None

    async def of(self, organisation_id: str) -> list[SavedAnswer]:
        """All that this council keeps, by name."""
        rows = await self._db.fetch("SELECT * FROM saved_answer WHERE organisation_id = $1", organisation_id)
        return sorted((_saved(r) for r in rows), key=lambda a: a.name)  # the engines don't sort letters alike

    async def of_message(self, event_id: str) -> SavedAnswer | None:
        """What this message said and had saved."""
        row = await self._db.fetch_one(
            "SELECT * FROM saved_answer WHERE said_in = $1 AND saved_in = $1 LIMIT 1", event_id
        )
        return _saved(row) if row else None

    async def count_of(self, organisation_id: str) -> int:
        """How many this council keeps."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM saved_answer WHERE organisation_id = $1", organisation_id
        )
        return int(row["n"]) if row else 0

    async def drop(self, organisation_id: str, name: str) -> bool:
        """Keep it no more; False if there was none."""
        gone = await self._db.execute(
            "DELETE FROM saved_answer WHERE organisation_id = $1 AND name = $2", organisation_id, name
        )
        return gone == 1

    async def drop_from(self, event_id: str) -> int:
        """This message was taken back: what it said or had saved goes with it; how many there were."""
        return await self._db.execute("DELETE FROM saved_answer WHERE said_in = $1 OR saved_in = $1", event_id)

    async def forget(self, user_id: str) -> None:
        """The answers are their council's and stay; that this person saved them is forgotten."""
        await self._db.execute("UPDATE saved_answer SET said_by = '' WHERE said_by = $1", user_id)


def _saved(row: Row) -> SavedAnswer:
    known = dict(row)
    return SavedAnswer(**known | {"saved_at": instant(row["saved_at"])})
