"""What comes is read at the door, and nothing that a hostile server sends gets further than it may."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix.crypto.verification.dialogue import OVER, WAITING
from bot.matrix.crypto.verification.messages import Kind, from_device, from_room
from tests.matrix.test_inbound import JSON
from tests.matrix.verification.conversing import ANA, CLERK, NOW, ROOM, pair
from tests.verifying import PREFIX

REQUEST: dict[str, Any] = {
    "type": "m.room.message",
    "event_id": "$request",
    "sender": ANA.user_id,
    "origin_server_ts": 1_000_000,
    "content": {"msgtype": "m.key.verification.request", "to": CLERK.user_id, "from_device": "X", "body": "please"},
}
KEYS = ["from_device", "method", "methods", "hashes", "key", "mac", "keys", "commitment", "code", "to", "msgtype",
        "key_agreement_protocols", "message_authentication_codes", "short_authentication_string", "timestamp",
        "key_agreement_protocol", "hash", "message_authentication_code", "m.relates_to", "transaction_id"]  # fmt: skip
CONTENT = st.dictionaries(st.sampled_from(KEYS), JSON)
RAW = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([f"{PREFIX}{kind}" for kind in Kind] + ["m.room.message", PREFIX]) | JSON,
        "sender": st.sampled_from([ANA.user_id, CLERK.user_id]) | JSON,
        "event_id": JSON,
        "origin_server_ts": JSON,
        "content": CONTENT | JSON,
    },
)


def test_a_request_in_a_room_is_for_whom_it_names() -> None:
    message = from_room(ROOM, REQUEST, CLERK.user_id)
    assert message
    assert (message.kind, message.thread.transaction, message.thread.room_id) == (Kind.REQUEST, "$request", ROOM)
    assert from_room(ROOM, REQUEST, "@other:example.org") is None
    assert from_room(ROOM, REQUEST | {"sender": CLERK.user_id}, CLERK.user_id) is None
    assert from_room(ROOM, REQUEST | {"content": {"msgtype": "m.text", "body": "hi"}}, CLERK.user_id) is None


def test_in_a_room_a_message_refers_to_its_request_between_devices_it_names_it() -> None:
    relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": "$request"}}
    said = {"type": f"{PREFIX}done", "sender": ANA.user_id, "event_id": "$2", "content": relation}
    message = from_room(ROOM, said, CLERK.user_id)
    assert message
    assert message.thread.transaction == "$request"
    assert from_device(said) is None
    whispered = from_device(said | {"content": {"transaction_id": "t"}})
    assert whispered
    assert (whispered.thread.transaction, whispered.thread.room_id) == ("t", "")
    assert from_room(ROOM, said | {"content": {"transaction_id": "t"}}, CLERK.user_id) is None


@pytest.mark.parametrize("transaction", ["", "x" * 256, "a\0b", "a\u202eb", "\ud800", None, 5, ["t"]])
def test_what_is_no_identifier_is_not_heard(transaction: object) -> None:
    content = {"transaction_id": transaction, "from_device": "X"}
    assert from_device({"type": f"{PREFIX}request", "sender": ANA.user_id, "content": content}) is None


def test_what_is_out_of_all_proportion_is_not_heard() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"x": deep}
    for content in ({"transaction_id": "t", "x": "y" * 70_000}, {"transaction_id": "t", "x": deep}):
        assert from_device({"type": f"{PREFIX}request", "sender": ANA.user_id, "content": content}) is None


@settings(max_examples=150)
@given(RAW | JSON)
def test_whatever_comes_is_read_or_passed_over(raw: object) -> None:
    for message in (from_device(raw), from_room(ROOM, raw, CLERK.user_id)):
        if message:
            assert message.thread.user_id.isprintable()
            assert message.thread.transaction.isprintable()
            assert message.thread.user_id != CLERK.user_id or not message.thread.room_id


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(list(Kind)), CONTENT), max_size=8), st.booleans())
def test_whatever_they_say_a_dialogue_never_raises_and_nothing_is_verified(
    said: list[tuple[Kind, dict[str, Any]]], courtesy: bool
) -> None:
    dialogue, _ = pair()
    if courtesy:
        dialogue.pass_time(NOW.replace(minute=1))
    for kind, content in said:
        message = from_device({
            "type": f"{PREFIX}{kind}", "sender": ANA.user_id, "content": content | {"transaction_id": "$request"},
        })  # fmt: skip
        if message:
            dialogue.hear(message)
        if dialogue.state in WAITING:
            dialogue.decide(True)
    assert dialogue.verified == frozenset()
    assert dialogue.state not in OVER or dialogue.ended
