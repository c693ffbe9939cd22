"""Saved answers with names and words that mean no good: harmless, whole, or refused with a clear sentence."""

from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.catalogues import Catalogues
from bot.render import Renderer, clean
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.saved import MOST_NAME, MOST_TEXT, pieces
from tests.dialogue import ANA, BEA, Dialogue
from tests.plugins.requests.test_saved import ASKED, SAVE, VPN, names, posted

RENDERER = Renderer(Catalogues([plugin.folder / "locales"]))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("@room", "@\u2060room"),
        ("<b>vpn</b>", "<b>vpn</b>"),
        ("\u202evpn\u202c", "vpn"),
        ("כרטיס", "כרטיס"),
        ("../../etc", "../../etc"),
    ],
)
async def test_a_strange_name_is_a_name_like_any_other_and_harmless(talk: Dialogue, title: str, shown: str) -> None:
    await talk.say(f"save answer {title}: {VPN}", sender=BEA)
    assert f"Saved for Camden as {shown}." in talk.last.body
    assert talk.last.mentions == []
    await talk.say(ASKED)
    await talk.say(f"answer #1 with {title}", sender=BEA)
    assert VPN in posted(talk).body
    await talk.say("saved answers", sender=BEA)
    assert f"· {shown}: {VPN}" in talk.last.body
    assert f"<b>{escape(shown)}</b>" in talk.last.html
    await talk.say(f"forget the saved answer {title}", sender=BEA)
    assert await names(talk) == []


@pytest.mark.parametrize(
    ("title", "answer"),
    [
        ("x" * 10_000, f"That name is too long: {MOST_NAME} characters are the most."),
        ("x" * (MOST_NAME + 1), f"That name is too long: {MOST_NAME} characters are the most."),
        ("!!!", "Under which name?"),
        ("🔑", "Under which name?"),
        ("\u200b\u200b", "Under which name?"),
    ],
)
async def test_a_name_that_is_none_is_refused(talk: Dialogue, title: str, answer: str) -> None:
    await talk.say(f"save answer {title}: {VPN}", sender=BEA)
    assert answer in talk.last.body
    assert await names(talk) == []


async def test_a_name_of_ten_thousand_letters_is_looked_for_in_vain(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    await talk.say(ASKED)
    await talk.say(f"answer #1 with {'x' * 10_000}", sender=BEA)
    assert "Camden has no saved answer called xxx" in talk.last.body
    assert len(talk.last.body) < 500


async def test_words_that_would_be_marks_or_mentions_are_given_as_they_are(talk: Dialogue) -> None:
    await talk.say("save answer bold: @room **not bold** `not code` {who} <b>not html</b>", sender=BEA)
    await talk.say(ASKED)
    await talk.say("answer #1 with bold", sender=BEA)
    assert "@\u2060room **not bold**" in posted(talk).body
    assert "{who} <b>not html</b>" in posted(talk).body
    assert "&lt;b&gt;not html" in posted(talk).html
    assert posted(talk).content["m.mentions"] == {"user_ids": [ANA]}


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=MOST_TEXT).filter(str.strip))
@example('"' * MOST_TEXT)
@example("\U0001f3f4" * MOST_TEXT)
@example("x\n" * (MOST_TEXT // 2))
def test_no_word_of_any_text_is_lost(said: str) -> None:
    shown = "".join(RENDERER.text(phrase("requests.saved_words", text=piece), "en").plain for piece in pieces(said))
    assert "".join(shown.split()) == "".join(clean(said, len(said)).split())
