"""The questions: who uses X, what does Y use, who maintains X, what is X."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.directory import STALE_AFTER, Grade, Organisation, Status, Tool, Usage, trust
from bot.events import Block, Effect, Heard, Items, Link, Phrase, phrase
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from plugins.directory import plugin
from plugins.directory.names import organisation_meant, places, tool_meant

AT_FIRST = 5

Ctx = Context[NoSettings]


@plugin.hears("who_uses", reads=True)
async def who_uses(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Who uses a tool, everywhere, in a region, or one named body."""
    tool = tool_meant(context, meant)
    if meant.organisation and meant.organisation.match != "unknown":
        return [heard.reply(*await _does(context, organisation_meant(context, meant), tool))]
    found = [
        u
        for u in await context.memory.register.usages_of_tool(tool.id)
        if u.organisation_id in context.names.organisations
    ]
    region = meant.slots.get("region", "")
    if region:
        where = places(region)
        found = [u for u in found if where & _places_of(context.names.organisations[u.organisation_id])]
    current = [u for u in found if u.status is not Status.RETIRED]
    former = [u for u in found if u.status is Status.RETIRED]
    blocks: list[Block] = [_headline(context, tool, current, region)]
    shown = _best_first(context, current)
    limit = len(shown) if "all" in meant.slots else AT_FIRST
    if shown:
        blocks.append(Items(tuple(usage_line(context, u) for u in shown[:limit])))
    if len(shown) > limit:
        blocks.append(phrase("directory.more", count=len(shown) - limit, tool=tool.name))
    if former:
        names = [context.names.organisations[u.organisation_id].label for u in _best_first(context, former)]
        blocks.append(phrase("directory.former", count=len(former), names=names[:AT_FIRST]))
    blocks += await _support(context, tool)
    blocks.append(phrase("directory.invite", tool=tool.name))
    return [heard.reply(*blocks)]


@plugin.hears("unknown_tool", reads=True)
async def unknown_tool(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A tool the register doesn't know: said, with the nearest names, never "nobody uses it"."""
    tool_meant(context, meant)
    return [heard.reply(phrase("directory.which_tool"))]


@plugin.hears("tools_of", reads=True)
async def tools_of(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What one organisation uses."""
    if meant.organisation is None:
        return await _own_tools(context, heard)
    return [heard.reply(*await _tools_of(context, organisation_meant(context, meant), "all" in meant.slots))]


async def _own_tools(context: Ctx, heard: Heard) -> list[Effect]:
    belonging = await context.belonging(heard.sender)
    if belonging is None:
        return [heard.reply(phrase("directory.which_organisation"))]
    organisation = context.names.organisations[belonging.organisation_id]
    return [heard.reply(*await _tools_of(context, (organisation, None), False))]


async def _tools_of(context: Ctx, meant: tuple[Organisation, Organisation | None], everything: bool) -> Sequence[Block]:
    organisation, ended = meant
    blocks = _succession(ended, organisation)
    found = await context.memory.register.usages_of_organisation(organisation.id)
    current = [u for u in found if u.status is not Status.RETIRED and u.tool_id in context.names.tools]
    if not current:
        return [*blocks, phrase("directory.uses_nothing_known", organisation=organisation.name)]
    shown = sorted(current, key=lambda u: (trust(u.grade), context.names.tools[u.tool_id].name.casefold()))
    limit = len(shown) if everything else 2 * AT_FIRST
    blocks.append(phrase("directory.uses_tools", count=len(current), organisation=organisation.name))
    blocks.append(Items(tuple(
        phrase(
            "directory.tool_line", tool=context.names.tools[u.tool_id].name, state=_state(u), source=source(context, u)
        )
        for u in shown[:limit]
    )))  # fmt: skip
    if len(shown) > limit:
        blocks.append(phrase("directory.more_tools", count=len(shown) - limit, organisation=organisation.label))
    return blocks


@plugin.hears("who_maintains", reads=True)
async def who_maintains(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Which councils answer questions about a tool."""
    tool = tool_meant(context, meant)
    blocks = await _support(context, tool)
    if not blocks:
        blocks = [phrase("directory.no_maintainer", tool=tool.name)]
    return [heard.reply(*blocks, phrase("directory.how_to_ask", tool=tool.name))]


@plugin.hears("about_tool", reads=True)
async def about_tool(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What a tool is, where it lives, who stands by it; what nobody has checked is marked so."""
    tool = tool_meant(context, meant)
    users = await context.memory.register.usages_of_tool(tool.id)
    current = [u for u in users if u.status is not Status.RETIRED]
    unchecked = phrase("directory.not_checked")
    facts = [
        phrase("directory.fact_home", value=Link(tool.website, tool.website) if tool.website else unchecked),
        phrase(
            "directory.fact_source",
            value=Link(tool.repository, tool.repository) if tool.repository else unchecked,
        ),
        phrase("directory.fact_licence", value=tool.licence or unchecked),
        phrase("directory.fact_users", count=len(current), tool=tool.name),
    ]
    description = tool.description or phrase("directory.no_description")
    blocks: list[Block] = [
        phrase("directory.about", tool=tool.name, description=description),
        Items(tuple(facts)),
    ]
    blocks += await _support(context, tool) or [phrase("directory.no_maintainer", tool=tool.name)]
    return [heard.reply(*blocks)]


@plugin.hears("tools_for", reads=True)
async def tools_for(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What there is for a purpose."""
    wanted = meant.slots.get("category", "").casefold().strip()
    if not wanted:
        return [heard.reply(phrase("directory.which_category"))]
    found = [t for t in context.names.tools.values() if _is_for(t, wanted)]
    if not found:
        return [heard.reply(phrase("directory.nothing_for", category=wanted))]
    lines = [
        phrase("directory.tool_for", tool=t.name, description=t.description or phrase("directory.no_description"))
        for t in sorted(found, key=lambda t: t.name.casefold())[: 2 * AT_FIRST]
    ]
    return [heard.reply(phrase("directory.tools_for", count=len(found), category=wanted), Items(tuple(lines)))]


def _is_for(tool: Tool, wanted: str) -> bool:
    return wanted in tool.category.casefold().replace("-", " ") or wanted in tool.description.casefold()


async def _does(context: Ctx, meant: tuple[Organisation, Organisation | None], tool: Tool) -> Sequence[Block]:
    organisation, ended = meant
    blocks = _succession(ended, organisation)
    found = await context.memory.register.usages_of_organisation(organisation.id)
    usage = next((u for u in found if u.tool_id == tool.id), None)
    if usage is None:
        blocks.append(phrase("directory.not_known_to_use", organisation=organisation.name, tool=tool.name))
        return blocks
    key = "directory.does_not_any_more" if usage.status is Status.RETIRED else "directory.does"
    blocks.append(
        phrase(
            key,
            organisation=organisation.name,
            tool=tool.name,
            state=_state(usage),
            source=source(context, usage),
        )
    )
    if usage.evidence_url:
        blocks.append(phrase("directory.evidence", link=Link(usage.evidence_url, usage.evidence_url)))
    return blocks


def _succession(ended: Organisation | None, successor: Organisation) -> list[Block]:
    if ended is None:
        return []
    return [phrase("directory.abolished", organisation=ended.name, successor=successor.name, ended=ended.ended)]


async def _support(context: Ctx, tool: Tool) -> list[Block]:
    maintaining = await context.memory.register.maintainers(tool.id)
    known = [u for u in maintaining if u.organisation_id in context.names.organisations]
    sure = [context.names.organisations[u.organisation_id].label for u in known if u.grade is not Grade.UNVERIFIED]
    unsure = [context.names.organisations[u.organisation_id].label for u in known if u.grade is Grade.UNVERIFIED]
    blocks: list[Block] = []
    if sure:
        blocks.append(phrase("directory.maintained_by", count=len(sure), names=sorted(sure), tool=tool.name))
    if unsure:
        blocks.append(phrase("directory.maintained_unverified", count=len(unsure), names=sorted(unsure)))
    return blocks


def _headline(context: Ctx, tool: Tool, current: Sequence[Usage], region: str) -> Phrase:
    confirmed = [
        u for u in current if u.grade is Grade.CONFIRMED and context.now.date() - u.confirmed_on <= STALE_AFTER
    ]
    where = phrase("directory.in_region", region=region) if region else ""
    if not current:
        return phrase("directory.no_users", tool=tool.name, where=where)
    how_sure = phrase("directory.confirmed", count=len(confirmed)) if confirmed else phrase("directory.none_confirmed")
    return phrase("directory.users", count=len(current), tool=tool.name, where=where, confirmed=how_sure)


def _best_first(context: Ctx, found: Sequence[Usage]) -> list[Usage]:
    return sorted(
        found, key=lambda u: (trust(u.grade), context.names.organisations[u.organisation_id].label.casefold())
    )


def usage_line(context: Ctx, usage: Usage) -> Phrase:
    """One body's use: how far, since when, and how it is known."""
    organisation = context.names.organisations[usage.organisation_id]
    return phrase("directory.line", organisation=organisation.name, state=_state(usage), source=source(context, usage))


def _state(usage: Usage) -> Phrase:
    state = phrase(f"directory.status_{usage.status}")
    return phrase("directory.since", state=state, since=usage.since) if usage.since else state


def source(context: Ctx, usage: Usage) -> Phrase:
    """Who says so, and how long ago."""
    age = context.now.date() - usage.confirmed_on
    ago = phrase("directory.ago", age=age) if age >= timedelta(days=1) else phrase("directory.today")
    organisation = context.names.organisations[usage.organisation_id]
    return phrase(f"directory.by_{usage.grade}", organisation=organisation.label, said_by=usage.said_by, ago=ago)


def _places_of(organisation: Organisation) -> set[str]:
    return places(organisation.region) | places(organisation.nation) | places(organisation.kind)
