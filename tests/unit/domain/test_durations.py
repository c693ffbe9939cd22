"""Spans of time are read as written and written as read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import durations


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("4h", timedelta(hours=4)),
        ("30m", timedelta(minutes=30)),
        ("2s", timedelta(seconds=2)),
        ("1d", timedelta(days=1)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        (" 1D 2H ", timedelta(days=1, hours=2)),
        ("1.5h", timedelta(minutes=90)),
        ("0.2s", timedelta(milliseconds=200)),
        ("0s", timedelta(0)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_span_is_read_as_people_write_it(text: str, span: timedelta) -> None:
    assert durations.parse(text) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "4",
        "h",
        "-4h",
        "4 hours",
        "30m1h",
        "1h1h",
        "4h?",
        "٤h",
        "1,5h",
        "99999999999d",
        "999999999d24h",
    ],
)
def test_what_is_no_span_is_refused_in_one_sentence_that_quotes_it(text: str) -> None:
    with pytest.raises(ValueError, match=f"^“{text}” is ".replace("?", r"\?")):
        durations.parse(text)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=4), "4h"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(days=1, seconds=5), "1d5s"),
        (timedelta(milliseconds=200), "0.2s"),
        (timedelta(0), "0s"),
    ],
)
def test_a_span_is_shown_as_short_as_can_be(span: timedelta, text: str) -> None:
    assert durations.show(span) == text


def test_a_negative_span_is_not_shown() -> None:
    with pytest.raises(ValueError, match="can't be negative"):
        durations.show(timedelta(seconds=-1))


@given(st.timedeltas(min_value=timedelta(0)))
def test_what_is_shown_is_read_back_the_same(span: timedelta) -> None:
    assert durations.parse(durations.show(span)) == span
