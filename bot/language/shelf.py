"""Ids under a key, as most keys have them: one each."""

from collections.abc import Collection, Iterator


class Shelf:
    """Several ids may stand under a key; a key with one costs no collection."""

    def __init__(self) -> None:
        self._ids: dict[str, str | dict[str, None]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def get(self, key: str) -> Collection[str]:
        """The ids under the key."""
        found = self._ids.get(key)
        if found is None:
            return ()
        return (found,) if isinstance(found, str) else found.keys()

    def add(self, key: str, id_: str) -> None:
        """Put the id there, once."""
        found = self._ids.get(key)
        if found is None:
            self._ids[key] = id_
        elif isinstance(found, dict):
            found[id_] = None
        elif found != id_:
            self._ids[key] = {found: None, id_: None}

    def discard(self, key: str, id_: str) -> None:
        """Take the id away, if it is there."""
        found = self._ids.get(key)
        if found == id_:
            del self._ids[key]
        elif isinstance(found, dict) and id_ in found:
            del found[id_]
            if not found:
                del self._ids[key]
