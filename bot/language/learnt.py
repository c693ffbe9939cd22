"""What was learnt is kept on the disk: the next start reads it, in a tenth of the time and a fraction of the memory."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot.language.classifier import Classifier

MOST_KEPT = 12  # models: the languages of this version and of the ones before
WEIGHTS, MARKS, NAMES = "weights.npy", "marks.npy", "names.json"
UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError)


def learnt_once(sources: object, learn: Callable[[], Classifier], folder: Path | None = None) -> Classifier:
    """The classifier that was learnt from these sources, by this code, before; else it learns, and keeps it.

    A folder that can't be read or written costs the time to learn, and nothing else.
    """
    folder = folder or _folder()
    place = folder / _key(sources)
    with suppress(*UNREADABLE):
        return _read(place)
    classifier = learn()
    with suppress(*UNREADABLE):
        _write(place, classifier)
        _prune(folder)
        return _read(place)  # what was learnt can be given back
    return classifier


def is_learnt(sources: object) -> bool:
    """Whether there is nothing left to learn."""
    return (_folder() / _key(sources)).exists()


def may_keep() -> bool:
    """Whether anything can be kept."""
    with suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.access(_folder(), os.W_OK | os.X_OK)


def _folder() -> Path:
    """By the XDG Base Directory Specification."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache) / "townclerk" / "languages"


def _key(sources: object) -> str:
    """Everything that makes a difference: the phrases and words, and the code that learns from them."""
    told = sha256()
    for piece in json.JSONEncoder(default=_plain, sort_keys=True).iterencode(sources):  # the whole is a megabyte
        told.update(piece.encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    return told.hexdigest()[:32]


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no key")


def _read(place: Path) -> Classifier:
    """Only what is looked at is loaded."""
    told = json.loads((place / NAMES).read_text(encoding="utf-8"))
    marks, weights = (np.load(place / name, mmap_mode="r", allow_pickle=False) for name in (MARKS, WEIGHTS))
    if weights.shape != (len(marks) + 1, len(told["intents"])) or weights.dtype != np.float32:
        raise ValueError("not the model of these names")
    if marks.ndim != 1 or marks.dtype != np.uint64:
        raise ValueError("no marks")
    return Classifier(tuple(told["intents"]), np.asarray(marks), np.asarray(weights))


def _write(place: Path, classifier: Classifier) -> None:
    """Whole or not at all: another start may be reading. What is there is one that can't be read."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=place.parent, prefix=".new-", ignore_cleanup_errors=True) as folder:
        new = Path(folder) / "whole"
        new.mkdir(mode=0o700)
        (new / NAMES).write_text(json.dumps({"intents": classifier.intents}), encoding="utf-8")
        np.save(new / MARKS, classifier.marks, allow_pickle=False)
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
