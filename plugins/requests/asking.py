"""Asking for help: a sentence said to us, in a room or in private, or overheard where we may listen."""

from bot.actions import Effect
from bot.domain.request import Kind
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.offering import offer
from plugins.requests.opening import open_request
from plugins.requests.question import Question, whole
from plugins.requests.relaying import offer_to_relay
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

OFFERED = 0.9  # the certainty from which a request is offered to whoever wondered aloud: it is but a question


@plugin.hears("help", overheard=OFFERED)
async def help_wanted(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Open a request for this question, or offer to where nobody asked us."""
    text = whole(meant.slots.get("text"), heard.text)
    if not (heard.addressed or heard.direct):
        return await offer(context, heard)
    if says_nothing(text, meant):
        raise UserError(phrase("requests.what_help", tool=meant.tool.typed if meant.tool else "PlanX"))
    return await _open(context, Question(heard, meant.tool, text))


@plugin.hears("check_claim")
async def check_claim(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Have a claim about a tool checked: the same life as a question, and its answer becomes a fact."""
    tool = tool_meant(context.names, meant.tool)
    text = whole(meant.slots.get("text"), heard.text)
    if says_nothing(text, meant):
        raise UserError(phrase("requests.check_what", tool=tool.name))
    return await _open(context, Question(heard, meant.tool, text, Kind.CHECK, meant.slots.get("fact", "")))


async def _open(context: Ctx, question: Question) -> list[Effect]:
    if question.heard.direct:
        return await offer_to_relay(context, question)
    return await open_request(context, question)


def says_nothing(text: str, meant: Meaning) -> bool:
    """Whether it is only the name of a tool, with nothing asked about it."""
    return not text or (meant.tool is not None and text.casefold().strip(" ?!.:") == meant.tool.typed.casefold())
