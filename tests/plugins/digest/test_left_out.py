"""Who doesn't want to be named isn't; what they did is counted all the same."""

from pathlib import Path

import pytest

from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, PLANX, SAM, Dialogue, dialogue, uses
from tests.plugins.digest.stage import PLUGINS, posted


async def a_week(talk: Dialogue) -> str:
    """Ana waits for one answer, Bea of Camden has given another, and Camden uses something new."""
    await talk.say("help with PlanX: waiting")
    question = await talk.say("help with PlanX: answered")
    await talk.say("Try again.", sender=BEA, thread=question, addressed=False)
    await talk.say("we use BOPS", sender=BEA)
    await talk.wait(days=7)
    return posted(talk)[-1].body


async def test_a_persons_questions_are_counted_and_not_listed_until_they_say_otherwise(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("leave me out of the digest", ANA)
        assert talk.last.body == "What you ask is no longer listed in the digest. “name me again” undoes it."
        told = await a_week(talk)
        assert "2 questions asked" in told
        assert "Waiting longest" not in told
        await talk.say("name me again", ANA)
        assert talk.last.body == "What you ask may be listed in the digest again."
        await talk.wait(days=7)
        assert "Waiting longest" in posted(talk)[-1].body
        await talk.say("name me again", ANA)
        assert talk.last.body.startswith("You weren't left out")


async def test_a_council_is_neither_thanked_nor_told_of_until_it_says_otherwise(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("leave us out of the digest", BEA)
        told = await a_week(talk)
        assert "1 question answered" in told
        assert "Camden" not in told
        await talk.say("name us again", BEA)
        assert "Camden" in await a_week(talk)


@pytest.mark.parametrize(
    ("who", "text", "told"),
    [
        (SAM, "leave Camden out of the digest", "London Borough of Camden is no longer named in the digest"),
        (BEA, "leave Camden out of the digest", "London Borough of Camden is no longer named in the digest"),
        (CAI, "leave Camden out of the digest", "That is for somebody who surely belongs to London Borough of Camden"),
        (CAI, "name Camden in the digest again", "That is for somebody who surely belongs to London Borough of Camden"),
        (ANA, "leave us out of the digest", "Which council? I do that for people who surely belong to it"),
        (SAM, "leave Nowhere out of the digest", "Nowhere"),
        (SAM, "name Lambeth in the digest again", "London Borough of Lambeth wasn't left out."),
    ],
)
async def test_a_council_is_left_out_by_its_own_people_or_a_steward(
    tmp_path: Path, who: str, text: str, told: str
) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CAMDEN, PLANX), uses(LAMBETH, PLANX)]) as talk:
        await talk.say(text, who)
        assert told in talk.last.body
