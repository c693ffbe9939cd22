"""What the demo says when it can't begin."""

import importlib.util
from pathlib import Path

import pytest

from bot.demo.stage import play
from bot.errors import OperatorError


async def test_without_the_demo_extra_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "synapse" else find(name))
    with pytest.raises(OperatorError, match=r"pip install townclerk\[demo\]"):
        await play(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
