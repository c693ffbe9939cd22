"""The identity as an operator meets it: the real command, killed, restored, asked for its recovery key."""

from tests.acceptance.conftest import Community
from tests.homeserver import Account


async def master_key(account: Account) -> object:
    """What the homeserver shows of the account's identity; None if it has none."""
    answer = await account.call("POST", "keys/query", {"device_keys": {account.user_id: []}})
    return answer["master_keys"].get(account.user_id)


async def test_killed_at_every_step_it_comes_out_with_one_identity(community: Community) -> None:
    for step in ("saved", "uploaded", "signed", "stored"):
        await community.bot.start(ready=False, TOWNCLERK_FAILPOINT=f"identity.{step}")
        assert await community.bot.ended() == 137
    await community.bot.start()
    code, out, _ = await community.bot.townclerk("recovery-key")
    print(code, out, _)
    print((community.bot.folder / "bot.log").read_text()[-3000:])
    import os

    os.system(f"ls -la {community.bot.folder}")
