"""The locks: every package pinned with its hashes, no index named, and the three in step with pyproject."""

import json
import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
LOCKS = sorted(CHECKOUT.glob("requirements*.lock"))
JAVASCRIPT = CHECKOUT / "tests" / "js"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))

REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^ \\;]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """Package → the versions pinned for it (more than one where systems or Pythons differ)."""
    found: dict[str, set[str]] = {}
    for match in REQUIREMENT.finditer((CHECKOUT / name).read_text(encoding="utf-8")):
        found.setdefault(match["name"], set()).add(match["version"])
    return found


def names(requirements: list[str]) -> set[str]:
    """The packages asked for, as the locks spell them."""
    return {re.split(r"[\[<>=~!; ]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def test_the_locks_are_these() -> None:
    assert [lock.name for lock in LOCKS] == [
        "requirements-build.lock",
        "requirements-dev.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_is_a_pin_a_hash_or_a_comment_and_no_index_is_named(lock: Path) -> None:
    for line in lock.read_text(encoding="utf-8").splitlines():
        known = re.fullmatch(r"[\w.-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*|", line)
        assert known, line
        assert not re.search(r"://|\s/", line), line


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_has_a_hash(lock: Path) -> None:
    requirements = list(REQUIREMENT.finditer(lock.read_text(encoding="utf-8")))
    assert requirements
    assert [found["name"] for found in requirements if "--hash=sha256:" not in found["rest"]] == []


def test_what_runs_in_production_is_what_was_tested() -> None:
    tested = pins("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-build.lock"):
        assert {name: found for name, found in pins(lock).items() if tested.get(name) != found} == {}


def test_the_locks_have_all_that_pyproject_asks_for() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    every_extra = [asked for extra in extras.values() for asked in extra]
    build = PROJECT["dependency-groups"]["build"]
    assert names(project["dependencies"] + extras["chart"]) <= pins("requirements.lock").keys()
    assert names(project["dependencies"] + every_extra + build) - {"townclerk"} <= pins("requirements-dev.lock").keys()
    assert names(PROJECT["build-system"]["requires"] + build) <= pins("requirements-build.lock").keys()


def test_the_tests_javascript_is_pinned_with_its_hashes_and_no_registry_is_named() -> None:
    asked = json.loads((JAVASCRIPT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((JAVASCRIPT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == asked
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert [name for name, package in locked.items() if "resolved" in package or "integrity" not in package] == []
