"""Who is no longer in a room, where a room goes on, whom a message names, and what its newest edit says."""

from typing import Any

import pytest

from bot.matrix.edits import newest
from bot.render import OP_ID
from bot.turn.chat import Incoming
from tests.matrix.test_inbound import ANA, CLERK, EARS, ROOM, content_of, event, heard

BEA = "@bea:x.org"


def member(before: str | None, after: object, who: object = BEA, sender: str = ANA) -> dict[str, Any]:
    """A membership event; `before` is what our homeserver says it was."""
    raw: dict[str, Any] = {"event_id": "$m", "sender": sender, "type": "m.room.member", "state_key": who}
    return raw | {"content": {"membership": after}, "unsigned": {"prev_content": {"membership": before}}}


def state_of(raw: object) -> tuple[str, dict[str, Any] | None]:
    """What becomes of the event."""
    incoming = heard(raw)
    assert incoming is not None
    return incoming.state, incoming.content


@pytest.mark.parametrize(
    ("raw", "who"),
    [
        (member("join", "leave", sender=BEA), BEA),  # left
        (member("join", "leave"), BEA),  # was kicked
        (member("join", "ban"), BEA),
        (member("join", "leave", CLERK), CLERK),
        (member("join", "leave", CLERK, sender=CLERK), CLERK),
        (member("join", "ban", sender="@modbot:x.org"), BEA),  # an ignored bot moderates
    ],
)
def test_who_was_in_the_room_and_is_no_longer_has_departed(raw: dict[str, Any], who: str) -> None:
    assert state_of(raw) == ("new", {"kind": "departed", "who": who})


@pytest.mark.parametrize(
    "raw",
    [
        member("invite", "leave", sender=BEA),  # declined
        member("invite", "leave"),  # taken back
        member("knock", "leave"),
        member("ban", "leave"),  # forgiven
        member("leave", "ban"),
        member("leave", "join"),
        member("join", "join"),  # renamed
        member(None, "leave"),
        member(None, "join"),
        member("invite", "join", CLERK, sender=CLERK),
        member("join", "leave", "@otherbot:x.org"),  # ignored: nobody's person
        member("join", "leave", "nobody"),
        member("join", "leave", "@x\0:y"),
        member("join", "leave", 5),
        member("join", ["leave"]),
        member("join", "leave") | {"unsigned": None},
        member("join", "leave") | {"unsigned": {"prev_content": []}},
        member("join", "leave") | {"content": "leave"},
        {key: value for key, value in member("join", "leave").items() if key != "state_key"},
    ],
)
def test_nothing_else_is_a_departure(raw: dict[str, Any]) -> None:
    assert state_of(raw)[0] in ("ignored", "own")


def test_nobody_departs_inside_an_encrypted_event() -> None:
    raw = member("join", "leave") | {"type": "m.room.encrypted", "content": {"ciphertext": "x"}}
    assert state_of(raw)[0] == "bad"


# --- a room goes on elsewhere ------------------------------------------------------------------------------


def tombstone(room: object, **changes: Any) -> dict[str, Any]:
    """The room was upgraded by Ana."""
    return event(type="m.room.tombstone", state_key="", content={"replacement_room": room}) | changes


@pytest.mark.parametrize(
    ("raw", "via"),
    [
        (tombstone("!new:x.org"), ["x.org"]),
        (tombstone("!nohash-servername"), ["x.org"]),
        (tombstone("!new", sender="@ana:y.org:8448"), ["y.org:8448", "x.org"]),
        (tombstone("!new", sender="@modbot:x.org"), ["x.org"]),
    ],
)
def test_an_upgraded_room_goes_on_in_its_successor(raw: dict[str, Any], via: list[str]) -> None:
    successor = raw["content"]["replacement_room"]
    assert state_of(raw) == ("new", {"kind": "replaced", "successor": successor, "via": via})


@pytest.mark.parametrize(
    "raw",
    [
        *map(tombstone, ["", "!", "#alias:x.org", "new", "!a b", "!\0", "!ü", "!" + "x" * 300, 5, None, []]),
        tombstone(ROOM),
        tombstone("!new", state_key="x"),
        tombstone("!new", content="!new"),
    ],
)  # fmt: skip
def test_a_tombstone_that_leads_nowhere_is_none(raw: dict[str, Any]) -> None:
    assert state_of(raw)[0] == "ignored"


def test_a_message_of_that_type_is_no_upgrade() -> None:
    raw = tombstone("!new")
    del raw["state_key"]
    assert state_of(raw)[0] == "ignored"


# --- whom a message names ----------------------------------------------------------------------------------


def named(body: str = "hello", **content: Any) -> list[str]:
    """The people in a message."""
    names: list[str] = content_of(event({"body": body, **content}))["mentions"]
    return names


def meant(*users: object) -> dict[str, Any]:
    """Who is to be told, as clients say it."""
    return {"m.mentions": {"user_ids": list(users)}}


PILL = f'<a href="https://matrix.to/#/{BEA}">Bea</a>'


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (meant(BEA), [BEA]),
        (meant(CLERK, BEA, BEA), [BEA]),
        (meant("@otherbot:x.org"), []),
        (meant("bea", "@bea", "@:x.org", "@b b:x.org", "@bea:x y", 5, None, "@x\0:y", "@" + "b" * 300 + ":x.org"), []),
        (meant("@OLD/account=1:x.org", "@b:[::1]:8448"), ["@OLD/account=1:x.org", "@b:[::1]:8448"]),
        ({"m.mentions": {"user_ids": BEA}}, []),
        ({"m.mentions": {}, "formatted_body": PILL}, []),  # the client says: nobody
        ({"formatted_body": PILL}, [BEA]),
        ({"formatted_body": PILL.replace("@", "%40").replace(":x", "%3Ax")}, [BEA]),
        ({"formatted_body": f"<mx-reply>{PILL}</mx-reply> thanks"}, []),
        ({"formatted_body": 5}, []),
        ({"m.mentions": 5, "formatted_body": PILL}, [BEA]),
    ],
)  # fmt: skip
def test_a_message_names_whom_its_client_says(content: dict[str, Any], names: list[str]) -> None:
    assert named(**content) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("hand over to @bea:x.org", [BEA]),
        ("@bea:x.org, please. And @cai:x.org.", [BEA, "@cai:x.org"]),
        ("(@bea:x.org:8448)", ["@bea:x.org:8448"]),
        ("@bea:x.org: please", [BEA]),
        ("ask @bea", []),
        ("mail bea@x.org:25 or foo@bea:x.org", []),
        ("https://matrix.to/#/@bea:x.org", []),
        ("clerk: hand over to @clerk:x.org", []),
        ("@bea :x.org", []),
    ],
)
def test_a_message_names_whom_it_names_by_full_id(body: str, names: list[str]) -> None:
    assert named(body, **meant()) == names


def test_who_is_named_in_a_quote_is_another_persons_word() -> None:
    relation = {"m.in_reply_to": {"event_id": "$0"}}
    assert named("> <@bea:x.org> hello\n\nfor @cai:x.org", **{"m.relates_to": relation}) == ["@cai:x.org"]


def test_no_more_than_twenty_are_named() -> None:
    many = [f"@p{n}:x.org" for n in range(50)]
    assert named(" ".join(many[30:]), **meant(*many[:30])) == many[:20]


# --- a message as it is now --------------------------------------------------------------------------------


def edited(body: str = "new words", sender: str = ANA, target: str = "$1") -> dict[str, Any]:
    """The edit that the homeserver bundles with the message."""
    new = {"msgtype": "m.text", "body": body}
    relation = {"rel_type": "m.replace", "event_id": target}
    return event({"m.new_content": new, "m.relates_to": relation}, event_id="$2", sender=sender)


def now(edit: object, **changes: Any) -> tuple[str, str]:
    """The state of a fetched message and its words, with what is bundled."""
    raw = event(unsigned={"m.relations": {"m.replace": edit}}) | changes
    found = newest(raw, EARS, ROOM, lambda room, raw: None) or Incoming("", "", "bad")
    return found.state, (found.content or {}).get("text", "")


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (edited(), "new words"),
        (edited("clerk: new words"), "new words"),
        (edited(sender=BEA), "hello"),
        (edited(target="$other"), ""),
        (edited() | {"type": "m.room.encrypted"}, ""),  # locked: the old words aren't theirs any more
        (edited() | {"event_id": 5}, ""),
        (None, "hello"),
        ([], "hello"),
        (5, "hello"),
    ],
)
def test_a_message_has_the_words_of_its_authors_newest_edit(edit: object, text: str) -> None:
    assert now(edit) == ("new", text)


@pytest.mark.parametrize("unsigned", [None, 5, {"m.relations": []}, {"m.relations": {"m.replace": {}}}])
def test_broken_bundles_are_no_edit(unsigned: object) -> None:
    assert now(None, unsigned=unsigned) == ("new", "hello")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"sender": CLERK, "content": {OP_ID: "op"}}, "own"),
        ({"sender": "@otherbot:x.org"}, "ignored"),
        ({"content": {"msgtype": "m.notice", "body": "x"}}, "ignored"),
        ({"content": {}}, "ignored"),
    ],
)
def test_what_is_no_persons_text_has_no_words_however_it_was_edited(changes: dict[str, Any], state: str) -> None:
    assert now(edited(), **changes) == (state, "")
