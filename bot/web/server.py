"""Health, readiness and metrics over HTTP for the operator's own monitoring, and the pages of plugins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from bot.errors import OperatorError
from bot.store.database import Database
from bot.store.memory import Memory
from bot.turn.signals import SILENCE
from bot.web.settings import WebSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Pulse:
    """What readiness is judged by: whether we are caught up, and when we last heard the homeserver."""

    caught_up: bool
    heard_at: datetime | None


@dataclass
class Server:
    """The web port."""

    settings: WebSettings
    database: Database
    pulse: Callable[[], Pulse]
    clock: Callable[[], datetime]
    pages: Sequence[web.RouteDef] = ()
    withheld: Callable[[], Mapping[str, int]] = dict
    _runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Serve; the port it took. Raises OperatorError if the port is taken."""
        application = web.Application(handler_args={"debug": False})  # else its errors have tracebacks in them
        application.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/readyz", self._readiness),
                web.get("/metrics", self._metrics),
                *self.pages,
            ]
        )
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise OperatorError(
                f"[web] port {self.settings.port} on {self.settings.host} can't be used: {error.strerror}; "
                "set another one, 0 for any free one, or off = true"
            ) from error
        port: int = self._runner.addresses[0][1]
        log.info("web", host=self.settings.host, port=port)
        return port

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner:
            await self._runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        """The process lives and its database answers."""
        async with self.database.reading() as connection:
            await Memory(connection).outbox.counts()
        return web.json_response({"status": "ok"})

    def _ready(self) -> bool:
        pulse = self.pulse()
        return pulse.caught_up and pulse.heard_at is not None and self.clock() - pulse.heard_at < SILENCE

    async def _readiness(self, _: web.Request) -> web.Response:
        """The homeserver was heard lately."""
        ready = self._ready()
        return web.json_response({"status": "ready" if ready else "not ready"}, status=200 if ready else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        """Counts only: nobody's words, names or rooms."""
        async with self.database.reading() as connection:
            memory = Memory(connection)
            outbox = await memory.outbox.counts()
            unanswered = await memory.requests.count_unanswered()
            held_back = await memory.held_back.ever()
            overdue = len(await memory.timers.overdue(self.clock()))
        registry = CollectorRegistry()
        for name, text, value in (
            ("ready", "1 if the homeserver was heard lately", int(self._ready())),
            ("outbox_waiting", "messages not sent yet", outbox["waiting"]),
            ("outbox_dead", "messages the homeserver refused for good", outbox["dead"]),
            ("held_back", "times the homeserver limited what we sent (429), in all", held_back),
            ("requests_unanswered", "help requests open, claimed or waiting for the asker", unanswered),
            ("timers_overdue", "timers more than five minutes overdue", overdue),
        ):
            Gauge(f"townclerk_{name}", text, registry=registry).set(value)
        keys = Counter("townclerk_keys_withheld", "keys kept from us, by reason", ["code"], registry=registry)
        for code, count in self.withheld().items():
            keys.labels(code).inc(count)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
