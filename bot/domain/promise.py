"""The promise as it is kept with a request and shown on its card."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from operator import methodcaller

# What may happen to a promise (`Changed.what`) that is nobody's word on the request, and why it then moves: nothing
# begins anew because of it.
HOURS_CHANGED = "hours changed"
CLOSED_DAYS_CHANGED = "closed days changed"
CALENDAR_CHANGED = "calendar changed"
AWAY_CHANGED = "away changed"
AT_MOST_CHANGED = "at most changed"
ASKING_CHANGED = "asking changed"
MOVES = {
    HOURS_CHANGED: "hours",
    CLOSED_DAYS_CHANGED: "closed",
    CALENDAR_CHANGED: "closed",
    AWAY_CHANGED: "away",
    AT_MOST_CHANGED: "hands_full",
    ASKING_CHANGED: "council",
}
PUT_OFF = "promise moved"  # when its time came, nobody could be called
NO_WORD = frozenset({*MOVES, PUT_OFF})
AGAIN = "again"  # who is asked when the ladder begins again, in place of a rung


@dataclass(frozen=True)
class PromiseNote:
    """Who is asked next and when (`at` is None when nobody is left), whom we have called already, whom we had
    to skip (`maintainer`, `maintainers`, `users`, `stewards`), and the public holidays that put it off
    (`closed`; "" stands for the council's own closed days).

    `passed_over` are councils with why it isn't their turn (`Why`'s names in small letters: "away", "hands_full",
    "never_open", "not_asked"), `back` the days on which those who are away are there again. `first_at` is what was
    promised first of this call, if it has moved since, and `moved` why: "closed", "hours", "away", "back",
    "hands_full", "paused", "council", "held"; `moved_by` is the council that was to be asked then. `at_once`: somebody
    gave it back, so that its time is up already. `not_called` are councils that earlier calls passed over, and why.
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
    moved_by: str = ""
    back: tuple[tuple[str, date], ...] = ()
    at_once: bool = False
    not_called: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, default=methodcaller("isoformat"))

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
            moved_by=kept.get("moved_by", ""),
            back=tuple((council, date.fromisoformat(day)) for council, day in kept.get("back", ())),
            at_once=kept.get("at_once", False),
            not_called=tuple((council, why) for council, why in kept.get("not_called", ())),
        )
