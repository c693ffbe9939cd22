"""The person at matrix-js-sdk shows what Element would: unsigned devices read nothing, and nobody reads them."""

from pathlib import Path

import pytest

from tests.homeserver import Homeserver
from tests.javascript import JsPerson


async def test_signed_devices_read_each_other_and_an_unsigned_one_is_left_out(
    homeserver: Homeserver, javascript: None, tmp_path: Path
) -> None:
    eve, fay, gus = [(await homeserver.account(name)).user_id for name in ("eve", "fay", "gus")]
    async with (
        JsPerson(homeserver, eve, tmp_path) as at_eves,
        JsPerson(homeserver, fay, tmp_path) as at_fays,
        JsPerson(homeserver, gus, tmp_path, only_signed=False) as at_guss,
    ):
        await at_eves.make_identity()
        await at_fays.make_identity()
        room = await at_eves.create_room(fay, gus)
        for person in (at_fays, at_guss):
            await person.join(room)
            await at_eves.do("hasJoined", {"room": room, "who": person.user_id})

        said = await at_eves.say(room, "who is there?")
        heard = await at_fays.hear(room, eve, "who is there?")
        assert (heard.event, heard.shield) == (said, "NONE")
        withheld = await at_guss.hear_nothing_of(room, eve)
        assert withheld.unreadable == "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE"

        await at_guss.say(room, "me!")
        unsigned = await at_fays.hear_nothing_of(room, gus, since=said)
        assert unsigned.unreadable == "UNSIGNED_SENDER_DEVICE"
        assert (await at_fays.do("trust", {"user": gus}))["devices"] == {
            at_guss.device: {"signed": False, "verified": False}
        }

        with pytest.raises(AssertionError, match="MEGOLM_KEY_WITHHELD"):
            await at_guss.hear(room, eve, "who", seconds=0.1)
