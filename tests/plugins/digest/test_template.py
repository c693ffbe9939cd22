"""A digest by a template: what it may say, what it can't do, and that nothing it prints is read as a mark."""

import html
import re
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogues import Catalogues
from bot.render import Renderer, Text
from bot.words import Items, Person, Phrase, Quote, Written, phrase
from plugins.digest.template import BUILT_IN, LONGEST, TemplateBroken, told, words

HERE = Path(__file__).parents[3]
RENDERER = Renderer(Catalogues([HERE / "bot" / "locales", HERE / "plugins" / "digest" / "locales"]))
TITLE = phrase("digest.title", community="Test councils", until=date(2026, 5, 15))
QUIET, WAITING, THANKS = phrase("digest.quiet"), phrase("digest.waiting"), phrase("digest.thanks")
LINE = phrase("digest.new_tool", tool="PlanX")
HOSTILE = "</b><script>x</script> **bold** `code` {v0} [x](https://evil.example) @room\n- item \u202egpj.exe"

VALUES: dict[str, Any] = {
    "title": TITLE,
    "late": None,
    "introduction": Quote("Welcome to the new councils."),
    "quiet": None,
    "numbers": [LINE, LINE],
    "sections": [SimpleNamespace(id="waiting", title=WAITING, lines=[LINE, LINE])],
    "chart_text": None,
    "closing": THANKS,
    "name": HOSTILE,
    "ana": Person("@ana:example.org"),
}


def written(source: str, **values: object) -> Text:
    """What a template says in the end."""
    return RENDERER.written(words(source, VALUES | values), "en")


def broken(source: str) -> TemplateBroken:
    """What is wrong with it."""
    with pytest.raises(TemplateBroken) as caught:
        words(source, VALUES)
    return caught.value


def test_the_built_in_one_says_all_there_is_to_say() -> None:
    assert words(BUILT_IN, VALUES) == [
        TITLE,
        Written("{v1}", {"v1": Quote("Welcome to the new councils.")}),
        LINE,
        LINE,
        WAITING,
        Items((LINE, LINE)),
        THANKS,
    ]


def test_the_built_in_one_says_a_quiet_week_in_one_line() -> None:
    assert words(BUILT_IN, VALUES | {"quiet": QUIET, "introduction": None}) == [TITLE, QUIET]


@pytest.mark.parametrize(
    ("source", "plain", "shown"),
    [
        ("", "", ""),
        ("\n \n{{ late }}\n- {{ late }}\n", "", ""),
        ("**News** for {{ ana }}", "News for ana", "<b>News</b> for <a href=\"https://matrix.to/#/@ana:example.org\">ana</a>"),
        ("say `help`", "say “help”", "say <code>help</code>"),
        ("{{ day }}, {{ span }}, {{ 1234 }}", "15 May 2026, 2 hours, 1234", "15 May 2026, 2 hours, 1234"),
        ("one\n- two\n· three\n-four", "one\n· two\n· three\n-four", "one<ul><li>two</li><li>three</li></ul>-four"),
        ("{% for line in numbers %}\n- **{{ loop.index }}** {{ line }}\n{% endfor %}",
         "· 1 PlanX is a new tool\n· 2 PlanX is a new tool",
         "<ul><li><b>1</b> PlanX is a new tool</li><li><b>2</b> PlanX is a new tool</li></ul>"),
        ("{{ numbers }}", "PlanX is a new tool and PlanX is a new tool", "PlanX is a new tool and PlanX is a new tool"),
        ("[our page](https://example.org/a?b&c)", "our page (https://example.org/a?b&c)",
         '<a href="https://example.org/a?b&amp;c">our page</a>'),
        ("[our page](javascript:alert)", "[our page](javascript:alert)", "[our page](javascript:alert)"),
        ("{v0} {{ 'a' ~ 1 }} {v1}", "{v0} a1 {v1}", "{v0} a1 {v1}"),
        ("{% if quiet %}a{% else %}b{% endif %}{# c #}", "b", "b"),
        ("a <b> & c", "a <b> & c", "a &lt;b&gt; &amp; c"),
    ],
)  # fmt: skip
def test_its_own_text_is_read_with_the_marks_and_its_values_are_filled_in(source: str, plain: str, shown: str) -> None:
    assert written(source, day=date(2026, 5, 15), span=timedelta(hours=2)) == Text(plain, shown)


def read_by_a_client(text: Text) -> str:
    """What a client shows of the HTML form."""
    return html.unescape(re.sub(r"<[^>]*>", "", text.html))


PRINTED = ["{{ name }}", "{{ name|upper }}", "{{ '**' ~ name }}", "{{ name + '`' }}", "{{ [name]|join(', ') }}",
           "{{ name|replace('x', '`') }}", "{{ name[:99] }}", "{{ [name] }}", "{{ name|string }}"]  # fmt: skip


@pytest.mark.parametrize("printed", PRINTED)
@pytest.mark.parametrize("typed", [HOSTILE, "**", "`", "{v0}", "{name}", "- x", "@room", "{{ title }}", "{% raw %}"])
def test_what_it_prints_is_no_mark_no_tag_no_item_and_no_template(printed: str, typed: str) -> None:
    text = written(f"a **{printed}** b", name=typed)
    assert re.findall(r"<[^>]*>", text.html) == ["<b>", "</b>"]
    assert read_by_a_client(text) == text.plain
    assert "\u202e" not in text.plain
    assert "\n" not in text.plain


@given(st.text())
def test_whatever_is_typed_a_line_is_that_line(typed: str) -> None:
    text = written("a\n{{ name }}\n{{ name }}", name=typed)
    assert text.html.count("<br>") <= 2
    assert re.findall(r"<[^>]*>", text.html.replace("<br>", "")) == []


@given(st.text(alphabet="{}%v0 n#-|*`[]()x\n'\"~+", max_size=60))
def test_whatever_a_template_is_it_says_something_or_what_is_wrong(source: str) -> None:
    with suppress(TemplateBroken):  # and no other error
        text = RENDERER.written(words(source, {"x": HOSTILE, "n": 1}), "en")
        assert set(re.findall(r"</?(\w+)", text.html)) <= {"b", "code", "ul", "li", "br"}


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\n\n{% for x in numbers %}", 3, "Unexpected end of template"),
        ("{{ title", 1, "end of print statement"),
        ("a\nb {{ titel }}", 2, "'titel' is undefined"),
        ("{% for one in sections %}\n{{ one.name }}\n{% endfor %}", 2, "has no attribute 'name'"),
        ("{% for one in nobody %}{% endfor %}", 1, "'nobody' is undefined"),
        ("\n{% for i in range(10**9) %}{% endfor %}", 2, "** is for numbers"),
        ("\n{% for i in range(1000000000) %}{% endfor %}", 2, "100 numbers at most"),
        ("{% for i in range(100) %}\n" * 4 + "{% endfor %}\n" * 4, 4, "more than 20000 steps"),
        ("{% for i in range(100) %}{% for j in range(100) %}{% set x = 'a, b, c, d'|replace(',', '')|trim %}\n"
         "{% endfor %}{% endfor %}", 1, "more than 20000 steps"),
        ("{% for i in range(100) %}\n" * 30 + "{% endfor %}\n" * 30, 0, "nested"),
        ("{% for i in range(99) %}{% for j in range(99) %}xxx{% endfor %}{% endfor %}", 0, "writes more than"),
        ("{% for i in range(99) %}{% for j in range(99) %}{{ i }}{% endfor %}{% endfor %}", 1, "more than 1000 values"),
        ("{% set x = '1234567890' %}\n" + "{% set x = x ~ x %}\n" * 40, 10, "length of 5000"),
        ("{% set x = [1] %}\n" + "{% set x = [x, x]|sum(start=[]) %}\n" * 40, 14, "length of 5000"),
        ("{% set x = [1] + [2] %}", 1, "+ is for numbers"),
        ("{% set x = 9 %}\n" + "{% set x = x * x %}\n" * 40, 6, "too large"),
        ("{{ 'x' * 1000000000 }}", 1, "for numbers"),
        ("{{ '%0999999999d' % 1 }}", 1, "for numbers"),
        ("{{ '{0.__class__}'.format(name) }}", 1, "range alone"),
        ("{{ ''.__class__ }}", 1, "unsafe"),
        ("{{ name['__class__'] }}", 1, "unsafe"),
        ("{{ name|attr('__class__') }}", 1, "No filter named 'attr'"),
        ("{{ numbers.count(1) }}", 1, "range alone"),
        ("{{ numbers.append(1) }}", 1, "unsafe"),
        ("{{ name|safe }}", 1, "No filter named 'safe'"),
        ("{% include '/etc/passwd' %}", 1, "no other files"),
        ("{% extends name %}", 1, "no other files"),
        ("{% import 'os' as os %}", 1, "no other files"),
        ("{% macro a() %}{{ a() }}{% endmacro %}", 1, "no macros"),
        ("{% set a %}**{{ name }}**{% endset %}{{ a }}", 1, "no set blocks"),
        ("{% autoescape true %}{{ name }}{% endautoescape %}", 1, "no autoescape"),
        ("{% for x in numbers recursive %}{{ loop(numbers) }}{% endfor %}", 1, "no recursive loops"),
        ("{{ title ~ name }}", 1, "can't be put together"),
        ("{{ title|upper }}", 1, "print it as it is"),
        ("{{ numbers|map('upper')|list }}", 1, "print it as it is"),
        ("{{ sections }}", 1, "can be printed"),
        ("{{ range }}", 1, "can be printed"),
        ("{{ 1/0 }}", 1, "division by zero"),
        ("{{ 1e308 }}", 1, "too large"),
        ("{{ 1e999 }}", 1, "inf"),
        ("{{ 'nan'|float }}", 1, "too large"),
        ("{{ " + "(" * 1900, 0, "nested"),
        ("a\n\x00\x01\x02", 2, "can't be shown"),
        ("a\n" + "x" * 2001, 2, "longer than 2000"),
        ("x\n" * LONGEST, 0, f"longer than {LONGEST}"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_template_is_told_with_its_line(source: str, line: int, reason: str) -> None:
    error = broken(source)
    assert (error.line, reason in error.reason) == (line, True), error


# --- the community's own ---------------------------------------------------------------------------


def tell(path: Path | str) -> tuple[list[str], Phrase | None]:
    """The digest with this file in the settings, line by line, and what is wrong with the file."""
    context: Any = SimpleNamespace(settings=SimpleNamespace(template=str(path)))
    blocks, wrong = told(context, VALUES)
    return RENDERER.written(blocks, "en").plain.splitlines(), wrong


def test_without_one_the_built_in_one_is_used() -> None:
    lines, wrong = tell("")
    assert lines[0].startswith("🗞 The week in Test councils")
    assert wrong is None


def test_the_communitys_own_one_is_used_and_read_anew_each_time(tmp_path: Path) -> None:
    own = tmp_path / "own.j2"
    own.write_text("\ufeffHello!\r\n- {{ closing }}\r\n", encoding="utf-8")
    assert tell(own) == (["Hello!", "· Thank you for answering"], None)
    own.write_text("Goodbye!", encoding="utf-8")
    assert tell(own) == (["Goodbye!"], None)


BAD_FILES = {
    "a mistake": (b"Hello\n{{ titel }}", "has a mistake in line 2: 'titel' is undefined. Until"),
    "no text": (b"\x89PNG\r\n\x1a\n\xff\xfe", "has a mistake: it is no UTF-8 text. Until"),
    "binary": (b"\x00\x01\x02", "has a mistake in line 1: a sign in it can't be shown. Until"),
    "a megabyte": (b"x\n" * 500_000, "has a mistake: it is longer than 20000 characters. Until"),
}


@pytest.mark.parametrize(("content", "reason"), BAD_FILES.values(), ids=BAD_FILES)
def test_with_a_mistake_in_it_the_built_in_one_is_used_and_the_line_is_told(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    own = tmp_path / "own.j2"
    own.write_bytes(content)
    lines, wrong = tell(own)
    assert lines == tell("")[0]
    assert wrong
    assert reason in RENDERER.text(wrong, "en").plain


@pytest.mark.parametrize("name", ["missing.j2", ".", "x" * 300, "a\0b", "/dev/zero"])
def test_what_is_no_file_is_a_mistake_too(tmp_path: Path, name: str) -> None:
    lines, wrong = tell(tmp_path / name)
    assert lines == tell("")[0]
    assert wrong
    assert wrong.values["reason"] in ("there is no such file", "it can't be read")
