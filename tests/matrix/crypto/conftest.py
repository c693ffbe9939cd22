"""Stores that need not outlive a power cut."""

import pytest

from bot.matrix.crypto.nio_store import KeyStore


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests make hundreds of stores; killed is only the process."""
    monkeypatch.setattr(KeyStore, "synchronous", "off")
