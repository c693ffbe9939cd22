"""Hundreds of people who never say anything, each with a device that has keys; made over the homeserver's own API."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import vodozemac

from tests.homeserver import Account, Homeserver

# Else Synapse works out, for each who comes in, whether to notify each who is there.
QUIET: dict[str, Any] = {"push": {"enabled": False}, "user_directory": {"enabled": False}, "stats": {"enabled": False}}
SIDE_BY_SIDE = 8
ALGORITHMS = ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"]
T = TypeVar("T")


async def crowd(homeserver: Homeserver, count: int, *rooms: str) -> list[Account]:
    """So many people, two of each name, who join these rooms."""
    names = itertools.count()

    async def come(_: int) -> Account:
        person = await homeserver.account("crowd", f"Person {next(names) // 2}")
        for room in rooms:
            await person.join(room)
        await person.call("POST", "keys/upload", _keys(person.user_id, person.credentials.device_id))
        return person

    return await side_by_side(come, range(count))


async def side_by_side(work: Callable[[Any], Awaitable[T]], items: Iterable[Any]) -> list[T]:
    """Some at a time."""
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def gated(item: Any) -> T:
        async with gate:
            return await work(item)

    return await asyncio.gather(*map(gated, items))


def _keys(user_id: str, device_id: str) -> dict[str, Any]:
    account = vodozemac.Account()
    account.generate_one_time_keys(5)

    def signed(content: dict[str, Any]) -> dict[str, Any]:
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signature = account.sign(canonical.encode()).to_base64()
        return content | {"signatures": {user_id: {f"ed25519:{device_id}": signature}}}

    keys = {
        f"curve25519:{device_id}": account.curve25519_key.to_base64(),
        f"ed25519:{device_id}": account.ed25519_key.to_base64(),
    }
    one_time = {f"signed_curve25519:{name}": signed({"key": key.to_base64()})
                for name, key in account.one_time_keys.items()}  # fmt: skip
    device = {"user_id": user_id, "device_id": device_id, "algorithms": ALGORITHMS, "keys": keys}
    return {"device_keys": signed(device), "one_time_keys": one_time}
