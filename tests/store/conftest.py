"""Every store test runs on both engines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import Database, open_database
from bot.store.memory import Memory
from tests.cluster import empty_database
from tests.templates import lay_out, lent

NOW = datetime(2026, 5, 11, 9, 0, 0, 123456, tzinfo=UTC)


ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest_asyncio.fixture(params=ENGINES)
async def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database of the test's own in which nothing is, not even a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    async with empty_database(request.getfixturevalue("postgres_url")) as made:
        yield made


@pytest_asyncio.fixture(params=ENGINES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database of the test's own, up to date and empty."""
    if request.param == "sqlite":
        await lay_out(tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    async with lent(request.getfixturevalue("postgres_url")) as migrated:
        yield migrated


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Open and up to date."""
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def memory(database: Database) -> AsyncIterator[Memory]:
    """One transaction's view, for the length of a test."""
    async with database.transaction() as connection:
        yield Memory(connection)
