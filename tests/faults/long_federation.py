"""Partitions as long as those that were measured (RELIABILITY.md): `pytest -s tests/faults/long_federation.py`."""

import time
from pathlib import Path

import pytest

from tests.acceptance.test_federation import partition
from tests.faults.report import say


@pytest.mark.homeserver
@pytest.mark.timeout(900)
@pytest.mark.parametrize("stopped", [False, True], ids=["the bot hears on", "the bot is stopped, too"])
@pytest.mark.parametrize(("local", "remote"), [(0, 150), (80, 150), (300, 200)])
async def test_whatever_was_said_on_either_side_is_answered_once(
    tmp_path: Path, local: int, remote: int, stopped: bool
) -> None:
    began = time.monotonic()
    asked, answered = await partition(tmp_path, local, remote, stopped=stopped, seconds=300)
    lost, again = (asked - answered).total(), (answered - asked).total()
    once = sum(answered[one] == 1 for one in asked)
    bot = "the bot is stopped" if stopped else "the bot hears on"
    say(f"{local}/{remote}, {bot}: {asked.total()} asked, {once} answered once, {lost} lost, {again} too many; "
        f"{time.monotonic() - began:.0f} s")  # fmt: skip
    assert answered == asked
