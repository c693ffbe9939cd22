"""One use in words: who, how far, since when, how it is known, how old that is, and who says otherwise."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.domain.directory import Age, Assertion, Grade, Organisation, Status, Tool, Usage, age_of, trust
from bot.domain.succession import heirs
from bot.errors import UserError
from bot.language.asking_back import Body
from bot.plugin import Context
from bot.words import Block, Phrase, phrase
from plugins.directory.settings import DirectorySettings

Ctx = Context[DirectorySettings]

AT_FIRST = 5
MOST = 200  # lines that "all" shows: a room is no spreadsheet


def usage_line(context: Ctx, usage: Usage) -> Phrase:
    """One body's use of a tool."""
    organisation = context.names.organisations[usage.organisation_id]
    return phrase(
        "directory.line",
        organisation=named(context, organisation),
        state=state(usage),
        source=source(context, usage),
        doubt=doubt(context, usage),
    )


def named(context: Ctx, organisation: Organisation) -> Phrase | str:
    """A body's name; of an abolished one with who stands in its place."""
    today = [way[-1].label for way in heirs(context.names.organisations, organisation)]
    return phrase("directory.now", organisation=organisation.name, names=today) if today else organisation.name


def state(usage: Usage) -> Phrase:
    """How far a use has come, since when."""
    told = phrase(f"directory.status_{usage.status}")
    return phrase("directory.since", state=told, since=usage.since) if usage.since else told


def source(context: Ctx, usage: Usage) -> Phrase:
    """Who says so, and how long ago."""
    return _said(context, usage.organisation_id, usage.grade, usage.said_by, usage.confirmed_on)


def _said(context: Ctx, organisation_id: str, grade: Grade, said_by: str, on: date) -> Phrase:
    """Nobody's account is named: it is the council's word, or somebody's."""
    organisation = context.names.organisations[organisation_id].label
    who = phrase("directory.unnamed") if not said_by or said_by.startswith("@") else said_by
    return phrase(f"directory.by_{grade}", organisation=organisation, said_by=who, ago=_ago(context, on))


def _ago(context: Ctx, on: date) -> Phrase:
    age = context.now.date() - on
    return phrase("directory.ago", age=age) if age >= timedelta(days=1) else phrase("directory.today")


def doubt(context: Ctx, usage: Usage) -> Phrase | str:
    """What stands against an entry: its age, and whoever says otherwise."""
    found: list[Phrase] = []
    age = age_in(context, usage)
    if age is not Age.CONFIRMED and usage.status is not Status.RETIRED:
        found.append(phrase(f"directory.age_{age}"))
    if usage.disputed:
        found.append(dispute(context, usage.disputed))
    if not found:
        return ""
    return found[0] if len(found) == 1 else phrase("directory.both_doubts", one=found[0], other=found[1])


def dispute(context: Ctx, said: Assertion, key: str = "directory.disputed") -> Phrase:
    """Somebody says otherwise."""
    other = phrase(f"directory.status_{said.status}")
    by = _said(context, said.organisation_id, said.grade, said.said_by, said.asserted_on)
    return phrase(key, state=other, source=by)


def age_in(context: Ctx, usage: Usage) -> Age:
    """How old the entry is by this community's measure."""
    return age_of(usage, context.now.date(), context.settings.stale_after, context.settings.unknown_after)


def best_first(context: Ctx, found: Sequence[Usage]) -> list[Usage]:
    """The best confirmed first, then by name."""
    ages = list(Age)
    return sorted(
        found,
        key=lambda u: (
            trust(u.grade),
            ages.index(age_in(context, u)),
            context.names.organisations[u.organisation_id].label.casefold(),
        ),
    )


async def support(context: Ctx, tool: Tool) -> list[Block]:
    """Which councils answer questions about a tool, those apart that nobody has verified."""
    maintaining = await context.memory.register.maintainers(tool.id)
    known = [u for u in maintaining if u.organisation_id in context.names.organisations]
    sure = [context.names.organisations[u.organisation_id].label for u in known if u.grade is not Grade.UNVERIFIED]
    unsure = [context.names.organisations[u.organisation_id].label for u in known if u.grade is Grade.UNVERIFIED]
    blocks: list[Block] = []
    if sure:
        blocks.append(phrase("directory.maintained_by", count=len(sure), names=sorted(sure), tool=tool.name))
    if unsure:
        key = "directory.maintained_unverified" if sure else "directory.maintained_only_unverified"
        blocks.append(phrase(key, count=len(unsure), names=sorted(unsure), tool=tool.name))
    return blocks


def succession(body: Body) -> list[Block]:
    """That a council was abolished, and by whom it was replaced, reform by reform."""
    return [
        phrase("directory.abolished", organisation=ended.name, successor=successor.name, ended=ended.ended or "?")
        for ended, successor in body.reforms
    ]


def own_body(context: Ctx, organisation_id: str) -> Body:
    """A person's own council; raises UserError if theirs was split, since nobody knows where they are now."""
    organisation = context.names.organisations[organisation_id]
    ways = heirs(context.names.organisations, organisation)
    if len(ways) > 1:
        today = [way[-1].name for way in ways]
        raise UserError(phrase("directory.your_council_split", organisation=organisation.name, names=today))
    return Body(ways[0][-1], ways[0][:-1]) if ways else Body(organisation)
