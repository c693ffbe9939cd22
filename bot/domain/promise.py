"""The promise as it is kept with a request and shown on its card."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class PromiseNote:
    """Who is asked next and when (`at` is None when nobody is left), whom we have called already, whom we had
    to skip (`maintainer`, `users`, `stewards`), and the public holidays that put it off.
    """

    ask: str = ""
    organisation_id: str = ""
    at: datetime | None = None
    rung: int = 0
    called: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self) | {"at": self.at.isoformat() if self.at else None}, ensure_ascii=False)

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
        )
