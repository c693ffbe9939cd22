"""The chart of the last weeks, for those who see it; the digest tells in words what it shows."""

from bot.domain.chart import Chart, Series
from bot.domain.digest import Week, without_empty_beginning
from bot.plugin import Context
from bot.words import phrase
from plugins.digest.settings import DigestSettings
from plugins.digest.wording import chart_text, in_short


def chart(context: Context[DigestSettings], week: Week, language: str) -> Chart | None:
    """Asked and answered, by week; None where there is nothing to compare."""
    if chart_text(week, language) is None:
        return None
    weeks = without_empty_beginning(week.by_week)
    title, asked, answered = [
        context.written([words], language).plain
        for words in (phrase("digest.chart_title"), phrase("digest.chart_asked"), phrase("digest.chart_answered"))
    ]
    series = (
        Series(asked, tuple(float(one.asked) for one in weeks)),
        Series(answered, tuple(float(one.answered) for one in weeks)),
    )
    return Chart(title, tuple(in_short(one.began, language) for one in weeks), series)
