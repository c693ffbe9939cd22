"""An edit storm: a question changed a thousand times is answered anew a few times a minute, and rightly at the end."""

from datetime import timedelta
from pathlib import Path

from tests.dialogue import dialogue

PER_MINUTE = 5


async def test_the_changed_answers_have_a_budget_and_the_last_words_their_answer(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"directory": {}}, replies_per_minute=PER_MINUTE) as talk:
        question = await talk.say("who uses PlanX?")
        for number in range(60):
            await talk.edit(question, "who uses BOPS?" if number % 2 else "who uses Decidim?")
        assert len(talk.said) == PER_MINUTE
        talk.now += timedelta(minutes=1)
        await talk.settle()
        assert len(talk.said) == PER_MINUTE + 1
        assert "BOPS" in talk.last.body
        assert talk.last.edits == talk.said[0].event_id
