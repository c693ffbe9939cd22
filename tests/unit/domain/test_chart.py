"""A chart as numbers: refused where it could not be read, and the same again after JSON."""

import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chart import MOST_LABELS, MOST_SERIES, Chart, Series, from_json, to_json

VALUES = st.none() | st.integers() | st.floats()


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Any chart that can be made."""
    labels = draw(st.lists(st.text(), min_size=1, max_size=MOST_LABELS))
    rows = st.builds(Series, st.text(), st.tuples(*[VALUES] * len(labels)))
    return Chart(draw(st.text()), tuple(labels), tuple(draw(st.lists(rows, min_size=1, max_size=MOST_SERIES))))


@given(charts())
def test_it_is_the_same_again_after_json_that_every_reader_takes(chart: Chart) -> None:
    assert from_json(json.loads(json.dumps(to_json(chart), allow_nan=False))) == chart


def test_what_is_no_number_is_nothing_known() -> None:
    chart = Chart("", ("a", "b", "c", "d"), (Series("", (nan, inf, -inf, 1)),))
    assert chart.series[0].values == (None, None, None, 1)


@pytest.mark.parametrize(
    ("labels", "rows"),
    [(0, [0]), (MOST_LABELS + 1, [MOST_LABELS + 1]), (2, []), (2, [2] * (MOST_SERIES + 1)), (2, [2, 1]), (2, [3])],
    ids=["no labels", "too many labels", "no series", "too many series", "a value missing", "a value too many"],
)
def test_what_could_not_be_read_is_no_chart(labels: int, rows: list[int]) -> None:
    with pytest.raises(ValueError, match="has"):
        Chart("", ("x",) * labels, tuple(Series("", (1,) * length) for length in rows))


@pytest.mark.parametrize("found", [{}, {"title": "", "labels": ["a"], "series": [{}]}, {"title": "", "labels": 5}])
def test_other_json_is_no_chart(found: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(found)
