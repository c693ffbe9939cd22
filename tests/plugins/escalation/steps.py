"""What the tests of escalation do behind the chat: people go away, hours change, others change their minds."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date

from bot.actions import Changed
from bot.domain.request import Request
from bot.events import Due
from bot.store.memory import Memory
from tests.dialogue import MAINTAINERS, STEWARDS, Dialogue, Said

ABE, BEN = "@abe:example.org", "@ben:example.org"
PLUGINS: dict[str, dict[str, object]] = {"escalation": {}, "requests": {"pinned_boards": False}}


def with_ladder(*rungs: tuple[str, str], **settings: object) -> dict[str, dict[str, object]]:
    """The plugins with this ladder."""
    ladder = [{"ask": ask, "after": after} for ask, after in rungs]
    return PLUGINS | {"escalation": {"ladder": ladder, **settings}}


@asynccontextmanager
async def behind(talk: Dialogue) -> AsyncIterator[Memory]:
    """What the bot remembers, to be changed."""
    async with talk.database.transaction() as connection:
        yield Memory(connection)


async def request_of(talk: Dialogue, number: int) -> Request:
    """The request as it is kept."""
    async with behind(talk) as memory:
        found = await memory.requests.get(number)
        assert found
        return found


async def happens(talk: Dialogue, what: str, number: int = 1) -> None:
    """This befell the request, by some plugin's doing."""
    async with behind(talk) as memory:
        await talk.router.refresh(memory)
        cause = Due("test", f"test:{what}:{talk.now}", "", talk.now, late=False)
        changed = [Changed(f"request:{number}", what)]
        await talk.router._keep(memory, changed, talk.now, cause, talk.router.installed[0], "test", "en")
    await talk.settle()


async def goes_away(talk: Dialogue, people: Sequence[str], first: date, last: date | None) -> None:
    """These people said that they are away."""
    async with behind(talk) as memory:
        for person in people:
            await memory.availability.add_away(person, first, last, "$said")


async def agrees(talk: Dialogue, *people: str) -> None:
    """These people said that they may be asked."""
    async with behind(talk) as memory:
        for person in people:
            await memory.contacts.keep_consent(person, "yes")


def calls(talk: Dialogue, room: str = MAINTAINERS) -> list[Said]:
    """The calls made there: what pings somebody."""
    return [said for said in talk.in_room(room) if said.mentions]


def to_stewards(talk: Dialogue) -> list[Said]:
    """What the stewards are told."""
    return calls(talk, STEWARDS)
