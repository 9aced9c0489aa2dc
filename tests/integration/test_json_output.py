"""Whatever has `--json` prints JSON on its standard output and nothing else, also where it fails or runs first."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main
from typer.testing import CliRunner

from deploy.command_line.commands import program
from tests.conformance.stage import Stage, service_named
from tests.ids import identifier
from tests.integration.conftest import connect
from tests.integration.journal.test_store import everything, keep
from tests.integration.mentoring.transactions import take
from tests.unit.journal.events import need
from tests.unit.mentoring.examples import confirmed
from tests.unit.mentoring.test_support import impact

_ROOT: Final = Path(__file__).parents[2]
_UNKNOWN: Final = str(identifier("nothing"))
_TAKE_A_MINUTE: Final = {"demo", "rehearse", "contracts check"}
"""What starts a whole system, or holds each contract against all its versions."""
_READS_A_PROGRAMME: Final = "check"
"""What reads a programme that is not the one of this process, and so has a process of its own."""
_GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "journey": (str(identifier("application a")),),
    "explain": (_UNKNOWN,),
    "what-if": ("supposition.toml",),
    "dead-letters replay": ("--why", "seen"),
    "dead-letters discard": ("--why", "seen"),
    "repairs show": (_UNKNOWN,),
    "mail bounces": ("bounce.eml",),
    "check": ("city",),
    "erasure show": (_UNKNOWN,),
    "contracts order": ("--since", str(_ROOT / "contracts" / "published")),
    "restore reconcile": ("--to", "2026-01-06T00:00:00Z", "--dry-run"),
    "restore differences": ("never-reconciled.json",),
}
"""What a verb can't do without."""
_REFUSED: Final = {
    "explain", "dead-letters replay", "dead-letters discard", "repairs show", "topics plan", "topics apply", "doctor",
    "clock", "restore differences", "restore topics",
}  # fmt: skip
"""What says on its standard error that it can't be done: there is no such thing, no selection, no clock, or the
broker that comes along can't."""


def _verbs(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """All that has `--json`, by the words that are typed."""
    if any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(path)
    for name, inner in getattr(command, "commands", {}).items():
        yield from _verbs(inner, (*path, name))


VERBS: Final = sorted(set(_verbs(typer.main.get_command(program))) - _TAKE_A_MINUTE)


def test_every_verb_that_needs_something_is_given_it_and_none_is_left_out() -> None:
    assert set(_GIVEN) | _REFUSED <= set(VERBS)
    assert len(VERBS) >= 30


def test_each_verb_prints_json_alone(
    database_url: str, bootstrap_servers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_fill(database_url))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "supposition.toml").write_text("keep = false\n", encoding="utf-8")
    (tmp_path / "bounce.eml").write_text("Subject: nothing came back\n\n", encoding="utf-8")
    (tmp_path / "city").mkdir()
    environment = {"ENGAGE_DATABASE_URL": database_url, "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers}
    wrong = []
    for verb in VERBS:
        status, stdout, stderr = _run([*verb.split(), *_GIVEN.get(verb, ()), "--json"], environment)
        if (status != 0) != (verb in _REFUSED) or not _is_json(stdout):
            wrong.append(f"{verb}: {status} {stdout!r} {stderr!r}")
    assert wrong == []


def test_a_first_run_says_on_its_standard_output_what_the_command_does_and_nothing_of_installing(
    tmp_path: Path,
) -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(_ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text(_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    command = ["make", "demo", "ARGS=--json", f"PYTHON={python}"]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"told": "--json"}
    assert "Installing" in done.stderr


_PYTHON: Final = """#!/bin/sh
# Stands for Python where a virtual environment is made: its pip talks unless it is told not to.
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    printf '#!/bin/sh\\necho "{\\\\"told\\\\": \\\\"$2\\\\"}"\\n' > .venv/bin/engage
    chmod +x .venv/bin/engage
elif [ "$1 $2" = "-m pip" ]; then
    case "$*" in *--quiet*) ;; *) echo "Collecting everything" ;; esac
fi
"""


def _run(words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """The exit code of a command, and what it printed on both outputs."""
    if words[0] == _READS_A_PROGRAMME:
        command = [sys.executable, "-m", "deploy.command_line", *words]
        path = {"PYTHONPATH": str(_ROOT)}
        alone = subprocess.run(
            command, env={**os.environ, **environment, **path}, capture_output=True, text=True, check=False
        )
        return alone.returncode, alone.stdout, alone.stderr
    done = CliRunner().invoke(program, list(words), env=environment)
    return done.exit_code, done.stdout, done.stderr


def _is_json(text: str) -> bool:
    """Whether a text is nothing, one document, or a document a line."""
    for documents in ([text] if text.strip() else [], text.splitlines()):
        try:
            parsed: list[Any] = [json.loads(document) for document in documents]
        except ValueError:
            continue
        return len(parsed) == len(documents)
    return False


async def _fill(database_url: str) -> None:
    """A story, a need, a lead with figures."""
    journal = await connect(database_url, "journal")
    await keep(Stage(service_named("journal"), journal), *everything("a"), need())
    await journal.close()
    mentoring = await connect(database_url, "mentoring")
    await take(mentoring, confirmed(1), impact(0, jobs=3))
    await mentoring.close()
