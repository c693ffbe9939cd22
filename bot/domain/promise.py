"""The promise as it is kept with a request and shown on its card."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class PromiseNote:
    """Who is asked next and when (`at` is None when nobody is left), whom we have called already, whom we had
    to skip (`maintainer`, `maintainers`, `users`, `stewards`), and the public holidays that put it off.

    `passed_over` are councils with why it isn't their turn (`Why`'s names in small letters: "away", "hands_full",
    "never_open"). `first_at` is what was promised first of this call, if it has moved since, and `moved` why:
    "closed", "hours", "away", "hands_full", "paused", "council", "held".
    """

    ask: str = ""
    organisation_id: str = ""
    at: datetime | None = None
    rung: int = 0
    called: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    first_at: datetime | None = None
    moved: str = ""

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "PromiseNote | None":
        """What `to_json` wrote; None for an empty text: no promise was made."""
        if not text:
            return None
        kept = json.loads(text)
        return cls(
            ask=kept["ask"],
            organisation_id=kept["organisation_id"],
            at=datetime.fromisoformat(kept["at"]) if kept["at"] else None,
            rung=kept["rung"],
            called=tuple(kept["called"]),
            skipped=tuple(kept["skipped"]),
            closed=tuple(kept["closed"]),
            passed_over=tuple((council, why) for council, why in kept.get("passed_over", ())),
            first_at=datetime.fromisoformat(kept["first_at"]) if kept.get("first_at") else None,
            moved=kept.get("moved", ""),
        )
