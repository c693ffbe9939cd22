"""The identity as an operator meets it: the real command, killed, restored, asked for its recovery key."""

import shutil
from pathlib import Path
from typing import Any

from bot.matrix.crypto import recovery_key
from tests.acceptance.conftest import Community
from tests.homeserver import Account


async def master_key(account: Account) -> dict[str, Any]:
    """What the homeserver shows of the account's identity, without who signed it."""
    answer = await account.call("POST", "keys/query", {"device_keys": {account.user_id: []}})
    return {part: value for part, value in answer["master_keys"][account.user_id].items() if part != "signatures"}


async def test_killed_at_every_step_it_comes_out_with_one_identity_and_shows_its_recovery_key(
    community: Community,
) -> None:
    bot = community.bot
    for step in ("saved", "uploaded", "signed", "stored"):
        await bot.start(ready=False, TOWNCLERK_FAILPOINT=f"identity.{step}")
        assert await bot.ended() == 137
    before = await master_key(community.clerk)
    await bot.start()
    assert await master_key(community.clerk) == before
    code, shown, err = await bot.townclerk("recovery-key")
    assert (code, err, len(recovery_key.read(shown))) == (0, "", 32)
    for secret in (shown.strip(), shown.replace(" ", "").strip()):
        assert secret not in bot.log.read_text()
    await bot.kill()
    shutil.rmtree(bot.folder / "townclerk.db.crypto")
    await bot.start()  # a new device: with other keys, nobody would believe the old one
    assert await bot.logged("new device")
    assert await master_key(community.clerk) == before
    code, said, _ = await bot.townclerk("doctor")
    assert (code, "is signed" in said) == (0, True), said


async def test_without_its_keys_it_serves_says_so_and_is_restored_by_the_recovery_key(
    community: Community, starter_register: Path
) -> None:
    bot = community.bot
    await bot.start()
    before = await master_key(community.clerk)
    _, shown, _ = await bot.townclerk("recovery-key")
    await bot.kill()
    for left in bot.folder.glob("townclerk.db*"):
        left.rename(bot.folder / f"old-{left.name}")
    shutil.copy(starter_register, bot.folder / "townclerk.db")

    await bot.start()
    trouble = await bot.logged("identity needs the operator")
    assert "give its recovery key as [matrix] recovery_key" in trouble["reason"]
    await community.ask("who uses BOPS?")
    await community.hear("BOPS – used by")
    code, said, _ = await bot.townclerk("doctor")
    assert (code, "give its recovery key as [matrix] recovery_key" in said) == (1, True), said
    await bot.kill()
    assert await master_key(community.clerk) == before

    bot.sections["matrix"]["recovery_key"] = shown.strip()
    bot.write()
    await bot.start(ready=False, TOWNCLERK_FAILPOINT="identity.restored")
    assert await bot.ended() == 137
    await bot.start()
    assert await master_key(community.clerk) == before
    code, said, _ = await bot.townclerk("doctor")
    assert (code, "is signed" in said) == (0, True), said
