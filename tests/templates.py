"""Databases that are up to date and empty, migrated once a run: for the many tests that are about something else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.database import open_database
from tests.cluster import create_database, execute

_files: list[bytes] = []
_databases: dict[str, str] = {}

# No trigger fires for a replica: so no order in which foreign keys must be emptied.
_EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$
"""


async def lay_out(file: Path) -> None:
    """Put such a SQLite database there, unless the file exists."""
    if file.exists():
        return
    if not _files:
        with TemporaryDirectory() as folder:
            fresh = Path(folder) / "fresh.db"
            await (await open_database(f"sqlite:///{fresh}")).close()
            _files.append(fresh.read_bytes())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(_files[0])


@asynccontextmanager
async def lent(cluster: str) -> AsyncIterator[str]:
    """Such a database in the PostgreSQL cluster at this URL; what the test left in it, open connections too, goes."""
    if cluster not in _databases:
        _databases[cluster] = await create_database(cluster)
        await (await open_database(_databases[cluster])).close()
    try:
        yield _databases[cluster]
    finally:
        await execute(_databases[cluster], _EMPTY)
