"""What a sync response and a page of the past say of rooms: who entered, where a hole begins, what nio may see."""

from typing import Any

import pytest
from nio import SyncResponse

from bot.matrix.sync import MOST_MEMBERS, STATE_TYPES, for_nio
from bot.turn.chat import Page, RoomNews
from tests.matrix.test_inbound import ANA, ROOM, event
from tests.matrix.test_sync import READER, joined, member, response


def only_room(**section: Any) -> RoomNews:
    """The one room of a response."""
    (room,) = READER.news(response(**section)).rooms
    return room


def page(*raws: Any, **changes: Any) -> Page:
    """A page of the past, newest first."""
    return READER.page(ROOM, {"chunk": list(raws), "end": "further"} | changes)


def renamed(event_id: str = "$renamed") -> dict[str, Any]:
    """Our own display name was changed: a membership event that is no joining."""
    return member("join", event_id) | {"unsigned": {"prev_content": {"membership": "join", "displayname": "Clerk"}}}


def test_a_new_display_name_is_no_entering() -> None:
    room = only_room(join={ROOM: joined([event(), renamed()])})
    assert room.entered is None


def test_who_is_renamed_after_entering_entered_where_they_did() -> None:
    events = [member("invite", "$i"), member("join", "$j"), event(), renamed()]
    room = only_room(join={ROOM: joined(events)})
    assert (room.invited, room.entered) == (0, 1)


def test_paging_back_does_not_end_at_a_new_display_name() -> None:
    assert page(event(), renamed(), event(event_id="$2")).entered is None


@pytest.mark.parametrize("before", ["invite", "leave", "ban"])
def test_paging_back_ends_where_the_bot_entered(before: str) -> None:
    entering = member("join") | {"unsigned": {"prev_content": {"membership": before}}}
    assert page(event(), entering, event(event_id="$2")).entered == 1


def test_somebody_elses_joining_is_not_ours() -> None:
    other = member("join") | {"state_key": ANA}
    assert only_room(join={ROOM: joined([other, event()])}).entered is None


def test_what_cannot_be_read_moves_no_places() -> None:
    room = only_room(join={ROOM: joined([None, {"type": "no id"}, member("invite"), member("join", "$j")])})
    assert (room.invited, room.entered, len(room.events)) == (0, 1, 2)


def test_a_page_comes_newest_first_and_says_where_the_next_begins() -> None:
    found = page(event(event_id="$2"), event(event_id="$1"))
    assert [one.event_id for one in found.events] == ["$2", "$1"]
    assert found.end == "further"


@pytest.mark.parametrize("end", ["", None, 5, []])
def test_a_page_without_an_end_is_the_rooms_beginning(end: object) -> None:
    assert page(event(), end=end).end is None


def test_an_empty_page_may_have_another_behind_it() -> None:
    found = page()
    assert (list(found.events), found.end) == ([], "further")


@pytest.mark.parametrize("chunk", [None, 5, {}, "x", [None, 5, {}]])
def test_a_page_that_makes_no_sense_is_empty(chunk: object) -> None:
    assert list(page(chunk=chunk).events) == []


@pytest.mark.parametrize(
    ("count", "members"),
    [(2, 2), (0, 0), (-1, None), (True, None), (2.0, None), ("2", None), (MOST_MEMBERS, None), (None, None)],
)
def test_only_a_count_is_a_count_of_members(count: object, members: int | None) -> None:
    section = joined([event()]) | {"summary": {"m.joined_member_count": count}}
    assert only_room(join={ROOM: section}).members == members


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"type": "m.room.name", "content": {"name": "Planning"}}, True),
        ({"type": "m.room.canonical_alias", "content": {"alias": "#planning:x.org"}}, True),
        ({"type": "m.room.name", "content": {"name": ""}}, False),
        ({"type": "m.room.name", "content": {}}, False),
        ({"type": "m.room.name", "content": []}, False),
    ],
)
def test_a_room_with_a_name_or_an_alias_is_named(changes: dict[str, Any], named: bool) -> None:
    section = joined([event()]) | {"state": {"events": [member("join") | {"state_key": ""} | changes]}}
    assert only_room(join={ROOM: section}).named is named


@pytest.mark.parametrize("limited", [False, None, 1, "true"])
def test_only_true_is_limited(limited: object) -> None:
    assert not only_room(join={ROOM: joined([event()], limited=limited)}).limited


def test_a_room_with_nothing_new_is_no_news() -> None:
    assert READER.news(response(join={ROOM: joined([])})).rooms == []


def test_a_room_we_left_is_news_even_without_a_word() -> None:
    assert [room.left for room in READER.news(response(leave={ROOM: {}})).rooms] == [True]


@pytest.mark.parametrize(
    "invite",
    [{}, {"invite_state": []}, {"invite_state": {"events": [member("join")]}}, member("invite") | {"sender": 5}, None],
)
def test_an_invitation_that_names_nobody_is_none(invite: object) -> None:
    assert READER.news(response(invite={ROOM: invite})).invitations == []


def test_a_forged_inviter_in_the_state_beside_the_invitation_is_refused() -> None:
    forged, real = member("invite"), member("invite") | {"sender": "@mallory:evil.example"}
    for events in ([forged, real], [real, forged], [forged | {"sender": 5}, real]):
        assert READER.news(response(invite={ROOM: {"invite_state": {"events": events}}})).invitations == []


def test_an_invitation_that_comes_twice_is_one() -> None:
    events = [member("invite"), member("invite")]
    invitations = READER.news(response(invite={ROOM: {"invite_state": {"events": events}}})).invitations
    assert [one.inviter for one in invitations] == [ANA]


# --- what nio is shown -----------------------------------------------------------------------------------

STATE = {"event_id": "$e", "sender": ANA, "state_key": "", "content": {}, "origin_server_ts": 1}
TO_DEVICE = {"type": "m.dummy", "sender": ANA, "content": {}}


@pytest.mark.parametrize("kind", ["m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction", "x", 5, None])
@pytest.mark.parametrize("part", ["timeline", "state"])
def test_nio_is_never_shown_a_message_even_one_dressed_as_state(kind: object, part: str) -> None:
    shown = for_nio(response(join={ROOM: {part: {"events": [STATE | {"type": kind}]}}}))
    assert shown["rooms"]["join"][ROOM]["state"]["events"] == []


@pytest.mark.parametrize("kind", STATE_TYPES)
def test_nio_is_shown_the_state_it_needs_from_either_part(kind: str) -> None:
    raw = STATE | {"type": kind}
    shown = for_nio(response(join={ROOM: {"state": {"events": [raw]}, "timeline": {"events": [raw]}}}))
    assert shown["rooms"]["join"][ROOM]["state"]["events"] == [raw, raw]


@pytest.mark.parametrize("broken", [{"unsigned": None}, {"content": []}, {"state_key": 5}, {"sender": None}])
def test_nio_is_not_shown_a_broken_envelope(broken: dict[str, Any]) -> None:
    raw = STATE | {"type": "m.room.name"} | broken
    assert for_nio(response(join={ROOM: joined([raw])}))["rooms"]["join"][ROOM]["state"]["events"] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "m.room.encrypted"},
        {"type": "m.room.encrypted", "content": []},
        {"type": "m.room.encrypted", "content": {"ciphertext": "x"}},
        {"type": "m.room.encrypted", "content": {"ciphertext": {"key": None}}},
        {"type": "m.room.encrypted", "content": {"ciphertext": {"key": {"type": 0}}}},
        {"type": "m.room.encrypted", "content": {"ciphertext": {"key": {"type": "0", "body": "x"}}}},
        {"type": "m.room.encrypted", "content": {"ciphertext": {"key": {"type": 0, "body": 5}}}},
    ],
)
def test_a_broken_message_to_the_device_is_kept_from_nio_and_its_neighbour_is_not(broken: dict[str, Any]) -> None:
    shown = for_nio(response() | {"to_device": {"events": [TO_DEVICE | broken, TO_DEVICE]}})
    assert shown["to_device"]["events"] == [TO_DEVICE]


def test_what_nio_is_shown_it_can_read() -> None:
    encryption = STATE | {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    answer = response(join={ROOM: joined([event(), encryption])}) | {"to_device": {"events": [TO_DEVICE]}}
    read = SyncResponse.from_dict(for_nio(answer))
    assert isinstance(read, SyncResponse)
    assert [type(one).__name__ for one in read.rooms.join[ROOM].state] == ["RoomEncryptionEvent"]
