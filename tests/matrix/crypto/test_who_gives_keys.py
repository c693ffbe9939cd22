"""Keys are taken from those whose they are: hostile devices, servers and members get nothing in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.matrix.crypto.key_requests import MOST_AT_ONCE, PATIENCE, wanted
from bot.matrix.inbound import RATCHET
from bot.matrix.sync import for_nio
from tests.matrix.crypto.devices import CLERK, Clerk, Sender, body
from tests.matrix.test_inbound import JSON
from tests.store.samples import ANA, BEA, NOW, OTHER, ROOM


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    """The bot's encryption."""
    clerk = Clerk(tmp_path / "clerk")
    clerk.opened()
    yield clerk
    clerk.close()


@pytest.fixture
def ana(clerk: Clerk, tmp_path: Path) -> Sender:
    """Her device, with a key for the room."""
    ana = Sender(clerk, tmp_path / "ana")
    ana.begins()
    return ana


@pytest.fixture
def bea(clerk: Clerk, tmp_path: Path) -> Sender:
    """Somebody else's device, in the same room."""
    return Sender(clerk, tmp_path / "bea", BEA)


def ask(clerk: Clerk, event: dict[str, Any]) -> bool:
    """Ask for this event's key; whether there is a new question."""
    key = wanted(ROOM, event)
    assert key is not None
    return clerk.machine.ask(key)


def session_of(event: dict[str, Any]) -> str:
    """Which key it was encrypted with."""
    return str(event["content"]["session_id"])


def test_a_message_is_read_with_the_key_that_came_for_it(clerk: Clerk, ana: Sender) -> None:
    event = ana.says("hello")
    assert clerk.decrypt(ROOM, event) is None
    clerk.gets(ana.room_key())
    assert body(clerk.decrypt(ROOM, event)) is None  # the key begins behind it
    assert body(clerk.decrypt(ROOM, ana.says("again", event_id="$2"))) == "again"
    assert clerk.opened() == {(ROOM, session_of(event))}
    assert clerk.opened() == frozenset()


def test_a_message_is_its_senders_own_or_nobodys(clerk: Clerk, ana: Sender, bea: Sender) -> None:
    clerk.gets(ana.room_key())
    event = ana.says("hello")
    assert clerk.decrypt(ROOM, event | {"sender": BEA}) is None
    assert clerk.decrypt(ROOM, event | {"sender": CLERK}) is None
    assert clerk.decrypt(OTHER, event) is None
    assert body(clerk.decrypt(ROOM, event)) == "hello"


def test_a_device_that_isnt_known_yet_is_asked_about_and_its_message_waits(clerk: Clerk, tmp_path: Path) -> None:
    ana = Sender(clerk, tmp_path / "new", known=False)
    ana.begins()
    clerk.gets(ana.room_key())
    assert clerk.decrypt(ROOM, ana.says("hello")) is None
    assert clerk.machine.users_for_key_query == {ANA}
    assert [room_id for room_id, _ in clerk.machine.unsure] == [ROOM]


def test_a_message_played_again_under_another_id_is_not_read(clerk: Clerk, ana: Sender) -> None:
    clerk.gets(ana.room_key())
    event = ana.says("hello")
    assert [body(clerk.decrypt(ROOM, event)) for _ in range(2)] == ["hello", "hello"]
    assert clerk.decrypt(ROOM, event | {"event_id": "$again"}) == {}


def test_after_a_restart_a_message_played_again_is_known_by_its_ratchet(
    clerk: Clerk, ana: Sender, tmp_path: Path
) -> None:
    clerk.gets(ana.room_key())
    events = [ana.says("hello"), ana.says("hello", event_id="$2")]
    before = [clerk.decrypt(ROOM, event) for event in events]
    clerk.close()
    again = Clerk(tmp_path / "clerk")
    assert again.opened() == {(ROOM, session_of(events[0]))}, "all that it has may open something"
    after = [again.decrypt(ROOM, event | {"event_id": f"$again{n}"}) for n, event in enumerate(events)]
    again.close()
    assert all(clear and clear[RATCHET] for clear in before)
    assert before[0] != before[1]
    assert before == after, "the inbox keeps one event of each"


@pytest.mark.parametrize("clear", ["", "5", "[" * 100_000, "{}", '{"room_id": "!other:example.org"}', "\\ud800"])
def test_whatever_a_member_encrypts_harms_nobody(clerk: Clerk, ana: Sender, clear: str) -> None:
    clerk.gets(ana.room_key())
    event = ana.says("hello")
    event["content"]["ciphertext"] = ana.outbound_group_sessions[ROOM].encrypt(clear)
    assert not clerk.decrypt(ROOM, event)


def test_a_later_beginning_of_a_session_takes_nothing_away(clerk: Clerk, ana: Sender) -> None:
    clerk.gets(ana.room_key())
    event = ana.says("hello")
    ana.says("more", event_id="$2")
    clerk.gets(ana.room_key())
    assert body(clerk.decrypt(ROOM, event)) == "hello"


def test_a_key_is_asked_for_once_of_the_senders_device(clerk: Clerk, ana: Sender) -> None:
    event = ana.says("hello")
    assert [ask(clerk, event), ask(clerk, ana.says("more", event_id="$2"))] == [True, False]
    [(user, device, content)] = clerk.sent("m.room_key_request")
    assert (user, device) == (ANA, "PHONE")
    assert content["action"] == "request"
    assert content["body"]["session_id"] == event["content"]["session_id"]
    ana.begins()
    assert ask(clerk, ana.says("new", event_id="$3") | {"sender": ANA})


def test_where_the_event_names_no_device_all_are_asked(clerk: Clerk, ana: Sender) -> None:
    event = ana.says("hello")
    del event["content"]["device_id"]
    ask(clerk, event)
    assert [device for _, device, _ in clerk.sent("m.room_key_request")] == ["*"]


def test_who_makes_up_sessions_is_asked_for_so_many(clerk: Clerk, ana: Sender, bea: Sender) -> None:
    event = ana.says("hello")
    for number in range(MOST_AT_ONCE + 5):
        ask(clerk, event | {"content": event["content"] | {"session_id": f"made up {number}"}})
    assert len(clerk.sent("m.room_key_request")) == MOST_AT_ONCE
    bea.begins()
    assert ask(clerk, bea.says("hello"))


def test_what_nobody_answered_is_given_up_so_that_asking_goes_on(tmp_path: Path) -> None:
    now = [NOW]
    clerk = Clerk(tmp_path / "clerk", lambda: now[0])
    ana, bea = Sender(clerk, tmp_path / "ana"), Sender(clerk, tmp_path / "bea", BEA)
    ana.begins()
    bea.begins()
    made_up = ana.says("hello")
    for number in range(MOST_AT_ONCE):
        assert ask(clerk, made_up | {"content": made_up["content"] | {"session_id": f"made up {number}"}})
    now[0] += timedelta(days=1)
    hers = bea.says("hello")
    assert ask(clerk, hers)
    for message in list(clerk.machine.outgoing_to_device_messages):
        clerk.machine._mark_to_device_message_as_sent(message)
    now[0] = NOW + PATIENCE
    for after in (clerk, Clerk(tmp_path / "clerk", lambda: now[0])):
        assert not ask(after, ana.says("the 201st"))
        after.machine.give_up_questions()
        assert ask(after, ana.says("the 201st"))
        assert not ask(after, hers), "what another was asked stays"
        after.gets(bea.forwarded())
        assert body(after.decrypt(ROOM, hers)) == "hello"
        assert after.machine.store.load_outgoing_key_requests() == {}
        after.close()


def test_the_answer_to_our_question_opens_the_message_and_ends_the_question(clerk: Clerk, ana: Sender) -> None:
    event = ana.says("hello")
    ask(clerk, event)
    clerk.gets(ana.forwarded())
    assert body(clerk.decrypt(ROOM, event)) == "hello"
    assert clerk.opened() == {(ROOM, session_of(event))}
    assert [content["action"] for _, _, content in clerk.sent("m.room_key_request")] == [
        "request", "request_cancellation",
    ]  # fmt: skip


def test_a_key_that_came_late_by_itself_ends_the_question_too(clerk: Clerk, ana: Sender) -> None:
    key, event = ana.room_key(), ana.says("hello")
    ask(clerk, event)
    clerk.gets(key)
    assert body(clerk.decrypt(ROOM, event)) == "hello"
    assert len(clerk.sent("m.room_key_request")) == 2


def test_a_forwarded_key_nobody_asked_for_is_refused(clerk: Clerk, ana: Sender) -> None:
    event = ana.says("hello")
    clerk.gets(ana.forwarded())
    assert clerk.decrypt(ROOM, event) is None
    assert clerk.opened() == frozenset()


@pytest.mark.parametrize("claims_to_be_its_own", [False, True])
def test_a_key_from_another_person_is_refused(
    clerk: Clerk, ana: Sender, bea: Sender, claims_to_be_its_own: bool
) -> None:
    event = ana.says("hello")
    ask(clerk, event)
    own = {
        "sender_key": bea.account.identity_keys["curve25519"],
        "sender_claimed_ed25519_key": bea.account.identity_keys["ed25519"],
    }
    forwarded = bea.forwarded(ana, **(own if claims_to_be_its_own else {}))
    clerk.gets(forwarded, forwarded | {"sender": ANA})
    assert clerk.decrypt(ROOM, event) is None
    assert clerk.decrypt(ROOM, event | {"sender": BEA}) is None
    assert clerk.opened() == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"room_id": OTHER},
        {"session_id": "another"},
        {"sender_claimed_ed25519_key": "A" * 43},
        {"algorithm": "m.megolm.v2"},
        {"session_key": "AQ"},
        {"session_key": 5},
        {"sender_key": None},
        {"forwarding_curve25519_key_chain": "x"},
    ],
)
def test_an_answer_that_isnt_to_our_question_is_refused(clerk: Clerk, ana: Sender, changes: dict[str, Any]) -> None:
    event = ana.says("hello")
    ask(clerk, event)
    clerk.gets(ana.forwarded(**changes))
    assert clerk.decrypt(ROOM, event) is None
    clerk.gets(ana.forwarded())
    assert body(clerk.decrypt(ROOM, event)) == "hello"


def test_what_was_asked_is_known_after_a_restart(clerk: Clerk, ana: Sender, tmp_path: Path) -> None:
    event = ana.says("hello")
    ask(clerk, event)
    for message in list(clerk.machine.outgoing_to_device_messages):
        clerk.machine._mark_to_device_message_as_sent(message)
    clerk.close()
    again = Clerk(tmp_path / "clerk")
    assert not ask(again, event)
    again.gets(ana.forwarded())
    assert body(again.decrypt(ROOM, event)) == "hello"
    again.close()


TO_DEVICE = st.sampled_from(
    ["m.room.encrypted", "m.room_key", "m.forwarded_room_key", "m.room_key_request", "m.room_key.withheld", "m.dummy",
     "m.key.verification.start", "m.secret.send"]
)  # fmt: skip


HOSTILE = st.fixed_dictionaries({"type": TO_DEVICE | JSON, "sender": st.just(ANA) | JSON, "content": JSON}) | JSON
SHARED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(st.lists(HOSTILE, max_size=5))
def test_whatever_else_comes_the_neighbours_key_is_taken(clerk: Clerk, ana: Sender, hostile: list[object]) -> None:
    ana.begins()
    clerk.gets(*hostile, ana.room_key(), *hostile)
    assert body(clerk.decrypt(ROOM, ana.says("hello", event_id="$x"))) == "hello"


@SHARED
@given(st.sampled_from(["m.room_key", "m.forwarded_room_key", "m.dummy", "m.room_key.withheld"]), JSON)
def test_whatever_a_device_encrypts_for_us_the_next_is_heard(
    clerk: Clerk, ana: Sender, kind: str, content: Any
) -> None:
    ana.begins()
    clerk.gets(ana.to_clerk(kind, content), ana.room_key())
    assert body(clerk.decrypt(ROOM, ana.says("hello", event_id="$x"))) == "hello"


@given(JSON)
def test_whatever_an_event_says_of_its_key_asking_is_no_danger(content: Any) -> None:
    assert wanted(ROOM, {"event_id": "$1", "sender": ANA, "content": content}) is None or content["session_id"]


def test_a_broken_session_is_renewed_once_an_hour(tmp_path: Path) -> None:
    now = [NOW]
    clerk = Clerk(tmp_path / "clerk", lambda: now[0])
    ana = Sender(clerk, tmp_path / "ana")
    before = ana.session.pickle("")
    clerk.gets(ana.to_clerk("m.dummy", {}))
    for minutes, renewed in ((0, 1), (59, 0), (61, 1)):
        now[0] = NOW + timedelta(minutes=minutes)
        clerk.machine.wedged_devices.clear()
        ana.session = type(ana.session).from_pickle(before, ana.session.creation_time, "")
        clerk.gets(ana.to_clerk("m.dummy", {"again": minutes}))
        assert len(clerk.machine.wedged_devices) == renewed, minutes
    clerk.close()


def test_why_keys_are_withheld_is_counted(clerk: Clerk, ana: Sender) -> None:
    key = ana.account.identity_keys["curve25519"]
    for code in ("m.unverified", "m.unverified", "m.no_olm", "<script>", 5, None):
        content = {"room_id": ROOM, "code": code, "sender_key": key}
        clerk.gets({"type": "m.room_key.withheld", "sender": ANA, "content": content})
    assert clerk.withheld == {"m.unverified": 2, "m.no_olm": 1, "other": 3}
    assert [device.user_id for device in clerk.machine.wedged_devices] == [ANA]


async def test_an_event_that_names_no_key_is_not_asked_for(clerk: Clerk) -> None:
    await clerk.ask(ROOM, {"event_id": "$1", "sender": ANA, "content": {}})
    assert clerk.sent("m.room_key_request") == []


def member(membership: str, event_id: str) -> dict[str, Any]:
    """Ana's membership of the room."""
    return {
        "type": "m.room.member", "state_key": ANA, "sender": ANA, "event_id": event_id, "origin_server_ts": 1,
        "content": {"membership": membership},
    }  # fmt: skip


def test_who_comes_back_into_an_encrypted_room_with_another_device_is_asked_about_it(clerk: Clerk) -> None:
    rules = {
        "type": "m.room.encryption", "state_key": "", "sender": ANA, "event_id": "$rules", "origin_server_ts": 1,
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }  # fmt: skip

    def hears(*state: dict[str, Any], changed: list[str]) -> None:
        joined = {ROOM: {"state": {"events": list(state)}, "timeline": {"events": []}}}
        clerk.receive(
            for_nio({"next_batch": "s", "rooms": {"join": joined}, "device_lists": {"changed": changed, "left": []}})
        )

    hears(rules, member("join", "$in"), changed=[])
    hears(member("leave", "$out"), changed=[])
    clerk.machine.users_for_key_query.clear()
    clerk.machine.tracked_users.add(ANA)  # her devices of then are known
    hears(changed=[ANA])
    assert ANA not in clerk.machine.users_for_key_query
    hears(member("join", "$back"), changed=[ANA])
    assert ANA in clerk.machine.users_for_key_query
