"""A dialogue of the bot's and its peer, wired to each other."""

from datetime import UTC, datetime
from typing import Any

from bot.matrix.crypto.verification.dialogue import Dialogue
from bot.matrix.crypto.verification.messages import Kind, Letter, Message, Thread
from bot.matrix.crypto.verification.sas import Party
from tests.verifying import Peer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLERK = Party("@clerk:example.org", "CLERKDEV", "clerkDeviceKey", "clerkMasterKey")
ANA = Party("@ana:example.org", "ANADEV", "anaDeviceKey", "anaMasterKey")
ZOE = Party("@zoe:example.org", "ZOEDEV", "zoeDeviceKey", "zoeMasterKey")
ROOM = "!r:example.org"


def pair(them: Party = ANA, room: str = "", known: Party | None = None) -> tuple[Dialogue, Peer]:
    """Both sides after "ready". `known` is how the bot knows them, if the homeserver lies."""
    thread = Thread(them.user_id, "$request", room)
    dialogue = Dialogue(thread, CLERK, known or them, NOW)
    peer = Peer(them.user_id, them.device_id, CLERK.user_id, CLERK.device_id, "$request", them.keys, CLERK.keys)
    peer.in_room = bool(room)
    return dialogue, peer


def tell(dialogue: Dialogue, kind: str, content: dict[str, Any]) -> list[Letter]:
    """The peer says it."""
    return dialogue.hear(Message(Kind(kind), dialogue.thread, content))


def kinds(letters: list[Letter]) -> list[str]:
    """What sorts of letters."""
    return [str(letter.kind) for letter in letters]


def code(letters: list[Letter]) -> str:
    """The code of the one cancel that it was."""
    assert kinds(letters) == ["cancel"]
    return str(letters[0].content["code"])


def shown(them: Party = ANA, room: str = "", known: Party | None = None) -> tuple[Dialogue, Peer]:
    """Both sides with emoji on their screens; the peer proposed."""
    dialogue, peer = pair(them, room, known)
    (accept,) = tell(dialogue, "start", peer.start())
    peer.hear_accept(accept.content)
    (key,) = tell(dialogue, "key", peer.key())
    peer.hear_key(key.content["key"])
    return dialogue, peer
