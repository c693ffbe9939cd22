"""A folder with a database of its own, in which the command runs: in this process, or in one of its own."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from unittest import mock

import pytest
import structlog

from bot.cli import main

Done = subprocess.CompletedProcess[str]


@dataclass
class Shell:
    """Runs `townclerk …` in a folder, with the environment alone as settings."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Ours without what was set for a real bot."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TOWNCLERK_")}
        return ours | {"TOWNCLERK_DATABASE__URL": "sqlite:///t.db"} | more

    def townclerk(self, *arguments: str, **environment: str) -> Done:
        """The finished command, in this process: a second's start each would be most of the time."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.chdir(self.folder))
            stack.enter_context(mock.patch.dict(os.environ, self.environment(**environment), clear=True))
            stack.enter_context(mock.patch.object(sys, "argv", ["townclerk", *arguments]))
            nobody = stack.enter_context(open(os.devnull, encoding="utf-8"))
            stack.enter_context(mock.patch.object(sys, "stdin", nobody))
            out, err = (stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(2))
            stack.enter_context(contextlib.redirect_stdout(out))
            stack.enter_context(contextlib.redirect_stderr(err))
            stack.callback(structlog.reset_defaults)
            for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
                stack.enter_context(mock.patch.object(module, hook))  # configured logs set their own
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
            return Done([*arguments], code, _written(out), _written(err))

    def process(self, *arguments: str, **environment: str) -> Done:
        """The finished command, as an operator's shell runs it."""
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment(**environment),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def command(self, *arguments: str) -> list[str]:
        """The real command's words."""
        return [sys.executable, "-m", "bot", *arguments]


def _written(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """With the starter register in it; nobody changes it."""
    shell = Shell(tmp_path_factory.mktemp("filled"))
    assert shell.process("import", "--starter").returncode == 0
    return shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """With nothing in it."""
    return Shell(tmp_path)
