"""Charts as PNG: the same bytes each time, whatever the words and the numbers are."""

import struct
from concurrent.futures import ThreadPoolExecutor
from math import inf, nan

import matplotlib
import pytest

from bot.domain.chart import MOST_LABELS, MOST_SERIES, Chart, Series
from bot.drawing import LOOKS, PAPER, draw, written

WEEKS = Chart("Questions, week by week", ("4 May", "11 May"), (Series("asked", (3, 5)), Series("answered", (2, None))))
LONG = "a" * 10_000


def size(png: bytes) -> tuple[int, int]:
    """Width and height, as the file itself says."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def one(*values: float | None, title: str = "", label: str = "", name: str = "") -> Chart:
    """A chart of one series."""
    return Chart(title, (label,) * len(values), (Series(name, values),))


@pytest.mark.parametrize("count", range(1, MOST_SERIES + 1))
def test_a_picture_has_the_size_it_says(count: int) -> None:
    drawn = draw(Chart("", ("x",), (Series("", (1,)),) * count))
    assert size(drawn.png) == (drawn.width, drawn.height)


def test_it_is_the_same_each_time_in_any_thread_and_whatever_others_set_in_matplotlib() -> None:
    first = draw(WEEKS)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draw, [WEEKS] * 4)) == [first] * 4
    with matplotlib.rc_context({"axes.facecolor": "red", "savefig.dpi": 30, "text.color": "red"}):
        assert draw(WEEKS) == first
        assert matplotlib.rcParams["axes.facecolor"] == "red"


def test_other_numbers_are_another_picture() -> None:
    assert len({draw(chart).png for chart in (one(1, 2), one(2, 1), one(1, None), one(1, 0), one(1, -1))}) == 5


@pytest.mark.parametrize(
    "text",
    ["$", "$x^2$", "$\\frac{", "\\$", "_hidden", "שלום", "مرحبا بالعالم", "😀👩🏽‍🚒", "漢字", "\u202etxet",
     "a\0b\ud800c", "\n\n", LONG, "ŵŷ " * 100, "%s {0} <b>"],
    ids=ascii,
)  # fmt: skip
def test_any_words_can_be_drawn(text: str) -> None:
    drawn = draw(Chart(text, (text,) * MOST_LABELS, (Series(text, (1,) * MOST_LABELS),) * 2))
    assert size(drawn.png) == (drawn.width, drawn.height)


@pytest.mark.parametrize(
    "values",
    [(nan,), (inf, -inf), (None, None), (0,), (-1, -2), (1e308, -1e308), (5e-324, -5e-324), (1e308, 5e-324),
     (10**300, 1), (0.1,) * MOST_LABELS],
    ids=str,
)  # fmt: skip
def test_any_numbers_can_be_drawn(values: tuple[float, ...]) -> None:
    drawn = draw(one(*values))
    assert size(drawn.png) == (drawn.width, drawn.height)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0"), (7, "7"), (7.0, "7"), (-3, "−3"), (0.5, "0.5"), (2.34567, "2.35"), (9999, "9999"),
     (12_345, "12.3k"), (-12_345, "−12.3k"), (999_999, "1M"), (1e7, "10M"), (3.2e9, "3.2G"), (1e15, "1e+15"),
     (9999.5, "10k")],
)  # fmt: skip
def test_numbers_on_columns_are_short(value: float | None, text: str) -> None:
    assert written(value) == text


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2 reckons it."""
    shares = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_are_dark_enough_to_be_read_and_each_has_a_hatching_of_its_own() -> None:
    assert all((light(PAPER) + 0.05) / (light(colour) + 0.05) >= 4.5 for colour, _ in LOOKS)
    assert len({hatch for _, hatch in LOOKS}) == len(LOOKS) == MOST_SERIES
