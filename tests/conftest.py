"""What all tests share: one homeserver and one PostgreSQL cluster, started when first asked for."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.cluster import Cluster, NotInstalled, empty_database
from tests.homeserver import Homeserver
from tests.javascript import prepare

MARKED_BY_FIXTURE = {
    "homeserver": "homeserver",
    "postgres_url": "postgres",
    "postgres_database": "postgres",
}

settings.register_profile("untimed", deadline=None)  # how fast something is the benchmarks say, not a busy machine
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test is marked by what it uses, so that `make test-fast` can leave it out."""
    for item in items:
        for fixture, marker in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    """One Synapse with its rate limits lifted; a test that needs another kind starts its own `Homeserver`."""
    async with Homeserver(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(scope="session")
def javascript() -> None:
    """Node, and in it matrix-js-sdk: installed by the first test that asks."""
    prepare()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The private cluster. Without PostgreSQL's programs the test is skipped, on CI it fails."""
    try:
        cluster = Cluster()
    except NotInstalled as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI skips nothing: {missing}")
        pytest.skip(f"not tried on PostgreSQL: {missing}")
    with cluster:
        yield cluster.url


@pytest_asyncio.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[str]:
    """An empty database of the test's own."""
    async with empty_database(postgres_url) as url:
        yield url
