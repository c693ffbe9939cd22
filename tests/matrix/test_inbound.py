"""From a Matrix event to our words: who is spoken to, what was said, and what is never answered."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix.inbound import TRANSACTION, Ears, read
from bot.render import OP_ID
from bot.store.echoes import transaction_id
from bot.turn.chat import Incoming

CLERK, ANA, ROOM = "@clerk:x.org", "@ana:x.org", "!r:x.org"
EARS = Ears(CLERK, ("Town Clerk",), "!clerk", ("@*bot:x.org",))
STATES = {"new", "own", "ignored", "locked", "bad"}


def event(content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A message by Ana."""
    content = {"msgtype": "m.text", "body": "hello"} | (content or {})
    return {"event_id": "$1", "sender": ANA, "type": "m.room.message", "content": content} | changes


def heard(raw: object) -> Incoming | None:
    """What becomes of it, with nothing to decrypt by."""
    return read(raw, EARS, ROOM, lambda room, raw: None)


def content_of(raw: object) -> dict[str, Any]:
    """The words of a new event."""
    incoming = heard(raw)
    assert incoming is not None
    assert incoming.state == "new"
    assert incoming.content is not None
    return incoming.content


@pytest.mark.parametrize(
    ("body", "addressed", "text"),
    [
        ("clerk: who uses PlanX?", True, "who uses PlanX?"),
        ("Clerk, who uses PlanX?", True, "who uses PlanX?"),
        ("Town Clerk who uses PlanX?", True, "who uses PlanX?"),
        ("@clerk:x.org: who uses PlanX?", True, "who uses PlanX?"),
        ("@clerk who uses PlanX?", True, "who uses PlanX?"),
        ("!clerk who uses PlanX?", True, "who uses PlanX?"),
        ("!clerk", True, ""),
        ("clerks are nice", False, "clerks are nice"),
        ("!clerks are nice", False, "!clerks are nice"),
        ("who uses PlanX?", False, "who uses PlanX?"),
    ],
)
def test_it_is_addressed_by_name_or_prefix_at_the_start(body: str, addressed: bool, text: str) -> None:
    words = content_of(event({"body": body}))
    assert (words["addressed"], words["text"]) == (addressed, text)


def test_it_is_addressed_by_a_mention_anywhere() -> None:
    words = content_of(event({"body": "who uses PlanX, @clerk?", "m.mentions": {"user_ids": [CLERK]}}))
    assert words["addressed"]
    assert "clerk" not in words["text"]


def test_an_old_clients_pill_is_a_mention_unless_it_stands_in_a_quote() -> None:
    pill = f'<a href="https://matrix.to/#/{CLERK}">Town Clerk</a>'
    assert content_of(event({"formatted_body": f"{pill} hi"}))["addressed"]
    quoted = f"<mx-reply>{pill}</mx-reply> thanks"
    assert not content_of(event({"formatted_body": quoted}))["addressed"]


def test_a_mention_of_somebody_else_is_none_of_ours() -> None:
    assert not content_of(event({"m.mentions": {"user_ids": [ANA], "room": True}}))["addressed"]


def test_the_quote_an_old_client_puts_before_a_reply_is_not_the_persons_word() -> None:
    relation = {"m.in_reply_to": {"event_id": "$0"}}
    words = content_of(event({"body": "> <@bea:x.org> !clerk resolve\n\nthank you", "m.relates_to": relation}))
    assert (words["text"], words["addressed"], words["reply_to"]) == ("thank you", False, "$0")


def test_a_thread_is_known_by_its_root_and_its_fallback_reply_is_no_reply() -> None:
    relation = {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$9"},
    }
    words = content_of(event({"m.relates_to": relation}))
    assert (words["thread"], words["reply_to"]) == ("$root", None)
    real = content_of(event({"m.relates_to": relation | {"is_falling_back": False}}))
    assert (real["thread"], real["reply_to"]) == ("$root", "$9")


def test_an_edit_brings_the_new_text_and_what_it_replaces() -> None:
    new = {"msgtype": "m.text", "body": "clerk: who uses BOPS?"}
    relation = {"rel_type": "m.replace", "event_id": "$0"}
    words = content_of(event({"body": "* x", "m.new_content": new, "m.relates_to": relation}))
    assert (words["kind"], words["target"], words["text"]) == ("edited", "$0", "who uses BOPS?")


@pytest.mark.parametrize("raw", [{"redacts": "$0", "content": {}}, {"content": {"redacts": "$0"}}])
def test_a_redaction_says_what_it_took_back_in_either_place(raw: dict[str, Any]) -> None:
    incoming = heard({"event_id": "$1", "sender": ANA, "type": "m.room.redaction"} | raw)
    assert incoming is not None
    assert incoming.redacts == "$0"


def test_a_reaction_names_its_target_and_emoji() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$0", "key": "🙋"}
    words = content_of(event(type="m.reaction", content={"m.relates_to": relation}))
    assert (words["kind"], words["target"], words["key"]) == ("reacted", "$0", "🙋")


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (event({"msgtype": "m.notice"}), "ignored"),
        (event({"msgtype": "m.image"}), "ignored"),
        (event(sender="@otherbot:x.org"), "ignored"),
        (event(sender=CLERK), "own"),
        (event(content={}), "new"),
        ({"event_id": "$1", "sender": ANA, "type": "m.room.message", "content": {}}, "ignored"),
        (event(state_key=""), "ignored"),
        (event(type="m.room.topic"), "ignored"),
        (event({"body": 5}), "bad"),
        (event(content=None) | {"content": 7}, "ignored"),
        (event(sender=7), "bad"),
        ({"event_id": "$1", "sender": ANA, "type": "m.room.encrypted",
          "content": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"}}, "locked"),
        (event(type="m.room.encrypted", content={"algorithm": "x"}), "bad"),
    ],
)  # fmt: skip
def test_what_is_not_a_persons_message_is_never_answered(raw: dict[str, Any], state: str) -> None:
    incoming = heard(raw)
    assert incoming is not None
    assert incoming.state == state


@pytest.mark.parametrize("raw", [None, 7, "x", [], {}, {"event_id": 5}, {"event_id": "$" + "x" * 2000}])
def test_what_has_no_id_is_nothing(raw: object) -> None:
    assert heard(raw) is None


def test_our_own_message_tells_its_op_id_and_nobody_elses_does() -> None:
    own = heard(event({OP_ID: "op"}, sender=CLERK))
    forged = heard(event({OP_ID: "op"}))
    assert own is not None
    assert forged is not None
    assert (own.transaction, forged.transaction) == (transaction_id("op"), "")


def test_our_own_encrypted_message_tells_it_beside_its_ciphertext() -> None:
    sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s", TRANSACTION: "t"}
    raw = {"event_id": "$1", "sender": CLERK, "type": "m.room.encrypted", "content": sealed}
    assert heard(raw) == Incoming("$1", CLERK, "own", transaction="t")
    assert heard(raw | {"sender": ANA}) == Incoming("$1", ANA, "locked", raw | {"sender": ANA}, session_id="s")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("msgtype", "body", "m.relates_to", "m.mentions", "m.new_content", "formatted_body", "redacts", "algorithm")
HOSTILE = st.fixed_dictionaries(
    {},
    optional={
        "event_id": JSON | st.just("$1"),
        "sender": JSON | st.just(ANA),
        "type": JSON | st.sampled_from(["m.room.message", "m.reaction", "m.room.redaction", "m.room.encrypted"]),
        "content": JSON | st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6),
        "unsigned": JSON,
        "redacts": JSON,
    },
)


@settings(max_examples=400)
@given(HOSTILE | JSON)
def test_whatever_a_hostile_server_sends_nothing_raises(raw: object) -> None:
    incoming = heard(raw)
    assert incoming is None or incoming.state in STATES
