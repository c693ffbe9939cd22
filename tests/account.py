"""The people in the tests, over plain HTTP, so that nothing of the bot's is trusted."""

import asyncio
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.demo.synapse import Credentials
from tests.timeline import Seen, Sieve

_transactions = itertools.count(1)


class Refused(Exception):
    """The homeserver said no; `errcode` is its reason."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {answer.get('errcode')}: {answer.get('error')}")
        self.status = status
        self.errcode = answer.get("errcode")


class Account:
    """A person at a client: says, reacts, edits, and reads the room back."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.user_id = credentials.user_id

    def __repr__(self) -> str:
        return f"Account({self.user_id})"

    # --- rooms ---------------------------------------------------------------------------------------

    async def create_room(
        self,
        name: str | None = None,
        *,
        invite: Iterable["Account | str"] = (),
        is_direct: bool = False,
        encrypted: bool = False,
        alias: str | None = None,
        **options: Any,
    ) -> str:
        """A private room; a direct chat is also noted in the account's `m.direct`, as clients do."""
        invited = [_user_id(who) for who in invite]
        request: dict[str, Any] = {
            "preset": "private_chat",
            "invite": invited,
            "is_direct": is_direct,
            **options,
        }
        request |= {"name": name} if name else {}
        request |= {"room_alias_name": alias} if alias else {}
        if encrypted:
            algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
            request["initial_state"] = [{"type": "m.room.encryption", "state_key": "", "content": algorithm}]
        room: str = (await self.call("POST", "createRoom", request))["room_id"]
        if is_direct:
            await self._note_direct(invited, room)
        return room

    async def invite(self, room: str, *who: "Account | str") -> None:
        """Invite others."""
        for one in who:
            await self.call("POST", f"rooms/{quote(room)}/invite", {"user_id": _user_id(one)})

    async def join(self, room: str) -> str:
        """Enter a room by id or alias."""
        return str((await self.call("POST", f"join/{quote(room)}", {}))["room_id"])

    async def leave(self, room: str) -> None:
        """Leave a room or refuse an invitation."""
        await self.call("POST", f"rooms/{quote(room)}/leave", {})

    async def kick(self, room: str, who: "Account | str", reason: str = "") -> None:
        """Remove somebody."""
        await self.call("POST", f"rooms/{quote(room)}/kick", {"user_id": _user_id(who), "reason": reason})

    async def members(self, room: str) -> set[str]:
        """Who has joined."""
        return set((await self.call("GET", f"rooms/{quote(room)}/joined_members"))["joined"])

    async def set_state(self, room: str, kind: str, content: Mapping[str, Any], key: str = "") -> str:
        """Set a state event, `m.room.power_levels` for example."""
        path = f"rooms/{quote(room)}/state/{quote(kind)}/{quote(key)}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def state(self, room: str, kind: str, key: str = "") -> dict[str, Any]:
        """Read a state event's content."""
        return await self.call("GET", f"rooms/{quote(room)}/state/{quote(kind)}/{quote(key)}")

    async def set_display_name(self, name: str) -> None:
        """Change the name others see."""
        await self.call("PUT", f"profile/{quote(self.user_id)}/displayname", {"displayname": name})

    # --- saying --------------------------------------------------------------------------------------

    async def send(
        self,
        room: str,
        text: str,
        *,
        mentions: Iterable["Account | str"] = (),
        thread: str | None = None,
        reply: str | None = None,
        notice: bool = False,
        **content: Any,
    ) -> str:
        """Send a text and return its event id; `thread` is the thread's root, `reply` the event answered."""
        message: dict[str, Any] = {"msgtype": "m.notice" if notice else "m.text", "body": text, **content}
        message["m.mentions"] = {"user_ids": pinged} if (pinged := [_user_id(who) for who in mentions]) else {}
        if thread:
            answered = {"event_id": reply or thread}
            message["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread, "m.in_reply_to": answered}
            message["m.relates_to"]["is_falling_back"] = reply is None
        elif reply:
            message["m.relates_to"] = {"m.in_reply_to": {"event_id": reply}}
        return await self.send_event(room, "m.room.message", message)

    async def edit(self, room: str, target: str, text: str) -> str:
        """Replace the text of an own message."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": target}
        content = {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        return await self.send_event(room, "m.room.message", content)

    async def react(self, room: str, target: str, key: str) -> str:
        """Put an emoji on an event."""
        relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
        return await self.send_event(room, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room: str, target: str, reason: str = "") -> str:
        """Take a message or a reaction back."""
        path = f"rooms/{quote(room)}/redact/{quote(target)}/t{next(_transactions)}"
        return str((await self.call("PUT", path, {"reason": reason}))["event_id"])

    async def send_event(self, room: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send any event."""
        path = f"rooms/{quote(room)}/send/{quote(kind)}/t{next(_transactions)}"
        return str((await self.call("PUT", path, content))["event_id"])

    # --- reading back --------------------------------------------------------------------------------

    async def messages(self, room: str, since: str | None = None) -> list[Seen]:
        """The whole timeline, oldest first, or what came after the event `since`."""
        found: list[Seen] = []
        query = "dir=b&limit=100"
        while True:
            page = await self.call("GET", f"rooms/{quote(room)}/messages?{query}")
            for raw in page["chunk"]:
                if raw["event_id"] == since:
                    return found[::-1]
                found.append(Seen(raw))
            if not page.get("end"):
                return found[::-1]
            query = f"dir=b&limit=100&from={quote(page['end'])}"

    async def event(self, room: str, event_id: str) -> Seen:
        """One event, with its newest edit in the raw event's `unsigned`."""
        return Seen(await self.call("GET", f"rooms/{quote(room)}/event/{quote(event_id)}"))

    async def wait_for(self, room: str, sieve: Sieve, timeout: float = 10, *, since: str | None = None) -> Seen:
        """The first event of the timeline (after `since`) that passes the sieve, as soon as there is one."""
        return (await self.wait_for_all(room, sieve, 1, timeout, since=since))[0]

    async def wait_for_all(
        self,
        room: str,
        sieve: Sieve,
        count: int,
        timeout: float = 10,
        *,
        since: str | None = None,
    ) -> list[Seen]:
        """All events that pass, once there are `count` of them; else the test fails and shows the room."""
        timeline: list[Seen] = []
        patience = time.monotonic() + timeout
        while True:
            timeline += await self.messages(room, timeline[-1].event_id if timeline else since)
            passed = [seen for seen in timeline if sieve(seen)]
            if len(passed) >= count:
                return passed
            if time.monotonic() > patience:
                shown = "\n".join(map(str, timeline)) or "(nothing)"
                raise AssertionError(f"{len(passed)} of {count} came in {timeout} s; the room:\n{shown}")
            await asyncio.sleep(0.1)

    # --- the wire ------------------------------------------------------------------------------------

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request of the client-server API, patient when told to slow down."""
        credentials = self.credentials
        return await call(credentials.homeserver, credentials.access_token, method, f"/_matrix/client/v3/{path}", body)

    async def _note_direct(self, others: Sequence[str], room: str) -> None:
        path = f"user/{quote(self.user_id)}/account_data/m.direct"
        try:
            known = await self.call("GET", path)
        except Refused:
            known = {}
        await self.call("PUT", path, known | {one: [*known.get(one, ()), room] for one in others})


async def call(
    url: str, token: str | None, method: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One request on a connection of its own: nothing to close, whatever loop the test runs in."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as http:
        while True:
            # The path is already quoted, and an event id may hold characters that must stay so.
            target = URL(f"{url}{path}", encoded=True)
            async with http.request(method, target, json=body) as response:
                answer: dict[str, Any] = await response.json(content_type=None)
            if response.status != 429:
                break
            await asyncio.sleep(answer.get("retry_after_ms", 1000) / 1000)
    if not response.ok:
        raise Refused(response.status, answer)
    return answer


def _user_id(who: Account | str) -> str:
    return who if isinstance(who, str) else who.user_id
