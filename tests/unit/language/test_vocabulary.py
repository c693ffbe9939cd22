"""Language files: what a broken one is told, and what their phrases may hold."""

from pathlib import Path

import pytest

from bot.language.engine import Engine
from bot.language.vocabulary import BrokenVocabulary, load, load_words
from tests.unit.language.community import names

GOOD = """
[slots]
colour = "words"
[families]
paint = ["paint", "brush"]
[values.tone]
dark = ["dark", "very dark"]
[intents.painting]
phrases = ["paint it {colour}", "paint {tool} (in {tone})"]
"""


def _written(folder: Path, text: str) -> Path:
    (folder / "en.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[intents", "isn't valid TOML"),
        ("surprise = 1", "the file has 'surprise'"),
        ("intents = 3", "'intents' must be a table"),
        ("[intents]\ngreet = 3", "intent 'greet' must be a table"),
        ("[intents.greet]\nphrases = []", "has no phrases"),
        ("[intents.greet]\nphrases = 'hi'", "must be a list of texts"),
        ("[intents.greet]\nphrases = [3]", "has 3 where a text"),
        ("[intents.greet]\nphrases = ['hi']\nphrase = ['x']", "intent 'greet' has 'phrase'"),
        ("[intents.none]\nphrases = ['hi']", "a name that means nothing"),
        ("[slots]\ncolour = 'rainbow'", "slot 'colour' is 'rainbow'"),
        ("[families]\nhello = 'hi'", "must be a list of texts"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BrokenVocabulary) as refused:
        load(_written(tmp_path, text), "en")
    assert said in str(refused.value)
    assert "en.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("who uses {tol}", "unknown slot {tol}"),
        ("who (uses {tool}", "bracket without its partner"),
        ("who uses) {tool}", "bracket without its partner"),
        ("who uses {tool", "bracket without its partner"),
        ("(a) (b) (c) (d) (e) f", "more than 4 optional groups"),
        ("/", "a / without words"),
        ("...", "has no words"),
    ],
)
def test_a_broken_phrase_is_refused_when_the_engine_is_built(tmp_path: Path, phrase: str, said: str) -> None:
    vocabulary = load(_written(tmp_path, f"[intents.x]\nphrases = ['{phrase}']"), "en")
    with pytest.raises(BrokenVocabulary) as refused:
        Engine([vocabulary]).compile()
    assert said in str(refused.value)
    assert "en.toml" in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenVocabulary, match="can't be read"):
        load(tmp_path, "xx")


def test_two_plugins_may_not_own_one_intent(tmp_path: Path) -> None:
    vocabulary = load(_written(tmp_path, GOOD), "en")
    with pytest.raises(BrokenVocabulary, match="another plugin has the intent 'painting'"):
        Engine([vocabulary, vocabulary]).compile()


def test_a_communitys_own_plugin_understands_sentences_like_a_built_in_one(tmp_path: Path) -> None:
    engine = Engine([load(_written(tmp_path, GOOD), "en")])
    meaning = engine.understand("hi, could you brush it bright red please?", names())
    assert (meaning.intent, meaning.slots["colour"]) == ("painting", "bright red")
    toned = engine.understand("Paint PlanX in very dark", names())
    assert toned.tool is not None
    assert (toned.tool.id, toned.slots["tone"]) == ("planx", "dark")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[answers]\nmaybe = ['perhaps']", "answers has 'maybe'"),
        ("[answers]\nyes = 'yes'", "answers.yes must be a list of texts"),
        ("[chatter]\nwords = []", "chatter has 'words'"),
        ("[chatter]\nsentences = [1]", "has 1 where a text"),
        ("[samples]\ntool = []", "samples has 'tool'"),
        ("[greetings]", "the file has 'greetings'"),
    ],
)
def test_a_broken_file_of_shared_words_is_refused_in_the_same_way(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BrokenVocabulary) as refused:
        load_words("en", _written(tmp_path, text))
    assert said in str(refused.value)
    assert "en.toml" in str(refused.value)


def test_tables_that_nobody_wrote_are_empty(tmp_path: Path) -> None:
    words = load_words("en", _written(tmp_path, ""))
    assert (words.answers, words.chatter, words.samples) == ({}, (), {})


def test_the_words_all_plugins_share_can_be_read() -> None:
    words = load_words("en")
    assert words.contractions["who's"] == ("who", "is")
    assert "please" in words.fillers
