"""What a hostile server or a broken client sends costs itself, never its neighbours or the loop."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from bot.matrix.ids import LONGEST
from bot.matrix.inbound import read
from bot.turn.chat import Incoming
from tests.matrix.test_inbound import ANA, CLERK, EARS, HOSTILE, JSON, ROOM, content_of, event, heard

ENCRYPTED: dict[str, Any] = {
    "event_id": "$1",
    "sender": ANA,
    "type": "m.room.encrypted",
    "content": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s", "sender_key": "k"},
}


def decrypted_to(clear: dict[str, Any], **changes: Any) -> Incoming | None:
    """An encrypted event whose key is known."""
    return read(ENCRYPTED | changes, EARS, ROOM, lambda room, raw: clear)


def storable(text: str) -> bool:
    """Whether both engines keep it."""
    return "\0" not in text and text.encode("utf-8", "ignore").decode() == text


@settings(max_examples=400)
@given(HOSTILE | JSON)
def test_whatever_comes_can_be_stored(raw: object) -> None:
    incoming = heard(raw) or Incoming("", "", "bad")
    assert storable(incoming.event_id + incoming.sender + incoming.transaction + incoming.redacts)
    assert json.loads(json.dumps(incoming.content)) == incoming.content


@settings(max_examples=200)
@given(HOSTILE)
def test_whatever_was_encrypted_does_not_raise_either(clear: dict[str, Any]) -> None:
    incoming = decrypted_to(clear)
    assert incoming is not None
    assert incoming.state in {"new", "ignored", "bad"}


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
def test_what_no_database_keeps_is_replaced(bad: str) -> None:
    redaction = heard({"event_id": "$1", "sender": ANA, "type": "m.room.redaction", "redacts": f"${bad}"})
    assert redaction is not None
    assert storable(redaction.redacts)
    assert storable(content_of(event({"body": f"help {bad}"}))["text"])


@pytest.mark.parametrize("key", ["session_id", "sender_key", "ciphertext", "algorithm"])
@pytest.mark.parametrize("value", ["", None, 5, {}])
def test_an_encrypted_event_that_would_make_nio_raise_is_never_shown_to_it(key: str, value: object) -> None:
    raw = ENCRYPTED | {"content": ENCRYPTED["content"] | {key: value}}
    shown: list[object] = []
    incoming = read(raw, EARS, ROOM, lambda room, raw: shown.append(raw))
    assert incoming == Incoming("$1", ANA, "bad")
    assert shown == []


def test_an_encrypted_event_without_the_deprecated_sender_key_may_be_tried() -> None:
    content = {key: value for key, value in ENCRYPTED["content"].items() if key != "sender_key"}
    incoming = heard(ENCRYPTED | {"content": content})
    assert incoming is not None
    assert incoming.state == "locked"


def test_a_locked_event_is_kept_whole_to_be_tried_again() -> None:
    assert heard(ENCRYPTED) == Incoming("$1", ANA, "locked", ENCRYPTED, session_id="s")


def test_our_own_event_without_its_key_is_still_our_own() -> None:
    incoming = heard(ENCRYPTED | {"sender": CLERK})
    assert incoming is not None
    assert incoming.state == "own"


def test_an_encrypted_message_is_read_like_any_other() -> None:
    incoming = decrypted_to({"type": "m.room.message", "content": {"msgtype": "m.text", "body": "clerk: who?"}})
    assert incoming is not None
    assert incoming.content is not None
    assert (incoming.content["text"], incoming.content["addressed"]) == ("who?", True)


@pytest.mark.parametrize(
    "forged", [{"sender": CLERK}, {"event_id": "$forged"}, {"type": "m.room.message", "sender": 5}]
)
def test_an_encrypted_event_cannot_forge_who_sent_it(forged: dict[str, Any]) -> None:
    clear = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": "hi"}} | forged
    incoming = decrypted_to(clear)
    assert incoming is not None
    assert (incoming.event_id, incoming.sender) == ("$1", ANA)


@pytest.mark.parametrize("outer", [{}, {"redacts": "$0"}])
def test_nobody_takes_back_the_words_of_others_by_an_encrypted_redaction(outer: dict[str, Any]) -> None:
    assert decrypted_to({"type": "m.room.redaction", "content": {"redacts": "$0"}}, **outer) == Incoming(
        "$1", ANA, "bad"
    )


def test_an_ignored_bot_still_takes_words_back() -> None:
    incoming = heard(
        {"event_id": "$1", "sender": "@modbot:x.org", "type": "m.room.redaction", "content": {"redacts": "$0"}}
    )
    assert incoming is not None
    assert (incoming.state, incoming.redacts) == ("new", "$0")


@pytest.mark.parametrize(
    "relation",
    [{}, {"rel_type": "m.annotation"}, {"rel_type": "m.annotation", "event_id": "$0"}, {"rel_type": "m.thread"}, [], 5],
)
def test_a_reaction_to_nothing_is_bad(relation: object) -> None:
    incoming = heard(event(type="m.reaction", content={"m.relates_to": relation}))
    assert incoming is not None
    assert incoming.state == "bad"


def test_a_reaction_of_many_characters_is_cut() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$0", "key": "🙋" * 1000}
    assert len(content_of(event(type="m.reaction", content={"m.relates_to": relation}))["key"]) == 64


def test_a_redaction_of_nothing_is_bad() -> None:
    incoming = heard({"event_id": "$1", "sender": ANA, "type": "m.room.redaction", "content": {}})
    assert incoming == Incoming("$1", ANA, "bad")


@pytest.mark.parametrize("new", [{}, {"msgtype": "m.notice", "body": "x"}, {"msgtype": "m.text", "body": 5}, 5, None])
def test_an_edit_that_says_nothing_is_passed_over(new: object) -> None:
    relation = {"rel_type": "m.replace", "event_id": "$0"}
    incoming = heard(event({"m.new_content": new, "m.relates_to": relation}))
    assert incoming == Incoming("$1", ANA, "ignored")


def test_an_edit_of_nothing_is_passed_over() -> None:
    new = {"msgtype": "m.text", "body": "x"}
    incoming = heard(event({"m.new_content": new, "m.relates_to": {"rel_type": "m.replace"}}))
    assert incoming == Incoming("$1", ANA, "ignored")


def test_an_id_may_be_long_but_not_endless() -> None:
    longest, too_long = "$" + "x" * (LONGEST - 1), "$" + "x" * LONGEST
    assert heard(event(event_id=longest)) is not None
    assert heard(event(event_id=too_long)) is None
    assert heard(event(sender=too_long)) == Incoming("$1", "", "bad")
