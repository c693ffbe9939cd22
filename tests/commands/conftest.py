"""A folder with a database of its own, in which the real command runs."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Shell:
    """Runs `townclerk …` in a folder, with the environment alone as settings."""

    folder: Path

    def townclerk(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """The finished command."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TOWNCLERK_")}
        ours |= {"TOWNCLERK_DATABASE__URL": "sqlite:///t.db"} | environment
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder, env=ours, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """With the starter register in it; nobody changes it."""
    shell = Shell(tmp_path_factory.mktemp("filled"))
    assert shell.townclerk("import", "--starter").returncode == 0
    return shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """With nothing in it."""
    return Shell(tmp_path)
