"""A community's own plugin: the one that docs/plugins.md writes, and one that is broken."""

import re
from pathlib import Path

import pytest

from tests.dialogue import ROOM, dialogue

GUIDE = Path(__file__).parents[2] / "docs" / "plugins.md"

BROKEN = '''"""A plugin with a broken handler."""

from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("broken", Path(__file__).parent, NoSettings, "breaks")


@plugin.overhears
async def breaks(context, heard, meant):
    await context.memory.people.forget("@ana:example.org")
    raise ValueError(heard.text)
'''


def blocks(kind: str) -> list[str]:
    """The guide's code blocks of one language."""
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Python imports from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


async def test_the_plugin_of_the_guide_works_as_the_guide_says(modules: Path, tmp_path: Path) -> None:
    for name, text in (
        ("__init__.py", blocks("python")[0]),
        ("language/en.toml", blocks("toml")[0]),
        ("locales/en.po", blocks("po")[0]),
    ):
        path = modules / "kettle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    async with dialogue(tmp_path, {"kettle": {"module": "kettle"}}) as talk:
        await talk.say("hi, is the kettle on?")
        assert talk.last.body == "The kettle is on."
        await talk.wait(minutes=10)
        assert [said.body for said in talk.in_room(ROOM)] == ["The kettle is on.", "It has boiled."]


async def test_a_broken_handler_is_undone_alone_and_its_neighbours_go_on(
    modules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (modules / "breaking.py").write_text(BROKEN, encoding="utf-8")
    plugins = {"broken": {"module": "breaking"}, "requests": {}, "help": {}}
    async with dialogue(tmp_path, plugins) as talk:
        await talk.say("canary-4711", addressed=False)
        question = await talk.say("help with PlanX: it is down")
        await talk.say("Restart it.", sender="@bea:example.org", thread=question, addressed=False)
        assert "Answered by bea" in talk.card(question).body
