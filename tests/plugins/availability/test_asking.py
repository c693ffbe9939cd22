"""A council says what it doesn't want to be asked about, and anybody may read when it can be asked."""

from pathlib import Path

import pytest

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, BOPS, CAI, CAMDEN, LAMBETH, PLANX, SAM, Dialogue, dialogue
from tests.plugins.availability.conftest import ADVENT, PLUGINS, REGISTER


async def not_asked(talk: Dialogue) -> list[str]:
    """The tools that Camden isn't asked about."""
    async with talk.database.reading() as connection:
        return await Memory(connection).availability.not_asked_of(CAMDEN.id)


async def test_no_more_questions_about_one_tool_until_they_say_otherwise(talk: Dialogue) -> None:
    await talk.say("stop asking us about BOPS", BEA)
    assert talk.last.body.splitlines() == [
        "Noted: I don't ask Camden about BOPS any more. What the register says of it stays.",
        "To be asked again: “ask us again about BOPS”",
    ]
    assert await not_asked(talk) == [BOPS.id]
    await talk.say("ask us again about BOPS", BEA)
    assert talk.last.body == "Noted: I may ask Camden about BOPS again. Thank you!"
    await talk.say("ask us again about BOPS", BEA)
    assert "Camden isn't down as maintaining it. To be asked about it first: “we maintain BOPS”" in talk.last.body
    assert await not_asked(talk) == []


@pytest.mark.parametrize(
    ("text", "who", "told"),
    [
        ("ask us again about PlanX", BEA, "I may ask Camden about PlanX already."),
        ("put us back on the rota", BEA, "I may ask Camden about PlanX already."),
        ("ask us again about PlanX", CAI, "“we maintain PlanX”"),
        ("put us back on the rota", CAI, "Lambeth isn't down as maintaining a tool."),
    ],
)
async def test_where_nothing_was_stopped_it_says_what_they_are_asked_about_or_how_to_be(
    talk: Dialogue, text: str, who: str, told: str
) -> None:
    await talk.say(text, who)
    assert told in talk.last.body


async def test_without_a_tool_it_is_all_that_they_answer_for(talk: Dialogue) -> None:
    await talk.say("take us off the rota", BEA)
    assert await not_asked(talk) == [PLANX.id]
    await talk.say("stop asking us about BOPS", BEA)
    await talk.say("put us back on the rota", BEA)
    assert talk.last.body.startswith("Noted: I may ask Camden about BOPS and PlanX again.")
    assert await not_asked(talk) == []


async def test_who_answers_for_nothing_is_told_how_to_name_a_tool(talk: Dialogue) -> None:
    await talk.say("take us off the rota", CAI)
    assert talk.last.body.startswith("I know nothing that I would ask Lambeth about.")


async def test_a_tool_that_nobody_knows_is_asked_about(talk: Dialogue) -> None:
    await talk.say("stop asking us about Zzyzx", BEA)
    assert await not_asked(talk) == []
    assert "Zzyzx" in talk.last.body


async def test_all_that_is_kept_is_shown_to_the_council_and_its_absences_to_nobody_else(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "closed": ["2026-12-21", "2026-01-02"]},
                {"id": LAMBETH.id, "people": [CAI]}]  # fmt: skip
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER, councils=councils) as talk:
        talk.now = ADVENT
        for text in ("our hours are Mon-Thu 10:00-16:00", "we are closed 24-31 December", "at most 3 at a time",
                     "stop asking us about BOPS", "I'm away 7-9 December", "what are our hours"):  # fmt: skip
            await talk.say(text, BEA)
        shown = talk.last.body.splitlines()
        assert shown == [
            "When Camden can be asked:",
            "· Hours: Mon–Thu 10:00–16:00, London time, but for the public holidays of England",
            "· Now: closed, open again Tuesday 1 December, 10:00",
            "· Closed: on Monday 21 December 2026 and from Thursday 24 December to Thursday 31 December 2026",
            "· At a time: 3 questions",
            "· Away: bea, from Monday 7 December to Wednesday 9 December 2026",
            "· Not asked about: BOPS",
            "To change it: “our hours are Mon-Fri 9-17”, “we are closed 24-27 December”, “at most 3 at a time”, "
            "“away until Monday”",
        ]
        assert talk.last.mentions == []
        await talk.say("when can Camden be asked", SAM)
        assert talk.last.body.splitlines() == shown
        for stranger in (ANA, CAI):
            await talk.say("when can Camden be asked", stranger)
            assert talk.last.body.splitlines() == [*shown[:5], shown[6]]


async def test_a_council_of_which_nothing_was_said_has_the_communitys_hours(talk: Dialogue) -> None:
    await talk.say("what are our hours", CAI)
    assert talk.last.body.splitlines()[:4] == [
        "When Lambeth can be asked:",
        "· Hours: Mon–Fri 09:00–17:00, London time, but for the public holidays of England",
        "· Now: at work",
        "· At a time: as many questions as come",
    ]


async def test_who_belongs_nowhere_is_asked_for_which_council(talk: Dialogue) -> None:
    await talk.say("what are our hours", ANA)
    assert talk.last.body.startswith("I don't know for which council you speak.")


async def test_other_nations_and_languages_have_their_own_words(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "nation": "DE-BY", "time_zone": "Europe/Berlin"},
                {"id": LAMBETH.id, "people": [CAI], "nation": "Wales", "time_zone": "UTC"}]  # fmt: skip
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say("what are our hours", BEA)
        assert "Berlin time, but for the public holidays of Germany (BY)" in talk.last.body
        await talk.say("what are our hours", CAI)
        assert "UTC time, but for the public holidays of Wales" in talk.last.body


async def test_a_council_that_never_opens_again_is_said_to_be_closed(tmp_path: Path) -> None:
    years = [f"{year}-01-01/{year}-12-31" for year in range(2026, 2038)]
    async with dialogue(tmp_path, PLUGINS, councils=[{"id": CAMDEN.id, "people": [BEA], "closed": years}]) as talk:
        await talk.say("what are our hours", BEA)
        assert "· Now: closed, and not open again within ten years" in talk.last.body
