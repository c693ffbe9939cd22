"""A tool's page: what the IT department asks, each fact with source and day, or "not checked"."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.directory import Organisation
from bot.domain.facts import Fact, Topic
from bot.domain.measures import Outcome
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, MONDAY, PLANX, Dialogue, dialogue, maintains, uses

HOSTED = Fact("planx", Topic.HOSTING, "By Open Systems Lab", "The manual", date(2026, 3, 1), "https://example.org/m")


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """PlanX's hosting is known; nothing else was checked."""
    plugins: dict[str, dict[str, object]] = {"directory": {}, "people": {}, "requests": {}}
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX)]) as made:
        async with made.database.transaction() as connection:
            await Memory(connection).facts.add([HOSTED], MONDAY)
        yield made


async def checked(talk: Dialogue) -> str:
    """What the page says of the claim that was to be checked."""
    await talk.say("what is PlanX?")
    lines = [line for line in talk.last.body.splitlines() if line.startswith("· Checked: ")]
    return "".join(line.partition("” – ")[2] for line in lines)


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


async def test_an_unverified_council_is_not_named_as_the_source(talk: Dialogue) -> None:
    await talk.say("I work for Lambeth", sender=ANA)
    claim = await talk.say("check that: PlanX keeps its data in Ireland", sender=BEA)
    await talk.say("It is kept in London.", sender=ANA, thread=claim, addressed=False)
    await talk.say("resolve", sender=BEA, thread=claim)
    assert await checked(talk) == "It is kept in London. (said in chat, 11 May 2026)"


async def test_what_somebody_known_answers_replaces_a_bystanders_remark(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland", sender=BEA)
    await talk.say("I would like to know that, too.", sender=ANA, thread=claim, addressed=False)
    await talk.say("It is kept in London.", sender=CAI, thread=claim, addressed=False)
    assert "Answered by cai (Lambeth)" in talk.card(claim).body
    assert "#1: what cai says counts now, whose council is verified." in talk.said[-2].body
    await talk.say("Good to know.", sender=ANA, thread=claim, addressed=False)
    await talk.say("resolve", sender=BEA, thread=claim)
    assert (await checked(talk)).startswith("It is kept in London. (London Borough of Lambeth")


async def test_what_somebody_known_answered_is_not_replaced(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    await talk.say("It is kept in London.", sender=BEA, thread=claim, addressed=False)
    await talk.say("Good to know.", sender=CAI, thread=claim, addressed=False)
    assert (await checked(talk)).startswith("It is kept in London. (London Borough of Camden")


async def test_nobody_accepts_their_own_word(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland", sender=BEA)
    await talk.say("It is kept in London.", sender=ANA, thread=claim, addressed=False)
    await talk.say("resolve", sender=ANA, thread=claim)
    assert await checked(talk) == ""


@pytest.mark.parametrize("days", [0, 1])
async def test_an_accepted_answer_is_kept_once(talk: Dialogue, days: int) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    await talk.say("It is kept in London.", sender=BEA, thread=claim, addressed=False)
    await talk.wait(days=days)
    await talk.say("resolve", thread=claim)
    async with talk.database.reading() as connection:
        facts = await Memory(connection).facts.of_tool("planx")
    assert [(f.text, f.stated_on) for f in facts if f != HOSTED] == [("It is kept in London.", date(2026, 5, 11))]


async def test_a_fact_is_edited_with_the_answer(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland", sender=BEA)
    answer = await talk.say("It is kept in London.", sender=ANA, thread=claim, addressed=False)
    await talk.edit(answer, "It is kept in Leeds.", sender=ANA)
    assert await checked(talk) == ""
    await talk.say("resolve", sender=BEA, thread=claim)
    assert await checked(talk) == "It is kept in Leeds. (said in chat, 11 May 2026)"
    await talk.wait(days=1)
    await talk.edit(answer, "It is kept in York.", sender=ANA)
    assert await checked(talk) == "It is kept in York. (said in chat, 12 May 2026)"


async def test_a_claim_reopened_is_not_checked_until_it_is_answered_again(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    answer = await talk.say("It is kept in London.", sender=BEA, thread=claim, addressed=False)
    await talk.say("reopen", thread=claim)
    await talk.edit(answer, "It is kept in Leeds.", sender=BEA)
    assert await checked(talk) == ""
    await talk.say("It is kept in York.", sender=BEA, thread=claim, addressed=False)
    assert (await checked(talk)).startswith("It is kept in York.")


async def test_an_answer_taken_back_makes_room_for_another(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    answer = await talk.say("It is kept in Leeds.", sender=BEA, thread=claim, addressed=False)
    await talk.redact(answer, sender=BEA)
    await talk.edit(answer, "It is kept in Leeds!", sender=BEA)
    assert await checked(talk) == ""
    await talk.say("It is kept in London.", sender=BEA, thread=claim, addressed=False)
    assert (await checked(talk)).startswith("It is kept in London.")


@pytest.mark.parametrize(
    ("said", "stays"), [("check the licence of PlanX: is it MIT", True), ("check that: PlanX is loved by all", False)]
)
async def test_a_claim_taken_back_is_told_nobody(talk: Dialogue, said: str, stays: bool) -> None:
    claim = await talk.say(said)
    answer = await talk.say("Not quite.", sender=BEA, thread=claim, addressed=False)
    await talk.say("what is PlanX?")
    assert "Not quite." in talk.last.body
    await talk.redact(claim)
    await talk.say("what is PlanX?")
    assert ("Not quite." in talk.last.body) == stays
    await talk.edit(answer, "Not quite so.", sender=BEA)
    await talk.say("what is PlanX?")
    assert ("Not quite so." in talk.last.body) == stays
    async with talk.database.reading() as connection:
        assert {fact.claim for fact in await Memory(connection).facts.of_tool("planx")} == {""}


async def test_a_long_answer_is_told_whole(talk: Dialogue) -> None:
    claim = await talk.say("check that: PlanX keeps its data in Ireland")
    await talk.say("It is kept in London. " * 40 + "See the contract.", sender=BEA, thread=claim, addressed=False)
    assert "See the contract. (London Borough of Camden" in await checked(talk)


async def _asked(talk: Dialogue, hours: float | None) -> None:
    """A question about PlanX, answered after so long, or not at all; then it is a week later."""
    question = await talk.say("help with PlanX: the map is empty")
    await talk.wait(hours=hours or 0)
    if hours is not None:
        await talk.say("Restart the tile server.", sender=BEA, thread=question, addressed=False)
    await talk.wait(hours=168 - (hours or 0))


async def _measured(talk: Dialogue) -> list[str]:
    """What the page says of it."""
    await talk.say("what support is there for PlanX?")
    return [line for line in talk.last.body.splitlines() if "working time" in line or "At risk" in line]


async def test_how_fast_the_community_answered_is_measured(talk: Dialogue) -> None:
    for hours in (1, 3, None, 3, 30):
        await _asked(talk, hours)
    assert await _measured(talk) == [
        "Answered within 8 hours of working time: 3 of 5 questions about PlanX in the last three months; "
        "half of the answers came within 3 hours."
    ]


async def test_a_question_counts_once_its_time_is_up(talk: Dialogue) -> None:
    assert await _measured(talk) == []
    question = await talk.say("help with PlanX: the map is empty")
    await talk.say("Restart the tile server.", sender=BEA, thread=question, addressed=False)
    assert await _measured(talk) == []
    await talk.wait(days=2)
    assert len(await _measured(talk)) == 1
    await talk.wait(days=100)
    assert await _measured(talk) == []


async def test_what_was_never_answered_is_said_so(talk: Dialogue) -> None:
    await _asked(talk, None)
    assert await _measured(talk) == [
        "In the last three months 1 question about PlanX was asked, "
        "and it had no answer within 8 hours of working time, nor later."
    ]


async def test_a_long_time_is_told_in_working_hours(talk: Dialogue) -> None:
    await _asked(talk, 167)
    assert (await _measured(talk))[0].endswith("half of the answers came within 39 hours.")


async def _silent(talk: Dialogue, council: Organisation, *outcomes: Outcome) -> None:
    async with talk.database.transaction() as connection:
        requests = Memory(connection).requests
        for number, outcome in enumerate(outcomes, start=1):
            request = await requests.get(number)
            assert request is not None
            await requests.add_call(request, council.id, "", talk.now, 0)
            await requests.came_of(number, (1, 0), council.id, outcome)


@pytest.mark.parametrize(
    ("maintainers", "silent", "told"),
    [
        ((CAMDEN,), (), []),
        ((CAMDEN,), (CAMDEN,), ["⚠️ At risk: its only maintainer, Camden, hasn’t answered its last 3 calls."]),
        ((CAMDEN, LAMBETH), (CAMDEN,), []),
        (
            (CAMDEN, LAMBETH),
            (CAMDEN, LAMBETH),
            ["⚠️ At risk: none of its maintainers (Camden and Lambeth) has answered its last calls."],
        ),
    ],
)
async def test_a_tool_whose_maintainers_have_fallen_silent_is_at_risk(
    tmp_path: Path, maintainers: Sequence[Organisation], silent: Sequence[Organisation], told: list[str]
) -> None:
    said = [maintains(council, PLANX) for council in maintainers]
    async with dialogue(tmp_path, {"directory": {}, "requests": {}}, assertions=said) as talk:
        for _ in range(3):
            await talk.say("help with PlanX: the map is empty")
        for council in silent:
            await _silent(talk, council, Outcome.SILENT, Outcome.SILENT, Outcome.SILENT)
        assert await _measured(talk) == told
