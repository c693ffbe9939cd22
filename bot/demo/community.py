"""The demo's community as data: its people, its rooms, and the settings its bot is given."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator

from bot.domain import durations

BOT = "clerk"
Purpose = Literal["talk", "maintainers", "stewards", "digest"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Part):
    """Somebody with an account; `of` is what the screen says of them."""

    localpart: str
    name: str = ""
    council: str = ""
    of: str = ""

    @property
    def display_name(self) -> str:
        """What others see."""
        return self.name or self.localpart.title()


class Room(_Part):
    """A room; `key` is what scripts call it."""

    key: str
    alias: str = ""
    name: str = ""
    purpose: Purpose = "talk"

    @property
    def local_alias(self) -> str:
        """The alias without # and server."""
        return self.alias or self.key

    @property
    def title(self) -> str:
        """The room's name."""
        return self.name or self.key.replace("-", " ").capitalize()


class Community(_Part):
    """Who is there and where they meet."""

    name: str
    time_zone: str
    stewards: tuple[str, ...]
    ladder: tuple[dict[str, str], ...]
    digest_after: timedelta
    people: tuple[Person, ...]
    rooms: tuple[Room, ...]

    @field_validator("digest_after", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return durations.parse(value) if isinstance(value, str) else value

    @property
    def main_room(self) -> Room:
        """Where everybody talks."""
        return self.rooms[0]


def demo_folder() -> Path:
    """Where the community and its conversation are described."""
    return Path(str(files("config") / "demo"))


def read_community() -> Community:
    """The community that comes with townclerk."""
    return Community(**tomllib.loads((demo_folder() / "community.toml").read_text(encoding="utf-8")))


def bot_settings(
    community: Community,
    homeserver: str,
    server_name: str,
    password: str,
    rooms: Mapping[str, str],
    digest_at: datetime,
) -> dict[str, Any]:
    """The settings of the community's bot; `rooms` are the ids by purpose, `digest_at` the digest's first instant."""
    local = digest_at.astimezone(ZoneInfo(community.time_zone))
    councils: dict[str, list[str]] = {}
    for person in community.people:
        if person.council:
            councils.setdefault(person.council, []).append(f"@{person.localpart}:{server_name}")
    return {
        "matrix": {"homeserver": homeserver, "user": f"@{BOT}:{server_name}", "password": password},
        "database": {"url": "sqlite:///townclerk.db"},
        "community": {
            "name": community.name,
            "time_zone": community.time_zone,
            "hours": "always",
            "stewards": [f"@{localpart}:{server_name}" for localpart in community.stewards],
            "rooms": {"maintainers": rooms["maintainers"], "stewards": rooms["stewards"]},
        },
        "councils": [{"id": council, "people": people} for council, people in councils.items()],
        "plugins": {
            **{name: {} for name in ("directory", "people", "availability", "rooms", "requests", "help")},
            "escalation": {"ladder": list(community.ladder)},
            "digest": {
                "room": rooms["digest"],
                "day": local.strftime("%A"),
                "time": local.strftime("%H:%M:%S"),
                "chart": True,
            },
        },
        "web": {"port": 0},
        "limits": {"replies_per_minute": 0},
    }


def as_toml(settings: Mapping[str, Any]) -> str:
    """Settings as a file: a table, and an array of tables, has its own heading; the rest is written in place."""
    return "".join(_section(name, value) for name, value in settings.items()).lstrip("\n")


def _section(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n[[{name}]]\n{_pairs(table)}" for table in value)
    inner = {key: part for key, part in value.items() if isinstance(part, dict)}
    own = {key: part for key, part in value.items() if key not in inner}
    heading = f"\n[{name}]\n{_pairs(own)}" if own or not inner else ""
    return heading + "".join(_section(f"{name}.{key}", part) for key, part in inner.items())


def _pairs(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)  # strings and numbers are written alike in both
