"""JSON nested without end is cut or put aside; its neighbours are read."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.crypto.machine import Crypto
from bot.matrix.depth import DEEPEST, cut, is_shallow
from bot.matrix.sync import for_nio
from bot.matrix.wire import _read
from bot.turn.chat import Incoming
from tests.matrix.test_hostile import ENCRYPTED, decrypted_to
from tests.matrix.test_inbound import ANA, JSON, ROOM, event, heard
from tests.matrix.test_sync import joined, response

ENDLESS = 200_000


def deep(levels: int) -> Any:
    """Lists in lists, so many."""
    nested: Any = "x"
    for _ in range(levels):
        nested = [nested]
    return nested


@given(JSON | st.text(alphabet='[]{}"\\,:\0é'))
def test_what_is_not_deep_stays_to_the_letter(value: Any) -> None:
    text = json.dumps({"value": value})
    assert is_shallow(value)
    assert cut(text) == text


@pytest.mark.parametrize(("levels", "shallow"), [(DEEPEST - 1, True), (DEEPEST, True), (DEEPEST + 1, False)])
def test_the_same_depth_is_too_deep_for_both(levels: int, shallow: bool) -> None:
    assert is_shallow(deep(levels)) is shallow
    assert (cut(json.dumps(deep(levels))) == json.dumps(deep(levels))) is shallow


@pytest.mark.parametrize("brackets", ["[]", ('{"a":', "}")], ids=["lists", "objects"])
async def test_neighbours_of_what_never_ends_are_read(brackets: Any) -> None:
    opening, closing = brackets
    endless = opening * ENDLESS + ("1" if closing == "}" else "") + closing * ENDLESS
    read = await _read('{"a": 1, "deep": {"in it": ' + endless + ', "]}": 2}, "b": [3]}')
    assert read is not None
    assert (read["a"], read["b"], read["deep"]["]}"]) == (1, [3], 2)
    assert is_shallow(read)


@pytest.mark.parametrize("text", ["[" * ENDLESS, "[" * ENDLESS + '"', "]" * ENDLESS])
async def test_what_is_also_broken_is_no_answer(text: str) -> None:
    assert await _read(text) is None


def test_a_deep_event_is_bad_and_nio_never_sees_it() -> None:
    assert heard(event({"x": deep(900)})) == Incoming("$1", ANA, "bad")
    state = {"event_id": "$e", "sender": ANA, "type": "m.room.name", "state_key": "", "content": {"name": deep(900)}}
    shown = for_nio(response(join={ROOM: joined([state])}) | {"to_device": {"events": [{"type": "x", "y": deep(900)}]}})
    assert (shown["rooms"]["join"][ROOM]["state"]["events"], shown["to_device"]["events"]) == ([], [])


def test_deep_words_that_were_encrypted_are_bad_too() -> None:
    assert decrypted_to({"type": "m.room.message", "content": {"body": deep(900)}}) == Incoming("$1", ANA, "bad")


def test_what_overflows_nio_is_no_locked_event_that_is_tried_for_ever() -> None:
    crypto = Crypto.__new__(Crypto)
    crypto._client = Mock(decrypt_event=Mock(side_effect=RecursionError))
    raw = ENCRYPTED | {"origin_server_ts": 1, "content": ENCRYPTED["content"] | {"device_id": "D"}}
    assert crypto.decrypt(ROOM, raw) == {}
