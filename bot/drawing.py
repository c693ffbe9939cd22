"""Charts drawn as PNG, by matplotlib where it is installed (the extra `chart`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from threading import Lock
from typing import TYPE_CHECKING

from bot.domain.chart import Chart, Series
from bot.render import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

CHART = "org.townclerk.chart"  # in what is to be sent, until it is sent
DOTS_PER_INCH = 100
WIDTH, TITLE, PANEL, FOOT = 10.0, 1.2, 2.6, 0.6  # inches; on a telephone it is a third as large
MARGIN = 0.06  # of the width
COLUMNS_WIDTH = WIDTH * (1 - 2 * MARGIN) * 72  # points
DIGIT_WIDTH = 0.66  # of the size of its letters, the space to the next one included
TITLE_SIZE, NAME_SIZE, NUMBER_SIZE = 26, 24, 22  # points: 12 and more on a telephone
TITLE_LINE, NAME_LENGTH, LABEL_LENGTH = 40, 44, 10
LETTERS_BESIDE = 55  # of the labels', in one line
INK, PAPER = "#1a1a1a", "#ffffff"
# Each darker than 4.5 : 1 on the paper, and told apart by hatching and by standing in panels of their own.
LOOKS = (("#1f4e9e", ""), ("#a33c00", "//"), ("#00664f", ".."), ("#7a2a86", "xx"))
HIGHEST_PLAIN = 9_999
UNITS = ("", "k", "M", "G")
ONE_AT_A_TIME = Lock()  # what matplotlib keeps of fonts is not made for several threads


@dataclass(frozen=True)
class Drawn:
    """A PNG and its size in dots."""

    png: bytes
    width: int
    height: int


@cache
def can_draw() -> bool:
    """Whether the extra `chart` is installed."""
    return find_spec("matplotlib") is not None


def draw(chart: Chart) -> Drawn:
    """The chart, the same bytes each time. Takes a second the first time: not in the event loop."""
    import matplotlib

    with ONE_AT_A_TIME, matplotlib.rc_context():
        matplotlib.rcdefaults()  # not what somebody's matplotlibrc says
        matplotlib.rcParams["text.parse_math"] = False  # a $ is a $
        matplotlib.rcParams["hatch.linewidth"] = 2.0
        figure = _figure(chart)
        png = BytesIO()
        figure.savefig(png, format="png", metadata={"Software": None})
    width, height = figure.get_size_inches() * DOTS_PER_INCH
    return Drawn(png.getvalue(), round(width), round(height))


def _figure(chart: Chart) -> "Figure":
    """A panel for each series, one below the other on the same scale: none has to be told from another by colour."""
    from matplotlib.figure import Figure

    height = TITLE + PANEL * len(chart.series) + FOOT
    figure = Figure((WIDTH, height), DOTS_PER_INCH, facecolor=PAPER)
    title = wrap(_known(chart.title, 2 * TITLE_LINE), TITLE_LINE, max_lines=2, placeholder="…")
    figure.text(
        MARGIN, 1 - 0.15 / height, "\n".join(title), fontproperties=_font(), size=TITLE_SIZE, color=INK, va="top"
    )
    # Shares of the largest, because matplotlib's own reckoning ends before that of floats does.
    largest = max((abs(value) for one in chart.series for value in one.values if value is not None), default=0) or 1
    shares = [[(value or 0) / largest for value in one.values] for one in chart.series]
    lowest = min(0, *(share for row in shares for share in row))
    for number, (series, row) in enumerate(zip(chart.series, shares, strict=True)):
        bottom = FOOT + PANEL * (len(chart.series) - 1 - number)
        axes = figure.add_axes((MARGIN, bottom / height, 1 - 2 * MARGIN, (PANEL - 0.6) / height))
        beyond = 0.4 * (1 - lowest)  # for the numbers on the columns
        axes.set_ylim(lowest - beyond if lowest else 0, 1 + beyond)
        _panel(axes, series, row, number)
    _label(axes, chart.labels)
    return figure


def _panel(axes: "Axes", series: Series, shares: Sequence[float], number: int) -> None:
    colour, hatch = LOOKS[number]
    places = range(len(shares))
    axes.bar(places, shares, width=0.7, color=colour, hatch=hatch, edgecolor=PAPER, linewidth=0)
    numbers = [written(value) for value in series.values]
    size = min(NUMBER_SIZE, COLUMNS_WIDTH / len(numbers) / max(map(len, numbers)) / DIGIT_WIDTH)
    for place, share, shown in zip(places, shares, numbers, strict=True):
        axes.annotate(
            shown, (place, share), (0, -4 if share < 0 else 4), textcoords="offset points", ha="center",
            va="top" if share < 0 else "bottom", fontproperties=_font(), size=size, color=INK,
        )  # fmt: skip
    axes.axhline(0, color=INK, linewidth=2)
    axes.set_xlim(-0.5, len(shares) - 0.5)
    axes.set_title(_known(series.name, NAME_LENGTH), loc="left", fontproperties=_font(), size=NAME_SIZE, color=colour)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _label(axes: "Axes", labels: Sequence[str]) -> None:
    """Below the last panel; where they would touch, every second, third… one, counted from the newest."""
    shown = [_known(label, LABEL_LENGTH) for label in labels]
    beside = LETTERS_BESIDE // (2 + max(map(len, shown)))
    step = -(-len(shown) // beside)
    places = range(len(shown) - 1, -1, -step)
    axes.set_xticks(list(places), [shown[place] for place in places], fontproperties=_font(), size=NUMBER_SIZE)
    axes.tick_params(axis="x", length=0, pad=8, labelcolor=INK)


def written(value: float | None) -> str:
    """A number short enough to stand on a column; no number is a dash."""
    if value is None:
        return "–"
    shown = f"{value:.3g}" if value % 1 else f"{value:.0f}"
    if abs(value) > HIGHEST_PLAIN:
        # Rounded first: 999,999 is a million, not a thousand thousands.
        short, exponent = f"{value:.2e}".split("e")
        steps, zeros = divmod(int(exponent), 3)
        unit = UNITS[steps] if steps < len(UNITS) else f"e+{exponent[1:]}"
        shown = f"{float(short) * 10 ** (zeros if steps < len(UNITS) else 0):g}{unit}"
    return shown.replace("-", "−")


def _known(text: str, length: int) -> str:
    """The text without what the font can't show."""
    return clean("".join(character if ord(character) in _glyphs() else " " for character in text), length)


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(_face()).get_charmap())


@cache
def _face() -> str:
    """The font that comes with matplotlib: every machine has the same, and it has ŵ and ŷ."""
    import matplotlib

    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


def _font() -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=_face())
