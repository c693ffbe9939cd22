"""Councils that don't respond are noticed: they hear it first, the stewards once, and again only for a reason."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.dialogue import (
    BEA,
    BOPS,
    CAI,
    CAMDEN,
    LAMBETH,
    PLANX,
    STEWARDS,
    Dialogue,
    Said,
    dialogue,
    maintains,
)

CAMDENS = "!camden:example.org"


@asynccontextmanager
async def talking(folder: Path, **settings: object) -> AsyncIterator[Dialogue]:
    """Camden alone maintains PlanX, and BOPS with Lambeth; it has a room of its own."""
    plugins: dict[str, dict[str, object]] = {"escalation": settings, "requests": {"pinned_boards": False}}
    councils = [{"id": CAMDEN.id, "people": [BEA], "room": CAMDENS}, {"id": LAMBETH.id, "people": [CAI]}]
    said = [maintains(CAMDEN, PLANX), maintains(CAMDEN, BOPS), maintains(LAMBETH, BOPS)]
    async with dialogue(folder, plugins, assertions=said, councils=councils) as made:
        await made.rooms_say(CAMDENS)
        yield made


async def _unanswered(talk: Dialogue, times: int = 1) -> None:
    """A week in which Camden is called, and when it says nothing, the stewards are."""
    for _ in range(times):
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(days=3)
        await talk.say("withdraw", thread=question, addressed=False)
        await talk.wait(days=4)


async def _answered(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(hours=28)  # that Monday is a bank holiday
    await talk.say("You have to restart the worker", BEA, thread=question, addressed=False)


def _told(talk: Dialogue, room: str, key: str) -> list[Said]:
    return [said for said in talk.in_room(room) if said.op_id.startswith(f"escalation:{key}:")]


def _numbers(told: list[Said]) -> list[int]:
    return [said.body.count("#") for said in told]


async def test_the_stewards_hear_of_three_unanswered_calls_and_of_what_is_at_stake(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await _unanswered(talk, 2)
        assert _told(talk, STEWARDS, "silent") == []
        await _unanswered(talk)
        assert [said.body.splitlines() for said in _told(talk, STEWARDS, "silent")] == [
            [
                "🔕 London Borough of Camden hasn't answered its last 3 calls (#1, #2 and #3).",
                "Tools it answers for: PlanX (nobody else) and BOPS.",
                "You may want to ask them how they are, or find another council.",
            ]
        ]


async def test_the_council_itself_hears_it_before(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await _unanswered(talk)
        assert _told(talk, CAMDENS, "unanswered") == []
        await _unanswered(talk)
        told = _told(talk, CAMDENS, "unanswered")
        assert len(told) == 1
        assert "2 calls in a row for Camden have gone by without a word: #1 and #2" in told[0].body
        await _unanswered(talk)
        assert _told(talk, CAMDENS, "unanswered") == told


async def test_it_is_told_once_and_again_when_it_has_doubled(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await _unanswered(talk, 7)
        assert _numbers(_told(talk, STEWARDS, "silent")) == [3, 6]
        assert _numbers(_told(talk, CAMDENS, "unanswered")) == [2, 5]


async def test_whoever_responds_begins_anew(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await _unanswered(talk, 2)
        await _answered(talk)
        await _unanswered(talk, 2)
        assert _told(talk, STEWARDS, "silent") == []
        await _unanswered(talk)
        assert _numbers(_told(talk, STEWARDS, "silent")) == [3]


@pytest.mark.parametrize(("limit", "stewards", "council"), [(1, [1, 2], [1]), (2, [2], [1])])
async def test_the_number_of_calls_is_a_setting(
    tmp_path: Path, limit: int, stewards: list[int], council: list[int]
) -> None:
    async with talking(tmp_path, unanswered_calls_noticed=limit) as talk:
        await _unanswered(talk, 2)
        assert _numbers(_told(talk, STEWARDS, "silent")) == stewards
        assert _numbers(_told(talk, CAMDENS, "unanswered")) == council


async def test_a_council_is_told_in_its_own_hours_and_not_if_it_has_responded_meanwhile(tmp_path: Path) -> None:
    plugins: dict[str, dict[str, object]] = {
        "escalation": {"unanswered_calls_noticed": 1},
        "requests": {"pinned_boards": False},
    }
    councils = [{"id": CAMDEN.id, "people": [BEA], "room": CAMDENS, "hours": "Mon-Fri 09:00-13:00"}]
    async with dialogue(tmp_path, plugins, assertions=[maintains(CAMDEN, PLANX)], councils=councils) as talk:
        await talk.rooms_say(CAMDENS)
        first = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=29)  # the stewards are called while Camden is closed
        assert _told(talk, STEWARDS, "silent")
        assert _told(talk, CAMDENS, "unanswered") == []
        await talk.say("You have to restart the worker", BEA, thread=first, addressed=False)
        await talk.wait(days=2)
        assert _told(talk, CAMDENS, "unanswered") == []


async def test_a_request_they_were_called_for_twice_is_named_once(tmp_path: Path) -> None:
    ladder = [{"ask": "maintainer", "after": "4h"}]
    async with talking(tmp_path, ladder=ladder, repeats=1) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=7)
        (told,) = _told(talk, CAMDENS, "unanswered")
        assert "2 calls in a row for Camden have gone by without a word: #1. " in told.body
