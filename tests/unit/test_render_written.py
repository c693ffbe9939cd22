"""Lines that aren't in the catalogue: read like its sentences, filled in like them, and never too long for an event."""

import json

import pytest

from bot.actions import Say
from bot.catalogues import Catalogues
from bot.render import Renderer, Text
from bot.words import Block, Items, Quote, Written

LIMIT = 65_536  # bytes of canonical JSON


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Without a sentence."""
    return Renderer(Catalogues([tmp_path_factory.mktemp("locales")]))


@pytest.mark.parametrize(
    ("line", "plain", "shown"),
    [
        ("a **{x}** `c`", "a <i> **b** “c”", "a <b>&lt;i&gt; **b**</b> <code>c</code>"),
        ("{x} {y}", "<i> **b** {y}", "&lt;i&gt; **b** {y}"),
        ("** `", "** `", "** `"),
    ],
)
def test_its_marks_and_names_count_and_those_in_its_values_dont(
    renderer: Renderer, line: str, plain: str, shown: str
) -> None:
    assert renderer.written([Written(line, {"x": "<i> **b**"})], "en") == Text(plain, shown)


def test_lines_and_items_are_told_in_their_order(renderer: Renderer) -> None:
    blocks: list[Block] = [Written("one"), Items((Written("two"), Written("**three**"))), Written("four")]
    assert renderer.written(blocks, "en") == Text(
        "one\n· two\n· three\nfour", "one<ul><li>two</li><li><b>three</b></li></ul>four"
    )


LONG = {
    "many values": Written("{x}" * 1000, {"x": '"' * 200}),
    "many in strong": Written("{x} " * 20 + "**" + "{x} " * 1000 + "**", {"x": "<" * 200}),
    "many quotes": Written("{x} " * 30, {"x": Quote("🏙" * 2000)}),
    "its own text": Written("&" * 2000),
}


@pytest.mark.parametrize("line", LONG.values(), ids=LONG)
def test_a_line_of_any_length_fits_an_event_encrypted_or_not(renderer: Renderer, line: Written) -> None:
    for part in renderer.contents(Say("!r", (Items((line,) * 20), *(line,) * 20)), "en"):
        inner = json.dumps({"type": "m.room.message", "content": part, "room_id": "!r"}, ensure_ascii=False)
        assert len(inner.encode()) < LIMIT
        assert len(json.dumps(inner, ensure_ascii=False).encode()) * 4 / 3 + 2_000 < LIMIT


def test_a_line_that_was_cut_says_so_in_both_forms(renderer: Renderer) -> None:
    text = renderer.written([LONG["many values"]], "en")
    assert text.plain.endswith("…")
    assert text.html.endswith("…")
    assert renderer.written([LONG["its own text"]], "en").plain == "&" * 2000
