"""An answer that a council keeps under a name."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SavedAnswer:
    """A text under its name: `title` as it was typed, `name` as it is found.

    `said_in` is the message that has the words, `saved_in` the one that had them saved: often the same.
    """

    organisation_id: str
    name: str
    title: str
    text: str
    said_by: str
    saved_at: datetime
    said_in: str = ""
    saved_in: str = ""
