"""What a message changed, kept with the message: so that it can be taken back with it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from bot.plugin import Context, NoSettings

Ctx = Context[NoSettings]

_MARK = "availability:"

Kind = Literal["hours", "at_most", "closed", "open", "away", "back", "not_asked", "asked", "taken_back"]


@dataclass(frozen=True)
class Record:
    """One saying: of a council (`whose` is its id) or of a person; `values` are what was set, or what went for it."""

    kind: Kind
    whose: str
    values: Sequence[str] = ()
    said_in: str = ""  # the message


async def keep(context: Ctx, event_id: str, record: Record) -> None:
    """This message said so."""
    await context.memory.inbox.set_subject(event_id, _MARK + json.dumps(asdict(record) | {"said_in": event_id}))


def read(subject: str | None) -> Record | None:
    """What the message with this subject said, if it is one of ours and was not taken back since."""
    if not (subject or "").startswith(_MARK):
        return None
    record = Record(**json.loads((subject or "").removeprefix(_MARK)))
    return None if record.kind == "taken_back" else record
