"""No event of ours is larger than a homeserver takes, whatever the words: as an edit, in an encrypted room."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import Say
from bot.catalogues import Catalogues
from bot.matrix.outbound import _edit
from bot.render import OP_ID, Renderer
from bot.store.outbox import Ready
from bot.words import Items, Link, Person, Quote, phrase
from tests.store.samples import NOW

LIMIT = 65_536  # bytes of canonical JSON (client-server API, "Size limits")
ENVELOPE = 3_000  # of the federation's form: room, sender, hashes, signatures, `prev_events`, and Megolm's keys
PO = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "t.three"
msgstr "{x}, **{y}**: `{z}`"

msgid "bot.and"
msgstr " and "
"""

HARD = st.sampled_from(['"', "\\", "\n", "&", "<", "'", "é", "€", "🏛️", "\u202e", "a", "\x00", " "])
WORDS = st.builds(lambda piece, times: piece * times, st.lists(HARD, min_size=1, max_size=3).map("".join),
                  st.sampled_from([1, 50, 2000]))  # fmt: skip
FILLING = st.one_of(
    WORDS,
    st.builds(Quote, WORDS),
    st.builds(lambda text: Link(text, f"https://x.org/{text[:2000]}"), WORDS),
    st.builds(lambda text: Person("@ana:x.org", text), WORDS),
    st.lists(WORDS, max_size=5),
)
LINES = st.lists(st.builds(lambda x, y, z: phrase("t.three", x=x, y=y, z=z), FILLING, FILLING, FILLING), max_size=4)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """With a small catalogue of its own."""
    folder: Path = tmp_path_factory.mktemp("locales")
    (folder / "en.po").write_text(PO, encoding="utf-8")
    return Renderer(Catalogues([folder]))


def encoded(content: dict[str, object]) -> int:
    """Bytes of canonical JSON."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())


@settings(max_examples=25, deadline=None)
@given(lines=LINES, listed=LINES)
def test_every_part_fits_even_as_an_edit_that_is_encrypted(renderer: Renderer, lines: list, listed: list) -> None:  # type: ignore[type-arg]
    say = Say("!r", (*lines, Items(tuple(listed))), thread="$root", mentions=("@ana:x.org",))
    for part in renderer.contents(say, "en"):
        row = Ready("op", "!r", "edit", part | {OP_ID: "op" * 100}, "op", "$event", 0, "", NOW)
        for content in (part, _edit(row)):
            assert encoded(content) * 4 / 3 + ENVELOPE < LIMIT
