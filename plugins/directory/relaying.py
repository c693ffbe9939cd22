"""Asking a tool's users: the question goes to the people who agreed to be asked, their answers come to the thread."""

import json

from bot.domain.directory import Grade, Status, Tool
from bot.errors import UserError
from bot.events import Answered, Ask, Effect, Heard, Say
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.words import phrase
from plugins.directory import plugin
from plugins.directory.lines import Ctx

KIND = "relayed"
MOST_ASKED = 30
MOST_TEXT = 2000
LEAST_WORDS = 5  # of a message that doesn't say where the question begins: "ask PlanX users" asks nothing
RELAY_PRIORITY = 2  # after answers and calls


@plugin.hears("ask_users")
async def ask_users(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Relay a question to the users of a tool; nobody's address is shown to anybody."""
    tool = await _tool(context, heard, meant)
    text = meant.slots.get("text", "").strip()
    if len(text.split()) < (LEAST_WORDS if text == heard.text.strip() else 2):
        raise UserError(phrase("directory.ask_what", tool=tool.name))
    if heard.direct:
        raise UserError(phrase("directory.ask_in_a_room", tool=tool.name))
    users = await _bodies(context, tool)
    people = await _willing(context, users, heard.sender)
    if not people:
        return [heard.reply(phrase("directory.nobody_to_ask", tool=tool.name, count=len(users)))]
    thread = heard.thread or heard.event_id
    subject = json.dumps({"room": heard.room_id, "thread": thread, "event": heard.event_id, "tool": tool.id})
    asked: list[Effect] = [
        await _question(context, heard, tool, text[:MOST_TEXT], person, subject) for person in people
    ]
    await _asked(context, people)
    await context.memory.inbox.set_subject(heard.event_id, f"relay:{heard.event_id}")
    return [heard.reply(phrase("directory.asked", count=len(people), tool=tool.name), thread=thread), *asked]


@plugin.answers(KIND)
async def pass_on(context: Ctx, answered: Answered) -> list[Effect]:
    """An answer goes to the thread in which it was asked, with the council's name and nobody's address."""
    asked = json.loads(answered.subject)
    belonging = await context.belonging(answered.sender)
    body = context.names.organisations.get(belonging.organisation_id) if belonging else None
    who: object = body.name if body else phrase("directory.a_user")
    told = phrase("directory.relayed_answer", who=who, text=answered.value[:MOST_TEXT])
    answer = Say(asked["room"], (told,), thread=asked["thread"], key=f"relayed:{answered.event_id}")
    return [answer, answered.reply(phrase("directory.passed_on"))]


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


async def _willing(context: Ctx, bodies: list[str], asker: str) -> list[str]:
    """One person a body, of those who said that they may be asked."""
    people: list[str] = []
    for body in bodies:
        for person in await context.contacts_of(body):
            if person != asker and (await context.memory.contacts.get(person)).consent == "yes":
                people.append(person)
                break
    return people[:MOST_ASKED]


async def _question(context: Ctx, heard: Heard, tool: Tool, text: str, person: str, subject: str) -> Ask:
    belonging = await context.belonging(heard.sender)
    body = context.names.organisations.get(belonging.organisation_id) if belonging and belonging.verified else None
    asker: object = phrase("directory.somebody_of", organisation=body.name) if body else phrase("directory.somebody")
    language = (await context.memory.contacts.get(person)).language or context.community.language
    told = phrase("directory.relayed_question", asker=asker, tool=tool.name, text=text)
    say = Say(
        person,
        (told, phrase("directory.how_to_answer")),
        key=f"relay:{heard.event_id}:{person}",
        notice=False,
        priority=RELAY_PRIORITY,
        language=language,
    )
    return Ask(say, KIND, subject, person=person)


async def _asked(context: Ctx, people: list[str]) -> None:
    for person in people:
        await context.memory.contacts.asked(person, context.now)
