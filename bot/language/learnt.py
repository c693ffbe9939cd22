"""What was learnt is kept on the disk: the next start reads it, in a tenth of the time and a fraction of the memory."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot.language.classifier import Classifier

MOST_KEPT = 12  # models: the languages of this version and of the ones before
WEIGHTS, NAMES = "weights.npy", "names.json"


def learnt_once(sources: object, learn: Callable[[], Classifier], folder: Path | None = None) -> Classifier:
    """The classifier that was learnt from these sources, by this code, before; else it learns, and keeps it.

    A folder that can't be read or written costs the time to learn, and nothing else.
    """
    folder = folder or _folder()
    place = folder / _key(sources)
    with suppress(OSError, EOFError, ValueError, KeyError, TypeError):
        return _read(place)
    classifier = learn()
    with suppress(OSError):
        _write(place, classifier)
        _prune(folder)
    return classifier


def _folder() -> Path:
    """By the XDG Base Directory Specification."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache) / "townclerk" / "languages"


def _key(sources: object) -> str:
    """Everything that makes a difference: the phrases and words, and the code that learns from them."""
    told = sha256(json.dumps(sources, default=_plain, sort_keys=True).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    return told.hexdigest()[:32]


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no key")


def _read(place: Path) -> Classifier:
    told = json.loads((place / NAMES).read_text(encoding="utf-8"))
    weights = np.load(place / WEIGHTS, mmap_mode="r", allow_pickle=False)  # only what is looked at is loaded
    places = {str(name): at for at, name in enumerate(told["features"], start=1)}
    if weights.shape != (len(places) + 1, len(told["intents"])) or weights.dtype != np.float32:
        raise ValueError("not the model of these names")
    return Classifier(tuple(told["intents"]), places, weights)


def _write(place: Path, classifier: Classifier) -> None:
    """Whole or not at all: another start may be reading. What is there is one that can't be read."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=place.parent, prefix=".new-", ignore_cleanup_errors=True) as folder:
        new = Path(folder) / "whole"
        new.mkdir(mode=0o700)
        names = {"intents": classifier.intents, "features": list(classifier.places)}
        (new / NAMES).write_text(json.dumps(names), encoding="utf-8")
        np.save(new / WEIGHTS, classifier.weights, allow_pickle=False)
        with suppress(FileNotFoundError):
            os.rename(place, Path(folder) / "broken")  # a folder with something in it can't be renamed over
        os.rename(new, place)


def _prune(folder: Path) -> None:
    kept = sorted(
        (one for one in folder.iterdir() if not one.name.startswith(".")), key=lambda one: one.stat().st_mtime
    )
    for old in kept[:-MOST_KEPT]:
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
