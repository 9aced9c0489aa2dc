"""What another programme would change."""

from __future__ import annotations

from deploy.programme.comparing import compare

KINDS = """
[[kinds]]
kind = "a"
urgent = true
[[kinds]]
kind = "c"
days = 1
"""


def told(name: str, before: str, after: str) -> list[tuple[str, str, str]]:
    return [(change.field, change.before, change.after) for change in compare({name: before}, {name: after})]


def test_comments_and_order_change_nothing() -> None:
    assert told("rhythms.toml", "a = 1 # one\nb = 2\n", "b = 2\na = 1\n") == []


def test_what_is_put_in_between_changes_nothing_behind_it() -> None:
    more = KINDS.replace('[[kinds]]\nkind = "c"', '[[kinds]]\nkind = "b"\n[[kinds]]\nkind = "c"')
    assert told("mails/kinds.toml", KINDS, more) == [("kinds.b.kind", "not there", "b")]
    assert told("mails/kinds.toml", KINDS, KINDS.replace("days = 1", "days = 2")) == [("kinds.c.days", "1", "2")]


def test_of_a_long_list_only_the_difference_is_told() -> None:
    words = [f"word-{number}" for number in range(20)]
    assert told("lexicon.toml", f"whole = {words}", f"whole = {[*words, 'more']}") == [
        ("whole", "… as the other", "… more")
    ]


def test_files_that_come_and_go_are_told_as_files() -> None:
    (gone,) = compare({"editions/a.toml": ""}, {})
    assert (gone.file, gone.field, gone.before, gone.after) == ("editions/a.toml", "", "there", "not there")
    assert "what was judged stays" in gone.whom
    assert told("mails/layouts/fr.txt", "Bonjour", "Salut") == [("", "as it was", "other words")]
