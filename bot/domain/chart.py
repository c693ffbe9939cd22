"""A chart as numbers: rows of values over things that follow one another, such as weeks."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

MOST_LABELS = 13  # a quarter of a year's weeks: more columns than that can't be read on a telephone
MOST_SERIES = 4


@dataclass(frozen=True)
class Series:
    """One row of values, one for each label of its chart; None where nothing is known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Raises ValueError where a series has not as many values as there are labels, or where it would be too much to be
    read. A value that is no number, or infinite, is None.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.labels) <= MOST_LABELS:
            raise ValueError(f"a chart has 1 to {MOST_LABELS} labels, not {len(self.labels)}")
        if not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(f"a chart has 1 to {MOST_SERIES} series, not {len(self.series)}")
        known = tuple(Series(one.name, tuple(map(_finite, one.values))) for one in self.series)
        if any(len(one.values) != len(self.labels) for one in known):
            raise ValueError("a series has a value for each label")
        object.__setattr__(self, "series", known)


def to_json(chart: Chart) -> dict[str, Any]:
    """The chart as JSON has it."""
    return {
        "title": chart.title,
        "labels": list(chart.labels),
        "series": [{"name": one.name, "values": list(one.values)} for one in chart.series],
    }


def from_json(found: Mapping[str, Any]) -> Chart:
    """The chart that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    series = tuple(Series(one["name"], tuple(one["values"])) for one in found["series"])
    return Chart(found["title"], tuple(found["labels"]), series)


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
