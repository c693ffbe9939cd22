"""The heartbeat: an address that is called as long as all is well, so that somebody notices when it isn't."""

from dataclasses import dataclass, field

import aiohttp
import structlog

log = structlog.get_logger()

SECONDS = 10.0


@dataclass
class Heartbeat:
    """Calls the address of a dead man's switch, which raises the alarm when the calls stay away; "" calls nobody.

    The address is a secret of its owner's: it is never logged.
    """

    url: str
    _failed: bool = field(default=False, init=False)

    async def beat(self) -> None:
        """All is well. An address that can't be reached is logged once."""
        if not self.url:
            return
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(trust_env=True, timeout=timeout) as session,
                session.get(self.url) as answer,
            ):
                failure = "" if answer.status < 400 else f"status {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            failure = type(error).__name__
        if failure and not self._failed:
            log.warning("heartbeat not delivered", reason=failure)
        self._failed = bool(failure)
