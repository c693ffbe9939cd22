"""Past answers: those that fit a new question, or none; and what of a request is kept to be found again."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from bot.domain.request import Request, State
from bot.language.keywords import keywords
from bot.plugin import Context
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

MOST_SHOWN = 3
FITS = 0.4  # of 1: how much of both questions must be the same
SURE_WORDS = 2  # they must share so many, or a code ("e_forbidden", "502")
WITHOUT_TOOL = 0.8  # what it counts if only one of the two names a tool
KEPT = frozenset({State.ANSWERED, State.RESOLVED})


@dataclass(frozen=True)
class Candidate:
    """A past question as it is compared."""

    number: int
    words: frozenset[str]
    same_tool: bool = True


def ranked(asked: Collection[str], candidates: Sequence[Candidate]) -> list[int]:
    """The numbers of those that fit a question with these words, best first, the newer first of equals."""
    weight = _rarity(asked, candidates)
    alike = {candidate.number: _likeness(frozenset(asked), candidate, weight) for candidate in candidates}
    fitting = [number for number, likeness in alike.items() if likeness >= FITS]
    return sorted(fitting, key=lambda number: (-alike[number], -number))


def _rarity(asked: Collection[str], candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """How much each word tells: the fewer candidates have it, the more."""
    having = Counter(word for candidate in candidates for word in candidate.words)
    words = {*asked, *having}
    return {word: 1 + log((len(candidates) + 1) / (having[word] + 1)) for word in words}


def _likeness(asked: frozenset[str], candidate: Candidate, weight: Mapping[str, float]) -> float:
    """The cosine between the two questions, 0 to 1."""
    shared = asked & candidate.words
    if len(shared) < SURE_WORDS and not any(map(_is_code, shared)):
        return 0.0
    lengths = _length(asked, weight) * _length(candidate.words, weight)
    likeness = sum(weight[word] ** 2 for word in shared) / lengths
    return likeness * (1.0 if candidate.same_tool else WITHOUT_TOOL)


def _length(words: Collection[str], weight: Mapping[str, float]) -> float:
    return sqrt(sum(weight[word] ** 2 for word in words))


def _is_code(word: str) -> bool:
    return "_" in word or (len(word) > 2 and any(letter.isdigit() for letter in word))


async def fitting(context: Ctx, request: Request) -> list[Request]:
    """Up to three past requests whose answer fits this one and may be told in its room, best first."""
    asked = _words(request)
    room = await context.memory.rooms.get(request.room_id)
    shared = bool(room and room.shared)
    found = await context.memory.answers.search(asked, request.tool_id, request.room_id, shared=shared)
    candidates = [
        Candidate(past.number, frozenset(past.words), past.tool_id == request.tool_id)
        for past in found
        if past.number != request.number
    ]
    fit: list[Request] = []
    for number in ranked(asked, candidates):
        past_request = await context.memory.requests.get(number)
        if past_request and _is_kept(past_request) and len(fit) < MOST_SHOWN:
            fit.append(past_request)
    return fit


async def remember(context: Ctx, request: Request) -> None:
    """Have its answer found from now on, or no longer, as the request stands."""
    if _is_kept(request):
        await context.memory.answers.keep(request.number, request.tool_id, request.room_id, _words(request))
    else:
        await context.memory.answers.forget(request.number)


def _is_kept(request: Request) -> bool:
    """Whether there is an answer to show, and a question it answers: either may have been taken back."""
    return request.state in KEPT and bool(request.answer and request.text)


def _words(request: Request) -> tuple[str, ...]:
    """Its keywords; the tool's name goes without saying."""
    named = set(keywords(request.tool_name, request.language))
    return tuple(word for word in keywords(request.text, request.language) if word not in named)
