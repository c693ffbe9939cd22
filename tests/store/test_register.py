"""The register and the requests: what is put in comes out, and assertions are only ever added."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.directory import Grade, Relation, Status
from bot.domain.request import Request, State
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account, Room
from tests.dialogue import BOPS, CAMDEN, LAMBETH, OLD_TOWN, PLANX, maintains, uses
from tests.store.conftest import NOW


async def test_organisations_and_tools_come_out_as_they_went_in_and_the_version_grows(database: Database) -> None:
    async with database.transaction() as connection:
        register = Memory(connection).register
        assert await register.version() == 0
        await register.add_organisations([CAMDEN, OLD_TOWN])
        await register.add_tools([PLANX], NOW)
        assert await register.organisations() == sorted([CAMDEN, OLD_TOWN], key=lambda o: o.id)
        assert await register.tools() == [PLANX]
        assert await register.version() == 2


async def test_the_same_assertion_twice_is_one_and_the_last_word_of_a_day_counts(database: Database) -> None:
    async with database.transaction() as connection:
        register = Memory(connection).register
        await register.add_organisations([CAMDEN])
        await register.add_tools([PLANX], NOW)
        said = uses(CAMDEN, PLANX, grade=Grade.CONFIRMED, since="2022", said_at=NOW)
        stopped = replace(said, status=Status.RETIRED, since="", said_at=NOW + timedelta(minutes=1))
        again = replace(said, since="", said_at=NOW + timedelta(minutes=2))
        await register.add_assertions([said, said, stopped], NOW)
        assert [u.status for u in await register.usages_of_tool("planx")] == [Status.RETIRED]
        await register.add_assertions([again], NOW)
        usage = (await register.usages_of_tool("planx"))[0]
        assert (usage.status, usage.since) == (Status.PRODUCTION, "2022")
        assert len(await register.added_between(NOW, NOW + timedelta(seconds=1))) == 3


async def test_maintainers_and_what_is_at_risk(database: Database) -> None:
    async with database.transaction() as connection:
        register = Memory(connection).register
        await register.add_organisations([CAMDEN, LAMBETH])
        await register.add_tools([PLANX, BOPS], NOW)
        withdrawn = maintains(CAMDEN, BOPS, status=Status.RETIRED, asserted_on=NOW.date())
        await register.add_assertions(
            [uses(CAMDEN, PLANX), uses(LAMBETH, BOPS), maintains(LAMBETH, PLANX), maintains(CAMDEN, BOPS), withdrawn],
            NOW,
        )
        assert [u.organisation_id for u in await register.maintainers("planx")] == [LAMBETH.id]
        assert [u.relation for u in await register.maintained_by(LAMBETH.id)] == [Relation.MAINTAINS]
        assert await register.tools_without_maintainer(5) == [("bops", 1)]


async def test_a_request_comes_out_as_it_went_in_with_its_history(database: Database) -> None:
    request = Request(
        number=1, question_event="$q", room_id="!r", asker="@ana:x", state=State.OPEN, opened_at=NOW, changed_at=NOW,
        thread="$t", asker_organisation="o", tool_id="planx", tool_name="PlanX", text="words", language="cy",
    )  # fmt: skip
    changed = replace(
        request, state=State.ANSWERED, claimer="@bea:x", claimer_organisation="o1", answerer="@cai:x",
        answerer_organisation="o2", answered_at=NOW, resolved_at=NOW, ladder="[]", rung=2, promise="{}", text="new",
    )  # fmt: skip
    async with database.transaction() as connection:
        requests = Memory(connection).requests
        assert await requests.next_number() == 1
        await requests.add(request)
        assert await requests.get(1) == request
        assert await requests.unanswered(5) == [request]
        await requests.keep(changed)
        assert await requests.of_question("$q") == changed
        assert await requests.count_unanswered() == 0
        assert await requests.answered_between(NOW, NOW + timedelta(seconds=1)) == [changed]
        await requests.add_step(1, NOW, "@ana:x", "opened")
        await requests.add_step(1, NOW, "", "called", "Camden")
        assert [(s.who, s.what, s.note) for s in await requests.steps(1)] == [
            ("@ana:x", "opened", ""),
            ("", "called", "Camden"),
        ]
        await requests.erase_text(1)
        assert (await requests.get(1) or request).text == ""


async def test_calls_are_remembered_for_the_turns(database: Database) -> None:
    async with database.transaction() as connection:
        requests = Memory(connection).requests
        await requests.add(Request(1, "$q", "!r", "@ana:x", State.OPEN, NOW, NOW))
        await requests.add_call(1, 0, "camden", "@bea:x", NOW)
        await requests.add_call(1, 1, "camden", "", NOW + timedelta(hours=1))
        assert await requests.last_called("camden") == NOW + timedelta(hours=1)
        assert await requests.last_called_person("camden") == "@bea:x"
        assert await requests.open_of("camden") == 1
        assert await requests.last_called("lambeth") is None


async def test_the_session_stays_and_only_the_token_of_the_sync_moves(database: Database) -> None:
    async with database.transaction() as connection:
        rooms = Memory(connection).rooms
        await rooms.keep_account(Account("@clerk:x", "DEVICE", "token", None))
        await rooms.move_since("@clerk:x", "s1")
        await rooms.keep_account(Account("@clerk:x", "DEVICE", "token2", None))
        assert await rooms.account("@clerk:x") == Account("@clerk:x", "DEVICE", "token2", "s1")
        room = Room("!r", "join", direct=True, members=2, named=True, inviter="@ana:x", language="cy")
        await rooms.keep(room)
        assert await rooms.get("!r") == room
        assert await rooms.joined() == ["!r"]


async def test_people_belong_where_they_said_last(database: Database) -> None:
    async with database.transaction() as connection:
        memory = Memory(connection)
        await memory.register.add_organisations([CAMDEN, LAMBETH])
        await memory.people.keep("@ana:x", CAMDEN.id, False, NOW)
        await memory.people.keep("@ana:x", LAMBETH.id, True, NOW)
        assert await memory.people.verified_of(LAMBETH.id) == ["@ana:x"]
        await memory.people.forget("@ana:x")
        assert await memory.people.belonging("@ana:x") is None
