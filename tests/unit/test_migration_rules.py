"""squawk, as `make lint` asks it, takes what the version before can live with, and refuses what it can't."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.release.released import migrations_in

ROOT = Path(__file__).resolve().parents[2]
SQUAWK = Path(sys.executable).parent / "squawk"


def lint(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [str(SQUAWK), "--config", str(ROOT / ".squawk.toml"), "--reporter", "gcc", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE application ADD COLUMN more text;",
        "CREATE TABLE more (id uuid PRIMARY KEY, at timestamptz NOT NULL);\nCREATE INDEX more_by_time ON more (at);",
        "-- squawk-disable-assume-in-transaction\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS application_by_state ON application (state);",
        "-- Nobody has named it since 0.4.0.\n-- squawk-ignore ban-drop-column\n"
        "ALTER TABLE application DROP COLUMN commune;",
        "UPDATE application SET more = commune WHERE more IS NULL;",
    ],
    ids=["a column", "a table", "an index beside writes", "an exception with its reason", "rows are filled"],
)
def test_what_the_version_before_can_live_with_is_taken(tmp_path: Path, sql: str) -> None:
    (tmp_path / "0009_more.sql").write_text(sql + "\n")
    done = lint(tmp_path / "0009_more.sql")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE application DROP COLUMN commune;", "ban-drop-column"),
        ("DROP TABLE application;", "ban-drop-table"),
        ("ALTER TABLE application RENAME COLUMN commune TO insee_code;", "renaming-column"),
        ("ALTER TABLE application RENAME TO candidate;", "renaming-table"),
        ("ALTER TABLE application ALTER COLUMN version TYPE bigint;", "changing-column-type"),
        ("ALTER TABLE application ADD COLUMN more text NOT NULL;", "adding-required-field"),
        ("ALTER TABLE application ALTER COLUMN commune SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE application ADD CONSTRAINT few CHECK (version < 9);", "constraint-missing-not-valid"),
        ("ALTER TABLE application ADD CONSTRAINT few CHECK (version < 9) NOT VALID;", "ban-new-write-restriction"),
        ("ALTER TABLE application ALTER COLUMN flags SET DEFAULT 'x';", "ban-set-default"),
        ("CREATE INDEX application_by_state ON application (state);", "require-concurrent-index-creation"),
        (
            "-- squawk-disable-assume-in-transaction\nCREATE INDEX CONCURRENTLY by_state ON application (state);",
            "prefer-robust-stmts",
        ),
        ("CREATE OR REPLACE VIEW undecided AS SELECT 1 AS id;", "ban-replace-view-function"),
    ],
)
def test_what_it_can_not_live_with_is_refused(tmp_path: Path, sql: str, rule: str) -> None:
    (tmp_path / "0009_more.sql").write_text(sql + "\n")
    done = lint(tmp_path / "0009_more.sql")
    assert (done.returncode, f" {rule} " in done.stdout) == (1, True), done.stdout


def test_a_file_says_in_its_first_line_that_it_runs_outside_of_a_transaction() -> None:
    # squawk lets one statement alone pass without it.
    for migration in migrations_in(ROOT):
        assert ("CONCURRENTLY" in migration.sql) is not migration.in_transaction, migration.name
