"""Who uses X: everywhere, in a region, together with another tool, or one named body."""

from collections.abc import Sequence

from bot.actions import Effect
from bot.domain.directory import Age, Grade, Status, Tool, Usage
from bot.domain.succession import predecessors
from bot.events import Heard
from bot.language.asking_back import Body, organisation_meant, tool_meant
from bot.language.meaning import Match, Meaning
from bot.plugin import SURELY
from bot.words import Block, Items, Link, Phrase, phrase
from plugins.directory import plugin
from plugins.directory.lines import (
    AT_FIRST,
    MOST,
    Ctx,
    age_in,
    best_first,
    doubt,
    source,
    state,
    succession,
    support,
    usage_line,
)
from plugins.directory.places import label, places, places_of


@plugin.hears("who_uses", reads=True, overheard=SURELY)
async def who_uses(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Who uses a tool; whether one body does, if one is named."""
    tool = tool_meant(context.names, meant.tool)
    region = meant.slots.get("region", "") or _place_of(context, meant)
    if meant.organisation and not (region and meant.organisation.match is Match.UNKNOWN):
        return [heard.reply(*await _does(context, organisation_meant(context.names, meant.organisation), tool))]
    other = tool_meant(context.names, meant.other) if meant.other and meant.other.typed else None
    found = await _users(context, tool, other)
    place = label(context.names, region) if region else ""
    if place:
        where = places(region)
        found = [u for u in found if where & places_of(context.names.organisations[u.organisation_id])]
    blocks: list[Block] = [phrase("directory.unknown_place", region=region)] if region and not place else []
    blocks += _listed(context, tool, other, found, place, everything="all" in meant.slots)
    blocks += await support(context, tool)
    if any(u.status is not Status.RETIRED for u in found):
        blocks.append(phrase("directory.ask_all", tool=tool.name))
    blocks.append(phrase("directory.invite", tool=tool.name))
    return [heard.reply(*blocks, subject=f"tool:{tool.id}")]


def _place_of(context: Ctx, meant: Meaning) -> str:
    """The region that was named where a body's name was expected: "does Wales use it"."""
    typed = meant.organisation.typed if meant.organisation else ""
    return typed if typed and label(context.names, typed) else ""


@plugin.hears("unknown_tool", reads=True)
async def unknown_tool(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A tool the register doesn't know: said, with the nearest names, never "nobody uses it"."""
    tool_meant(context.names, meant.tool)
    return [heard.reply(phrase("bot.which_tool"))]


async def _users(context: Ctx, tool: Tool, other: Tool | None) -> list[Usage]:
    register, known = context.memory.register, context.names.organisations
    found = [u for u in await register.usages_of_tool(tool.id) if u.organisation_id in known]
    if other:
        also = await register.usages_of_tool(other.id)
        using = {u.organisation_id for u in also if u.status is not Status.RETIRED}
        found = [u for u in found if u.organisation_id in using and u.status is not Status.RETIRED]
    return found


def _listed(
    context: Ctx, tool: Tool, other: Tool | None, found: Sequence[Usage], place: str, *, everything: bool
) -> list[Block]:
    current = best_first(context, [u for u in found if u.status is not Status.RETIRED])
    former = best_first(context, [u for u in found if u.status is Status.RETIRED])
    blocks: list[Block] = [_headline(context, tool, other, current, place)]
    limit = MOST if everything else AT_FIRST
    if current:
        blocks.append(Items(tuple(usage_line(context, u) for u in current[:limit])))
    if len(current) > limit:
        key = "directory.too_many" if everything else "directory.more"
        blocks.append(phrase(key, count=len(current) - limit, tool=tool.name))
    if former and everything:
        blocks.append(phrase("directory.formerly", tool=tool.name))
        blocks.append(Items(tuple(usage_line(context, u) for u in former[:limit])))
    elif former:
        names = [context.names.organisations[u.organisation_id].label for u in former]
        blocks.append(phrase("directory.former", count=len(former), names=names[:AT_FIRST]))
    disputed = [u for u in former if u.disputed]
    if disputed and not everything:
        blocks.append(Items(tuple(usage_line(context, u) for u in disputed[:AT_FIRST])))
    return blocks


def _headline(context: Ctx, tool: Tool, other: Tool | None, current: Sequence[Usage], place: str) -> Phrase:
    name: object = phrase("directory.with", tool=tool.name, other=other.name) if other else tool.name
    where = phrase("directory.in_region", region=place) if place else ""
    if not current:
        return phrase("directory.no_users", tool=name, where=where)
    confirmed = [u for u in current if u.grade is Grade.CONFIRMED and age_in(context, u) is Age.CONFIRMED]
    how_sure = phrase("directory.confirmed", count=len(confirmed)) if confirmed else phrase("directory.none_confirmed")
    return phrase("directory.users", count=len(current), tool=name, where=where, confirmed=how_sure)


async def _does(context: Ctx, body: Body, tool: Tool) -> Sequence[Block]:
    organisation = body.organisation
    blocks = succession(body)
    usage = await _usage(context, organisation.id, tool)
    if usage is None and body.abolished:
        usage = await _usage(context, body.abolished[0].id, tool)  # what it used is better than nothing known
        organisation = body.abolished[0] if usage else organisation
    if usage is None:
        blocks.append(phrase("directory.not_known_to_use", organisation=organisation.name, tool=tool.name))
        before = [await _usage(context, b.id, tool) for b in predecessors(context.names.organisations, organisation)]
        if lines := tuple(usage_line(context, u) for u in before if u):
            blocks.append(Items(lines))
        return blocks
    key = "directory.does_not_any_more" if usage.status is Status.RETIRED else "directory.does"
    blocks.append(
        phrase(
            key,
            organisation=organisation.name,
            tool=tool.name,
            state=state(usage),
            source=source(context, usage),
            doubt=doubt(context, usage),
        )
    )
    if usage.evidence_url:
        blocks.append(phrase("directory.evidence", link=Link(usage.evidence_url, usage.evidence_url)))
    return blocks


async def _usage(context: Ctx, organisation_id: str, tool: Tool) -> Usage | None:
    found = await context.memory.register.usages_of_organisation(organisation_id)
    return next((u for u in found if u.tool_id == tool.id), None)
