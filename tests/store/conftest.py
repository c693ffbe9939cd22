"""Every store test runs on both engines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import Database, open_database
from bot.store.memory import Memory
from tests.cluster import empty_database

NOW = datetime(2026, 5, 11, 9, 0, 0, 123456, tzinfo=UTC)


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    async with empty_database(request.getfixturevalue("postgres_url")) as made:
        yield made


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
