"""Whether the machine's clock can be believed: one that jumps far would have everything done at once, for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAR = timedelta(days=1)


@dataclass
class Steadiness:
    """Compares the wall clock with one that only counts, and with the homeserver's.

    A jump alone may be a clock being put right; a difference from the homeserver alone may be the homeserver's fault.
    Only both together are doubted.
    """

    began: datetime
    counted: float  # seconds of the counting clock at that time

    def doubts(self, now: datetime, counted: float, homeserver: datetime | None) -> bool:
        """Whether the wall clock has jumped by more than a day, away from the homeserver's."""
        passed = timedelta(seconds=counted - self.counted)
        jumped = abs(now - self.began - passed) > FAR
        return jumped and homeserver is not None and abs(now - homeserver) > FAR
