"""What a sentence says of days, piece by piece: a stretch, its beginning, its end, how long it takes."""

from dataclasses import dataclass

from bot.language.anchors import Anchor


@dataclass(frozen=True)
class Span:
    """From the first of two anchors to the second; just the first if there is no other.

    `side_by_side`: said with "and", which is a stretch only of days that are neighbours.
    """

    first: Anchor
    last: Anchor | None = None
    side_by_side: bool = False


@dataclass(frozen=True)
class Start:
    """From then on; `running` if it began in the past."""

    anchor: Anchor
    running: bool = False


@dataclass(frozen=True)
class End:
    """Until then: the day itself counted in by "through", not by "until", by "bis" if it isn't a month."""

    anchor: Anchor
    how: str


@dataclass(frozen=True)
class Length:
    """For so many days or months."""

    days: int = 0
    months: int = 0


Piece = Span | Start | End | Length
