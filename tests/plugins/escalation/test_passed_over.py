"""Who is passed over by a call, and why: it is said on the card, and stays in the history."""

from datetime import date
from pathlib import Path

import pytest

from tests.dialogue import BEA, BOPS, CAMDEN, LAMBETH, PLANX, SAM, Dialogue, dialogue, maintains
from tests.plugins.escalation.steps import PLUGINS, behind, calls, goes_away, to_stewards, with_ladder

ONE = [maintains(CAMDEN, PLANX)]
BOTH = [*ONE, maintains(LAMBETH, PLANX)]
SHORT = with_ladder(("maintainer", "1h"), ("stewards", "1h"))


async def told(talk: Dialogue, number: int = 1) -> str:
    """What `status` tells of the request."""
    await talk.say(f"status #{number}")
    return talk.last.body


async def test_of_two_questions_the_one_too_many_says_why_it_went_to_the_stewards(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "at_most": 1}]
    async with dialogue(tmp_path, SHORT, assertions=ONE, councils=councils) as talk:
        questions = [await talk.say("help with PlanX: it is down") for _ in range(2)]
        await talk.wait(hours=1, minutes=1)
        assert [said.mentions for said in calls(talk)] == [[BEA]]
        await talk.wait(hours=1)
        assert len(to_stewards(talk)) >= 1
        card = talk.card(questions[1]).body
        assert "Camden had as many questions in hand as it wants, so it wasn't asked." in card
        passed_over = "not asked, having as many questions in hand as it wants: London Borough of Camden"
        assert passed_over in await told(talk, 2)
        assert "wasn't asked" not in talk.card(questions[0]).body
        assert "not asked" not in await told(talk)


async def test_who_was_away_is_told_until_called(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainer", "1h"), ("maintainer", "1h"), ("stewards", "1h"))
    async with dialogue(tmp_path, plugins, assertions=BOTH) as talk:
        await goes_away(talk, [BEA], date(2026, 5, 11), date(2026, 5, 11))
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        assert "Camden was away, so it wasn't asked." in talk.card(question).body
        assert "not asked, being away: London Borough of Camden" in await told(talk)
        await talk.wait(days=1)
        assert [said.mentions for said in calls(talk)][1:2] == [[BEA]]
        assert "Camden was away" not in talk.card(question).body


async def test_a_rung_with_nobody_on_it_is_in_the_history(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        history = await told(talk)
        assert history.count("step skipped: no council has volunteered") == 1
        assert history.count("step skipped: no council that uses it has agreed to be asked") == 1


async def test_a_rung_that_is_skipped_at_the_end_is_in_the_history(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("maintainer", "1h"), ("maintainer", "1h")), assertions=ONE) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=2)
        history = await told(talk)
        assert history.count("step skipped: everybody there was called already") == 1
        assert history.index("step skipped") < history.index("nobody left to call")


@pytest.mark.parametrize("rungs", [("maintainer", "stewards"), ("maintainers", "stewards", "users")])
async def test_who_does_not_want_to_be_asked_is_said_on_every_card(tmp_path: Path, rungs: tuple[str, ...]) -> None:
    plugins = with_ladder(*((rung, "1h") for rung in rungs))
    async with dialogue(tmp_path, plugins, assertions=[maintains(CAMDEN, BOPS)]) as talk:
        async with behind(talk) as memory:
            await memory.availability.dont_ask(CAMDEN.id, BOPS.id, BEA, talk.now)
        question = await talk.say("help with BOPS: it is down")
        for hours in (0, 1, 24):
            await talk.wait(hours=hours)
            card = talk.card(question).body
            assert "No council has volunteered" not in card
            assert "Camden isn't asked about BOPS at present, by its own wish." in card or (
                "Camden wasn't asked about BOPS, by its own wish." in card
            )
        assert [said.mentions for said in to_stewards(talk)][:1] == [[SAM]]
        assert "not asked, by its own wish: London Borough of Camden" in await told(talk)


async def test_asked_anew_nothing_is_told_of_who_was_passed_over_before(tmp_path: Path) -> None:
    async with dialogue(tmp_path, SHORT, assertions=[maintains(CAMDEN, BOPS)]) as talk:
        async with behind(talk) as memory:
            await memory.availability.dont_ask(CAMDEN.id, BOPS.id, BEA, talk.now)
        question = await talk.say("help with BOPS: it is down")
        await talk.wait(hours=2)
        await talk.say("withdraw", thread=question, addressed=False)
        async with behind(talk) as memory:
            await memory.availability.ask_again(CAMDEN.id, BOPS.id)
        await talk.say("reopen #1")
        assert "by its own wish" not in talk.card(question).body
