"""What is declared in a room: we use it, we no longer do, we answer questions about it. Each a dated assertion."""

from dataclasses import dataclass

from bot.actions import Effect
from bot.domain.directory import Assertion, Grade, Relation, Status, Tool
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import Body, organisation_meant, tool_meant
from bot.language.meaning import Meaning
from bot.words import Block, phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx, dispute, own_body, succession

SURE_ENOUGH = 0.85  # below it a sentence may mean the opposite ("we aren't on X now"): ask, don't write


@dataclass(frozen=True)
class Declared:
    """What was declared, for whom, and how it is known."""

    tool: Tool
    body: Body
    grade: Grade
    others: list[Block]  # who says otherwise


@plugin.hears("we_use")
async def we_use(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body says that it uses a tool, perhaps since when and how far."""
    status = meant.slots.get("status", "")
    said = Status(status) if status in set(Status) else Status.PRODUCTION
    return _noted(heard, "use", await _declared(context, heard, meant, Relation.USES, said))


@plugin.hears("we_stopped")
async def we_stopped(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body says that it no longer uses a tool: an assertion, not a deletion."""
    return _noted(heard, "end", await _declared(context, heard, meant, Relation.USES, Status.RETIRED))


@plugin.hears("volunteer")
async def volunteer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body volunteers to answer questions about a tool."""
    return _noted(heard, "maintainer", await _declared(context, heard, meant, Relation.MAINTAINS, Status.PRODUCTION))


@plugin.hears("withdraw_volunteer")
async def withdraw_volunteer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A body no longer answers questions about a tool."""
    said = await _declared(context, heard, meant, Relation.MAINTAINS, Status.RETIRED)
    return _noted(heard, "maintainer_end", said)


def _noted(heard: Heard, what: str, said: Declared) -> list[Effect]:
    key = f"directory.noted_{what}" if said.grade is Grade.CONFIRMED else f"directory.noted_{what}_{said.grade}"
    told = phrase(key, organisation=said.body.organisation.name, tool=said.tool.name)
    return [heard.reply(*succession(said.body), told, *said.others)]


async def _declared(context: Ctx, heard: Heard, meant: Meaning, relation: Relation, status: Status) -> Declared:
    """Keep the assertion."""
    tool = tool_meant(context.names, meant.tool)
    if meant.certainty < SURE_ENOUGH:
        raise UserError(phrase("directory.say_plainly", tool=tool.name))
    body, sure = await _speaking_for(context, heard, meant)
    assertion = Assertion(
        organisation_id=body.organisation.id,
        tool_id=tool.id,
        relation=relation,
        status=status,
        grade=await _grade(context, heard, tool, relation, sure=sure),
        asserted_on=context.now.date(),
        since="" if status is Status.RETIRED else meant.slots.get("since", ""),
        said_by=heard.sender,
        said_at=context.now,
    )
    await context.memory.register.add_assertions([assertion], context.now)
    await context.memory.contacts.keep_language(heard.sender, context.language)
    return Declared(tool, body, assertion.grade, await _others(context, assertion))


async def _grade(context: Ctx, heard: Heard, tool: Tool, relation: Relation, *, sure: bool) -> Grade:
    """How it is known: by the body itself, by the tool's maintainers, or by somebody."""
    if sure:
        return Grade.CONFIRMED
    belonging = await context.belonging(heard.sender)
    if relation is Relation.USES and belonging and belonging.verified:
        maintaining = await context.memory.register.maintainers(tool.id)
        if any(u.organisation_id == belonging.organisation_id and u.grade is Grade.CONFIRMED for u in maintaining):
            return Grade.MAINTAINER
    return Grade.UNVERIFIED


async def _others(context: Ctx, said: Assertion) -> list[Block]:
    """Who says otherwise, of the use as it stands now."""
    found = await context.memory.register.usages_of_organisation(said.organisation_id, said.relation)
    usage = next((u for u in found if u.tool_id == said.tool_id), None)
    if usage is None or usage.disputed is None or usage.said_by != said.said_by:
        return []
    return [dispute(context, usage.disputed, "directory.noted_although")]


async def _speaking_for(context: Ctx, heard: Heard, meant: Meaning) -> tuple[Body, bool]:
    """The body that is spoken for, and whether by one of its own verified people: those of one that it replaced
    aren't, as long as nobody has said that they came along.
    """
    belonging = await context.belonging(heard.sender)
    if meant.organisation is not None:
        body = organisation_meant(context.names, meant.organisation)
    elif belonging is None:
        raise UserError(phrase("directory.who_are_you"))
    else:
        body = own_body(context, belonging.organisation_id)
    return body, bool(belonging and belonging.verified and belonging.organisation_id == body.organisation.id)
