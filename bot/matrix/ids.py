"""Matrix ids: what may be one, and which server it names."""

import re

LONGEST = 255  # bytes: of any id, by the specification

_SERVER = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_USER = re.compile(rf"@[!-9;-~]+:{_SERVER}")  # what old accounts may have, too
_TYPED = re.compile(rf"(?<![\w@./:+-])@[a-z0-9._=/+-]+:{_SERVER}", re.IGNORECASE)
_EVENT = re.compile(r"\$[!-~]+")  # before room version 3 whatever the sender's server liked
_ROOM = re.compile(r"![!-~]+")  # since room version 12 without a server's name


def is_user(value: object) -> bool:
    """Whether this may be a person's id."""
    return isinstance(value, str) and len(value) <= LONGEST and _USER.fullmatch(value) is not None


def is_room(value: object) -> bool:
    """Whether this may be a room's id; not an alias."""
    return isinstance(value, str) and len(value) <= LONGEST and _ROOM.fullmatch(value) is not None


def is_event(value: object) -> bool:
    """Whether this may be an event's id."""
    return isinstance(value, str) and len(value) <= LONGEST and _EVENT.fullmatch(value) is not None


def typed_users(text: str) -> list[str]:
    """The full ids somebody typed."""
    return [found for found in _TYPED.findall(text) if len(found) <= LONGEST]


def servers_of(*ids: str) -> list[str]:
    """The servers these ids name, each once; some ids name none."""
    named = (one.partition(":")[2] for one in ids)
    return list(dict.fromkeys(server for server in named if re.fullmatch(_SERVER, server)))
