"""Events as a malicious server could send them: well formed at heart, with something wrong put in anywhere."""

from random import Random
from typing import Any

from tests.dialogue import ANA, BEA, CLERK, ROOM, SAM

EVA = "@eva:evil.example.net"
PEOPLE = [ANA, BEA, SAM, CLERK, EVA, "@a/b:x.org", "@<img src=x>:x.org", f"@{'x' * 300}:x.org"]
TEXTS = [
    "clerk: help, how do I install PlanX?", "clerk: who uses PlanX?", "!clerk resolve", "take", "answered", "#1", "1",
    "yes", "clerk: we use PlanX", "clerk: away until Monday", "clerk: listen here", "clerk: help, @room look",
    "clerk: who uses <script>alert(1)</script>?", "clerk: help with @room <img src=x onerror=y>", "@room", "",
    "clerk: who uses \u202e\u2066PlanX\0?", "clerk: who uses \ud800?", "> <@bea:x.org> clerk: resolve\n\nno",
    "clerk: we use **PlanX** {count} {}", "clerk: help " + "a\u0301" * 3000, "\n" * 10_000, "clerk: " + "x" * 60_000,
    "clerk: open requests", "clerk: what do you know about me?", "watch", "thanks", "clerk: who is Zanzib?",
]  # fmt: skip
KINDS = [
    "m.room.message", "m.room.message", "m.reaction", "m.room.redaction", "m.room.encrypted", "m.room.member",
    "m.room.tombstone", "m.room.power_levels", "m.room.create", "m.room.join_rules", "m.room.name",
    "m.room.canonical_alias", "m.room.encryption", "m.space.child",
]  # fmt: skip
MEMBERSHIPS = ["join", "leave", "ban", "invite", "knock"]
MEGOLM = ["algorithm", "ciphertext", "session_id", "sender_key"]
KEYS = [
    "msgtype", "body", "m.relates_to", "m.mentions", "m.new_content", "formatted_body", "redacts", "membership",
    "event_id", "sender", "type", "content", "unsigned", "state_key", "rel_type", "key", "user_ids", "displayname",
    "users", "users_default", "events", "predecessor", "room_version", "replacement_room", "origin_server_ts",
    "org.townclerk.op_id", "is_falling_back", "m.in_reply_to", "prev_content", "room_id", "algorithm",
]  # fmt: skip


class Hostile:
    """Makes events; `targets` are ids of events that exist, here or in another room."""

    def __init__(self, rng: Random, targets: list[str]) -> None:
        self.rng = rng
        self.targets = targets

    def events(self, number: int) -> list[Any]:
        """Up to four of them, their ids their own unless made wrong."""
        return [self._event(f"$h{number}-{n}") for n in range(self.rng.randint(1, 4))]

    def sections(self) -> dict[str, Any]:
        """What may stand beside `rooms.join`: invitations, rooms left, knocks; seldom of the right shape."""
        made: dict[str, Any] = {}
        for name in ("invite", "leave", "knock"):
            if self.rng.random() < 0.2:
                state = {"events": [self._event("$stripped"), self.wrong()]}
                room = {f"{name}_state": state, "timeline": {"events": [self._event(f"$l{self.rng.random()}")]}}
                rooms = {self.rng.choice(["!new:evil.example.net", "no room", "!" * 300]): self._maybe(room)}
                made[name] = self._maybe(rooms)
        return made

    def _event(self, event_id: str) -> Any:
        kind = self.rng.choice(KINDS)
        event: dict[str, Any] = {
            "type": kind, "event_id": event_id, "sender": self.rng.choice(PEOPLE), "content": self._content(kind),
            "origin_server_ts": self.rng.choice([0, 1, 2**53 - 1, 2**80, 1.5, -1]),
        }  # fmt: skip
        if kind not in ("m.room.message", "m.reaction", "m.room.redaction") or self.rng.random() < 0.05:
            event["state_key"] = self.rng.choice(["", CLERK, ANA, EVA, 5])
        if kind == "m.room.redaction":
            event["redacts"] = self._target()
        if self.rng.random() < 0.3:
            event["unsigned"] = {"prev_content": {"membership": self.rng.choice(["join", "invite", 5, None])}}
        for _ in range(self.rng.choice([0, 0, 1, 2, 3])):
            event = self._spoiled(event)
        return self._maybe(event, 0.02)

    def _content(self, kind: str) -> dict[str, Any]:
        if kind == "m.room.message":
            return self._message()
        level = self.rng.choice([0, 100, "100", 2**70, -(2**70), 1.5, None])
        key = self.rng.choice(["🙋", "✅", "👍", "👀", "🆘", "x" * 50_000, "@room", "<b>"])
        name = self.rng.choice(["@room <b>admin</b> \u202e", "x" * 50_000, "Town Clerk", None])
        successor = self.rng.choice([ROOM, "!new:evil.example.net", "#alias:x.org", 5])
        events = self.rng.choice([{}, [], {"m.room.message": level}])
        contents: dict[str, dict[str, Any]] = {
            "m.reaction": {"m.relates_to": {"rel_type": "m.annotation", "event_id": self._target(), "key": key}},
            "m.room.member": {"membership": self.rng.choice(MEMBERSHIPS), "displayname": name},
            "m.room.tombstone": {"replacement_room": successor, "body": "@room"},
            "m.room.power_levels": {"users": {CLERK: level}, "events_default": level, "events": events},
            "m.room.create": {"room_version": "12", "predecessor": {"room_id": ROOM}},
            "m.room.encrypted": {key: self.rng.choice(["x", "", 5]) for key in MEGOLM},
        }
        rule = self.rng.choice(["public", 5])
        return contents.get(kind, {"name": "@room", "alias": "#x:y", "join_rule": rule, "redacts": self._target()})

    def _message(self) -> dict[str, Any]:
        kinds = ["m.text"] * 5 + ["m.notice", "m.emote", "m.image"]
        content: dict[str, Any] = {"msgtype": self.rng.choice(kinds), "body": self.rng.choice(TEXTS)}
        if self.rng.random() < 0.2:
            content["formatted_body"] = f'<a href="https://matrix.to/#/{CLERK}">@room</a><script>x</script>'
        if self.rng.random() < 0.4:
            everybody = {"user_ids": PEOPLE * 10, "room": True}
            content["m.mentions"] = self.rng.choice([everybody, {"user_ids": [CLERK]}])
        if self.rng.random() < 0.6:
            content["m.relates_to"] = self._relation()
        if self.rng.random() < 0.4:
            content["m.new_content"] = {"msgtype": "m.text", "body": self.rng.choice(TEXTS)}
        return content

    def _relation(self) -> dict[str, Any]:
        relation: dict[str, Any] = {"event_id": self._target(), "is_falling_back": self.rng.random() < 0.5}
        relation["rel_type"] = self.rng.choice(["m.thread", "m.replace", "m.annotation", "m.reference", 5])
        if self.rng.random() < 0.7:
            relation["m.in_reply_to"] = {"event_id": self._target()}
        return relation

    def _target(self) -> str:
        return self.rng.choice([*self.targets[-40:], "$nowhere", "", "$" + "x" * 2000])

    def _spoiled(self, event: dict[str, Any]) -> dict[str, Any]:
        """With one value anywhere in it replaced, taken away or added."""
        inner: Any = event
        while isinstance(inner, dict) and inner:
            key = self.rng.choice(list(inner))
            if not isinstance(inner[key], dict) or not inner[key] or self.rng.random() < 0.4:
                break
            inner = inner[key] = dict(inner[key])
        match self.rng.randrange(4):
            case 0:
                inner.pop(key, None)
            case 1:
                inner[self.rng.choice(KEYS)] = self.wrong()
            case _:
                inner[key] = self.wrong()
        return event

    def _maybe(self, value: Any, chance: float = 0.1) -> Any:
        return self.wrong() if self.rng.random() < chance else value

    def wrong(self) -> Any:
        """Something of the wrong shape."""
        return self.rng.choice([
            None, True, 0, -1, 2**80, 1.5, "", "x", "x" * 20_000, "\0\ud800\u202e", "@room", [], ["x"], {}, {"x": {}},
            [[]] * 10, {"room_id": {}}, deep(self.rng.choice([10, 70, 900])),
        ])  # fmt: skip


def deep(levels: int) -> Any:
    """Lists in lists."""
    nested: Any = "x"
    for _ in range(levels):
        nested = [nested]
    return nested
