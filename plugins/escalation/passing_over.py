"""Whose turn it isn't, and why: told with a promise, written down once somebody else is called instead."""

from bot.domain.escalation import Nobody, Promise, Why
from bot.domain.request import Request
from bot.plugin import Context
from plugins.escalation.candidates import silent
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]
Pairs = tuple[tuple[str, str], ...]

MOST_TOLD = 5  # councils that are said to be passed over
SKIPPED = "skipped"  # how a step of the history begins; the reason follows
NOT_ASKED = "not_asked"
VOLUNTEERS = frozenset({"maintainer", "maintainers"})


async def councils_passed_over(context: Ctx, request: Request, found: Promise | Nobody) -> Pairs:
    """The councils it isn't the turn of, with the reason; see `PromiseNote.passed_over`."""
    told = {Why.AWAY, Why.HANDS_FULL, Why.NEVER_OPEN}
    pairs = [(skip.organisation_id, skip.why.name.lower()) for skip in found.skipped if skip.why in told]
    councils = [(council, why) for council, why in pairs if council]
    asks = {skip.ask for skip in found.skipped} | (set() if isinstance(found, Nobody) else {found.ask})
    if isinstance(found, Nobody) or asks & VOLUNTEERS:
        councils += [(council, NOT_ASKED) for council in await silent(context, request.tool_id)]
    return tuple(dict.fromkeys(councils))[:MOST_TOLD]


def empty_rungs(found: Promise | Nobody, councils: Pairs) -> dict[str, Why]:
    """The rungs that are skipped for want of anybody, by whom they ask. That nobody has volunteered isn't said where
    somebody has, but doesn't want to be asked.
    """
    not_asked = NOT_ASKED in {why for _, why in councils}
    empty = {skip.ask: skip.why for skip in found.skipped if skip.organisation_id is None}
    return {ask: why for ask, why in empty.items() if not (not_asked and ask in VOLUNTEERS)}


async def write_down_skipped(context: Ctx, request: Request, found: Promise | Nobody) -> None:
    """Whoever is passed over by this call, in the history."""
    councils = await councils_passed_over(context, request, found)
    steps = [(_step(why), context.names.organisations[council].name) for council, why in councils]
    for ask, why in empty_rungs(found, councils).items():
        reason = "maintainer" if ask in VOLUNTEERS else ask
        steps.append((_step(reason if why is Why.NOBODY else why.name.lower()), ""))
    for what, note in steps:
        await context.memory.requests.add_step(request.number, context.now, "", what, note)


def _step(why: str) -> str:
    return f"{SKIPPED} {why.replace('_', ' ')}"
