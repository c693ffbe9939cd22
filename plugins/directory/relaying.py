"""Asking a tool's users: the question goes to the people who agreed to be asked, their answers come to the thread."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.actions import Ask, Effect, Priority, Say
from bot.domain.directory import Grade, Organisation, Status, Tool
from bot.errors import UserError
from bot.events import Answered, Edited, Heard, Redacted
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.words import Block, Quote, phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx

KIND = "relayed"
MOST_ASKED = 30
A_DAY = timedelta(days=1)
MOST_A_DAY = 5  # questions of one person
MOST_TO_ONE = 3  # questions to one person a day
LEAST_WORDS = 5  # of a message that doesn't say where the question begins: "ask PlanX users" asks nothing


@plugin.hears("ask_users")
async def ask_users(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Relay a question to the users of a tool; nobody's address is shown to anybody."""
    tool = await _tool(context, heard, meant)
    text = meant.slots.get("text", "").strip()
    if len(text.split()) < (LEAST_WORDS if text == heard.text.strip() else 2):
        raise UserError(phrase("directory.ask_what", tool=tool.name))
    if heard.direct:
        raise UserError(phrase("directory.ask_in_a_room", tool=tool.name))
    if await context.memory.questions.count_by(heard.sender, KIND, context.now - A_DAY) >= MOST_A_DAY:
        raise UserError(phrase("directory.asked_enough", most=MOST_A_DAY, tool=tool.name))
    users = await _bodies(context, tool)
    people = await _willing(context, users, heard.sender)
    free = {person: body for person, body in people.items() if await _is_free(context, person)}
    if not free:
        told = phrase("directory.all_asked_today", tool=tool.name)
        return [heard.reply(told if people else phrase("directory.nobody_to_ask", tool=tool.name, count=len(users)))]
    thread = heard.thread or heard.event_id
    asker = await context.belonging(heard.sender)
    body = asker.organisation_id if asker and asker.verified else ""
    relay = {"event": heard.event_id, "tool": tool.id, "asker": body, "people": list(free)}
    back = {"room": heard.room_id, "thread": thread, "language": context.language}
    asked: list[Effect] = []
    for person, body in free.items():
        say = await _question(context, relay, person, text)
        asked.append(Ask(say, KIND, json.dumps(back | {"body": body}), person=person, again=True))
        await context.memory.contacts.asked(person, context.now)
    await context.memory.inbox.set_subject(heard.event_id, f"relay:{json.dumps(relay)}")
    return [heard.reply(phrase("directory.asked", count=len(free), tool=tool.name), thread=thread), *asked]


@plugin.answers(KIND)
async def pass_on(context: Ctx, answered: Answered) -> list[Effect]:
    """An answer goes to the thread in which it was asked, with the council's name and nobody's address."""
    if answered.value == "stop":
        await context.memory.contacts.keep_consent(answered.sender, "no")
        return [answered.reply(phrase("directory.renew_stop"))]
    back = json.loads(answered.subject)
    belonging = await context.belonging(answered.sender)
    if belonging is None or not belonging.verified or belonging.organisation_id != back["body"]:
        back["body"] = ""  # they have moved on since they were asked
    await context.memory.inbox.set_subject(answered.event_id, f"relayed:{json.dumps(back)}")
    return [_answer(context, back, answered.event_id, answered.value), answered.reply(phrase("directory.passed_on"))]


@plugin.edited
async def passed_on_as_edited(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """What was passed on stays what its author says: an answer, or the question."""
    kind, what = await _relayed(context, edited.target, edited.room_id)
    if kind == "relayed":
        return [_answer(context, what, edited.target, edited.text)]
    if kind == "relay":
        text = meant.slots.get("text", "").strip() if meant.intent == "ask_users" else ""
        return await _asked_anew(context, what, text)
    return []


@plugin.redacted
async def passed_on_taken_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """What was passed on goes with the message it came from."""
    kind, what = await _relayed(context, redacted.target, redacted.room_id)
    if kind:  # no edit brings it back
        await context.memory.inbox.set_subject(redacted.target, f"taken_back:{redacted.target}")
    if kind == "relayed":
        return [_answer(context, what, redacted.target, "")]
    return await _asked_anew(context, what, "") if kind == "relay" else []


async def _relayed(context: Ctx, event_id: str, room_id: str) -> tuple[str, Mapping[str, Any]]:
    kind, _, what = (await context.memory.inbox.subject(event_id, room_id) or "").partition(":")
    return (kind, json.loads(what)) if kind in ("relay", "relayed") else ("", {})


def _answer(context: Ctx, back: Mapping[str, Any], event_id: str, text: str) -> Say:
    """The answer as it stands in the thread; without words if it was taken back."""
    body = context.names.organisations.get(back["body"])
    who: object = body.name if body else phrase("directory.a_user")
    taken_back = phrase("directory.relayed_answer_over", who=who)
    told = phrase("directory.relayed_answer", who=who, text=Quote(text)) if text.strip() else taken_back
    key = f"relayed:{event_id}"
    return Say(back["room"], (told,), thread=back["thread"], key=key, card=True, language=back["language"])


async def _asked_anew(context: Ctx, relay: Mapping[str, Any], text: str) -> list[Effect]:
    """The question in its new words, wherever it was put; without words it is over."""
    if not text:
        await context.memory.questions.withdraw(relay["event"], (KIND,), context.now)
    return [await _question(context, relay, person, text) for person in relay["people"]]


async def _tool(context: Ctx, heard: Heard, meant: Meaning) -> Tool:
    """The tool that is meant: named, or the one that this talk is about ("ask them all")."""
    if meant.tool and meant.tool.typed:
        return tool_meant(context.names, meant.tool)
    kind, _, tool_id = (heard.subject or "").partition(":")
    if kind == "tool" and tool_id in context.names.tools:
        return context.names.tools[tool_id]
    return tool_meant(context.names, None)


async def _bodies(context: Ctx, tool: Tool) -> list[str]:
    """Who uses it now and is known well enough, in the order of their names."""
    found = await context.memory.register.usages_of_tool(tool.id)
    known = context.names.organisations
    bodies = {u.organisation_id for u in found if u.status is not Status.RETIRED and u.grade is not Grade.UNVERIFIED}
    return sorted(bodies & set(known), key=lambda i: known[i].label.casefold())


async def _willing(context: Ctx, bodies: list[str], asker: str) -> dict[str, str]:
    """One person a body, of those who said that they may be asked, and the body they are asked for."""
    people: dict[str, str] = {}
    for body in bodies:
        for person in await context.contacts_of(body):
            if person != asker and (await context.memory.contacts.get(person)).consent == "yes":
                people.setdefault(person, body)
                break
    return dict(list(people.items())[:MOST_ASKED])


async def _is_free(context: Ctx, person: str) -> bool:
    return await context.memory.questions.count_to(person, KIND, context.now - A_DAY) < MOST_TO_ONE


async def _question(context: Ctx, relay: Mapping[str, Any], person: str, text: str) -> Say:
    """The question as one person is asked it; said again, it changes in place."""
    body: Organisation | None = context.names.organisations.get(relay["asker"])
    tool = context.names.tools.get(relay["tool"])
    asker: object = phrase("directory.somebody_of", organisation=body.name) if body else phrase("directory.somebody")
    told = phrase("directory.relayed_question", asker=asker, tool=tool.name if tool else "", text=Quote(text))
    blocks: tuple[Block, ...] = (told, phrase("directory.how_to_answer"))
    return Say(
        person,
        blocks if text else (phrase("directory.relayed_question_over"),),
        key=f"relay:{relay['event']}:{person}",
        notice=False,
        card=True,
        priority=Priority.NEWS,
        language=(await context.memory.contacts.get(person)).language or context.community.language,
    )
