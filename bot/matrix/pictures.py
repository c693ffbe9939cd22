"""A chart on its way into a room: drawn, encrypted where the room is, uploaded, and made the content of a message."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from nio.crypto.attachments import encrypt_attachment

from bot.domain.chart import from_json
from bot.drawing import CHART, Drawn, draw
from bot.matrix.wire import Wire
from bot.store.outbox import Ready
from bot.turn.chat import Refused, TryLater

log = structlog.get_logger()

NAME = "chart.png"
TRIES = 8  # with the growing waits between them, about a minute


@dataclass(frozen=True)
class Uploaded:
    """Where a picture lies, in the words of the message."""

    op_id: str
    encrypted: bool
    words: dict[str, Any]


@dataclass
class Pictures:
    """Each room's newest is remembered, so that trying to send again uploads nothing twice."""

    wire: Wire
    _newest: dict[str, Uploaded] = field(default_factory=dict)

    async def content(self, row: Ready, encrypted: bool) -> dict[str, Any]:
        """What to send: in an encrypted room the picture is uploaded encrypted. Raises TryLater, Refused or LoggedOut.

        `body` is the text alternative, because that is what clients make the image's `alt`. With a `filename` beside
        it, it is a caption too (Matrix 1.10): shown, which harms nobody. A field of its own is only proposed (MSC3552).
        """
        newest = self._newest.get(row.room_id)
        if newest is None or (newest.op_id, newest.encrypted) != (row.op_id, encrypted):
            newest = Uploaded(row.op_id, encrypted, await self._upload(row, encrypted))
            self._newest[row.room_id] = newest
        words = {key: value for key, value in row.content.items() if key != CHART}
        return words | {"filename": NAME} | newest.words

    async def _upload(self, row: Ready, encrypted: bool) -> dict[str, Any]:
        drawn = await asyncio.to_thread(_drawn, row)
        try:
            return await self._left(drawn, encrypted)
        except TryLater as error:
            # Media are often served by something else, which may be broken while the rest works: a picture that can't
            # be uploaded must not keep back for ever what is said after it.
            if error.limited or row.attempts < TRIES or not await self._answers():
                raise
            raise Refused(f"the picture can't be uploaded: {error.reason}") from error

    async def _left(self, drawn: Drawn, encrypted: bool) -> dict[str, Any]:
        info = {"mimetype": "image/png", "w": drawn.width, "h": drawn.height, "size": len(drawn.png)}
        if not encrypted:
            return {"info": info, "url": await self.wire.upload(drawn.png, "image/png")}
        locked, keys = await asyncio.to_thread(encrypt_attachment, drawn.png)
        return {"info": info, "file": {**keys, "url": await self.wire.upload(locked, "application/octet-stream")}}

    async def _answers(self) -> bool:
        try:
            await self.wire.get("/account/whoami")
        except TryLater:
            return False
        return True


def _drawn(row: Ready) -> Drawn:
    try:
        return draw(from_json(row.content[CHART]))
    except Exception as error:  # a chart that can't be drawn today can't be tomorrow, and isn't worth the bot
        log.exception("a chart can't be drawn", op_id=row.op_id)
        raise Refused(f"the chart can't be drawn: {error}") from error
