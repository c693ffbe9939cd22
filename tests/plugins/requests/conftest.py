"""A talk with requests on and escalation off, in the rooms of the dialogue."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.domain.request import Request
from bot.store.memory import Memory
from tests.dialogue import BEA, CAI, CAMDEN, CARDIFF, LAMBETH, PLANX, Dialogue, Said, dialogue, maintains, uses

DAN = "@dan:elsewhere.org"
QUIET: dict[str, object] = {"pinned_boards": False}  # nobody is told that the bot may not pin


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Nobody is known to use anything: anybody's answer is one."""
    async with dialogue(tmp_path, {"requests": QUIET, "help": {}}) as made:
        yield made


@pytest_asyncio.fixture
async def known(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Bea's Camden answers for PlanX, Cai's Lambeth uses it, Dan's Cardiff doesn't."""
    assertions = [maintains(CAMDEN, PLANX), uses(LAMBETH, PLANX)]
    councils = [{"id": CAMDEN.id, "people": [BEA]}, {"id": LAMBETH.id, "people": [CAI]},
                {"id": CARDIFF.id, "people": [DAN]}]  # fmt: skip
    async with dialogue(tmp_path, {"requests": QUIET, "help": {}}, assertions=assertions, councils=councils) as made:
        yield made


async def kept(talk: Dialogue, number: int = 1) -> Request:
    """The request as it is kept."""
    async with talk.database.reading() as connection:
        request = await Memory(connection).requests.get(number)
    assert request is not None
    return request


async def steps(talk: Dialogue, number: int = 1) -> list[str]:
    """What happened to it."""
    async with talk.database.reading() as connection:
        return [step.what for step in await Memory(connection).requests.steps(number)]


def newest(talk: Dialogue, room: str = "") -> Said:
    """The newest message (in a room); the card's edits are none."""
    return next(said for said in reversed(talk.said) if not said.edits and room in ("", said.room_id))
