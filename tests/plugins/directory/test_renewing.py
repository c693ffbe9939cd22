"""Entries that grew old: who confirmed them is asked, once, in their hours and language, and never after "stop"."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.directory import Grade, Organisation, Status
from bot.store.memory import Memory
from plugins.directory.renewing import AT_ONCE
from tests.dialogue import (
    ANA,
    BEA,
    BOPS,
    CAI,
    CAMDEN,
    CARDIFF,
    LAMBETH,
    MONDAY,
    PLANX,
    Dialogue,
    dialogue,
    maintains,
    uses,
)

OLD = date(2025, 1, 1)
REGISTER = (
    uses(CAMDEN, PLANX, grade=Grade.CONFIRMED, asserted_on=OLD, said_by=BEA, status=Status.PILOT),
    uses(CAMDEN, BOPS, asserted_on=OLD),
    uses(LAMBETH, BOPS),
    uses(CARDIFF, BOPS, asserted_on=OLD),
    uses(CAMDEN, PLANX, asserted_on=date(2024, 1, 1), status=Status.RETIRED),
)
PLUGINS: dict[str, dict[str, object]] = {"directory": {}, "people": {}}
DIRECT = "!direct:example.org"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Bea of Camden has two old entries; Cardiff has one and nobody who may be asked."""
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER) as made:
        yield made


async def answer(talk: Dialogue, text: str) -> None:
    """Bea answers in the direct chat."""
    await talk.say(text, sender=BEA, room=DIRECT, reply_to=talk.last.event_id)


async def test_an_old_entry_is_asked_about_in_a_direct_chat_once_and_one_a_week(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    assert [said.room_id for said in talk.said] == [BEA]
    assert talk.last.body.splitlines() == [
        "The register says that London Borough of Camden uses PlanX; the last word on that is of 1 January 2025. "
        "Is it still so?",
        "Say “yes”, “no” or “ask me later”. To hear no more of these: “stop asking me”",
    ]
    assert talk.last.content["msgtype"] == "m.text"
    await talk.wait(days=6)
    assert len(talk.said) == 1
    await talk.wait(days=2)
    assert len(talk.said) == 2
    assert "BOPS" in talk.last.body
    await talk.wait(days=40)
    assert len(talk.said) == 2


async def test_yes_confirms_the_entry_as_it_stood(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    await answer(talk, "yes")
    assert "London Borough of Camden and PlanX: confirmed today" in talk.last.body
    await talk.say("who uses PlanX?")
    assert "in pilot, confirmed by Camden today" in talk.last.body


async def test_no_ends_it(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    await answer(talk, "no")
    await talk.say("does Camden use PlanX?")
    assert "Not any more" in talk.last.body


async def test_later_is_later(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    await answer(talk, "ask me later")
    assert "I'll ask again in 30 days" in talk.last.body
    before = len(talk.said)
    await talk.wait(days=29)
    assert not [s for s in talk.said[before:] if "uses PlanX" in s.body]
    await talk.wait(days=9)
    assert [s for s in talk.said[before:] if "uses PlanX" in s.body]


async def test_stop_is_for_ever(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    await answer(talk, "stop asking me")
    before = len(talk.said)
    await talk.wait(days=60)
    assert len(talk.said) == before


async def test_a_bare_yes_in_the_direct_chat_answers_too_and_elsewhere_it_doesnt(talk: Dialogue) -> None:
    await talk.wait(hours=8)
    await talk.say("yes", sender=BEA, addressed=False)
    assert len(talk.said) == 1


@pytest.mark.parametrize("start", [datetime(2026, 5, 9, 9, 0, tzinfo=UTC), datetime(2026, 5, 25, 9, 0, tzinfo=UTC)])
async def test_nobody_is_asked_outside_their_hours(talk: Dialogue, start: datetime) -> None:
    """A Saturday; the spring bank holiday."""
    talk.now = start
    await talk.settle()
    await talk.wait(hours=10)
    assert talk.said == []


async def test_the_question_is_in_the_persons_language(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).contacts.keep_language(BEA, "cy")
    await talk.wait(hours=8)
    assert "stop asking me" not in talk.last.body


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    plugins = {"directory": {"ask_when_stale": False}}
    async with dialogue(tmp_path, plugins, assertions=REGISTER) as talk:
        await talk.wait(days=10)
        assert talk.said == []


async def test_who_volunteered_is_asked_whether_they_still_do(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, BOPS, asserted_on=OLD)]) as talk:
        await talk.wait(hours=8)
        assert "answers questions about BOPS" in talk.last.body
        await answer(talk, "no")
        await talk.say("who maintains BOPS?", sender=ANA)
        assert "Nobody has volunteered" in talk.last.body


async def test_what_nobody_verified_neither_renews_an_entry_nor_is_told_as_if_it_did(tmp_path: Path) -> None:
    old = uses(CAMDEN, PLANX, asserted_on=OLD)
    new = uses(CAMDEN, PLANX, grade=Grade.UNVERIFIED, said_by=ANA)
    async with dialogue(tmp_path, PLUGINS, assertions=[old, new]) as talk:
        await talk.wait(hours=8)
        question = talk.last
        assert "uses PlanX; the last word on that is of 1 January 2025" in question.body
        talk.router.community = replace(talk.router.community, councils=())
        await answer(talk, "no")
        assert "Noted as your word, not verified" in talk.last.body
        await talk.say("does Camden use PlanX?")
        assert talk.last.body.startswith("Yes:")


async def test_a_question_that_didnt_arrive_is_asked_again_of_somebody_else_the_next_day(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, CAI]}]
    register = [uses(CAMDEN, PLANX, asserted_on=OLD)]
    async with dialogue(tmp_path, PLUGINS, assertions=register, councils=councils) as talk:
        talk.chat.refuses.add(BEA)
        await talk.wait(hours=8)
        assert talk.said == []
        await talk.wait(days=1)
        assert [said.room_id for said in talk.said] == [CAI]
        await talk.wait(days=30)
        assert len(talk.said) == 1


async def test_a_register_that_grew_old_as_a_whole_is_asked_about_a_few_at_a_time(tmp_path: Path) -> None:
    bodies = [Organisation(f"x-town:{n}", f"Town {n} Council") for n in range(30)]
    councils = [{"id": body.id, "people": [f"@p{n}:example.org"]} for n, body in enumerate(bodies)]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        async with talk.database.transaction() as connection:
            await Memory(connection).register.add_organisations(bodies)
            await Memory(connection).register.add_assertions([uses(b, PLANX, asserted_on=OLD) for b in bodies], MONDAY)
        await talk.wait(hours=1)
        assert len(talk.said) == AT_ONCE
        await talk.wait(hours=1)
        assert len({said.room_id for said in talk.said}) == 30


async def test_whose_account_proves_it_is_asked_as_long_as_the_settings_say_so(tmp_path: Path) -> None:
    dora = "@dora:camden.example"
    councils = [{"id": CAMDEN.id, "homeservers": ["camden.example"]}]
    register = [uses(CAMDEN, PLANX, asserted_on=OLD)]
    async with dialogue(tmp_path, PLUGINS, assertions=register, councils=councils) as talk:
        await talk.say("I work for Camden", sender=dora)
        await talk.wait(hours=8)
        assert talk.last.room_id == dora
