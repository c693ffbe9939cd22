"""What an operator's monitoring is told."""

from pathlib import Path

from tests.dialogue import dialogue
from tests.web.serving import served


async def test_withheld_keys_are_counted_by_their_reason(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"help": {}}) as talk, served(talk, **{"m.unverified": 2, "other": 1}) as session:
        text = await (await session.get("/metrics")).text()
    assert 'townclerk_keys_withheld_total{code="m.unverified"} 2.0' in text
    assert 'townclerk_keys_withheld_total{code="other"} 1.0' in text
