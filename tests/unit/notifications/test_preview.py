"""Mails as a reader of texts looks at them on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command_line.commands import program
from services.notifications.kinds import KINDS
from services.notifications.mails.texts import DIGEST

RUNNER = CliRunner()
NAMES = [*(kind.kind for kind in KINDS.all), DIGEST]


def test_the_kinds_are_listed() -> None:
    assert RUNNER.invoke(program, ["mail", "kinds"]).output.split() == NAMES


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", NAMES)
def test_every_kind_is_shown_in_both_languages(kind: str, language: str, tmp_path: Path) -> None:
    page = tmp_path / "mail.html"
    done = RUNNER.invoke(program, ["mail", "preview", kind, "--language", language, "--html", str(page)])
    assert done.exit_code == 0, done.output
    assert "{{" not in done.output
    assert f'lang="{language}"' in page.read_text(encoding="utf-8")


def test_what_there_is_no_text_for_is_refused() -> None:
    assert RUNNER.invoke(program, ["mail", "preview", "thanks"]).exit_code == 2
    assert RUNNER.invoke(program, ["mail", "preview", NAMES[0], "--language", "de"]).exit_code == 2
