"""The `usedBy` part of a tool's publiccode.yml, each name with how, since when and from whom it is known."""

from collections.abc import AsyncIterator

import yaml

from bot.domain.directory import Age, Grade, Organisation, Status, Tool, Usage, age_of
from bot.exchange.export import Part, Recorded, by_name
from bot.exchange.export_files import file_name
from bot.exchange.export_terms import Terms
from bot.exchange.text import cleaned

_ENDLESS = 1_000_000  # characters: a name stays on its line

Use = tuple[Organisation, Usage]


async def fragments(register: Recorded, part: Part, terms: Terms) -> AsyncIterator[tuple[str, str]]:
    """A file's name and text for each tool in use; for a tool asked for by name, in any case."""
    for tool in part.wanted_tools():
        found = await register.usages_of_tool(tool.id)
        present = [u for u in found if u.status is not Status.RETIRED and u.organisation_id in part.organisations]
        if present or part.tool_id:
            users = [(part.organisations[u.organisation_id], u) for u in present]
            users.sort(key=lambda use: by_name(use[0]))
            yield file_name(tool.id, ".yml"), _text(tool, users, terms)


def _text(tool: Tool, users: list[Use], terms: Terms) -> str:
    sure = [use for use in users if not _doubt(use[1], terms)]
    doubtful = [use for use in users if _doubt(use[1], terms)]
    where = f" ({tool.repository})" if tool.repository else ""
    licence = f"Licence: {terms.stated_licence}, if a line has no other"
    lines = [
        _comment(f"Who uses {tool.name}{where}: for its publiccode.yml."),
        _comment(f"Source: {terms.community}. Date: {terms.now.date()}. {licence}."),
        "usedBy:" if sure else "usedBy: []",
        *(f"  {_item(organisation.name)}  {_comment(_known(usage, terms))}" for organisation, usage in sure),
    ]
    if doubtful:
        lines.append("# Left out of the list:")
        lines += [_comment(f"{o.name}: {_doubt(usage, terms)}; {_known(usage, terms)}") for o, usage in doubtful]
    return "\n".join(lines) + "\n"


def _doubt(usage: Usage, terms: Terms) -> str:
    """Why the body can't be called a user; the list has room for names only, and none for doubt."""
    if usage.status is Status.EVALUATION:
        return "still evaluating it"
    if usage.grade is Grade.UNVERIFIED:
        return "said by somebody whose belonging nobody verified"
    return "not confirmed for two years" if age_of(usage, terms.now.date()) is Age.UNKNOWN else ""


def _known(usage: Usage, terms: Terms) -> str:
    since = f" since {usage.since}" if usage.since else ""
    evidence = terms.evidence(usage)
    told = [
        usage.organisation_id,
        f"{usage.status}{since}",
        f"{usage.grade} on {usage.confirmed_on}",
        f"source: {terms.source(usage) or 'not stated'}{f' ({evidence})' if evidence else ''}",
        f"licence: {terms.licence_of(usage)}",
    ]
    return "; ".join(told)


def _item(name: str) -> str:
    """The name on one line, as an item of a list, in quotes if it needs them."""
    return str(yaml.safe_dump([" ".join(name.split())], allow_unicode=True, width=_ENDLESS)).rstrip("\n")


def _comment(text: str) -> str:
    """One line that YAML leaves aside, without the characters it refuses even there."""
    return "# " + "".join(character for character in cleaned(text) if character.isprintable())
