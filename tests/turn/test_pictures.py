"""A chart that a plugin shows comes behind what it said before, once, with its words; or its plugin hears why not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import effects
from bot.drawing import CHART
from tests.dialogue import ROOM, Dialogue, dialogue
from tests.turn import probe

PROBE: dict[str, dict[str, Any]] = {"probe": {"module": "tests.turn.probe"}}
ALL = ["in words", "5 asked, 5 answered", "that was it"]


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A conversation with the probe."""
    async with dialogue(tmp_path, PROBE) as talk:
        yield talk


def bodies(talk: Dialogue) -> list[str]:
    """What is said so far."""
    return [said.body for said in talk.said]


async def test_a_chart_is_shown_in_its_place_with_its_words(talk: Dialogue) -> None:
    await talk.say("chart")
    assert bodies(talk) == ALL
    _, picture, _ = talk.said
    assert picture.chart == probe.CHART
    assert set(picture.content) == {"msgtype", "body", "m.mentions", CHART, "org.townclerk.op_id"}
    assert (picture.content["msgtype"], picture.mentions) == ("m.image", [])


async def test_it_is_shown_in_the_thread_or_as_a_reply_where_there_are_none(talk: Dialogue) -> None:
    await talk.say("chart", thread="$root")
    assert talk.said[1].relation["rel_type"] == "m.thread"
    await talk.rooms_say(ROOM, threads=False)
    await talk.say("chart", thread="$root")
    assert talk.said[4].relation == {"m.in_reply_to": {"event_id": "$root"}}


async def test_under_a_key_it_is_shown_once_ever(talk: Dialogue) -> None:
    await talk.say("chart week20")
    await talk.say("chart week20")
    await talk.say("chart week21")
    assert [said.op_id for said in talk.said if said.chart] == ["probe:week20", "probe:week21"]


async def test_it_is_pinned_and_taken_back_by_its_key(talk: Dialogue) -> None:
    await talk.say("chart week20")
    await talk.say("pin week20")
    picture = talk.said[1].event_id
    assert talk.pinned() == [picture]
    await talk.say("redact week20")
    assert talk.redacted == {picture}


async def test_it_is_a_reply_among_others_and_overtakes_none_that_must_wait(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PROBE, replies_per_minute=1) as talk:
        await talk.say("chart")
        assert bodies(talk)[0] == ALL[0]
        assert not any(said.chart for said in talk.said)
        for _ in ALL:
            await talk.wait(minutes=1)
        assert [body for body in bodies(talk) if body in ALL] == ALL


async def test_a_refused_picture_is_told_by_its_key_and_keeps_nothing_back(talk: Dialogue) -> None:
    talk.chat.refuses.add((ROOM, "picture"))
    await talk.say("chart week20")
    assert bodies(talk) == ["in words", "that was it", "unsent message week20"]


async def test_where_charts_cant_be_drawn_the_words_alone_are_said(
    talk: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "can_draw", lambda: False)
    await talk.say("chart week20")
    assert bodies(talk) == ["in words", "that was it"]
