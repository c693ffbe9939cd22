"""What came of the calls, by dialogue: taken, passed, answered, silent or overtaken."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, CARDIFF, LAMBETH, PLANX, SAM, Dialogue, dialogue, maintains

DAN = "@dan:elsewhere.org"
COUNCILS = [
    {"id": CAMDEN.id, "people": [BEA]}, {"id": LAMBETH.id, "people": [CAI]}, {"id": CARDIFF.id, "people": [DAN]},
]  # fmt: skip
PLUGINS: dict[str, dict[str, object]] = {"escalation": {}, "requests": {"pinned_boards": False}}
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden (Bea) and Lambeth (Cai) maintain PlanX, Cardiff (Dan) doesn't; all work Monday to Friday, nine to five."""
    both = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, PLUGINS, assertions=both, councils=COUNCILS) as made:
        yield made


async def outcomes(talk: Dialogue, number: int = 1) -> dict[str, tuple[str, int | None]]:
    """Each council with what came of its newest call, and after how many seconds."""
    async with talk.database.reading() as connection:
        rows = await connection.fetch(
            "SELECT organisation_id, outcome, response_seconds FROM call WHERE number = $1 ORDER BY round, rung", number
        )
    return {r["organisation_id"]: (r["outcome"], r["response_seconds"]) for r in rows}


async def _camden_is_called(talk: Dialogue) -> str:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(hours=4)
    assert await outcomes(talk) == {CAMDEN.id: ("", None)}
    return question


@pytest.mark.parametrize(
    ("text", "who", "outcome"),
    [
        ("take", BEA, "taken"),
        ("pass", BEA, "passed"),
        ("You have to restart the worker", BEA, "answered"),
        ("answered", BEA, "answered"),
        ("Which version is that?", BEA, "answered"),
        ("take", CAI, "overtaken"),
        ("You have to restart the worker", CAI, "overtaken"),
        ("resolve", ANA, "overtaken"),
        ("withdraw", ANA, "overtaken"),
        ("me too", DAN, ""),
        ("thanks in advance", ANA, ""),
    ],
)
async def test_what_somebody_does_is_put_down_to_the_council_that_was_called(
    talk: Dialogue, text: str, who: str, outcome: str
) -> None:
    question = await _camden_is_called(talk)
    await talk.wait(hours=1)
    await talk.say(text, who, thread=question, addressed=False)
    took = 3600 if outcome in ("taken", "passed", "answered") else None
    assert (await outcomes(talk))[CAMDEN.id] == (outcome, took)


async def test_a_call_is_silent_once_the_next_is_made(talk: Dialogue) -> None:
    await _camden_is_called(talk)
    await talk.wait(hours=23)
    assert await outcomes(talk) == {CAMDEN.id: ("silent", None), LAMBETH.id: ("", None)}


async def test_whoever_answers_late_has_responded_after_all(talk: Dialogue) -> None:
    question = await _camden_is_called(talk)
    await talk.wait(hours=22)
    await talk.say("You have to restart the worker", BEA, thread=question, addressed=False)
    assert await outcomes(talk) == {CAMDEN.id: ("answered", 6 * 3600), LAMBETH.id: ("overtaken", None)}


async def test_the_first_response_is_what_counts(talk: Dialogue) -> None:
    question = await _camden_is_called(talk)
    await talk.say("take", BEA, thread=question, addressed=False)
    await talk.wait(hours=1)
    await talk.say("You have to restart the worker", BEA, thread=question, addressed=False)
    assert await outcomes(talk) == {CAMDEN.id: ("taken", 0)}


async def test_handed_over_to_the_council_that_was_called_it_has_it(talk: Dialogue) -> None:
    question = await _camden_is_called(talk)
    await talk.say("take", CAI, thread=question, addressed=False)
    await talk.say("hand over to bea", CAI, thread=question, mentions=[BEA])
    await talk.say("yes", BEA, thread=question, addressed=False)
    assert await outcomes(talk) == {CAMDEN.id: ("taken", 0)}


async def test_a_steward_of_no_council_answers_for_none(talk: Dialogue) -> None:
    question = await _camden_is_called(talk)
    await talk.say("You have to restart the worker", SAM, thread=question, addressed=False)
    assert await outcomes(talk) == {CAMDEN.id: ("overtaken", None)}


async def test_a_council_that_was_never_called_and_gives_it_back_is_measured_by_nothing(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    for text in ("take", "pass"):
        await talk.say(text, BEA, thread=question, addressed=False)
    await talk.wait(days=1)
    assert (await outcomes(talk))[CAMDEN.id] == ("given back", None)


async def test_what_nobody_answers_until_it_lapses_was_left_unanswered(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.wait(days=60)
    found = await outcomes(talk)
    assert [found[council.id][0] for council in (CAMDEN, LAMBETH)] == ["silent", "silent"]


async def test_days_on_hold_are_nobodys_slowness(talk: Dialogue) -> None:
    question = await _camden_is_called(talk)
    for text in ("take", "wait"):
        await talk.say(text, CAI, thread=question, addressed=False)
    await talk.wait(days=2)
    await talk.say("pass", CAI, thread=question, addressed=False)
    await talk.wait(hours=1)
    await talk.say("take", BEA, thread=question, addressed=False)
    async with talk.database.reading() as connection:
        measured = await Memory(connection).measures.of_council(CAMDEN.id, talk.now - 30 * HOUR * 24, talk.now)
    assert (measured.answered, measured.median) == (1, HOUR)


async def test_who_had_no_time_of_their_own_is_not_called_silent(tmp_path: Path) -> None:
    """Lambeth works while Camden is away; the next call comes by Lambeth's hours."""
    councils = [
        {"id": CAMDEN.id, "people": [BEA], "hours": "Mon 14:00-14:30"},
        {"id": LAMBETH.id, "people": [CAI], "hours": "always"},
    ]
    plugins = PLUGINS | {"escalation": {"ladder": [
        {"ask": "maintainer", "after": "1m"}, {"ask": "maintainer", "after": "4h"}]}}  # fmt: skip
    both = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, plugins, assertions=both, councils=councils) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=2)
        assert (await outcomes(talk))[CAMDEN.id] == ("overtaken", None)
        assert LAMBETH.id in await outcomes(talk)


async def test_the_council_called_because_another_passed_may_pass_as_well(talk: Dialogue) -> None:
    await _camden_is_called(talk)
    await talk.say("pass #1", sender=BEA)
    await talk.say("pass #1", sender=CAI)
    assert {council: came for council, (came, _) in (await outcomes(talk)).items()} == {
        CAMDEN.id: "passed",
        LAMBETH.id: "passed",
        "stewards": "",
    }


async def test_a_request_without_a_ladder_of_its_own_is_measured_by_that_of_its_tools_category(tmp_path: Path) -> None:
    settings = {
        "ladder": [{"ask": "stewards", "after": "8h"}],
        "categories": {"Planning": [{"ask": "maintainer", "after": "1h"}] * 2},
    }
    both = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, PLUGINS | {"escalation": settings}, assertions=both, councils=COUNCILS) as talk:
        await talk.say("help with PlanX: it is down")
        async with talk.database.transaction() as connection:
            requests = Memory(connection).requests
            request = await requests.get(1)
            assert request
            await requests.keep(replace(request, ladder=""))
        await talk.wait(hours=2)
        assert await outcomes(talk) == {CAMDEN.id: ("silent", None), LAMBETH.id: ("", None)}
