"""The register seen from its tools: what a council uses, what there is for a purpose, what is missing, what is new."""

from collections.abc import Sequence
from datetime import timedelta

from bot.actions import Effect
from bot.domain.directory import Assertion, Grade, Relation, Status, Tool, Usage, trust
from bot.domain.succession import predecessors
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import Body, organisation_meant, tool_meant
from bot.language.keys import fold, words_of
from bot.language.meaning import Meaning
from bot.plugin import SURELY
from bot.words import Block, Items, Phrase, phrase
from plugins.directory import plugin
from plugins.directory.lines import AT_FIRST, MOST, Ctx, doubt, own_body, source, state, succession, support

LISTED = 2 * AT_FIRST
PERIODS = {"week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}


@plugin.hears("tools_of", reads=True, overheard=SURELY)
async def tools_of(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What one organisation uses: the asker's own, if none is named."""
    if meant.organisation:
        body = organisation_meant(context.names, meant.organisation)
    else:
        belonging = await context.belonging(heard.sender)
        if belonging is None:
            raise UserError(phrase("bot.which_organisation"))
        body = own_body(context, belonging.organisation_id)
    return [heard.reply(*await _used_by(context, body, everything="all" in meant.slots))]


async def _used_by(context: Ctx, body: Body, *, everything: bool) -> Sequence[Block]:
    organisation = body.organisation
    blocks = succession(body)
    found = await _uses(context, body)
    current = [u for u in found if u.status is not Status.RETIRED and u.tool_id in context.names.tools]
    if not current:
        return [*blocks, phrase("directory.uses_nothing_known", organisation=organisation.name)]
    shown = sorted(current, key=lambda u: (trust(u.grade), context.names.tools[u.tool_id].name.casefold()))
    limit = MOST if everything else LISTED
    blocks.append(phrase("directory.uses_tools", count=len(current), organisation=organisation.name))
    lines = [
        phrase(
            "directory.tool_line",
            tool=context.names.tools[u.tool_id].name,
            state=_state(context, u, body),
            source=source(context, u),
            doubt=doubt(context, u),
        )
        for u in shown[:limit]
    ]
    blocks.append(Items(tuple(lines)))
    if len(shown) > limit:
        blocks.append(phrase("directory.more_tools", count=len(shown) - limit, organisation=organisation.label))
    return blocks


async def _uses(context: Ctx, body: Body) -> list[Usage]:
    """What the body uses, and what is only known of those that it replaced."""
    found: dict[str, Usage] = {}
    for organisation in (body.organisation, *predecessors(context.names.organisations, body.organisation)):
        for usage in await context.memory.register.usages_of_organisation(organisation.id):
            known = found.get(usage.tool_id)
            better = known and known.grade is Grade.UNVERIFIED and usage.grade is not Grade.UNVERIFIED
            if known is None or better:
                found[usage.tool_id] = usage
    return list(found.values())


def _state(context: Ctx, usage: Usage, body: Body) -> Phrase:
    if usage.organisation_id == body.organisation.id:
        return state(usage)
    before = context.names.organisations[usage.organisation_id]
    return phrase("directory.before", state=state(usage), organisation=before.name)


@plugin.hears("who_maintains", reads=True, overheard=SURELY)
async def who_maintains(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Which councils answer questions about a tool."""
    tool = tool_meant(context.names, meant.tool)
    blocks = await support(context, tool) or [phrase("directory.no_maintainer", tool=tool.name)]
    return [heard.reply(*blocks, phrase("directory.how_to_ask", tool=tool.name))]


@plugin.hears("tools_for", reads=True)
async def tools_for(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What there is for a purpose."""
    wanted = meant.slots.get("category", "").strip()
    if not wanted:
        raise UserError(phrase("directory.which_category"))
    tools = context.names.tools.values()
    found = sorted(
        [t for t in tools if fold(t.category) == fold(wanted)] or [t for t in tools if _is_for(t, wanted)],
        key=lambda t: t.name.casefold(),
    )
    if not found:
        return [heard.reply(phrase("directory.nothing_for", category=wanted))]
    lines = tuple(
        phrase("directory.tool_for", tool=t.name, description=t.description or phrase("directory.no_description"))
        for t in found[:LISTED]
    )
    blocks: list[Block] = [phrase("directory.tools_for", count=len(found), category=wanted), Items(lines)]
    if len(found) > LISTED:
        blocks.append(phrase("directory.more_for", count=len(found) - LISTED))
    return [heard.reply(*blocks)]


def _is_for(tool: Tool, wanted: str) -> bool:
    """Whether the words stand in its category or description, whole: "map" isn't in "roadmap"."""
    said = f"{tool.category} {tool.description}".replace("-", " ")
    return f" {' '.join(words_of(wanted))} " in f" {' '.join(words_of(said))} "


@plugin.hears("gaps", reads=True)
async def gaps(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The tools that are used and that nobody answers questions about."""
    missing = await context.memory.register.tools_without_maintainer(MOST)
    known = [(context.names.tools[tool_id], count) for tool_id, count in missing if tool_id in context.names.tools]
    if not known:
        return [heard.reply(phrase("directory.no_gaps"))]
    lines = tuple(phrase("directory.gap", tool=tool.name, count=count) for tool, count in known[:LISTED])
    blocks: list[Block] = [phrase("directory.gaps", count=len(known)), Items(lines)]
    if len(known) > LISTED:
        blocks.append(phrase("directory.more_for", count=len(known) - LISTED))
    return [heard.reply(*blocks, phrase("directory.volunteer", tool=known[0][0].name))]


@plugin.hears("changes", reads=True)
async def changes(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What came into the register lately."""
    period = meant.slots.get("period", "month")
    start = context.now - PERIODS.get(period, PERIODS["month"])
    said = await context.memory.register.added_between(start, context.now)
    tools = await context.memory.register.tools_added_between(start, context.now)
    known = [a for a in reversed(said) if _is_known(context, a)]
    when = phrase(f"directory.period_{period if period in PERIODS else 'month'}")
    if not known and not tools:
        return [heard.reply(phrase("directory.no_changes", when=when))]
    blocks: list[Block] = [phrase("directory.changes", when=when, count=len(known))]
    if names := [context.names.tools[i].name for i in tools if i in context.names.tools]:
        blocks.append(phrase("directory.new_tools", count=len(names), names=names))
    if known:
        blocks.append(Items(tuple(_change(context, a) for a in known[:LISTED])))
    if len(known) > LISTED:
        blocks.append(phrase("directory.more_for", count=len(known) - LISTED))
    return [heard.reply(*blocks)]


def _is_known(context: Ctx, said: Assertion) -> bool:
    named = said.organisation_id in context.names.organisations and said.tool_id in context.names.tools
    return named and said.grade is not Grade.UNVERIFIED


def _change(context: Ctx, said: Assertion) -> Phrase:
    over = said.status is Status.RETIRED
    kind = "maintains" if said.relation is Relation.MAINTAINS else "uses"
    return phrase(
        f"directory.change_{kind}_over" if over else f"directory.change_{kind}",
        organisation=context.names.organisations[said.organisation_id].name,
        tool=context.names.tools[said.tool_id].name,
    )
