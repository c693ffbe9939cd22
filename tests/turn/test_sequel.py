"""Who is told what became of a row of the outbox."""

import pytest

from bot.store.outbox import Ready
from bot.turn.chat import Incoming
from bot.turn.sequel import author_of, fetched, unsent
from tests.store.samples import ANA, NOW, ROOM


def row(op_id: str, kind: str = "message", seq: int = 0) -> Ready:
    """A row that was tried."""
    return Ready(op_id, ROOM, kind, {"kind": "sos"}, "$target", None, 0, "request:7", NOW, seq)


@pytest.mark.parametrize(
    ("op_id", "author"),
    [
        ("requests:card:$q", ("requests", "card:$q")),
        ("requests:card:$q~2~$cause", ("requests", "card:$q")),
        ("requests:card:$q~pin~$cause", ("requests", "card:$q")),
        ("requests:card:$q/2", ("requests", "card:$q")),
        ("requests:card:$q/2~1~$cause/3", ("requests", "card:$q")),
        ("requests:card:$q~redact", ("requests", "card:$q")),
        ("digest:2026-11-23", ("digest", "2026-11-23")),
        ("requests:a.b", ("requests", "a.b")),
        ("requests.opened:$event:0", ("requests", "")),
        ("requests.call:request:7@2026-11-23:0", ("requests", "")),
        ("requests.opened:$event:0~1~$edit", ("requests", "")),
        ("slower:requests.opened:$event:0", ("slower", "requests.opened:$event:0")),
        ("join:!room:s1", ("join", "!room:s1")),
        ("nobody", ("", "")),
        ("", ("", "")),
    ],
)
def test_an_op_id_names_its_plugin_and_the_key_if_it_was_said_under_one(op_id: str, author: tuple[str, str]) -> None:
    assert author_of(op_id) == author


def test_a_refusal_is_told_once_until_it_is_tried_anew() -> None:
    first, again = unsent(row("a:b"), "403"), unsent(row("a:b", seq=1), "403")
    assert first is not None
    assert again is not None
    assert (first.event_id, again.event_id) == ("unsent:a:b:0", "unsent:a:b:1")
    assert first.content == {
        "kind": "unsent", "plugin": "a", "what": "message", "key": "b", "subject": "request:7", "reason": "403",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("op_id", "kind", "told"),
    [
        ("a:b", "edit", True),
        ("a.handler:$e:0", "join", True),
        ("a.handler:$e:0", "leave", False),
        ("a.handler:unsent:a:b:0:0", "message", True),
        ("a.handler:unsent:a.handler:unsent:a:b:0:0:0:0", "message", False),
        ("a:card~2~unsent:a:card~1~unsent:a:card:0:0", "edit", False),
    ],
)
def test_refusals_of_what_was_said_about_refusals_come_to_an_end(op_id: str, kind: str, told: bool) -> None:
    assert (unsent(row(op_id, kind), "403") is not None) is told


@pytest.mark.parametrize(
    ("found", "sender", "text"),
    [
        (None, "", ""),
        (Incoming("$1", ANA, "new", {"kind": "heard", "text": "hello", "thread": "$root"}), ANA, "hello"),
        (Incoming("$1", ANA, "new", {"kind": "reacted", "target": "$0", "key": "🆘"}), ANA, ""),
        (Incoming("$1", ANA, "locked", {"kind": "heard", "text": "hello"}), ANA, ""),
        (Incoming("$1", ANA, "ignored"), ANA, ""),
        (Incoming("$1", "", "bad"), "", ""),
    ],
)
def test_only_a_persons_message_is_fetched_with_words(found: Incoming | None, sender: str, text: str) -> None:
    arrival = fetched(row("a.handler:$e:0", "fetch"), found)
    assert arrival.content is not None
    assert (arrival.event_id, arrival.sender) == ("fetched:a.handler:$e:0", sender)
    assert (arrival.content["plugin"], arrival.content["what"], arrival.content["text"]) == ("a", "sos", text)
