"""Whatever people type, both forms of a message say the same, nobody is pinged by it, and it fits an event."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Say
from bot.catalogues import Catalogues
from bot.render import NAME_LENGTH, URL_LENGTH, Renderer, Text, clean
from bot.words import Block, Items, Link, Moment, Person, Phrase, phrase

LIMIT = 65_536  # bytes of canonical JSON
PO = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "t.plain"
msgstr "{x}"

msgid "t.strong"
msgstr "a **{x}** b"

msgid "t.two"
msgstr "{x} & {y} {unknown}"

msgid "bot.and"
msgstr " and "
"""


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """With a small catalogue of its own."""
    folder: Path = tmp_path_factory.mktemp("locales")
    (folder / "en.po").write_text(PO, encoding="utf-8")
    return Renderer(Catalogues([folder]))


def read_by_a_client(text: Text) -> str:
    """What a client shows of the HTML form."""
    return html.unescape(re.sub(r"<[^>]*>", "", text.html.replace("<br>", "\n")))


@given(st.text())
@pytest.mark.parametrize("key", ["t.plain", "t.strong"])
def test_both_forms_say_the_same_whatever_is_typed(renderer: Renderer, key: str, typed: str) -> None:
    text = renderer.text(phrase(key, x=typed), "en")
    assert read_by_a_client(text) == text.plain


@given(st.text())
def test_nothing_typed_becomes_a_tag(renderer: Renderer, typed: str) -> None:
    text = renderer.text(phrase("t.strong", x=typed), "en")
    assert re.findall(r"<[^>]*>", text.html) == ["<b>", "</b>"]


@given(st.text())
def test_what_was_typed_is_one_line_without_hidden_characters(typed: str) -> None:
    cleaned = clean(typed)
    assert cleaned == clean(cleaned)
    assert len(cleaned) <= NAME_LENGTH
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", cleaned)


@pytest.mark.parametrize("typed", ["{x}", "{y}", "**{y}**", "`{x}`", "**", "`", "{unknown}", "t.plain"])
def test_a_filling_is_not_read_again(renderer: Renderer, typed: str) -> None:
    text = renderer.text(phrase("t.two", x=typed, y="why"), "en")
    assert text == Text(f"{typed} & why {{unknown}}", f"{typed} &amp; why {{unknown}}")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "//evil.example",
        "https://[",
        "https://x.org/\nhttps://evil.example",
        "https://x.org/\u202egpj.exe",
        "\x01https://x.org",
        "https://x.org/" + "x" * URL_LENGTH,
        "",
    ],
)
def test_what_is_no_plain_address_is_no_link(renderer: Renderer, url: str) -> None:
    assert renderer.text(phrase("t.plain", x=Link(url, "here")), "en") == Text("here", "here")


@pytest.mark.parametrize("url", ["https://x.org/a?b=1&c=2#d", "http://x.org", "mailto:a@x.org"])
def test_an_address_is_a_link_and_written_out_for_those_who_see_only_text(renderer: Renderer, url: str) -> None:
    text = renderer.text(phrase("t.plain", x=Link(url, "here")), "en")
    assert text == Text(f"here ({url})", f'<a href="{html.escape(url)}">here</a>')


def test_an_address_shown_as_itself_is_written_once(renderer: Renderer) -> None:
    assert renderer.text(phrase("t.plain", x=Link("https://x.org", "https://x.org")), "en").plain == "https://x.org"


@pytest.mark.parametrize("user_id", ['@a"><b>:x.org', "@a b:x.org", "@ünï:x.org", "@a/../b?c#d:x.org"])
def test_an_account_of_any_name_is_one_link(renderer: Renderer, user_id: str) -> None:
    text = renderer.text(phrase("t.plain", x=Person(user_id)), "en")
    assert re.fullmatch(r'<a href="https://matrix\.to/#/@[A-Za-z0-9%._~:-]+">[^<>"]*</a>', text.html)
    assert read_by_a_client(text) == text.plain


@pytest.mark.parametrize("notice", [True, False])
def test_mentions_are_always_there_and_empty_unless_somebody_must_act(renderer: Renderer, notice: bool) -> None:
    words = phrase("t.two", x="@room", y=Person("@ana:x.org"))
    (content,) = renderer.contents(Say("!r", (words,), notice=notice), "en")
    assert content["m.mentions"] == {}


def test_a_moment_is_told_on_the_clock_of_its_place(renderer: Renderer) -> None:
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    told = [renderer.text(phrase("t.plain", x=Moment(at, zone)), "en").plain for zone in ("Europe/London", "UTC")]
    assert told == ["Thursday 2 July, 00:30", "Wednesday 1 July, 23:30"]


def test_a_reply_goes_where_it_was_asked(renderer: Renderer) -> None:
    (content,) = renderer.contents(Say("!r", (phrase("t.plain", x="x"),), reply_to="$1"), "en")
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": "$1"}}


@pytest.mark.parametrize(
    ("reply_to", "answered", "falling_back"), [(None, "$root", True), ("$root", "$root", True), ("$1", "$1", False)]
)
def test_in_a_thread_older_clients_see_a_reply(
    renderer: Renderer, reply_to: str | None, answered: str, falling_back: bool
) -> None:
    say = Say("!r", (phrase("t.plain", x="x"),), reply_to=reply_to, thread="$root")
    (content,) = renderer.contents(say, "en")
    assert content["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": falling_back,
        "m.in_reply_to": {"event_id": answered},
    }


WORST = {"quotes": '"' * 300, "backslashes": "\\" * 300, "signs": "<&'" * 100, "emoji": "🏙" * 300, "letters": "x" * 300}


@pytest.mark.parametrize("name", WORST.values(), ids=WORST)
@pytest.mark.parametrize("arranged", [lambda lines: (Items(lines),), lambda lines: lines], ids=["items", "lines"])
def test_3000_lines_of_the_worst_kind_come_in_parts_that_each_fit_an_event(
    renderer: Renderer, name: str, arranged: Callable[[tuple[Phrase, ...]], tuple[Block, ...]]
) -> None:
    lines = tuple(phrase("t.two", x=f"line {number}.", y=name) for number in range(3000))
    say = Say("!r", arranged(lines), reply_to="$1", mentions=("@ana:x.org",))
    parts = renderer.contents(say, "en")
    assert max(len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()) for part in parts) < LIMIT
    told = [int(n) for part in parts for n in re.findall(r"line (\d+)\.", part["body"])]
    shown = [int(n) for part in parts for n in re.findall(r"line (\d+)\.", part["formatted_body"])]
    assert told == shown == list(range(3000))
    assert [part["m.mentions"] for part in parts] == [{"user_ids": ["@ana:x.org"]}] + [{}] * (len(parts) - 1)


def test_an_encrypted_part_fits_an_event_too(renderer: Renderer) -> None:
    lines = tuple(phrase("t.plain", x='"' * 200) for _ in range(3000))
    for part in renderer.contents(Say("!r", (Items(lines),)), "en"):
        inner = json.dumps({"type": "m.room.message", "content": part, "room_id": "!r"}, ensure_ascii=False)
        assert len(inner.encode()) * 4 / 3 + 2_000 < LIMIT


@pytest.mark.parametrize("part", [0, 1])
def test_every_part_is_whole_html(renderer: Renderer, part: int) -> None:
    lines = tuple(phrase("t.strong", x=f"{number} " + "x" * 190) for number in range(100))
    shown = renderer.contents(Say("!r", (phrase("t.plain", x="head"), Items(lines))), "en")[part]["formatted_body"]
    assert [shown.count(f"<{tag}>") - shown.count(f"</{tag}>") for tag in ("ul", "li", "b")] == [0, 0, 0]
    assert shown.count("<ul>") == 1
