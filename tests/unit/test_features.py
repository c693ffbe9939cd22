"""What is on: a plugin that a community wrote itself is read whole at the start, ours when they are needed."""

from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.features import install, renderer_for

PLUGIN = """
from pathlib import Path
from bot.plugin import NoSettings, Plugin
plugin = Plugin("minutes", Path(__file__).parent, NoSettings, "takes minutes")
"""


def test_sentences_that_cant_be_read_are_refused_at_the_start_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locales = tmp_path / "takes_minutes" / "locales"
    locales.mkdir(parents=True)
    (locales.parent / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    (locales / "fr.po").write_text("Le compte rendu du conseil.\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    installed = install({"minutes": {"module": "takes_minutes"}})
    with pytest.raises(OperatorError, match=r"takes_minutes/locales/fr\.po can't be read as a catalogue"):
        renderer_for(installed)
