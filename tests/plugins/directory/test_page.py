"""A tool's page: what the IT department asks, each fact with source and day, or "not checked"."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest_asyncio

from bot.domain.facts import Fact, Topic
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, MONDAY, PLANX, ROOM, Dialogue, dialogue, uses

HOSTED = Fact("planx", Topic.HOSTING, "By Open Systems Lab", "The manual", date(2026, 3, 1), "https://example.org/m")


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """PlanX's hosting is known; nothing else was checked."""
    plugins: dict[str, dict[str, object]] = {"directory": {}, "people": {}, "requests": {}}
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX)]) as made:
        async with made.database.transaction() as connection:
            await Memory(connection).facts.add([HOSTED], MONDAY)
        yield made


async def test_every_topic_has_its_fact_with_source_and_day_or_is_marked_not_checked(talk: Dialogue) -> None:
    await talk.say("what is PlanX?")
    assert talk.last.body.splitlines() == [
        "PlanX – Online planning services.",
        "· Home page: not checked",
        "· Source code: https://github.com/theopensystemslab/planx-new",
        "· Support: not checked",
        "· Accessibility: not checked",
        "· Where data is kept, data protection: not checked",
        "· Licence: MPL-2.0 (not checked)",
        "· Hosting: By Open Systems Lab (The manual (https://example.org/m), 1 March 2026)",
        "· Try before you buy: not checked",
        "· Alternatives: not checked",
        "· Works with: not checked",
        "· Used by 1 council I know of: “who uses PlanX”",
        "Nobody has volunteered to answer questions about PlanX yet. If you could: “we maintain PlanX”",
        "To have something checked: “check that: PlanX …”",
    ]


async def test_one_topic_is_answered_alone(talk: Dialogue) -> None:
    await talk.say("who hosts PlanX?")
    assert talk.last.body.splitlines()[0].startswith("PlanX – Hosting: By Open Systems Lab")
    await talk.say("is PlanX accessible?")
    assert talk.last.body.splitlines()[0] == "PlanX – Accessibility: not checked"


async def test_a_claim_is_checked_like_a_question_and_its_answer_becomes_a_fact(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    card = talk.card(claim)
    assert card.body.startswith("🔎 Claim to be checked #1 about PlanX, asked by ")
    await talk.say("It is kept in London, see the contract.", sender=BEA, thread=claim, addressed=False)
    await talk.say("what is PlanX?")
    assert "It is kept in London, see the contract. (London Borough of Camden (https://matrix.to/" in talk.last.body
    assert "11 May 2026" in talk.last.body


async def test_what_somebody_unknown_answers_is_a_fact_once_the_asker_accepts_it(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland", sender=BEA)
    await talk.say("It is kept in London.", sender=ANA, thread=claim, addressed=False)
    await talk.say("what is PlanX?")
    assert "kept in London" not in talk.last.body
    await talk.say("resolve", sender=BEA, thread=claim)
    await talk.say("what is PlanX?")
    assert "It is kept in London. (said in chat, 11 May 2026)" in talk.last.body


async def test_an_answer_taken_back_is_no_fact_any_more(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    answer = await talk.say("It is kept in London.", sender=CAI, thread=claim, addressed=False)
    await talk.say("what is PlanX?")
    assert "kept in London" in talk.last.body
    await talk.redact(answer, sender=CAI)
    await talk.say("what is PlanX?")
    assert "kept in London" not in talk.last.body


async def test_how_fast_the_community_answered_is_measured(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map is empty")
    await talk.wait(hours=2)
    await talk.say("Restart the tile server.", sender=BEA, thread=question, addressed=False)
    await talk.say("what support is there for PlanX?")
    assert (
        "Asked here in the last year: 1 question about PlanX, 1 answered, half of them within 2 hours of working time."
        in talk.last.body
    )
    assert talk.last.room_id == ROOM
