"""Past answers: those that fit are shown, those that don't are not, and nobody learns what was said elsewhere."""

import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.community import Community
from bot.domain.request import Request, State
from bot.language.meaning import Meaning
from bot.language.names import Names
from bot.plugin import Context
from bot.render import Text
from bot.store.database import open_database
from bot.store.memory import Memory
from bot.store.rooms import Room
from plugins.requests.past import Candidate, fitting, ranked, remember
from plugins.requests.settings import RequestsSettings
from tests.dialogue import ANA, BEA, CLERK, MONDAY, ROOM

Ctx = Context[RequestsSettings]

QUESTIONS = tomllib.loads((Path(__file__).parent / "past_questions.toml").read_text(encoding="utf-8"))
TOOLS = {
    "planx": "PlanX",
    "localgov-drupal": "LocalGov Drupal",
    "fixmystreet": "FixMyStreet",
    "decidim": "Decidim",
    "nextcloud": "Nextcloud",
    "bops": "BOPS",
}
RESOLVED: dict[str, Any] = {"state": State.RESOLVED, "answer": "Like this.", "answerer": BEA}
ELSEWHERE = "!elsewhere:example.org"
PAST, ASKED = "The PDF upload fails at 99 percent", "pdf upload stuck at 99 percent"


@pytest_asyncio.fixture
async def context(tmp_path: Path) -> AsyncIterator[Ctx]:
    database = await open_database(f"sqlite:///{tmp_path / 'past.db'}")
    try:
        async with database.transaction() as connection:
            memory, names = Memory(connection), Names((), ())
            yield Context(
                MONDAY,
                RequestsSettings(),
                Community(),
                memory,
                names,
                "en",
                CLERK,
                lambda _: Meaning(),
                lambda *_: Text("", ""),
            )
    finally:
        await database.close()


def request(number: int, text: str, tool: str = "planx", language: str = "en", **more: Any) -> Request:
    made = Request(
        number, f"$question{number}", ROOM, ANA, State.OPEN, MONDAY, MONDAY,
        tool_id=tool, tool_name=TOOLS.get(tool, ""), text=text, language=language,
    )  # fmt: skip
    return replace(made, **more)


async def answered(context: Ctx, number: int, text: str, *args: str, **more: Any) -> Request:
    """A past request with its answer."""
    past = request(number, text, *args, **RESOLVED | more)
    await context.memory.requests.add(past)
    await context.memory.requests.keep(past)
    await remember(context, past)
    return past


async def numbers(context: Ctx, asked: Request) -> list[int]:
    return [past.number for past in await fitting(context, asked)]


@pytest.mark.parametrize(("part", "precision", "recall"), [("new", 0.97, 0.87), ("held_out", 0.85, 0.92)])
async def test_what_fits_is_shown_and_what_does_not_is_not(
    context: Ctx, part: str, precision: float, recall: float
) -> None:
    for tool, questions in QUESTIONS["past"].items():
        for number, language, text in questions:
            await answered(context, number, text, tool, language)
    right, shown, wanted = 0, 0, 0
    for tool, questions in QUESTIONS[part].items():
        for language, text, expected in questions:
            found = await numbers(context, request(1000, text, tool, language))
            right, shown, wanted = right + len({*found} & {*expected}), shown + len(found), wanted + len(expected)
    assert right / shown >= precision, f"{shown - right} of {shown} shown are wrong"
    assert right / wanted >= recall, f"{wanted - right} of {wanted} are missed"


def test_the_labelled_set_is_as_large_as_it_says() -> None:
    assert sum(map(len, QUESTIONS["past"].values())) >= 40
    assert sum(map(len, QUESTIONS["new"].values())) >= 30
    assert sum(not right for part in ("new", "held_out") for asked in QUESTIONS[part].values() for *_, right in asked)


CASES = [
    # asked, a past question, does it fit
    ("upload pdf fail", "upload pdf fail", True),
    ("upload pdf fail", "pdf fail", True),
    ("upload pdf fail", "pdf", False),  # one word is not enough
    ("e_login", "e_login", True),  # unless it is a code
    ("e_login page", "e_login page gateway", True),
    ("10", "10", False),  # a small number is none
    ("page", "page", False),
    ("upload pdf fail", "", False),
    ("", "", False),
    ("a1b b2c c3d d4e e5f f6g", "a1b u v w x y z", False),  # a code among much that differs
    ("a b c d e f g h", "a b q r s t u v", False),
]


@pytest.mark.parametrize(("asked", "past", "fits"), CASES)
def test_how_much_must_be_the_same(asked: str, past: str, fits: bool) -> None:
    assert ranked(asked.split(), [Candidate(1, frozenset(past.split()))]) == ([1] if fits else [])


def test_the_likeliest_is_first_and_of_equals_the_same_tool_then_the_newest() -> None:
    asked = ["upload", "pdf", "fail"]
    same, less = frozenset(asked), frozenset(["upload", "pdf"])
    given = [Candidate(1, same), Candidate(2, same), Candidate(3, same, same_tool=False), Candidate(4, less)]
    assert ranked(asked, given)[:2] == [2, 1]
    assert set(ranked(asked, given)) == {1, 2, 3, 4}


def test_a_word_that_few_have_tells_more_than_one_that_all_have() -> None:
    given = [Candidate(number, frozenset(["page", "error", f"other{number}"])) for number in range(20)]
    given.append(Candidate(99, frozenset(["jadu", "page", "import"])))
    assert ranked(["jadu", "page", "move"], given) == [99]


async def test_at_most_three_are_shown_and_never_the_request_itself(context: Ctx) -> None:
    for number in range(1, 6):
        last = await answered(context, number, PAST)
    assert await numbers(context, request(6, ASKED)) == [5, 4, 3]
    assert await numbers(context, last) == [4, 3, 2]


@pytest.mark.parametrize(("tool", "asked_about", "fits"), [
    ("planx", "planx", True), ("planx", "bops", False), ("planx", "", True), ("", "planx", True), ("", "", True),
])  # fmt: skip
async def test_it_is_about_the_same_tool_or_one_of_the_two_names_none(
    context: Ctx, tool: str, asked_about: str, fits: bool
) -> None:
    await answered(context, 1, PAST, tool)
    assert await numbers(context, request(2, ASKED, asked_about)) == ([1] if fits else [])


@pytest.mark.parametrize(("state", "answer", "text", "fits"), [
    (State.RESOLVED, "So.", PAST, True), (State.ANSWERED, "So.", PAST, True), (State.ANSWERED, "", PAST, False),
    (State.RESOLVED, "So.", "", False), (State.WITHDRAWN, "So.", PAST, False), (State.OPEN, "So.", PAST, False),
    (State.CLAIMED, "So.", PAST, False), (State.WAITING, "So.", PAST, False),
])  # fmt: skip
async def test_only_an_answered_question_that_nobody_took_back_is_shown(
    context: Ctx, state: State, answer: str, text: str, fits: bool
) -> None:
    past = await answered(context, 1, PAST)
    later = replace(past, state=state, answer=answer, text=text)
    await remember(context, later)
    assert bool(await context.memory.answers.search(["upload"], "planx", ROOM)) == fits
    await remember(context, past)  # and even if the index were not told
    await context.memory.requests.keep(later)
    assert await numbers(context, request(2, ASKED)) == ([1] if fits else [])


@pytest.mark.parametrize(("here", "there", "told"), [
    (False, False, False), (True, False, False), (False, True, False), (True, True, True),
])  # fmt: skip
async def test_another_rooms_answer_is_told_only_if_both_rooms_are_shared(
    context: Ctx, here: bool, there: bool, told: bool
) -> None:
    await context.memory.rooms.keep(Room(ROOM, "join", shared=here))
    await context.memory.rooms.keep(Room(ELSEWHERE, "join", shared=there))
    await answered(context, 1, PAST, room_id=ELSEWHERE)
    await answered(context, 2, PAST)
    assert await numbers(context, request(3, ASKED)) == ([2, 1] if told else [2])


async def test_a_room_that_is_no_longer_shared_tells_nothing_more(context: Ctx) -> None:
    for room_id in (ROOM, ELSEWHERE):
        await context.memory.rooms.keep(Room(room_id, "join", shared=True))
    await answered(context, 1, PAST, room_id=ELSEWHERE)
    await context.memory.rooms.keep(Room(ELSEWHERE, "join", shared=False))
    assert await numbers(context, request(2, ASKED)) == []
