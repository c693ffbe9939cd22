"""What a plugin's handler is given: the time, the settings, the memory, the names, and what follows from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from bot.domain.community import Community
from bot.domain.request import Request
from bot.domain.working_time import Calendar
from bot.language.meaning import Meaning
from bot.language.names import Names
from bot.render import Text
from bot.store.memory import Memory
from bot.store.people import Belonging
from bot.words import Block, Link

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Context(Generic[S]):
    """All that a handler may use: the time, its settings, the community's, the memory and the names.

    `memory` is inside the transaction that will also save the handler's effects. `understand` is for words that
    didn't come as a message, like those of one that was fetched; `written` gives blocks in a language in both forms,
    for what is kept or served and not only said.
    """

    now: datetime
    settings: S
    community: Community
    memory: Memory
    names: Names
    language: str
    bot: str
    understand: Callable[[str], Meaning]
    written: Callable[[Sequence[Block], str], Text]
    plugins: frozenset[str] = frozenset()

    async def belonging(self, user_id: str) -> Belonging | None:
        """The organisation this person belongs to: by account or homeserver as configured, else as they said."""
        known = self.community.by_account(user_id)
        if known and known in self.names.organisations:
            return Belonging(known, verified=True)
        return await self.memory.people.belonging(user_id)

    async def surely_of(self, user_id: str) -> str:
        """The id of the organisation this person surely belongs to; empty if there is none."""
        belonging = await self.belonging(user_id)
        return belonging.organisation_id if belonging and belonging.verified else ""

    async def calendar(self, organisation_id: str = "") -> Calendar:
        """When this organisation is at work, by its own word, the settings and the register; without one, the
        community's.
        """
        organisation = self.names.organisations.get(organisation_id)
        if organisation is None:
            return self.community.calendar(None)
        said = await self.memory.availability.said(organisation_id)
        return self.community.calendar(organisation, said.hours, said.closed)

    async def people_of(self, organisation_id: str) -> list[str]:
        """The people who surely belong to this organisation and said so, after those the settings name."""
        verified = await self.memory.people.verified_of(organisation_id)
        proven = self._by_homeserver(organisation_id, await self.memory.people.said_of(organisation_id))
        return list(dict.fromkeys((*self.community.council(organisation_id).people, *verified, *proven)))

    async def contacts_of(self, organisation_id: str) -> list[str]:
        """The people who surely belong to this organisation, and those who said that they may be asked."""
        willing: list[str] = []
        if self.community.council(organisation_id).homeservers:
            willing = self._by_homeserver(organisation_id, await self.memory.contacts.consenting())
        return list(dict.fromkeys((*await self.people_of(organisation_id), *willing)))

    def _by_homeserver(self, organisation_id: str, people: Sequence[str]) -> list[str]:
        servers = self.community.council(organisation_id).homeservers
        near = (person for person in people if person.partition(":")[2] in servers)
        return [person for person in near if self.community.by_account(person) == organisation_id]

    def permalink(self, room_id: str, event_id: str) -> str:
        """A link to an event; a room id alone doesn't say which server to ask for it, so ours is named."""
        server = self.bot.partition(":")[2]
        return f"https://matrix.to/#/{quote(room_id, safe='!:')}/{quote(event_id, safe='$:')}?via={server}"

    async def link_to(self, request: Request) -> Link:
        """A link to a request's question, or to the card that stands for it; its text is the number."""
        event_id = await self.memory.requests.anchor(request)
        return Link(self.permalink(request.room_id, event_id) if event_id else "", f"#{request.number}")

    async def thread_of(self, request: Request) -> str | None:
        """The root of the thread in which it is talked over."""
        return request.thread or await self.memory.requests.anchor(request)
