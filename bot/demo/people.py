"""The people of the demo at their clients: they enter rooms, speak, react and look, over plain HTTP."""

import itertools
import secrets
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.demo.synapse import Credentials
from bot.errors import OperatorError

_transactions = itertools.count(1)
_RUN = secrets.token_hex(4)  # a folder used again must not meet its old transaction ids

WATCHED: dict[str, Any] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "account_data": {"types": []},
        "ephemeral": {"types": []},
        "state": {"lazy_load_members": True},
        "timeline": {"types": ["m.room.message", "m.reaction", "m.room.member"], "limit": 1000},
    },
}


class Client:
    """One person's client; `async with` it."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.user_id = credentials.user_id
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {credentials.access_token}"},
            timeout=aiohttp.ClientTimeout(total=60),
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()

    async def create_room(self, alias: str, name: str, invite: Iterable[str], power: Mapping[str, int]) -> str:
        """A room of the community's, by alias; those in `power` may do more than talk."""
        request = {
            "preset": "private_chat",
            "visibility": "public",
            "room_alias_name": alias,
            "name": name,
            "invite": list(invite),
            "initial_state": [
                {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "public"}},
                {
                    "type": "m.room.history_visibility",
                    "state_key": "",
                    "content": {"history_visibility": "shared"},
                },
            ],
            "power_level_content_override": {"users": dict(power)},
        }
        return str((await self.call("POST", "createRoom", request))["room_id"])

    async def find_room(self, alias: str, server_name: str) -> str | None:
        """The room with this alias, if there is one."""
        try:
            found = await self.call("GET", f"directory/room/{quote(f'#{alias}:{server_name}')}")
        except NotDone:
            return None
        return str(found["room_id"])

    async def join(self, room: str) -> None:
        """Enter a room."""
        await self.call("POST", f"join/{quote(room)}", {})

    async def members(self, room: str) -> set[str]:
        """Who has joined."""
        return set((await self.call("GET", f"rooms/{quote(room)}/joined_members"))["joined"])

    async def say(
        self, room: str, text: str, mentions: Mapping[str, str] | None = None, thread: str | None = None
    ) -> str:
        """Send a text and return its event id; `mentions` are the words for people's ids, as pills."""
        pills = {word: user_id for word, user_id in (mentions or {}).items() if word in text}
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if pills:
            content["m.mentions"] = {"user_ids": sorted(set(pills.values()))}
            content |= {"format": "org.matrix.custom.html", "formatted_body": _with_pills(text, pills)}
        if thread:
            content["m.relates_to"] = {
                "rel_type": "m.thread",
                "event_id": thread,
                "is_falling_back": True,
                "m.in_reply_to": {"event_id": thread},
            }
        return await self._send(room, "m.room.message", content)

    async def react(self, room: str, target: str, key: str) -> str:
        """Put an emoji on a message."""
        relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
        return await self._send(room, "m.reaction", {"m.relates_to": relation})

    async def watch_filter(self) -> str:
        """The name of a filter for `sync` that leaves only what is said and who enters."""
        path = f"user/{quote(self.user_id)}/filter"
        return str((await self.call("POST", path, WATCHED))["filter_id"])

    async def sync(self, filter_id: str, since: str | None, patience_ms: int) -> dict[str, Any]:
        """What has happened since."""
        query = f"filter={quote(filter_id)}&timeout={patience_ms}" + (f"&since={quote(since)}" if since else "")
        return await self.call("GET", f"sync?{query}")

    async def _send(self, room: str, kind: str, content: Mapping[str, Any]) -> str:
        path = f"rooms/{quote(room)}/send/{kind}/{_RUN}.{next(_transactions)}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request of the client-server API; NotDone if it is refused, OperatorError if nobody answers."""
        target = URL(f"{self.credentials.homeserver}/_matrix/client/v3/{path}", encoded=True)
        try:
            async with self._http.request(method, target, json=body) as response:
                answer: dict[str, Any] = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OperatorError(f"the demo's homeserver doesn't answer any more ({error})") from error
        if not response.ok:
            raise NotDone(f"the demo's homeserver refused {method} {path}: {answer.get('error')}")
        return answer


class NotDone(OperatorError):
    """The homeserver refused a request."""


def _with_pills(text: str, pills: Mapping[str, str]) -> str:
    html = escape(text)
    for word, user_id in pills.items():
        link = f'<a href="https://matrix.to/#/{quote(user_id, safe="@:")}">{escape(word)}</a>'
        html = html.replace(escape(word), link)
    return html
