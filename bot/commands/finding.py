"""What `townclerk doctor` says of one thing it looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    well: bool
    text: str
