"""`townclerk ask`: what the bot would answer, from the register alone."""

from datetime import datetime
from typing import Any

from bot.actions import Say
from bot.domain.directory import Status
from bot.events import Heard
from bot.features import install, router_for
from bot.language.meaning import Match, Meaning
from bot.router import Router
from bot.store.database import open_for_reading
from bot.store.memory import Memory
from config.settings import Settings

BOT = "@townclerk:localhost"
EVENT = "$ask"
ROOM = "!ask"


async def ask(
    settings: Settings, text: str, now: datetime, *, overheard: bool = False, person: str = ""
) -> dict[str, Any]:
    """The JSON object of PRODUCT.md's contract. Reads only; takes no lock."""
    router = router_for(settings, install(settings.plugins), settings.matrix.user or BOT)
    database = await open_for_reading(settings.database.url)
    try:
        async with database.reading() as connection:
            memory = Memory(connection)
            await router.refresh(memory)
            heard = Heard(EVENT, ROOM, person or "@somebody:localhost", text, now, addressed=not overheard)
            meaning, say = await router.answer(memory, heard, now)
            return {
                "intent": meaning.intent,
                "language": meaning.language,
                "tool": _tool(router, meaning),
                "organisation": _organisation(router, meaning),
                "uses": await _uses(router, memory, meaning),
                "choices": _choices(router, meaning),
                "reply": _reply(router, say, meaning),
            }
    finally:
        await database.close()


def _tool(router: Router, meaning: Meaning) -> dict[str, str] | None:
    tool = router.names.tools.get(meaning.tool.id or "") if meaning.tool else None
    return {"id": tool.id, "name": tool.name} if tool else None


def _organisation(router: Router, meaning: Meaning) -> dict[str, str] | None:
    named = meaning.organisation
    organisation = router.names.organisations.get(named.id or "") if named else None
    return {"id": organisation.id, "name": organisation.name} if organisation else None


def _choices(router: Router, meaning: Meaning) -> list[str]:
    for named, known in (
        (meaning.tool, router.names.tools),
        (meaning.organisation, router.names.organisations),
    ):
        if named and named.match in (Match.AMBIGUOUS, Match.NEAR):
            return [known[i].name for i in named.ids if i in known]
    return []


async def _uses(router: Router, memory: Memory, meaning: Meaning) -> list[dict[str, Any]]:
    if meaning.tool and meaning.tool.id and meaning.intent in ("who_uses", "about_tool"):
        found = await memory.register.usages_of_tool(meaning.tool.id)
        if meaning.organisation and meaning.organisation.id:
            found = [u for u in found if u.organisation_id == meaning.organisation.id]
    elif meaning.organisation and meaning.organisation.id and meaning.intent == "tools_of":
        found = await memory.register.usages_of_organisation(meaning.organisation.id)
    else:
        return []
    organisations = router.names.organisations
    return [
        {
            "organisation": organisations[u.organisation_id].name,
            "organisation_id": u.organisation_id,
            "tool_id": u.tool_id,
            "status": str(u.status),
            "since": u.since or None,
            "grade": str(u.grade),
            "confirmed_on": u.confirmed_on.isoformat(),
        }
        for u in sorted(found, key=lambda u: organisations[u.organisation_id].name)
        if u.organisation_id in organisations and u.status is not Status.RETIRED
    ]


def _reply(router: Router, say: Say | None, meaning: Meaning) -> dict[str, str] | None:
    if say is None:
        return None
    contents = router.keeper.renderer.contents(say, say.language or meaning.language)
    return {
        "body": "\n".join(content["body"] for content in contents),
        "formatted_body": "<br>".join(content["formatted_body"] for content in contents),
    }
