"""A sync response: rooms entered, left and invited to; broken parts don't hurt their neighbours."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.sync import FILTER, Reader, for_nio, whispered
from tests.matrix.test_inbound import ANA, CLERK, EARS, JSON, ROOM, event

READER = Reader(EARS, lambda room, raw: None)


def response(**rooms: Any) -> dict[str, Any]:
    """A sync response with these rooms."""
    return {"next_batch": "s1", "rooms": rooms}


def joined(events: list[Any], **changes: Any) -> dict[str, Any]:
    """A joined room's section."""
    return {"timeline": {"events": events, "limited": False, "prev_batch": "p"} | changes}


def member(membership: str, event_id: str = "$m") -> dict[str, Any]:
    """Our own membership."""
    content = {"membership": membership, "is_direct": True}
    return {"event_id": event_id, "sender": ANA, "type": "m.room.member", "state_key": CLERK, "content": content}


def test_a_limited_timeline_says_where_to_page_back_from() -> None:
    room = READER.news(response(join={ROOM: joined([event()], limited=True)})).rooms[0]
    assert (room.limited, room.prev_batch) == (True, "p")


def test_a_room_just_entered_says_where_the_invitation_and_the_join_stand() -> None:
    events = [member("invite", "$i"), event(), member("join", "$j")]
    room = READER.news(response(join={ROOM: joined(events)})).rooms[0]
    assert (room.invited, room.entered) == (0, 2)


def test_the_last_words_before_a_kick_are_heard() -> None:
    room = READER.news(response(leave={ROOM: joined([event()])})).rooms[0]
    assert room.left
    assert [e.state for e in room.events] == ["new"]


def test_an_invitation_names_who_asks_and_whether_it_is_direct() -> None:
    invitation = READER.news(response(invite={ROOM: {"invite_state": {"events": [member("invite")]}}})).invitations[0]
    assert (invitation.inviter, invitation.direct) == (ANA, True)


def test_broken_events_and_rooms_dont_hurt_their_neighbours() -> None:
    rooms = {"!bad": 5, "!worse": {"timeline": {"events": "x"}}, ROOM: joined([None, {"event_id": "$0"}, 7, event()])}
    found = READER.news(response(join=rooms, leave=[], invite={"!i": {"invite_state": {"events": [5]}}}))
    assert [(r.room_id, [e.state for e in r.events]) for r in found.rooms] == [(ROOM, ["bad", "new"])]


def test_nio_is_shown_state_and_keys_but_no_message() -> None:
    encryption = {"event_id": "$e", "sender": ANA, "type": "m.room.encryption", "state_key": "", "content": {}}
    answer = response(join={ROOM: joined([event(), encryption, {"state_key": "", "unsigned": None}])})
    shown = for_nio(answer | {"to_device": {"events": [5, {"type": "x"}]}})
    assert shown["rooms"]["join"][ROOM]["timeline"]["events"] == []
    assert shown["rooms"]["join"][ROOM]["state"]["events"] == [encryption]
    assert shown["to_device"]["events"] == [{"type": "x"}]


@given(st.dictionaries(st.sampled_from(["join", "leave", "invite"]), st.dictionaries(st.just(ROOM), JSON)), JSON)
def test_no_response_raises(rooms: dict[str, Any], anything: object) -> None:
    answer = {"next_batch": "s1", "rooms": rooms, "to_device": anything, "device_lists": anything}
    READER.news(answer)
    for_nio(answer)


def test_verifications_come_with_the_sync_and_nio_is_shown_none_between_devices() -> None:
    assert "m.key.verification.*" in FILTER["room"]["timeline"]["types"]
    shown = {"type": "m.room_key_request", "sender": "@a:x", "content": {}}
    kept = {"type": "m.key.verification.start", "sender": "@a:x", "content": {}}
    answer = {"next_batch": "s", "to_device": {"events": [kept, shown]}}
    assert for_nio(answer)["to_device"]["events"] == [shown]
    assert whispered(answer) == [kept, shown]
