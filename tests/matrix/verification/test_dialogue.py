"""A verification message by message, with a peer that shares no code with the bot."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.matrix.crypto.verification.dialogue import COURTESY, OVER, PATIENCE, TRANSITIONS, State
from bot.matrix.crypto.verification.messages import Kind
from bot.matrix.crypto.verification.sas import EMOJI, Party
from tests.matrix.verification.conversing import ANA, CLERK, NOW, ROOM, ZOE, code, kinds, pair, shown, tell
from tests.verifying import Peer


def emoji(peer: Peer) -> tuple[str, ...]:
    """What the peer's screen shows."""
    return tuple(EMOJI[index] for index in peer.indices)


@pytest.mark.parametrize("room", ["", ROOM])
@pytest.mark.parametrize("they_are_first", [True, False])
def test_both_see_the_same_and_verify_each_others_device_and_master_key(room: str, they_are_first: bool) -> None:
    dialogue, peer = shown(room=room)
    assert dialogue.shown
    assert len(dialogue.shown.emoji) == 7
    assert (dialogue.shown.emoji, dialogue.shown.decimals) == (emoji(peer), peer.decimals)
    if they_are_first:
        assert tell(dialogue, "mac", peer.mac()) == []
        mac, done = dialogue.decide(True)
    else:
        (mac,) = dialogue.decide(True)
        (done,) = tell(dialogue, "mac", peer.mac())
    peer.hear_mac(mac.content)
    assert done.kind is Kind.DONE
    assert peer.verified == {"ed25519:CLERKDEV", "ed25519:clerkMasterKey"}
    assert dialogue.verified == {"ed25519:ANADEV", "ed25519:anaMasterKey"}
    assert dialogue.state is State.DONE
    assert tell(dialogue, "done", peer.addressed({})) == []


def test_who_doesnt_propose_a_method_is_proposed_one() -> None:
    dialogue, peer = pair()
    assert dialogue.pass_time(NOW + COURTESY / 2) == []
    (start,) = dialogue.pass_time(NOW + COURTESY)
    assert start.content["transaction_id"] == "$request"
    assert dialogue.pass_time(NOW + COURTESY) == []
    (key,) = tell(dialogue, "accept", peer.accept(start.content))
    peer.hear_key(key.content["key"])
    assert tell(dialogue, "key", peer.key()) == []
    assert dialogue.shown
    assert (dialogue.shown.emoji, dialogue.shown.decimals) == (emoji(peer), peer.decimals)
    (mac,) = dialogue.decide(True)
    peer.hear_mac(mac.content)
    assert kinds(tell(dialogue, "mac", peer.mac())) == ["done"]


def test_a_key_that_isnt_the_one_promised_ends_it() -> None:
    dialogue, peer = pair()
    (start,) = dialogue.pass_time(NOW + COURTESY)
    tell(dialogue, "accept", peer.accept(start.content))
    between = Peer(ANA.user_id, ANA.device_id, CLERK.user_id, CLERK.device_id, "$request", {}, {})
    assert code(tell(dialogue, "key", between.key())) == "m.mismatched_commitment"
    assert dialogue.shown is None


def test_of_two_proposals_the_one_of_the_smaller_user_id_counts() -> None:
    ours, zoe = pair(ZOE)  # @clerk < @zoe: ours counts
    (start,) = ours.pass_time(NOW + COURTESY)
    assert tell(ours, "start", zoe.start()) == []
    assert kinds(tell(ours, "accept", zoe.accept(start.content))) == ["key"]
    theirs, ana = pair(ANA)  # @ana < @clerk: theirs does
    theirs.pass_time(NOW + COURTESY)
    (accept,) = tell(theirs, "start", ana.start())
    ana.hear_accept(accept.content)
    (key,) = tell(theirs, "key", ana.key())
    ana.hear_key(key.content["key"])
    assert theirs.shown
    assert theirs.shown.emoji == emoji(ana)


def test_two_proposals_of_different_methods_end_it() -> None:
    dialogue, peer = pair()
    dialogue.pass_time(NOW + COURTESY)
    assert code(tell(dialogue, "start", peer.start(method="m.qr_code.scan.v1"))) == "m.unexpected_message"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "m.reciprocate.v1"},
        {"method": None},
        {"key_agreement_protocols": ["curve25519"]},
        {"hashes": []},
        {"message_authentication_codes": ["hkdf-hmac-sha256", "hmac-sha256"]},
        {"short_authentication_string": ["words"]},
        {"short_authentication_string": 5},
    ],
)
def test_what_isnt_spoken_here_is_said_to_be_unknown(changes: dict[str, Any]) -> None:
    dialogue, peer = pair()
    assert code(tell(dialogue, "start", peer.start(**changes))) == "m.unknown_method"


def test_a_choice_that_was_not_offered_is_refused() -> None:
    dialogue, peer = pair()
    (start,) = dialogue.pass_time(NOW + COURTESY)
    accept = peer.accept(start.content) | {"message_authentication_code": "hkdf-hmac-sha256"}
    assert code(tell(dialogue, "accept", accept)) == "m.unknown_method"


def test_another_device_can_not_take_over() -> None:
    dialogue, peer = pair()
    assert code(tell(dialogue, "start", peer.start(from_device="OTHER"))) == "m.user_mismatch"


@pytest.mark.parametrize("key", ["", "x", "A" * 43, "ü" * 43, None, 5])  # 43 As are the key that agrees with everybody
def test_what_is_no_key_ends_it(key: object) -> None:
    dialogue, peer = pair()
    tell(dialogue, "start", peer.start())
    assert code(tell(dialogue, "key", peer.addressed({"key": key}))) == "m.invalid_message"


def test_who_sees_other_emoji_verifies_nothing() -> None:
    dialogue, peer = shown()
    assert code(dialogue.decide(False)) == "m.mismatched_sas"
    assert tell(dialogue, "mac", peer.mac()) == []
    assert dialogue.state is State.CANCELLED
    assert dialogue.verified == frozenset()
    assert dialogue.decide(True) == []


@pytest.mark.parametrize(
    "known",
    [replace(ANA, ed25519="another"), replace(ANA, master="another", ed25519="another"), replace(ANA, device_id="X")],
)
@pytest.mark.parametrize("decided", [True, False])
def test_keys_that_arent_those_the_homeserver_names_are_not_verified(known: Party, decided: bool) -> None:
    dialogue, peer = pair(known=known)
    (accept,) = tell(dialogue, "start", peer.start(from_device=known.device_id))
    peer.hear_accept(accept.content)
    (key,) = tell(dialogue, "key", peer.key())
    peer.hear_key(key.content["key"])
    if decided:
        dialogue.decide(True)
    assert code(tell(dialogue, "mac", peer.mac())) == "m.key_mismatch"
    assert dialogue.verified == frozenset()


@pytest.mark.parametrize("change", [
    {"mac": {}}, {"mac": None}, {"mac": {"ed25519:ANADEV": 5}}, {"keys": ""}, {"keys": None}, {"keys": "AAAA"},
    {"mac": {"ed25519:anaMasterKey": "AAAA"}}, {"mac": {f"ed25519:{n}": "A" for n in range(101)}},
])  # fmt: skip
def test_macs_that_arent_right_are_refused(change: dict[str, Any]) -> None:
    dialogue, peer = shown()
    assert code(tell(dialogue, "mac", peer.mac() | change)) == "m.key_mismatch"


def test_a_master_key_they_dont_attest_is_not_verified() -> None:
    dialogue, peer = shown()
    peer.keys = {"ed25519:ANADEV": ANA.ed25519, "ed25519:other": "unknown to us"}
    tell(dialogue, "mac", peer.mac())
    assert dialogue.verified == {"ed25519:ANADEV"}


def test_a_device_named_like_a_master_key_is_refused() -> None:
    confusing = Party("@ana:example.org", "same", "anaDeviceKey", "same")
    dialogue, peer = shown(confusing)
    peer.keys = {"ed25519:same": "anaDeviceKey"}
    assert code(tell(dialogue, "mac", peer.mac())) == "m.key_mismatch"


def test_the_same_message_again_is_nothing() -> None:
    dialogue, peer = pair()
    start = peer.start()
    (accept,) = tell(dialogue, "start", start)
    assert tell(dialogue, "start", start) == []
    peer.hear_accept(accept.content)
    (key,) = tell(dialogue, "key", peer.key())
    assert tell(dialogue, "start", start) == []
    assert tell(dialogue, "key", peer.key()) == []
    peer.hear_key(key.content["key"])
    dialogue.decide(True)
    mac = peer.mac()
    assert kinds(tell(dialogue, "mac", mac)) == ["done"]
    assert tell(dialogue, "mac", mac) == []


def test_ten_minutes_are_enough() -> None:
    dialogue, _ = shown()
    assert dialogue.pass_time(NOW + PATIENCE - timedelta(seconds=1)) == []
    assert code(dialogue.pass_time(NOW + PATIENCE)) == "m.timeout"
    assert dialogue.pass_time(NOW + PATIENCE) == []


def test_they_may_cancel_at_any_time_and_are_not_answered() -> None:
    for make, code_of_theirs, kept in ((pair, "m.user", "m.user"), (shown, "\x1b[2J\0", "no code")):
        dialogue, peer = make()
        assert tell(dialogue, "cancel", peer.addressed({"code": code_of_theirs, "reason": "no"})) == []
        assert dialogue.state is State.CANCELLED
        assert dialogue.ended
        assert dialogue.ended.reason == kept
        assert dialogue.pass_time(NOW + PATIENCE) == []


@pytest.mark.parametrize(("state", "kind"), [
    (s, k) for s in State for k in Kind if s not in OVER and k is not Kind.CANCEL and k not in TRANSITIONS[s]
])  # fmt: skip
def test_every_message_outside_the_table_ends_it(state: State, kind: Kind) -> None:
    dialogue, peer = pair()
    dialogue.state = state
    assert code(tell(dialogue, str(kind), peer.addressed({}))) == "m.unexpected_message"
