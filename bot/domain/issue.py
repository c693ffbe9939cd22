"""An issue of a digest: one week of one edition, from the draft on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class IssueState(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    SKIPPED = "skipped"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Issue:
    """An edition's week ("2026-W48"): what the stewards said of it, and, once published, what was told.

    `introduced_by` is the message that the introduction was said in.
    """

    edition: str
    week: str
    room_id: str
    state: IssueState
    due_at: datetime
    introduction: str = ""
    introduced_by: str = ""
    published_at: datetime | None = None
    title: str = ""
    body: str = ""
    formatted_body: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
