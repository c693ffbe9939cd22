"""Watching: who wants to know how a request goes on is told in a direct chat, and so is who asked it in private."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.request import Cause, Request
from bot.errors import UserError
from bot.events import Changed, Effect, Heard, Say, Unsent
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Link, Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant
from plugins.requests.life import spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

MOST_WATCHED = 50  # requests that aren't settled, by one person
PRIORITY = 2  # after answers and calls

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
    if changed.what not in TOLD | ASKED_BACK:
        return []
    cause = Cause(changed.what)
    request = await spoken_of(context, changed.request_id)
    steps = await context.memory.requests.steps(request.number) if request else []
    place = max((at for at, step in enumerate(steps) if step.what == cause), default=None)
    if request is None or place is None:
        return []
    if cause is Cause.DUPLICATE and request.duplicate_of:
        await context.memory.watchers.carry(request.number, request.duplicate_of, context.now)
    doers = {steps[place].who, request.claimer if cause is Cause.HAND_OVER else ""}
    line = await _line(context, request, cause, steps[place].who)
    key = f"watch:{request.number}:{place + 1}"
    told: list[Effect] = []
    asker = request.asker if await _asked_in_private(context, request, cause) else ""
    if asker and asker not in doers:
        told.append(await _to_asker(context, request, line, f"{key}:{asker}"))
    if cause in ASKED_BACK:
        return told
    for person in await context.memory.watchers.of(request.number):
        if person not in doers and person != asker:
            earlier = [step.at for step in steps[:place] if step.what in TOLD and step.who != person]
            told.append(await _to_watcher(context, request, person, line, f"{key}:{person}", earlier))
    return told


async def _asked_in_private(context: Ctx, request: Request, cause: Cause) -> bool:
    """Whether the asker can't be told in the request's own room, and isn't told already."""
    if not request.is_elsewhere or cause is Cause.ROOM_LEFT:
        return False
    room = await context.memory.rooms.get(request.asked_in)
    return room is not None and room.membership == "join" and room.is_direct


async def _to_asker(context: Ctx, request: Request, line: Phrase, key: str) -> Say:
    return Say(
        request.asked_in,
        (line,),
        reply_to=request.question_event,
        key=key,
        subject=request.id,
        notice=False,
        language=await _language(context, request.asker, request.language),
    )


async def _to_watcher(
    context: Ctx, request: Request, person: str, line: Phrase, key: str, earlier: Sequence[datetime]
) -> Say:
    """The first of these messages says how to have no more of them."""
    since = await context.memory.watchers.since(request.number, person)
    is_first = since is None or not any(at > since for at in earlier)
    how_to_stop = (phrase("requests.how_to_unwatch", number=request.number),) if is_first else ()
    return Say(
        person,
        (line, *how_to_stop),
        key=key,
        subject=request.id,
        notice=False,
        priority=PRIORITY,
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
