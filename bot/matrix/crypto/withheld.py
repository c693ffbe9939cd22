"""Keys that others keep from us, by the reason they give (specification, `m.room_key.withheld`)."""

from collections import Counter
from datetime import date
from typing import Any

import structlog

from bot.matrix.untrusted import as_dict, as_str

log = structlog.get_logger()

CODES = ("m.blacklisted", "m.unverified", "m.unauthorised", "m.unavailable", "m.no_olm")


class Withheld:
    """Counts them; what only the operator can change is said once for each room and day."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._told: tuple[date | None, set[str]] = (None, set())

    def take(self, raw: dict[str, Any], today: date) -> str:
        """The code of an `m.room_key.withheld` event, "other" for one that isn't the specification's."""
        content = as_dict(raw.get("content"))
        code = content["code"] if content.get("code") in CODES else "other"
        self.counts[code] += 1
        room_id = as_str(content.get("room_id"))
        if code != "m.unverified":
            log.info("a key is withheld from us", code=code, room_id=room_id)
        elif self._first(room_id, today):
            log.warning(
                "a key is withheld from us: the sender's client doesn't trust our device", code=code, room_id=room_id,
                remedy="see that this device is signed by the bot's own identity, and that the people verify the bot",
            )  # fmt: skip
        return code

    def _first(self, room_id: str, today: date) -> bool:
        if self._told[0] != today:
            self._told = (today, set())
        if room_id in self._told[1] or len(self._told[1]) >= 100:  # ids may be made up
            return False
        self._told[1].add(room_id)
        return True
