"""What gives away whatever it is given: a plugin that fails, and a homeserver and its proxy that quote."""

import json

from tests.faults.proxy import Answer, Passing

CANARY = "kanariq"  # begins everything that is private: whole or in part, it must not be seen

# A plugin that fails in all the ways that Python knows, each with what somebody said.
PLUGIN = '''"""A plugin that fails."""

import asyncio
import logging
import threading
import warnings
from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("broken", Path(__file__).parent, NoSettings, "breaks")


class Unraisable:
    def __init__(self, text):
        self.text = text

    def __del__(self):
        raise ValueError(self.text)


async def fails(text):
    raise ValueError(text)


def fails_too(text):
    raise ValueError(text)


@plugin.overhears
async def breaks(context, heard, meant):
    logging.getLogger("third.party").error("they said %s", heard.text, extra={"said": heard.text})
    logging.getLogger("third.party").error("%d %d", heard.text)
    warnings.warn(heard.text)
    asyncio.get_running_loop().create_task(fails(heard.text))
    asyncio.get_running_loop().call_soon(fails_too, heard.text)
    threading.Thread(target=fails_too, args=(heard.text,)).start()
    Unraisable(heard.text)
    raise ValueError(heard.text)
'''


def reflected(passing: Passing) -> str:
    """All that the request had in it."""
    return f"{passing.method} {passing.target} {passing.headers} {passing.body.decode(errors='replace')}"


async def as_page(passing: Passing) -> Answer:
    """A proxy's page that shows what it was sent."""
    return Answer(500, f"<html><pre>{CANARY} {reflected(passing)}</pre></html>".encode(), {"Content-Type": "text/html"})


async def as_error(passing: Passing) -> Answer:
    """An error that quotes what it was sent, as Synapse's do for a body that it can't read."""
    error = {"errcode": "M_UNKNOWN", "error": f"{CANARY} input_value={reflected(passing)}"}
    return Answer(500, json.dumps(error).encode(), {"Content-Type": "application/json"})


async def as_headers(passing: Passing) -> Answer:
    """An answer that is none: its header holds what it may not."""
    return Answer(500, b"", {"Content-Length-": CANARY, "Set-Cookie": f"session={CANARY}"})


async def with_rubbish(passing: Passing) -> Answer:
    """The sync response, with what a hostile server puts into one beside it."""
    answer = await passing.forward()
    sync = json.loads(answer.body)
    for room in sync.get("rooms", {}).get("join", {}).values():
        events = room.setdefault("timeline", {}).setdefault("events", [])
        events += [
            {"type": kind, "event_id": f"$rubbish{number}", "sender": sender, "content": content}
            for number, (kind, sender, content) in enumerate(
                [
                    ("m.room.message", "@eve:evil.example", {"msgtype": "m.text", "body": {"a": CANARY}}),
                    ("m.room.message", f"@{CANARY}\x1b[2J", {"msgtype": CANARY, "body": CANARY}),
                    ("m.room.message", "@eve:evil.example", CANARY),
                    ("m.room.encrypted", "@eve:evil.example", {"algorithm": CANARY, "ciphertext": CANARY}),
                    (
                        "m.room.encrypted",
                        "@eve:evil.example",
                        {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": CANARY, "session_id": CANARY},
                    ),
                    (CANARY, "@eve:evil.example", {"m.relates_to": {"rel_type": CANARY, "event_id": "$x"}}),
                ]
            )
        ]
    sync["to_device"] = {
        "events": [
            {"type": "m.room.encrypted", "sender": "@eve:evil.example", "content": {"ciphertext": CANARY}},
            {"type": "m.room_key", "sender": "@eve:evil.example", "content": CANARY},
            {"type": "m.room_key.withheld", "sender": "@e:evil.example", "content": {"code": CANARY, "room_id": "!x"}},
            {"type": CANARY, "sender": 5, "content": [CANARY]},
        ]
    }
    return Answer(answer.status, json.dumps(sync).encode(), {"Content-Type": "application/json"})
