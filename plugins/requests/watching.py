"""Watching: who wants to know how a request goes on is told in a direct chat, and so is who asked it in private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.actions import Changed, Effect, Priority, Say
from bot.domain.request import Cause, Request
from bot.errors import UserError
from bot.events import Heard, Unsent
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Link, Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant
from plugins.requests.life import spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

MOST_WATCHED = 50  # requests that aren't settled, by one person

TOLD = frozenset(Cause) - {Cause.WAIT, Cause.QUESTION_BACK, Cause.ASKER_WROTE}
ASKED_BACK = frozenset({Cause.WAIT, Cause.QUESTION_BACK})  # what only the asker has to know


@plugin.hears("watch", "unwatch", in_thread=True)
async def watch(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Tell them from now on, or no more; in its thread or, with its number, anywhere."""
    request = await request_meant(context, heard.subject, meant.number)
    if meant.intent == "unwatch":
        dropped = await context.memory.watchers.drop(request.number, heard.sender)
        return [heard.reply(phrase("requests.unwatched" if dropped else "requests.not_watched", number=request.number))]
    await _add(context, request, heard.sender)
    return [heard.reply(phrase("requests.watched", number=request.number))]


async def watch_by_reaction(context: Ctx, request: Request, who: str) -> list[Effect]:
    """A gesture needs no answer, unless it can't be."""
    try:
        await _add(context, request, who)
    except UserError as error:
        return [Say(who, (error.phrase,), language=await _language(context, who))]
    return []


async def unwatch_by_reaction(context: Ctx, request: Request, who: str) -> list[Effect]:
    """The gesture was taken back."""
    await context.memory.watchers.drop(request.number, who)
    return []


async def _add(context: Ctx, request: Request, who: str) -> None:
    watchers = context.memory.watchers
    if await watchers.since(request.number, who) is None and await watchers.count_of(who) >= MOST_WATCHED:
        raise UserError(phrase("requests.watched_enough", most=MOST_WATCHED, number=request.number))
    await watchers.add(request.number, who, context.now)


@plugin.follows
async def tell(context: Ctx, changed: Changed) -> list[Effect]:
    """Tell those who watch it what happened, but not who did it themselves."""
    request = await spoken_of(context, changed.request_id) if changed.what in TOLD | ASKED_BACK else None
    if request is None:
        return []
    cause = Cause(changed.what)
    steps = await context.memory.requests.steps(request.number)
    place = max((at for at, step in enumerate(steps) if step.what == cause), default=0)
    if cause is Cause.DUPLICATE and request.duplicate_of:
        await context.memory.watchers.carry(request.number, request.duplicate_of, context.now)
    news = _News(
        line=await _line(context, request, cause, steps[place].who),
        key=f"watch:{request.number}:{place + 1}",
        known_to=_known_to(request, cause, steps[place].who),
        earlier=[(step.who, step.at) for step in steps[:place] if step.what in TOLD],
    )
    asker = await _to_asker(context, request, news)
    return [*asker, *([] if cause in ASKED_BACK else await _to_watchers(context, request, news))]


@dataclass(frozen=True)
class _News:
    """What there is to tell, under which key, to whom it is none, and who did when what there was to tell before."""

    line: Phrase
    key: str
    known_to: frozenset[str]
    earlier: Sequence[tuple[str, datetime]]


def _known_to(request: Request, cause: Cause, who: str) -> frozenset[str]:
    match cause:
        case Cause.HAND_OVER:
            return frozenset({who, request.claimer})
        case Cause.ROOM_LEFT:
            return frozenset({request.asker})  # is told that anyway
    return frozenset({who})


async def _to_asker(context: Ctx, request: Request, news: _News) -> list[Say]:
    """Who asked in a direct chat is told there."""
    if request.asker in news.known_to or not await asked_in_private(context, request):
        return []
    say = Say(
        request.asked_in,
        (news.line,),
        reply_to=request.question_event,
        key=f"{news.key}:{request.asker}",
        subject=request.id,
        notice=False,
        language=await _language(context, request.asker, request.language),
    )
    return [say]


async def asked_in_private(context: Ctx, request: Request) -> bool:
    room = await context.memory.rooms.get(request.asked_in) if request.is_elsewhere else None
    return room is not None and room.membership == "join" and room.is_direct


async def _to_watchers(context: Ctx, request: Request, news: _News) -> list[Say]:
    known_to = set(news.known_to)
    if await asked_in_private(context, request):
        known_to.add(request.asker)
    people = await context.memory.watchers.of(request.number)
    return [await _to_watcher(context, request, news, person) for person in people if person not in known_to]


async def _to_watcher(context: Ctx, request: Request, news: _News, person: str) -> Say:
    """The first of these messages says how to have no more of them."""
    since = await context.memory.watchers.since(request.number, person)
    is_first = not any(who != person and since and at > since for who, at in news.earlier)
    how_to_stop = (phrase("requests.how_to_unwatch", number=request.number),) if is_first else ()
    return Say(
        person,
        (news.line, *how_to_stop),
        key=f"{news.key}:{person}",
        subject=request.id,
        notice=False,
        priority=Priority.NEWS,
        language=await _language(context, person),
    )


async def _line(context: Ctx, request: Request, cause: Cause, who: str) -> Phrase:
    link = await context.link_to(request)
    key = "requests.told_of" if request.tool_name else "requests.told_of_no_tool"
    return phrase(
        f"requests.told_{cause.replace(' ', '_')}",
        request=phrase(key, link=link, tool=request.tool_name),
        who=Person(who),
        to=Person(request.claimer),
        original=await _original(context, request),
    )


async def _original(context: Ctx, request: Request) -> Link | str:
    original = await context.memory.requests.get(request.duplicate_of) if request.duplicate_of else None
    return await context.link_to(original) if original else ""


async def _language(context: Ctx, person: str, otherwise: str = "") -> str:
    spoken = (await context.memory.contacts.get(person)).language
    return spoken or otherwise or context.community.language


@plugin.unsent
async def unreachable(context: Ctx, unsent: Unsent) -> list[Effect]:
    """Who left the direct chat, or never came, doesn't want to be told."""
    kind, _, rest = unsent.key.partition(":")
    if kind == "watch" and unsent.what == "message":
        number, _, person = rest.split(":", 2)
        await context.memory.watchers.drop(int(number), person)
    return []
