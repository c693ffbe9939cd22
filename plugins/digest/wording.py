"""The week in phrases: the values that a template is given."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date

from bot.domain.digest import Count, Week, in_percent, without_empty_beginning
from bot.domain.promise import PromiseNote
from bot.domain.request import Request, State
from bot.plugin import Context
from bot.words import Moment, Phrase, Quote, date_pattern, phrase
from plugins.digest.settings import DigestSettings
from plugins.digest.telling import waited

Ctx = Context[DigestSettings]

LEAST_WEEKS = 2  # with something in them, for a row of weeks to be worth reading
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Section:
    """A list with its title; `id` is what a template calls it."""

    id: str
    title: Phrase
    lines: list[Phrase]


async def values(
    context: Ctx, week: Week, language: str, *, late: datetime | None = None, introduction: str = ""
) -> dict[str, object]:
    """All that there is to say of the week; a template leaves out or puts in order what it likes."""
    left_out = await context.memory.digests.left_out()
    sections = [await _waiting(context, week, left_out), _thanks(context, week), _new(context, week)]
    sections.append(_at_risk(context, week, left_out))
    zone = context.community.time_zone
    until = week.end.astimezone(zone).date()
    return {
        "title": phrase("digest.title", community=context.community.name, until=until),
        "late": phrase("digest.late", at=Moment(late, zone.key)) if late else None,
        "introduction": Quote(introduction) if introduction else None,
        "quiet": phrase("digest.quiet") if week.quiet else None,
        "numbers": _numbers(week),
        "sections": [section for section in sections if section.lines],
        "chart_text": chart_text(week, language),
        "closing": _closing(context, week),
        "week": week,
    }


# --- the numbers -----------------------------------------------------------------------------------


def _numbers(week: Week) -> list[Phrase]:
    before, response = week.before, week.response
    lines = [
        phrase("digest.asked", count=week.count.asked, before=before.asked),
        phrase("digest.answered", count=week.count.answered, before=before.answered),
    ]
    if response.median is not None and response.answered:
        median, earlier = _working(response.median), week.response_before.median
        if earlier is None:
            lines.append(phrase("digest.responded", count=response.answered, median=median))
        else:
            lines.append(
                phrase("digest.responded_before", count=response.answered, median=median, before=_working(earlier))
            )
    if response.of and response.target is not None:
        lines.append(_kept(week, _working(response.target)))
    return lines


def _kept(week: Week, target: Phrase) -> Phrase:
    """How the promise was kept."""
    now, earlier = week.response, week.response_before
    share = _share(now.within, now.of)
    if not earlier.of:
        return phrase("digest.kept", share=share, target=target)
    return phrase("digest.kept_before", share=share, target=target, before=_share(earlier.within, earlier.of))


def _share(within: int, of: int) -> Phrase:
    percent = in_percent(within, of)
    return phrase("digest.some_of", some=within, of=of) if percent is None else phrase("digest.percent", share=percent)


def _working(span: timedelta) -> Phrase:
    """A span of working time, as precise as is of use."""
    if span < _HOUR:
        return phrase("digest.minutes", count=max(1, round(span / _MINUTE)))
    return phrase("digest.hours", count=round(span / _HOUR))


def chart_text(week: Week, language: str) -> Phrase | None:
    """What the chart shows, for those who don't see it; None where there is nothing to compare."""
    weeks = without_empty_beginning(week.by_week)
    if len([one for one in weeks if one.asked or one.answered]) < LEAST_WEEKS:
        return None
    return phrase("digest.by_week", weeks=[_one_week(one, language) for one in weeks])


def _one_week(one: Count, language: str) -> Phrase:
    return phrase("digest.one_week", day=in_short(one.began, language), asked=one.asked, answered=one.answered)


def in_short(day: date, language: str) -> str:
    """The day without its year, as the language writes it."""
    return str(format_date(day, date_pattern(language, "d MMM"), locale=language))


# --- the lists -------------------------------------------------------------------------------------


async def _waiting(context: Ctx, week: Week, left_out: set[str]) -> Section:
    lines = [
        phrase(
            "digest.waiting_line",
            link=await context.link_to(request),
            tool=request.tool_name or phrase("digest.no_tool"),
            age=waited(week, request.opened_at, context.now),
            next=_next(context, request, left_out),
        )
        for request in week.waiting
    ]
    if lines and week.unanswered > len(lines):
        lines.append(phrase("digest.waiting_more", count=week.unanswered - len(lines)))
    return Section("waiting", phrase("digest.waiting"), lines)


def _next(context: Ctx, request: Request, left_out: set[str]) -> Phrase:
    """Who has it, or is asked next."""
    if request.state is State.CLAIMED:
        return phrase("digest.in_hand")
    if request.state is State.WAITING:
        return phrase("digest.asker_next")
    note = PromiseNote.from_json(request.promise)
    if note is None or note.at is None or note.at <= context.now:
        return phrase("digest.anybody_next")
    at = Moment(note.at, context.community.time_zone.key)
    if note.organisation_id and note.organisation_id not in left_out:
        return phrase("digest.council_next", organisation=_label(context, note.organisation_id), at=at)
    return phrase("digest.others_next", at=at)


def _thanks(context: Ctx, week: Week) -> Section:
    lines = [
        phrase("digest.thanks_line", organisation=_label(context, organisation_id), count=count)
        for organisation_id, count in week.thanks
    ]
    return Section("thanks", phrase("digest.thanks"), lines)


def _new(context: Ctx, week: Week) -> Section:
    tools = context.names.tools
    lines = [phrase("digest.new_tool", tool=tools[tool_id].name) for tool_id in week.new_tools if tool_id in tools]
    lines += [
        phrase("digest.new_use", organisation=_label(context, organisation_id), tool=tools[tool_id].name)
        for organisation_id, tool_id in week.new_uses
        if tool_id in tools
    ]
    return Section("new", phrase("digest.new"), lines)


def _at_risk(context: Ctx, week: Week, left_out: set[str]) -> Section:
    lines = []
    for one in week.at_risk:
        named = [_label(context, council) for council in one.councils if council not in left_out]
        reason = phrase("digest.silent", councils=named) if named else phrase(f"digest.risk_{one.why}")
        tool = context.names.tools[one.tool_id].name
        lines.append(phrase("digest.at_risk_line", tool=tool, count=one.users, reason=reason))
    return Section("at_risk", phrase("digest.at_risk"), lines)


def _closing(context: Ctx, week: Week) -> Phrase:
    """What to type: with a tool that was just spoken of, where there is one."""
    used = [tool_id for _, tool_id in week.new_uses]
    spoken_of = [*week.new_tools, *used, *(request.tool_id for request in week.waiting), *context.names.tools]
    known = next((context.names.tools[tool_id] for tool_id in spoken_of if tool_id in context.names.tools), None)
    return phrase("digest.closing", tool=known.name) if known else phrase("digest.closing_without_tool")


def _label(context: Ctx, organisation_id: str) -> str:
    organisation = context.names.organisations.get(organisation_id)
    return organisation.label if organisation else organisation_id
