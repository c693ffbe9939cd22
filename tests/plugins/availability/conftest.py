"""A small community in which Bea works for Camden and Cai for Lambeth."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.dialogue import BOPS, CAMDEN, PLANX, Dialogue, dialogue, maintains, uses

PLUGINS: dict[str, dict[str, Any]] = {
    name: {} for name in ("directory", "people", "availability", "rooms", "escalation", "requests", "help")
}
REGISTER = (maintains(CAMDEN, PLANX), uses(CAMDEN, PLANX), uses(CAMDEN, BOPS))
MONDAY_HOURS = "Mon 09:00-12:00"
ADVENT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A conversation on a Monday in May."""
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER) as made:
        yield made
