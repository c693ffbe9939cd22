"""The tools a council doesn't want to be asked about, though it uses or maintains them."""

from bot.actions import Effect
from bot.domain.directory import Organisation, Relation, Status
from bot.domain.promise import ASKING_CHANGED
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.words import Phrase, phrase
from plugins.availability import plugin
from plugins.availability.record import Record, keep
from plugins.availability.whose import Ctx, council_of, look_again


@plugin.hears("stop_asking_us")
async def stop_asking_us(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Nothing more about this tool; without one, about nothing that the council could be asked about."""
    council = await council_of(context, heard.sender, meant)
    tools = [tool_meant(context.names, meant.tool).id] if meant.tool else await _asked_about(context, council)
    if not tools:
        raise UserError(phrase("availability.asked_about_nothing", organisation=council.label))
    known = await context.memory.availability.not_asked_of(council.id)
    for tool in tools:
        await context.memory.availability.dont_ask(council.id, tool, heard.sender, context.now)
    await keep(context, heard.event_id, Record("not_asked", council.id, [tool for tool in tools if tool not in known]))
    names = named(context, tools)
    told = heard.reply(
        phrase("availability.not_asked_noted", organisation=council.label, tools=names),
        phrase("availability.how_to_be_asked", tool=names[0]),
    )
    return [told, *await look_again(context, council.id, ASKING_CHANGED)]


@plugin.hears("ask_us_again")
async def ask_us_again(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """They may be asked about this tool after all; without one, about all."""
    council = await council_of(context, heard.sender, meant)
    known = await context.memory.availability.not_asked_of(council.id)
    tools = [tool_meant(context.names, meant.tool).id] if meant.tool else known
    over = [tool for tool in tools if tool in known]
    for tool in over:
        await context.memory.availability.ask_again(council.id, tool)
    await keep(context, heard.event_id, Record("asked", council.id, over))
    if not over:
        return [heard.reply(await _nothing_to_lift(context, council, tools))]
    told = phrase("availability.asked_noted", organisation=council.label, tools=named(context, over))
    return [heard.reply(told), *await look_again(context, council.id, ASKING_CHANGED)]


async def _nothing_to_lift(context: Ctx, council: Organisation, tools: list[str]) -> Phrase:
    """What it is asked about already, of these tools or of all; if nothing, how to volunteer."""
    maintained = {usage.tool_id for usage in await context.memory.register.maintained_by(council.id)}
    if already := named(context, [tool for tool in tools or maintained if tool in maintained]):
        return phrase("availability.asked_already", organisation=council.label, tools=already)
    if not tools:
        return phrase("availability.maintains_nothing", organisation=council.label)
    (tool,) = named(context, tools)
    return phrase("availability.doesnt_maintain", organisation=council.label, tool=tool)


async def _asked_about(context: Ctx, council: Organisation) -> list[str]:
    """What it maintains; if nothing, what it uses."""
    register = context.memory.register
    usages = await register.maintained_by(council.id) or [
        usage
        for usage in await register.usages_of_organisation(council.id, Relation.USES)
        if usage.status is not Status.RETIRED
    ]
    return sorted({usage.tool_id for usage in usages if usage.tool_id in context.names.tools})


def named(context: Ctx, tools: list[str]) -> list[str]:
    """The tools' names, in order."""
    return sorted((context.names.tools[tool].name for tool in tools if tool in context.names.tools), key=str.casefold)
