"""The Dockerfile's steps agree with the checkout, as far as can be shown without a Docker engine."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

CHECKOUT = Path(__file__).parents[2]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
STEPS: list[tuple[str, str]] = re.findall(r"^(\w+) (.+)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def copied() -> list[str]:
    """What the build stage takes from the checkout."""
    lines = [rest.split() for step, rest in STEPS if step == "COPY" and "--from=" not in rest]
    return [source for *sources, _ in lines for source in sources]


def step(name: str) -> str:
    """The last step of that name."""
    return [rest for step, rest in STEPS if step == name][-1]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_exists_and_reaches_the_builder(source: str) -> None:
    assert (CHECKOUT / source).exists()
    assert f"!{source}" in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_it_runs_as_an_ordinary_user_with_its_state_on_one_volume() -> None:
    assert step("USER") == "1000:1000"
    assert step("VOLUME") == step("WORKDIR") == "/data"
    assert 'TOWNCLERK_DATABASE__URL="sqlite:////data/townclerk.db"' in step("ENV")
    assert (json.loads(step("ENTRYPOINT")), json.loads(step("CMD"))) == (["townclerk"], ["run"])


class Health(BaseHTTPRequestHandler):
    """A /healthz that says whatever the test wants."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to say."""


@pytest.fixture
def health() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_believes_healthz(
    health: HTTPServer, status: int, healthy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Health, "status", status)
    _, *arguments = json.loads(step("HEALTHCHECK").partition(" CMD ")[2])
    environment = {"TOWNCLERK_WEB__PORT": str(health.server_port)}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
    assert (done.returncode == 0) is healthy
