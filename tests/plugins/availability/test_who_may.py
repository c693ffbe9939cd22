"""Who may say when a council can be asked, and what the others are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.directory import Organisation
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, OLD_TOWN, SAM, Dialogue, dialogue
from tests.plugins.availability.conftest import MONDAY_HOURS, PLUGINS, REGISTER

SAID = ("our hours are Mon 9-12", "we are closed 24-27 December", "we are open after all 24 December",
        "at most 3 at a time", "stop asking us about PlanX", "ask us again about PlanX")  # fmt: skip
EVA = "@eva:example.org"


async def hours(talk: Dialogue, council: Organisation) -> str:
    """The hours somebody said of this council."""
    async with talk.database.reading() as connection:
        return (await Memory(connection).availability.said(council.id)).hours


async def belongs(talk: Dialogue, who: str, council: Organisation, *, verified: bool) -> None:
    """As they said, and perhaps a steward confirmed."""
    async with talk.database.transaction() as connection:
        await Memory(connection).people.keep(who, council.id, verified, talk.now)


@pytest.mark.parametrize("text", SAID)
async def test_a_stranger_is_told_how_to_be_recognised(talk: Dialogue, text: str) -> None:
    await talk.say(text, ANA)
    assert talk.last.body.startswith("I don't know for which council you speak. Say “I work for Camden” first")


@pytest.mark.parametrize("text", SAID)
async def test_who_only_says_so_is_told_who_can_confirm_it(talk: Dialogue, text: str) -> None:
    await belongs(talk, ANA, CAMDEN, verified=False)
    await talk.say(text, ANA)
    assert talk.last.body.startswith("Nothing proves yet that you work for Camden")
    assert await hours(talk, CAMDEN) == ""


async def test_whom_a_steward_confirmed_may(talk: Dialogue) -> None:
    await belongs(talk, ANA, CAMDEN, verified=True)
    await talk.say("our hours are Mon 9-12", ANA)
    assert await hours(talk, CAMDEN) == MONDAY_HOURS


async def test_a_steward_names_the_council_and_others_name_no_other(talk: Dialogue) -> None:
    await talk.say("Lambeth's hours are Mon 9-12", SAM)
    assert await hours(talk, LAMBETH) == MONDAY_HOURS
    await talk.say("Camden's hours are Mon 9-12", CAI)
    assert talk.last.body.startswith("Only somebody who surely works for Camden, or a steward, can say that of it.")
    assert await hours(talk, CAMDEN) == ""


async def test_a_person_of_two_councils_speaks_for_the_first_and_for_the_one_they_name(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA]}, {"id": LAMBETH.id, "people": [CAI, BEA]}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say("our hours are Mon 9-12", BEA)
        assert (await hours(talk, CAMDEN), await hours(talk, LAMBETH)) == (MONDAY_HOURS, "")
        assert talk.last.body.startswith("Noted: Camden works")
        await talk.say("Lambeth's hours are Tue 9-12", BEA)
        assert await hours(talk, LAMBETH) == "Tue 09:00-12:00"


async def test_a_council_that_was_merged_into_another_leads_there(talk: Dialogue) -> None:
    await talk.say("Oldtown's hours are Mon 9-12", SAM)
    assert talk.last.body.startswith("Noted: Camden works Mon 09:00–12:00")
    assert (await hours(talk, CAMDEN), await hours(talk, OLD_TOWN)) == (MONDAY_HOURS, "")


async def test_who_is_known_by_a_council_that_is_no_more_says_where_they_work_today(talk: Dialogue) -> None:
    await belongs(talk, ANA, OLD_TOWN, verified=True)
    await talk.say("our hours are Mon 9-12", ANA)
    assert talk.last.body.startswith("I know you as one of Oldtown, which is no more: Camden took over.")


@pytest.mark.parametrize("text", SAID[:4])
@pytest.mark.parametrize("who", [BEA, SAM])
async def test_a_locked_council_is_changed_by_nobody_in_chat(tmp_path: Path, who: str, text: str) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, SAM], "locked": True}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say(text, who)
        assert talk.last.body == (
            "When Camden can be asked stands in my settings, and nothing said here changes it. "
            "sam can have them changed."
        )
        assert talk.last.mentions == []


async def test_a_locked_council_may_still_say_that_it_is_not_to_be_asked(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "locked": True}]
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER, councils=councils) as talk:
        await talk.say("stop asking us about PlanX", BEA)
        assert talk.last.body.startswith("Noted: I don't ask Camden about PlanX any more.")


async def test_a_councils_name_is_text_and_nothing_else(talk: Dialogue) -> None:
    odd = replace(CAMDEN, short_name="<b>Camden</b> @room", name="<i>Camden</i>", ended=None, successors=())
    async with talk.database.transaction() as connection:
        await Memory(connection).register.add_organisations([odd])
    await talk.say("our hours are Mon 9-12", BEA)
    assert "&lt;b&gt;Camden&lt;/b&gt;" in talk.last.html
    assert "<b>Camden" not in talk.last.html


async def test_an_ambiguous_name_is_asked_about_and_the_sentence_heard_again(talk: Dialogue) -> None:
    first = await talk.say("WCC is closed 24-27 December", SAM)
    await talk.say("1", SAM)
    assert talk.last.body.startswith("Noted: Warwickshire is closed")
    await talk.redact(first, SAM)
    async with talk.database.reading() as connection:
        said = await Memory(connection).availability.said("local-authority:WAR")
    assert said.closed == ()
    assert talk.last.body == "Taken back: Warwickshire isn't closed on those days."
