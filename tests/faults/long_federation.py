"""Partitions as long as those that were measured (RELIABILITY.md): `pytest tests/faults/long_federation.py`."""

from pathlib import Path

import pytest

from tests.acceptance.test_federation import partition


@pytest.mark.homeserver
@pytest.mark.parametrize("stopped", [False, True], ids=["the bot hears on", "the bot is stopped, too"])
@pytest.mark.parametrize(("local", "remote"), [(0, 150), (80, 150), (300, 200)])
async def test_whatever_was_said_on_either_side_is_answered_once(
    tmp_path: Path, local: int, remote: int, stopped: bool
) -> None:
    await partition(tmp_path, local, remote, stopped=stopped)
