"""A tool's page: what the IT department will ask, each fact with its source and day, or marked "not checked"."""

from datetime import timedelta

from bot.actions import Changed, Effect
from bot.domain.directory import Status, Tool
from bot.domain.facts import Fact, Topic, newest
from bot.domain.measures import maintaining
from bot.domain.request import Cause, Kind, Request, State, number_of
from bot.events import Heard, Redacted
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.plugin import SURELY
from bot.words import Block, Items, Link, Phrase, Quote, phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx, support

MEASURED_OVER = timedelta(days=91)
_LEAST = timedelta(minutes=1)
_LONG = timedelta(hours=36)  # of working time, which has shorter days: from here on it is told in hours


@plugin.hears("about_tool", reads=True, overheard=SURELY)
async def about_tool(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What a tool is, where it lives, who stands by it; or only the one thing that was asked."""
    tool = tool_meant(context.names, meant.tool)
    known = newest(await context.memory.facts.of_tool(tool.id))
    facts = {fact.topic: fact for fact in known}
    asked = meant.slots.get("fact", "")
    if asked in set(Topic):
        return [heard.reply(*await _one(context, tool, Topic(asked), facts))]
    users = await context.memory.register.usages_of_tool(tool.id)
    current = [u for u in users if u.status is not Status.RETIRED]
    lines = [_address("home", tool.website), _address("source", tool.repository)]
    lines += [_line(tool, topic, facts.get(topic)) for topic in Topic if topic is not Topic.OTHER]
    lines += [_checked(fact) for fact in known if fact.topic is Topic.OTHER]
    lines.append(phrase("directory.fact_users", count=len(current), tool=tool.name))
    description = tool.description or phrase("directory.no_description")
    blocks: list[Block] = [phrase("directory.about", tool=tool.name, description=description), Items(tuple(lines))]
    blocks += await support(context, tool) or [phrase("directory.no_maintainer", tool=tool.name)]
    blocks += await _measured(context, tool)
    return [heard.reply(*blocks, phrase("directory.check", tool=tool.name))]


async def _one(context: Ctx, tool: Tool, topic: Topic, facts: dict[Topic, Fact]) -> list[Block]:
    blocks: list[Block] = [phrase("directory.about_one", tool=tool.name, fact=_line(tool, topic, facts.get(topic)))]
    if topic is Topic.SUPPORT:
        blocks += await support(context, tool) or [phrase("directory.no_maintainer", tool=tool.name)]
        blocks += await _measured(context, tool)
    return [*blocks, phrase("directory.check", tool=tool.name)]


def _address(kind: str, url: str) -> Phrase:
    return phrase(f"directory.fact_{kind}", value=Link(url, url) if url else phrase("directory.not_checked"))


def _line(tool: Tool, topic: Topic, fact: Fact | None) -> Phrase:
    about = phrase(f"directory.topic_{topic}")
    if fact:
        return phrase("directory.fact", topic=about, text=Quote(fact.text), source=_source(fact), on=fact.stated_on)
    if topic is Topic.LICENCE and tool.licence:
        return phrase("directory.fact_unchecked", topic=about, text=tool.licence)
    return phrase("directory.fact_unknown", topic=about)


def _checked(fact: Fact) -> Phrase:
    claim, text = Quote(fact.claim), Quote(fact.text)
    return phrase("directory.fact_claim", claim=claim, text=text, source=_source(fact), on=fact.stated_on)


def _source(fact: Fact) -> Link | Phrase | str:
    if not fact.source:
        return phrase("directory.said_in_chat")
    return Link(fact.source_url, fact.source) if fact.source_url else fact.source


async def _measured(context: Ctx, tool: Tool) -> list[Block]:
    """How fast the community has answered, in its own working time; and whether it still will."""
    found = await context.memory.measures.responses(context.now - MEASURED_OVER, context.now, [tool.id])
    blocks = await _at_risk(context, tool)
    if not found.of:
        return blocks
    key = "directory.answered_in_time" if found.answered else "directory.never_answered"
    target, half = _span(found.target), _span(found.median)
    return [*blocks, phrase(key, count=found.of, within=found.within, tool=tool.name, target=target, half=half)]


def _span(span: timedelta | None) -> timedelta | Phrase:
    span = max(span or _LEAST, _LEAST)
    return span if span < _LONG else phrase("directory.working_hours", count=round(span / timedelta(hours=1)))


async def _at_risk(context: Ctx, tool: Tool) -> list[Block]:
    """Whether all that answer questions about it have fallen silent."""
    councils = maintaining(await context.memory.register.maintainers(tool.id))
    silent = await context.memory.measures.silent_councils(councils)
    names = [context.names.organisations[council].label for council in silent]
    if not silent or set(councils) - set(silent):
        return []
    if len(names) > 1:
        return [phrase("directory.at_risk_all", names=names)]
    return [phrase("directory.at_risk_only", organisation=names[0], count=next(iter(silent.values())))]


@plugin.follows
async def learn(context: Ctx, changed: Changed) -> list[Effect]:
    """The answer to a claim that was to be checked becomes a fact, with its source, for as long as it stands."""
    number = number_of(changed.request_id)
    request = await context.memory.requests.get(number) if number else None
    if request is None or request.kind is not Kind.CHECK or request.tool_id not in context.names.tools:
        return []
    facts = context.memory.facts
    if changed.what in (Cause.REOPEN, Cause.BETTER_ANSWER):
        await facts.take_back_all(request.answer_id)
    if changed.what == "edited":
        await facts.take_back(request.answer_event)
    if request.answer and not await facts.knows(request.answer_event) and await _stands(context, request):
        await facts.add([await _fact(context, request)], context.now)
    return []


async def _stands(context: Ctx, request: Request) -> bool:
    """Anybody's word is a fact only when somebody else accepts it; a known council's at once."""
    if not (request.text or request.topic):
        return False  # the claim was taken back, and the answer alone says nothing
    if request.state is State.RESOLVED:
        steps = await context.memory.requests.steps(request.number)
        if steps[-1].who != request.answerer:
            return True
    belonging = await context.belonging(request.answerer)
    return bool(belonging and belonging.verified)


async def _fact(context: Ctx, request: Request) -> Fact:
    belonging = await context.belonging(request.answerer)
    known = belonging and belonging.verified and belonging.organisation_id == request.answerer_organisation
    body = context.names.organisations.get(request.answerer_organisation) if known else None
    return Fact(
        tool_id=request.tool_id,
        topic=Topic(request.topic) if request.topic in set(Topic) else Topic.OTHER,
        text=request.answer,
        source=body.name if body else "",
        stated_on=context.now.date(),
        source_url=context.permalink(request.room_id, request.answer_event),
        claim=request.text,
        answer_event=request.answer_event,
    )


@plugin.redacted
async def unlearn(context: Ctx, redacted: Redacted) -> list[Effect]:
    """An answer that its author took back is no fact any more; a claim taken back is told nobody."""
    if (redacted.subject or "").startswith("answer:"):
        await context.memory.facts.take_back(redacted.target)
    request = await context.memory.requests.of_question(redacted.target)
    if request and request.room_id == redacted.room_id:
        await context.memory.facts.erase_claim(request.answer_id)
    return []
