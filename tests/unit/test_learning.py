"""A language is learnt in a process of its own, once; where that can't be, nobody is the worse for it."""

from pathlib import Path

import pytest

from bot.language.engine import Engine
from bot.language.learnt import MARKS
from bot.language.names import Names
from bot.language.vocabulary import load
from bot.learning import learn_apart

LANGUAGE = "xx"  # nobody wrote shared words in it: it is learnt at once
PHRASES = """
[intents.painting]
phrases = ["paint it {_}", "brush it {_}"]
[intents.rest]
phrases = ["stop", "enough"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "plugin"
    path.mkdir()
    (path / f"{LANGUAGE}.toml").write_text(PHRASES, encoding="utf-8")
    return path


def engine(folder: Path) -> Engine:
    return Engine.reading((LANGUAGE,), lambda language: [load(folder, language)])


async def test_what_another_process_learnt_is_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert not engine(folder).has_learnt(LANGUAGE)
    await learn_apart(engine(folder), LANGUAGE, [folder, tmp_path / "a plugin without this language"])
    assert engine(folder).has_learnt(LANGUAGE)
    (kept,) = tmp_path.glob(f"cache/**/{MARKS}")
    before = kept.stat().st_mtime_ns
    await learn_apart(engine(folder), LANGUAGE, [folder])
    assert kept.stat().st_mtime_ns == before


async def test_where_nothing_can_be_kept_the_bot_learns_by_itself(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    await learn_apart(engine(folder), LANGUAGE, [folder])
    assert not engine(folder).has_learnt(LANGUAGE)
    assert engine(folder).understand("enough", Names((), ()), (LANGUAGE,)).intent == "rest"
