"""A bare echo loop: sync and send over aiohttp and nothing else; what the wire itself costs."""

import asyncio
import itertools
import json
import sys
from typing import Any
from urllib.parse import quote

import aiohttp

FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "account_data": {"types": []},
        "ephemeral": {"types": []},
        "timeline": {"types": ["m.room.message", "m.room.encrypted"], "limit": 100, "lazy_load_members": True},
        "state": {"types": [], "lazy_load_members": True},
    },
}


async def main(url: str, user_id: str, token: str) -> None:
    """Echo for ever; a line on stdout says that it hears."""
    numbers = itertools.count()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:

        async def get(**query: str) -> dict[str, Any]:
            async with http.get(f"{url}/_matrix/client/v3/sync", params=query) as response:
                answer: dict[str, Any] = await response.json()
                return answer

        async def send(room: str, event: dict[str, Any]) -> None:
            content = event["content"]
            if event["type"] == "m.room.message":
                content = {"msgtype": "m.notice", "body": content["body"], "m.mentions": {}}
            path = f"{url}/_matrix/client/v3/rooms/{quote(room)}/send/{event['type']}/b{next(numbers)}"
            async with http.put(path, json=content) as response:
                await response.read()

        filters = json.dumps(FILTER)
        since = (await get(filter=filters, timeout="0"))["next_batch"]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            answer = await get(filter=filters, timeout="30000", since=since)
            since = answer["next_batch"]
            rooms = answer.get("rooms", {}).get("join", {})
            await asyncio.gather(
                *(
                    send(room, event)
                    for room, news in rooms.items()
                    for event in news["timeline"]["events"]
                    if event["sender"] != user_id and event["content"].get("msgtype") != "m.notice"
                )
            )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
