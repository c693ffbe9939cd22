"""Whom a call goes to: the council (or the stewards), its next person, and the room."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.directory import Organisation
from bot.domain.escalation import Ask
from bot.domain.request import Request
from bot.plugin import Context
from plugins.escalation.candidates import next_person, willing
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]


@dataclass(frozen=True)
class Whom:
    """Who is called: `called` is the council's id or "stewards", `people` are mentioned."""

    called: str
    ask: Ask
    organisation: Organisation | None
    people: tuple[str, ...]
    room: str  # empty: where it was asked; a person's id: a direct chat with them

    @property
    def person(self) -> str:
        """The one person of a council whose turn it is."""
        return self.people[0] if self.organisation and self.people else ""

    def room_for(self, request: Request) -> str:
        """Where they are called for this request."""
        return self.room or request.room_id


async def whom(context: Ctx, called: str, ask: Ask, request: Request, but: Collection[str] = ()) -> Whom:
    """Who is called by this name; the asker is not, nor is anybody of `but`.

    A council in its own room, else the maintainers', else its next person in a direct chat; those who only use the
    tool in a direct chat, since they agreed to that alone.
    """
    community, asker = context.community, request.asker
    organisation = context.names.organisations.get(called)
    if organisation is None:
        room = community.stewards_room or community.maintainers_room
        return Whom(called, ask, None, tuple(community.stewards), room)
    if ask == "users":
        person = await next_person(context, called, await willing(context, called, asker), but)
        return Whom(called, ask, organisation, (person,) if person else (), person)
    person = await next_person(context, called, await context.people_of(called), {asker, *but})
    room = community.council(called).room or community.maintainers_room or person
    return Whom(called, ask, organisation, (person,) if person else (), room)
