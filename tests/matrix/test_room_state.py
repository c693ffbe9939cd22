"""What a room's state lets the bot do there, by the rules of the specification; and what nonsense in it means."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.room_state import RoomState, RoomStates
from bot.matrix.sync import Reader
from tests.matrix.test_inbound import ANA, CLERK, EARS, JSON, ROOM, event
from tests.matrix.test_sync import joined, response

PIN, MESSAGE, ENCRYPTED = "m.room.pinned_events", "m.room.message", "m.room.encrypted"


def state(kind: str, content: Any, sender: str = ANA, key: object = "") -> dict[str, Any]:
    """A state event of the room."""
    return {"event_id": f"${kind}", "sender": sender, "type": kind, "state_key": key, "content": content}


def create(sender: str = ANA, version: object = "11", **content: Any) -> dict[str, Any]:
    """The room's creation."""
    return state("m.room.create", {"room_version": version, **content}, sender)


def levels(**content: Any) -> dict[str, Any]:
    """Who may do what."""
    return state("m.room.power_levels", content)


ENCRYPTION = state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})


def rule(join_rule: object) -> dict[str, Any]:
    """Who may come in."""
    return state("m.room.join_rules", {"join_rule": join_rule})


def seen(*raws: Any, states: RoomStates | None = None) -> RoomState:
    """What is known of the room after these events."""
    return (states or RoomStates()).see(ROOM, raws, CLERK)


@pytest.mark.parametrize(
    ("content", "may_pin"),
    [
        ({}, False),  # 0 of 50
        ({"users": {CLERK: 50}}, True),
        ({"users": {CLERK: 49}}, False),
        ({"users": {ANA: 100}}, False),
        ({"users_default": 50}, True),
        ({"users_default": 50, "users": {CLERK: 0}}, False),
        ({"state_default": 0}, True),
        ({"state_default": 60, "users": {CLERK: 50}}, False),
        ({"state_default": 100, "events": {PIN: 50}, "users": {CLERK: 50}}, True),
        ({"state_default": 0, "events": {PIN: 50}}, False),
        ({"events": {PIN: 0}}, True),
        ({"events": {PIN: -5}, "users": {CLERK: -1}}, True),
        ({"events": {"m.room.topic": 0}}, False),
    ],
)
def test_pinning_takes_its_own_level_or_that_of_any_state(content: dict[str, Any], may_pin: bool) -> None:
    assert seen(create(), levels(**content)).may_pin is may_pin


@pytest.mark.parametrize(
    ("content", "plain", "encrypted"),
    [
        ({}, True, True),
        ({"events_default": 10}, False, False),
        ({"events_default": 10, "users": {CLERK: 10}}, True, True),
        ({"events_default": 10, "events": {MESSAGE: 0}}, True, False),
        ({"events": {MESSAGE: 50}}, False, True),
        ({"events": {ENCRYPTED: 50}}, True, False),
        ({"users_default": -1}, False, False),
    ],
)
def test_speaking_takes_the_level_of_what_is_really_sent(content: dict[str, Any], plain: bool, encrypted: bool) -> None:
    assert seen(create(), levels(**content)).may_send is plain
    assert seen(create(), levels(**content), ENCRYPTION).may_send is encrypted


@pytest.mark.parametrize("maker", [CLERK, ANA])
def test_in_a_room_without_power_levels_nothing_takes_any(maker: str) -> None:
    assert (seen(create(maker)).may_pin, seen(create(maker)).may_send) == (True, True)


@pytest.mark.parametrize(
    ("created", "may_pin"),
    [
        (create(CLERK, "12"), True),
        (create(ANA, "12"), False),
        (create(ANA, "12", additional_creators=[CLERK]), True),
        (create(ANA, "13", additional_creators=[CLERK]), True),
        (create(CLERK, "11"), False),
        (create(ANA, "11", additional_creators=[CLERK]), False),
        (create(CLERK, None), False),  # no version at all is version 1
        (create(CLERK, 12), False),
        (create(CLERK, "1" * 5000), False),
        (create(CLERK, "١٢"), False),
        (create(ANA, "12", additional_creators=CLERK), False),
        (create(ANA, "12", additional_creators={CLERK: 1}), False),
    ],
)
def test_since_version_12_a_rooms_makers_outrank_all_levels(created: dict[str, Any], may_pin: bool) -> None:
    highest = levels(events={PIN: 2**53}, users={CLERK: 0})
    assert seen(created, highest).may_pin is may_pin


@pytest.mark.parametrize(
    ("join_rule", "shared"),
    [
        ("public", True),
        ("restricted", True),
        ("knock_restricted", True),
        ("invite", False),
        ("knock", False),
        ("private", False),
        ("PUBLIC", False),
        (["public"], False),
        (None, False),
    ],
)
def test_a_room_is_shared_if_others_may_come_in_and_it_is_not_encrypted(join_rule: object, shared: bool) -> None:
    assert seen(create(), rule(join_rule)).shared is shared
    assert seen(create(), rule(join_rule), ENCRYPTION).shared is False


def test_a_room_without_a_join_rule_is_by_invitation() -> None:
    assert seen(create()).shared is False


def test_encryption_turned_on_later_ends_the_sharing_for_good() -> None:
    states = RoomStates()
    assert seen(create(), levels(events={ENCRYPTED: 50}), rule("public"), states=states).shared is True
    later = seen(ENCRYPTION, states=states)
    assert (later.shared, later.may_send) == (False, False)
    assert seen(state("m.room.encryption", {}), rule("public"), states=states).shared is False


def test_a_change_of_one_thing_leaves_what_was_known_of_the_others() -> None:
    states = RoomStates()
    seen(create(), levels(users={CLERK: 50}), rule("public"), states=states)
    changed = seen(rule("invite"), states=states)
    assert (changed.may_pin, changed.may_send, changed.shared) == (True, True, False)
    changed = seen(levels(), states=states)
    assert (changed.may_pin, changed.may_send, changed.shared) == (False, True, False)


@pytest.mark.parametrize("raws", [[], [event()], [levels(users={CLERK: 50})], [rule("public")]])
def test_without_the_rooms_creation_nothing_is_sure(raws: list[Any]) -> None:
    known = seen(*raws)
    assert (known.may_pin, known.may_send, known.shared) == (None, None, None)


def test_the_rooms_list_of_servers_may_leave_ours_out() -> None:
    acl = state("m.room.server_acl", {"allow": ["*"], "deny": [CLERK.partition(":")[2]]})
    states = RoomStates()
    assert seen(acl, states=states).shut_out is None, "all of the state isn't here yet"
    assert seen(create(), states=states).shut_out is True
    assert seen(state("m.room.server_acl", {"allow": ["*"]}), states=states).shut_out is False


def test_an_encrypted_room_is_never_shared_even_if_nothing_else_is_known() -> None:
    assert seen(ENCRYPTION).shared is False


def test_rooms_are_known_apart_and_forgotten_when_left() -> None:
    states = RoomStates()
    seen(create(), rule("public"), states=states)
    assert states.see("!other", [rule("public")], CLERK).shared is None
    states.forget(ROOM)
    assert seen(rule("public"), states=states).shared is None


@pytest.mark.parametrize("key", ["x", None, 5])
def test_only_state_with_an_empty_key_counts(key: object) -> None:
    forged = state("m.room.power_levels", {"users": {CLERK: 100}}, key=key)
    assert seen(create(), levels(), forged).may_pin is False


@pytest.mark.parametrize(
    ("level", "may_pin"),
    [
        ("50", True),  # rooms before version 10
        (" 50 ", True),
        ("-50", False),
        ("+-50", False),
        ("fifty", False),
        ("9" * 5000, False),
        ("٥٠", False),
        (10**400, True),
        (-(10**400), False),
        (True, False),
        (50.0, False),
        (None, False),
        ([50], False),
        ({}, False),
    ],
)
def test_a_level_that_makes_no_sense_is_none(level: object, may_pin: bool) -> None:
    assert seen(create(), levels(users={CLERK: level})).may_pin is may_pin


@given(st.lists(JSON.map(lambda content: state("m.room.power_levels", content)) | JSON, max_size=4), JSON, JSON, JSON)
def test_no_state_raises(raws: list[Any], users: object, events: object, content: object) -> None:
    mixed = levels(users=users, events=events, state_default=users, users_default=events)
    keyed = levels(users={CLERK: users}, events={PIN: events, MESSAGE: content})
    known = seen(*raws, create(version=users), state("m.room.create", content), mixed, keyed, rule(events))
    assert all(isinstance(value, bool) for value in (known.may_pin, known.may_send, known.shared))


# --- as it comes with a sync ------------------------------------------------------------------------------


def test_a_sync_brings_the_state_before_its_timeline_and_the_newest_counts() -> None:
    section = joined([levels(users={CLERK: 50})]) | {"state": {"events": [create(), levels(), rule("public")]}}
    (room,) = Reader(EARS, lambda room, raw: None).news(response(join={ROOM: section})).rooms
    assert (room.may_pin, room.may_send, room.shared) == (True, True, True)


def test_state_alone_is_news_and_a_message_alone_says_nothing_of_the_state() -> None:
    reader = Reader(EARS, lambda room, raw: None)
    section = joined([]) | {"state": {"events": [create(), rule("public")]}}
    assert [room.shared for room in reader.news(response(join={ROOM: section})).rooms] == [True]
    assert [room.shared for room in reader.news(response(join={ROOM: joined([event()])})).rooms] == [None]


def test_a_room_that_was_left_and_entered_again_is_known_anew() -> None:
    reader = Reader(EARS, lambda room, raw: None)
    reader.news(response(join={ROOM: joined([]) | {"state": {"events": [create(), rule("public")]}}}))
    reader.news(response(leave={ROOM: joined([rule("invite")])}))
    news = reader.news(response(join={ROOM: joined([rule("public")])}))
    assert [room.shared for room in news.rooms] == [None]
