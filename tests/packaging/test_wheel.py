"""The wheel holds all that the product needs, and works in a clean environment away from the checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).parents[2]
NEEDED = (
    "bot/py.typed",
    "bot/locales/*.po",
    "bot/store/migrations/*.sql",
    "plugins/*/locales/*.po",
    "plugins/*/language/*.toml",
    "config/example.toml",
    "config/register/*.csv",
    "config/register/*.toml",
    "townclerk-*.dist-info/licenses/LICENSE",
)


def run(*command: str | Path, folder: Path) -> str:
    """Run it as a user would, with nothing of this process's Python paths, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as the Dockerfile builds it."""
    folder = tmp_path_factory.mktemp("dist")
    options: list[str | Path] = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder]
    run(sys.executable, "-m", "pip", "wheel", *options, CHECKOUT, folder=folder)
    (built,) = folder.glob("townclerk-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; its dependencies are lent by the one that runs the tests."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    run(*pip, "install", "--no-deps", "--no-index", "--quiet", wheel, folder=folder)
    # Lent only now, and after the wheel's own folder on the path; the editable install's .pth in there
    # is not followed, so the checkout stays out of sight.
    purelib = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip())
    (purelib / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return folder


@pytest.mark.parametrize("pattern", NEEDED)
def test_the_wheel_has(wheel: Path, pattern: str) -> None:
    assert any(fnmatch(name, pattern) for name in ZipFile(wheel).namelist())


def test_the_wheel_has_every_file_of_the_three_packages_and_nothing_else(wheel: Path) -> None:
    shipped = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    written = {
        path.relative_to(CHECKOUT).as_posix()
        for package in ("bot", "plugins", "config")
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == written


def test_it_is_the_wheel_that_is_imported(environment: Path, tmp_path: Path) -> None:
    where = run(environment / "bin" / "python", "-c", "import bot; print(bot.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(environment)


def test_the_installed_command_says_its_version(environment: Path, tmp_path: Path) -> None:
    said = run(environment / "bin" / "townclerk", "--version", folder=tmp_path)
    assert re.search(r"\d+\.\d+\.\d+", said)


def test_the_installed_command_finds_all_its_parts(environment: Path, tmp_path: Path) -> None:
    assert run(environment / "bin" / "townclerk", "doctor", "--offline", folder=tmp_path)
