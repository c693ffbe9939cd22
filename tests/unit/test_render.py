"""Words to wire: both forms say the same, and nothing a person typed becomes a tag, a mark or a ping."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.actions import Say
from bot.catalogues import Catalogues
from bot.render import Renderer, clean
from bot.words import Block, Items, Link, Moment, Person, Phrase, Quote, WorkingTime, phrase

PO = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "t.plain"
msgstr "{x}"

msgid "t.strong"
msgstr "**{x}** & `say {x}`"

msgid "t.count"
msgid_plural "t.count"
msgstr[0] "{count} council"
msgstr[1] "{count} councils"

msgid "t.two"
msgstr "{x} & {y}"

msgid "bot.and"
msgstr " and "
"""


@pytest.fixture
def renderer(tmp_path: Path) -> Renderer:
    """With a small catalogue of its own."""
    (tmp_path / "en.po").write_text(PO, encoding="utf-8")
    return Renderer(Catalogues([tmp_path]))


def content(renderer: Renderer, *blocks: Block, **options: object) -> dict[str, object]:
    """The one content of a message."""
    (only,) = renderer.contents(Say("!r", blocks, **options), "en")  # type: ignore[arg-type]
    return only


def test_strong_and_code_are_tags_in_one_form_and_words_in_the_other(renderer: Renderer) -> None:
    made = content(renderer, phrase("t.strong", x="PlanX"))
    assert made["body"] == "PlanX & “say PlanX”"
    assert made["formatted_body"] == "<b>PlanX</b> &amp; <code>say PlanX</code>"


@pytest.mark.parametrize(
    ("typed", "body", "html"),
    [
        ("<b>@Room</b>", "<b>@\u2060Room</b>", "&lt;b&gt;@\u2060Room&lt;/b&gt;"),  # a word joiner: nobody is pinged
        ("**bold** `code` {x}", "**bold** `code` {x}", "**bold** `code` {x}"),
        ("a\x00b\u202ec\u200bd", "abcd", "abcd"),
        ("two\nlines\there", "two lines here", "two lines here"),
        ('"quote" & co', '"quote" & co', "&quot;quote&quot; &amp; co"),
        ("مدينة 🏙", "مدينة 🏙", "مدينة 🏙"),
    ],
)
def test_a_filling_is_inert(renderer: Renderer, typed: str, body: str, html: str) -> None:
    made = content(renderer, phrase("t.plain", x=typed))
    assert (made["body"], made["formatted_body"]) == (body, html)
    assert made["m.mentions"] == {}


def test_only_who_must_act_is_mentioned(renderer: Renderer) -> None:
    made = content(renderer, phrase("t.plain", x=Person("@ana:x.org")), mentions=("@ana:x.org",), notice=False)
    assert made["m.mentions"] == {"user_ids": ["@ana:x.org"]}
    assert made["msgtype"] == "m.text"
    assert made["body"] == "ana"
    assert "https://matrix.to/#/@ana:x.org" in str(made["formatted_body"])


def test_a_link_to_anything_but_the_web_is_only_text(renderer: Renderer) -> None:
    assert content(renderer, phrase("t.plain", x=Link("javascript:alert(1)", "click")))["formatted_body"] == "click"
    made = content(renderer, phrase("t.plain", x=Link('https://x.org/"><b>', "there")))
    assert made["formatted_body"] == '<a href="https://x.org/&quot;&gt;&lt;b&gt;">there</a>'
    assert made["body"] == 'there (https://x.org/"><b>)'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Moment(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London"), "Tuesday 5 May, 09:00"),
        (date(2026, 5, 5), "5 May 2026"),
        (timedelta(days=62), "2 months"),
        (WorkingTime(timedelta(hours=43)), "43 hours"),
        (WorkingTime(timedelta(minutes=45)), "45 minutes"),
        (1234, "1234"),
        (1234.5, "1,234.5"),
        (["a", "b", "c"], "a, b and c"),
        ([], ""),
        (phrase("t.plain", x="inner"), "inner"),
    ],
)
def test_values_are_written_as_the_language_writes_them(renderer: Renderer, value: object, written: str) -> None:
    assert content(renderer, phrase("t.plain", x=value))["body"] == written


@pytest.mark.parametrize(
    ("language", "moment", "day"),
    [
        ("en", "Monday 11 May, 14:00", "11 May 2026"),
        ("cy", "Dydd Llun 11 Mai, 14:00", "11 Mai 2026"),
        ("fr", "lundi 11 mai, 14:00", "11 mai 2026"),
        ("de", "Montag, 11. Mai, 14:00", "11. Mai 2026"),
    ],
)
def test_days_are_written_as_each_language_writes_them(
    renderer: Renderer, language: str, moment: str, day: str
) -> None:
    at = Moment(datetime(2026, 5, 11, 13, 0, tzinfo=UTC), "Europe/London")
    assert renderer.text(phrase("t.plain", x=at), language).plain == moment
    assert renderer.text(phrase("t.plain", x=date(2026, 5, 11)), language).plain == day


@pytest.mark.parametrize(("count", "written"), [(1, "1 council"), (2, "2 councils"), (0, "0 councils")])
def test_the_plural_form_follows_the_number(renderer: Renderer, count: int, written: str) -> None:
    assert content(renderer, phrase("t.count", count=count))["body"] == written


def test_a_list_is_a_list_in_both_forms(renderer: Renderer) -> None:
    items = Items((phrase("t.plain", x="one"), phrase("t.plain", x="two")))
    made = content(renderer, phrase("t.plain", x="head"), items, phrase("t.plain", x="tail"))
    assert made["body"] == "head\n· one\n· two\ntail"
    assert made["formatted_body"] == "head<ul><li>one</li><li>two</li></ul>tail"


@pytest.mark.parametrize("name", ["Zorblax" * 10, '"\\' * 90, "🏙" * 190, "\n" * 50 + "x" * 150])
def test_a_very_long_answer_comes_in_parts_each_below_the_event_limit(renderer: Renderer, name: str) -> None:
    lines: tuple[Phrase, ...] = tuple(phrase("t.plain", x=f"{number} {name}") for number in range(3000))
    say = Say("!r", (Items(lines),), mentions=("@ana:x.org",))
    parts = renderer.contents(say, "en")
    assert (
        max(len(json.dumps(json.dumps(part, ensure_ascii=False), ensure_ascii=False).encode()) for part in parts)
        < 48_000
    )
    assert sum(str(part["body"]).count("· ") for part in parts) == 3000
    assert [part["m.mentions"] for part in parts[1:]] == [{}] * (len(parts) - 1)


@pytest.mark.parametrize("letter", ["x", '"', "\\", "🏙", "ŵ", "<"])
def test_a_quote_is_passed_on_in_full_as_far_as_two_fit_into_an_event(renderer: Renderer, letter: str) -> None:
    made = content(renderer, phrase("t.two", x=Quote(letter * 70_000), y=Quote("y" * 2000)))
    assert len(json.dumps(json.dumps(made, ensure_ascii=False), ensure_ascii=False).encode()) < 48_000
    quoted, _, other = str(made["body"]).partition(" & ")
    assert other == "y" * 2000
    assert len(quoted) == 2000 if letter == "x" else len(quoted) <= 2000


def test_a_quote_is_one_line(renderer: Renderer) -> None:
    assert content(renderer, phrase("t.plain", x=Quote("one\nClerk: two")))["body"] == "one Clerk: two"


def test_a_name_is_never_endless() -> None:
    assert len(clean("x" * 70_000)) == 200


def test_a_key_nobody_wrote_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(KeyError):
        content(renderer, phrase("t.nothing"))
