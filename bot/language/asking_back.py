"""From a name as somebody typed it to the one tool or body that is meant, or the question that leads to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.actions import Option
from bot.domain.directory import Organisation, Tool
from bot.domain.succession import heirs
from bot.errors import Unsettled, UserError
from bot.language.meaning import Match, Named
from bot.language.names import Names
from bot.words import Phrase, phrase

CHOICES = 5  # in an ambiguous name; of names that only look alike there are three at most


@dataclass(frozen=True)
class Body:
    """The organisation that is meant, and the abolished ones that led to it: the one named, and its successors."""

    organisation: Organisation
    abolished: tuple[Organisation, ...] = ()

    @property
    def reforms(self) -> list[tuple[Organisation, Organisation]]:
        """Each abolished body with the one that followed it, the one that was named first."""
        return list(zip(self.abolished, (*self.abolished[1:], self.organisation), strict=False))


def tool_meant(names: Names, named: Named | None) -> Tool:
    """The one tool that is meant; raises UserError, perhaps Unsettled with the choices, otherwise."""
    if named is None or not named.typed.strip():
        raise UserError(phrase("bot.which_tool"))
    if named.id:
        return names.tools[named.id]
    raise _question("tool", named, _tool_options(names.tools, named.ids))


def organisation_meant(names: Names, named: Named | None) -> Body:
    """The one body that is meant; an abolished one leads to its successor, or to a choice between them.

    Raises UserError, perhaps Unsettled with the choices, if it isn't clear.
    """
    if named is None or not named.typed.strip():
        raise UserError(phrase("bot.which_organisation"))
    known = names.organisations
    if not named.id:
        raise _question("organisation", named, _body_options(known, named.ids))
    organisation = known[named.id]
    ways = heirs(known, organisation)
    if len(ways) > 1:
        told = phrase("bot.split", organisation=organisation.name, ended=ways[0][-2].ended or "")
        options = _body_options(known, [way[-1].id for way in ways])
        raise Unsettled(told, "organisation", named.typed, options, remembered=False)
    return Body(ways[0][-1], ways[0][:-1]) if ways else Body(organisation)


def _question(kind: str, named: Named, options: tuple[Option, ...]) -> UserError:
    if not options:
        return UserError(phrase(f"bot.unknown_{kind}", typed=named.typed))
    ambiguous = named.match is Match.AMBIGUOUS
    return Unsettled(_told(kind, named, ambiguous=ambiguous), kind, named.typed, options, remembered=ambiguous)


def _told(kind: str, named: Named, *, ambiguous: bool) -> Phrase:
    found = "lookalike" if named.lookalike else "ambiguous" if ambiguous else "near"
    return phrase(f"bot.{found}_{kind}", typed=named.typed)


def _tool_options(known: Mapping[str, Tool], ids: Sequence[str]) -> tuple[Option, ...]:
    """Two tools of one name are told apart by where their source lives."""
    tools = [known[i] for i in ids[:CHOICES] if i in known]
    shared = len({tool.name.casefold() for tool in tools}) < len(tools)
    return tuple(Option(t.id, f"{t.name} ({t.repository or t.id})" if shared else t.name) for t in tools)


def _body_options(known: Mapping[str, Organisation], ids: Sequence[str]) -> tuple[Option, ...]:
    bodies = [known[i] for i in ids[:CHOICES] if i in known]
    shared = len({body.name.casefold() for body in bodies}) < len(bodies)
    return tuple(Option(b.id, f"{b.name} ({b.region or b.id})" if shared else b.name) for b in bodies)
