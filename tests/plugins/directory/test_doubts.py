"""What stands against an entry is shown: its age, and whoever says otherwise."""

from datetime import date
from pathlib import Path

from bot.domain.directory import Grade, Status
from tests.dialogue import ANA, BEA, BOPS, CAMDEN, CARDIFF, LAMBETH, PLANX, dialogue, maintains, uses

PLUGINS: dict[str, dict[str, object]] = {"directory": {}, "people": {}}
CONFIRMED = Grade.CONFIRMED


async def test_an_entry_that_nobody_renews_grows_old_and_says_so(tmp_path: Path) -> None:
    register = [
        uses(CAMDEN, PLANX, asserted_on=date(2026, 1, 1)),
        uses(LAMBETH, PLANX, asserted_on=date(2025, 1, 1)),
        uses(CARDIFF, PLANX, asserted_on=date(2020, 1, 1)),
    ]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("who uses PlanX?")
        lines = talk.last.body.splitlines()
        assert lines[1].endswith("listed by a list 4 months ago")
        assert lines[2].endswith("listed by a list 16 months ago; not confirmed for over a year")
        assert lines[3].endswith("listed by a list 6 years ago; too old to say whether it still holds")


async def test_how_old_is_old_can_be_set(tmp_path: Path) -> None:
    plugins = {"directory": {"stale_after_months": 1, "unknown_after_months": 3}}
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX, asserted_on=date(2026, 1, 1))]) as talk:
        await talk.say("who uses PlanX?")
        assert "too old to say" in talk.last.body


async def test_a_body_that_says_it_stopped_is_believed_and_who_says_otherwise_is_shown(tmp_path: Path) -> None:
    register = [
        uses(CAMDEN, PLANX, status=Status.RETIRED, grade=CONFIRMED, asserted_on=date(2026, 2, 1), said_by=BEA),
        uses(CAMDEN, PLANX, grade=Grade.MAINTAINER, asserted_on=date(2026, 5, 1)),
    ]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("does Camden use PlanX?")
        assert talk.last.body.splitlines()[0] == (
            "Not any more: London Borough of Camden used PlanX – no longer used, confirmed by Camden 3 months ago"
            "; but: in production, said by the maintainers 10 days ago."
        )
        await talk.say("who uses PlanX?")
        assert "I know of nobody using it" in talk.last.body
        assert "but: in production, said by the maintainers 10 days ago" in talk.last.body


async def test_two_people_of_one_council_who_contradict_each_other_are_both_told_and_shown(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, ANA]}]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say("we use PlanX", sender=BEA)
        talk.now = talk.now.replace(minute=1)
        await talk.say("we stopped using PlanX", sender=ANA)
        assert "Somebody says otherwise: in production, confirmed by Camden today. Both are kept" in talk.last.body
        await talk.say("does Camden use PlanX?")
        assert "Not any more" in talk.last.body
        assert "but: in production, confirmed by Camden today" in talk.last.body


async def test_what_a_tools_maintainers_say_of_a_user_is_shown_as_theirs(tmp_path: Path) -> None:
    register = [maintains(LAMBETH, BOPS)]
    councils = [{"id": LAMBETH.id, "people": [BEA]}]
    async with dialogue(tmp_path, PLUGINS, assertions=register, councils=councils) as talk:
        await talk.say("Cardiff uses BOPS", sender=BEA)
        assert talk.last.body == "Noted as the word of the maintainers of BOPS: Cardiff Council uses it. Thank you!"
        await talk.say("who uses BOPS?")
        assert "Cardiff Council – in production, said by the maintainers today" in talk.last.body


async def test_a_claim_by_somebody_of_another_council_is_kept_as_that(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("Lambeth uses BOPS", sender=BEA)
        assert "not verified" in talk.last.body
        await talk.say("who uses BOPS?")
        assert "London Borough of Lambeth – in production, said in chat today, not verified" in talk.last.body
        assert BEA not in talk.last.body


async def test_when_it_began_is_not_said_of_what_ended(tmp_path: Path) -> None:
    register = [
        uses(CAMDEN, PLANX, since="2019", asserted_on=date(2026, 1, 1)),
        uses(CAMDEN, PLANX, status=Status.RETIRED, grade=CONFIRMED, asserted_on=date(2026, 2, 1)),
    ]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("does Camden use PlanX?")
        assert "no longer used, confirmed by Camden" in talk.last.body
        assert "2019" not in talk.last.body


async def test_two_lists_that_contradict_each_other_are_both_shown(tmp_path: Path) -> None:
    register = [
        uses(CAMDEN, PLANX, status=Status.RETIRED, asserted_on=date(2026, 4, 8), said_by="another list"),
        uses(CAMDEN, PLANX),
    ]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("who uses PlanX?")
        assert "listed by a list 4 weeks ago; but: no longer used, listed by another list" in talk.last.body


async def test_a_person_whom_an_import_names_is_not_shown(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CAMDEN, PLANX, said_by=BEA)]) as talk:
        await talk.say("who uses PlanX?")
        assert "in production, listed by somebody 4 weeks ago" in talk.last.body
        assert BEA not in talk.last.body
