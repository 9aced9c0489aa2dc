"""Facts that documents state and the code decides: topics, gates, points, days, figures, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.catalogue import TOPICS
from contracts.sources import DESK, MAIL_LINKS, may_send
from deploy import configuration, forms_table
from deploy.roles import LOGINS
from libraries.chassis.watching.metrics import ALL
from services.matching.codes import GATES
from services.matching.settings.rules import RULES
from services.mentoring.settings.rhythms import SETTINGS
from services.notifications.kinds import KINDS
from tests.unit.docs.documents import DOCUMENTS, ROOT, name_of, prose_of

_DOCS = ROOT / "docs"
_RECORDS = sorted((_DOCS / "decisions").glob("[0-9]*.md"))
_MOST_WORDS = 700


def _row(page: str, first: str) -> str:
    """The row of a table whose first cell begins with these words."""
    rows = re.findall(rf"^\| {re.escape(first)}[^\n]*$", (_DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 1, f"{page} should have one row that begins with {first}"
    return str(rows[0])


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= _MOST_WORDS


def test_forms_are_told_of_every_event_that_they_may_send() -> None:
    text = forms_table.PAGE.read_text(encoding="utf-8")
    assert forms_table.page(text) == text, "run `make configuration`"
    events = {event for topic in TOPICS if topic.is_form for event in topic.events}
    assert [event for event in events if event.event_type.removeprefix("engage.")[:-3] not in text] == []


def test_the_desk_s_table_says_of_each_event_that_has_a_page_where_it_is() -> None:
    """A page says what the desk, or notifications for its links, may send; of some others the table says why not."""
    said = {event.event_type: event for topic in TOPICS if topic.is_form for event in topic.events}
    has_page = {event for event in said if may_send(DESK, event) or may_send(MAIL_LINKS, event)}
    table = prose_of(_DOCS / "desk.md").partition("| event | who | where |\n|---|---|---|\n")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()]
    told = {f"engage.{event.strip('`')}.v1": where for event, _, where in rows}
    assert len(told) == len(rows)
    assert told.keys() <= said.keys()
    assert {event for event, where in told.items() if not where.startswith("no page: ")} == has_page


def test_a_page_without_the_table_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="needs a table"):
        forms_table.page("# Publish from a form\n")


def test_subscribers_are_told_of_every_public_topic() -> None:
    for topic in TOPICS:
        if topic.privacy == "public":
            assert ("(compacted)" in _row("subscribe.md", f"`{topic.name}`")) is topic.compacted


def test_the_gates_and_the_points_are_those_of_the_rules() -> None:
    text = (_DOCS / "how-matching-decides.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \| ", text, re.MULTILINE)) == set(GATES)
    weights = RULES.weights
    for part in ("theme", "public", "territory", "readiness", "text"):
        assert _row("how-matching-decides.md", part).startswith(f"| {part} | {getattr(weights, part)} |")
    assert f'publication = "{RULES.publication}"' in prose_of(_DOCS / "run-the-programme.md")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("run-the-programme.md", ("{first} days after it began", "after {nudge} days, after {referent} days")),
        ("run-the-programme.md", ("the next one {ask} days before", "after {again} days and after {then} more")),
        ("fr/responsable-de-programme.md", ("sollicité {ask} jours avant", "après {again} jours, puis {then} jours")),
        ("run-the-programme.md", ("after {close} days", "{review} days before the end of", "{longest} months")),
        ("fr/responsable-de-programme.md", ("dans les {first} jours", "après {nudge} jours", "après {referent} jours")),
        ("fr/responsable-de-programme.md", ("après {close} jours", "{review} jours avant", "{longest} mois au plus")),
    ],
)
def test_the_rhythm_of_pairs_is_that_of_the_settings(page: str, words: tuple[str, ...]) -> None:
    rhythm = SETTINGS.rhythm
    nudge, referent = (step.after_days for step in rhythm.steps)
    again, then = KINDS.by_name["clearance-by-line-manager"].reminders
    numbers = {
        "first": rhythm.first_contact_days,
        "nudge": nudge,
        "referent": referent,
        "close": rhythm.close_after_days,
        "review": rhythm.review_days,
        "longest": rhythm.longest_months,
        "ask": SETTINGS.authorisation.ask_before_days,
        "again": again.days,
        "then": then.days,
    }
    text = (_DOCS / page).read_text(encoding="utf-8")
    assert [said for word in words if (said := word.format(**numbers)) not in text] == []


def test_personal_data_is_kept_as_long_as_the_page_says() -> None:
    forms = {topic.retention_days for topic in TOPICS if topic.is_form}
    letters = {topic.retention_days for topic in TOPICS if topic.name.endswith(".dead-letters.v1")}
    assert [f"| {days} days |" in _row("personal-data.md", "everything that forms send") for days in forms] == [True]
    assert [f"| {days} days |" in _row("personal-data.md", "that a record was set aside") for days in letters] == [True]
    assert f"{KINDS.content_days} days after" in _row("personal-data.md", "the text values of a mail")
    withheld = _row("personal-data.md", "title, summary and name of an application that its lead does not want")
    assert f"{KINDS.words.days} days more" in withheld


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_setting_and_every_figure_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    settings = {setting.name for setting in configuration.settings()}
    assert set(re.findall(r"\bENGAGE_[A-Z_]+\b", text)) - settings == set()
    # As Prometheus is told of them: a counter's name has an ending of its own there.
    metrics = {metric.shown_as for metric in ALL}
    logins = {f"engage_{name}" for name in LOGINS}
    assert set(re.findall(r"`(engage_[a-z_]+)`", text)) - metrics - logins == set()


def test_records_of_decisions_are_numbered_alike_and_listed() -> None:
    listed = (_DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for number, record in enumerate(_RECORDS, start=1):
        text = record.read_text(encoding="utf-8")
        assert record.name.startswith(f"{number:04d}-")
        title = text.partition("\n")[0].removeprefix(f"# {number}. ")
        assert f"| {number} | [{title}]({record.name}) |" in listed
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_a_word_has_one_meaning() -> None:
    rows = re.findall(r"^\| ([a-z][^|]+) \|", (_DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    words = [word.strip() for row in rows for word in re.sub(r" \([^)]*\)", "", row).split(",")]
    # A handler's needs say so in brackets; "word" heads each table.
    assert {word for word in words if words.count(word) > 1} - {"need", "word"} == set()
