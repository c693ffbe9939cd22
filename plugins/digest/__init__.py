"""The weekly digest: what waits, who helped, what is new and what is at risk, in a channel, once a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from enum import IntEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from bot.actions import Effect, Join, Say, SetTimer
from bot.domain.digest import Week, week
from bot.domain.week import iso_week, next_posting
from bot.events import Due, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, Plugin
from bot.words import Block, Items, Moment, Phrase, phrase

WEEK = timedelta(days=7)
LONGEST_WAITING = 5
NEW = 8
AT_RISK = 3
KIND = "digest"
DIGEST_PRIORITY = 2


class Day(IntEnum):
    """The days of the week, as Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class DigestSettings(BaseModel):
    """Where and when: `room` by id or alias (none: no digest is posted), local `day` and `time`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: str = ""
    day: Day = Day.MONDAY
    time: clock_time = clock_time(9, 0)
    template: str = ""
    feed: bool = False

    @field_validator("day", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, str):
            found = [day for day in Day if day.name.startswith(value.strip().upper()) and len(value.strip()) > 2]
            if not found:
                raise ValueError(f"{value!r} is no day of the week; write one like Monday")
            return found[0]
        return value


plugin = Plugin("digest", Path(__file__).parent, DigestSettings, "tells the week to a channel")

Ctx = Context[DigestSettings]


def _key(context: Ctx) -> str:
    return f"digest:{context.settings.room}"


def _next(context: Ctx) -> SetTimer:
    zone = context.community.time_zone
    at = next_posting(
        context.now, int(context.settings.day), context.settings.time, zone, context.community.calendar(None)
    )
    return SetTimer(KIND, _key(context), at)


def _planned(context: Ctx, posted: datetime) -> datetime:
    """The week's own day, before a holiday moved the posting, perhaps into the next week."""
    local = posted.astimezone(context.community.time_zone)
    return posted - timedelta(days=(local.weekday() - context.settings.day) % 7)


@plugin.starts
async def set_up(context: Ctx) -> list[Effect]:
    """See that the next digest is due; one that fell due while we were away stays due."""
    if not context.settings.room:
        return []
    effects: list[Effect] = []
    if context.settings.room not in await context.memory.rooms.joined():
        effects.append(Join(context.settings.room))
    due_at = await context.memory.timers.due_at(_key(context))
    if due_at is None or due_at > context.now:
        effects.append(_next(context))
    return effects


@plugin.due(KIND)
async def post(context: Ctx, due: Due) -> list[Effect]:
    """Tell the week; the message is named after the week and the room, so that it can never be there twice."""
    if due.key != _key(context):
        return []  # the settings name another room now
    name = iso_week(_planned(context, due.due_at), context.community.time_zone)
    told = await _week(context, due.due_at)
    say = Say(
        context.settings.room,
        tuple(await _words(context, told, due.due_at if due.late else None)),
        key=f"digest:{context.settings.room}:{name}",
        priority=DIGEST_PRIORITY,
    )
    return [say, _next(context)]


@plugin.hears("digest", reads=True)
async def show(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The last seven days, here and now."""
    return [heard.reply(*await _words(context, await _week(context, context.now), None))]


async def _week(context: Ctx, end: datetime) -> Week:
    start = end - WEEK
    requests, register = context.memory.requests, context.memory.register
    return week(
        start,
        end,
        await requests.unanswered(LONGEST_WAITING),
        await requests.opened_between(start, end),
        await requests.answered_between(start, end),
        await register.added_between(start, end),
        await _new_tools(context, start, end),
        await register.tools_without_maintainer(AT_RISK),
        context.community.calendar(None),
    )


async def _new_tools(context: Ctx, start: datetime, end: datetime) -> list[str]:
    """None in the register's first week, when everything is new."""
    began = await context.memory.register.first_added_at()
    if began is None or began >= start:
        return []
    return await context.memory.register.tools_added_between(start, end)


@dataclass(frozen=True)
class _Section:
    title: Phrase
    lines: list[Phrase]


async def _words(context: Ctx, told: Week, late: datetime | None) -> list[Block]:
    zone = context.community.time_zone.key
    blocks: list[Block] = [
        phrase(
            "digest.title",
            community=context.community.name,
            until=told.end.astimezone(context.community.time_zone).date(),
        )
    ]
    if late:
        blocks.append(phrase("digest.late", at=Moment(late, zone)))
    if told.quiet:
        return [*blocks, phrase("digest.quiet")]
    blocks.append(_numbers(told))
    for section in (
        await _waiting(context, told),
        _thanks(context, told),
        _new(context, told),
        _at_risk(context, told),
    ):
        if section.lines:
            blocks += [section.title, Items(tuple(section.lines))]
    return blocks


def _numbers(told: Week) -> Phrase:
    if told.median_response is None:
        return phrase("digest.numbers", opened=told.opened, answered=len(told.answered))
    return phrase(
        "digest.numbers_with_time",
        count=len(told.answered),
        opened=told.opened,
        median=told.median_response,
    )


async def _waiting(context: Ctx, told: Week) -> _Section:
    lines = [
        phrase(
            "digest.waiting_line",
            link=await context.link_to(request),
            tool=request.tool_name or phrase("digest.no_tool"),
            age=told.end - request.opened_at if told.end > request.opened_at else timedelta(0),
        )
        for request in told.waiting
    ]
    return _Section(phrase("digest.waiting"), lines)


def _thanks(context: Ctx, told: Week) -> _Section:
    lines = [
        phrase("digest.thanks_line", organisation=_label(context, organisation_id), count=count)
        for organisation_id, count in told.thanks
    ]
    return _Section(phrase("digest.thanks"), lines)


def _new(context: Ctx, told: Week) -> _Section:
    tools = context.names.tools
    lines = [phrase("digest.new_tool", tool=tools[tool_id].name) for tool_id in told.new_tools if tool_id in tools]
    lines += [
        phrase("digest.new_use", organisation=_label(context, organisation_id), tool=tools[tool_id].name)
        for organisation_id, tool_id in told.new_uses
        if tool_id in tools
    ]
    return _Section(phrase("digest.new"), lines[:NEW])


def _at_risk(context: Ctx, told: Week) -> _Section:
    tools = context.names.tools
    lines = [
        phrase("digest.at_risk_line", tool=tools[tool_id].name, count=count)
        for tool_id, count in told.at_risk
        if tool_id in tools
    ]
    return _Section(phrase("digest.at_risk"), lines)


def _label(context: Ctx, organisation_id: str) -> str:
    organisation = context.names.organisations.get(organisation_id)
    return organisation.label if organisation else organisation_id


from plugins.digest import feed  # noqa: E402  it adds its pages

__all__ = ["feed", "plugin"]
