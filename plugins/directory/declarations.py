"""What is declared in a room: we use it, we no longer do, we answer questions about it. Each a dated assertion."""

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.errors import UserError
from bot.events import Effect, Heard, phrase
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from plugins.directory import plugin
from plugins.directory.names import organisation_meant, tool_meant

Ctx = Context[NoSettings]

SURE_ENOUGH = 0.85  # below it a sentence may mean the opposite ("we aren't on X now"): ask, don't write


@plugin.hears("we_use")
async def we_use(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body says that it uses a tool, perhaps since when and how far."""
    status = meant.slots.get("status", "")
    said = Status(status) if status in set(Status) else Status.PRODUCTION
    tool, organisation, sure = await _declared(context, heard, meant, Relation.USES, said)
    key = "directory.noted_use" if sure else "directory.noted_use_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name, tool=tool.name))]


@plugin.hears("we_stopped")
async def we_stopped(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body says that it no longer uses a tool: an assertion, not a deletion."""
    tool, organisation, sure = await _declared(context, heard, meant, Relation.USES, Status.RETIRED)
    key = "directory.noted_end" if sure else "directory.noted_end_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name, tool=tool.name))]


@plugin.hears("volunteer")
async def volunteer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body volunteers to answer questions about a tool."""
    tool, organisation, sure = await _declared(context, heard, meant, Relation.MAINTAINS, Status.PRODUCTION)
    key = "directory.noted_maintainer" if sure else "directory.noted_maintainer_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name, tool=tool.name))]


@plugin.hears("withdraw_volunteer")
async def withdraw_volunteer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body no longer answers questions about a tool."""
    tool, organisation, _ = await _declared(context, heard, meant, Relation.MAINTAINS, Status.RETIRED)
    return [heard.reply(phrase("directory.noted_maintainer_end", organisation=organisation.name, tool=tool.name))]


async def _declared(
    context: Ctx, heard: Heard, meant: Meaning, relation: Relation, status: Status
) -> tuple[Tool, Organisation, bool]:
    """Keep the assertion; whether it is sure, that is said from the body's own verified account."""
    tool = tool_meant(context, meant)
    if meant.certainty < SURE_ENOUGH:
        raise UserError(phrase("directory.say_plainly", tool=tool.name))
    organisation, sure = await _speaking_for(context, heard, meant)
    assertion = Assertion(
        organisation_id=organisation.id,
        tool_id=tool.id,
        relation=relation,
        status=status,
        grade=Grade.CONFIRMED if sure else Grade.UNVERIFIED,
        asserted_on=context.now.date(),
        since=meant.slots.get("since", ""),
        said_by=heard.sender,
        said_at=context.now,
    )
    await context.memory.register.add_assertions([assertion], context.now)
    return tool, organisation, sure


async def _speaking_for(context: Ctx, heard: Heard, meant: Meaning) -> tuple[Organisation, bool]:
    belonging = await context.belonging(heard.sender)
    if meant.organisation is not None:
        organisation, _ = organisation_meant(context, meant)
        return organisation, bool(belonging and belonging.verified and belonging.organisation_id == organisation.id)
    if belonging is None:
        raise UserError(phrase("directory.who_are_you"))
    return context.names.organisations[belonging.organisation_id], belonging.verified
