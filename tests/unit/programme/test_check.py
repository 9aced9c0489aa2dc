"""A programme is checked whole: every mistake at once, with its file, its line, its field and what would be right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libraries.programme.files import FILES, is_known, shipped_files

RIVEMONT = Path(__file__).resolve().parents[2] / "programmes" / "rivemont"


class Said(NamedTuple):
    code: int
    answer: dict[str, Any]

    def of(self, gravity: str) -> list[tuple[str, int | None, str, str, str]]:
        """What was said, each as its file, line, field, what is wrong and what would be right."""
        return [
            (Path(it["file"]).name, it["line"], it["field"], it["wrong"], it["right"])
            for it in self.answer["remarks"]
            if it["gravity"] == gravity
        ]


def check(*words: str | Path) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.command_line", "check", *words, "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout, done.stderr
    return Said(done.returncode, json.loads(done.stdout))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The second city's programme, to be changed."""
    shutil.copytree(RIVEMONT, tmp_path / "mine")
    return tmp_path / "mine"


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) >= 1, before
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_shipped_programme_can_be_run_and_says_what_is_unknown() -> None:
    said = check()
    assert (said.code, said.of("error")) == (0, [])
    warned = {(file, field) for file, _, field, _, _ in said.of("warning")}
    assert {("contest-2026.toml", "draft"), ("contest-2027.toml", "draft")} <= warned
    assert ("territories.toml", "zones.0.arrondissements") in warned, "an empty zone"
    assert ("editions", "") in warned, "no edition of the contest in the coming year"


def test_the_second_city_can_be_run_and_says_what_it_takes_from_the_shipped_one() -> None:
    said = check(RIVEMONT)
    assert (said.code, said.of("error")) == (0, [])
    ((_, _, _, taken, _),) = said.of("note")
    assert "rhythms.toml" in taken
    assert "editions/" not in taken, "editions are the city's own, or none"


def test_all_mistakes_are_told_at_once_with_their_lines(mine: Path) -> None:
    change(mine / "programme.toml", "version =", "verison =")
    change(mine / "calendar.toml", "Indian/Reunion", "Indian/Rivemont")
    change(mine / "matching_rules.toml", "theme = 700", "theme = 701")
    change(mine / "editions" / "implantation-2025.toml", 'kind = "legal-form"', 'kind = "legal-from"')
    change(mine / "territories.toml", '"rive-gauche"]', '"rive-basse"]')
    change(mine / "mails" / "texts" / "acknowledgement.toml", "[en]", "[de]")
    change(mine / "city_services.toml", "capitainerie@rivemont.example", "nowhere")
    (mine / "sentences").mkdir()
    (mine / "sentences" / "slips.toml").write_text("version = \n")
    (mine / "colours.toml").write_text("")
    (mine / "lexicon.toml").write_bytes(b"\xff")
    said = check(mine)
    errors = said.of("error")
    assert said.code == 1
    assert {(file, line, field) for file, line, field, _, _ in errors} == {
        ("programme.toml", None, "version"),
        ("programme.toml", 1, "verison"),
        ("calendar.toml", 2, "time_zone"),
        ("matching_rules.toml", 13, "weights"),
        ("implantation-2025.toml", 13, "rules.1"),
        ("territories.toml", None, ""),
        ("acknowledgement.toml", None, "en"),
        ("acknowledgement.toml", 10, "de"),
        ("city_services.toml", 3, "capitainerie.email"),
        ("slips.toml", 1, ""),
        ("colours.toml", None, ""),
        ("lexicon.toml", None, ""),
    }
    said_of = {(file, field): (wrong, right) for file, _, field, wrong, right in errors}
    assert said_of["programme.toml", "verison"][1] == "did you mean version?"
    assert "such as Europe/Paris" in said_of["calendar.toml", "time_zone"][0]
    assert "add up to 1000, not 1001" in said_of["matching_rules.toml", "weights"][0]
    assert "'legal-form'" in said_of["implantation-2025.toml", "rules.1"][0], "all kinds are named"
    assert "rive-basse" in said_of["territories.toml", ""][0]


CROSSED = [
    ("lexicon.toml", "river-and-forest", "river-and-sea", "vocabularies.toml has no river-and-sea", "error"),
    ("matching_rules.toml", '"rive-gauche"', '"rive-haute"', "territories.toml has no rive-haute", "error"),
    ("matching_rules.toml", "floor = 500", "floor = 1001", "nothing would ever be proposed", "error"),
    ("editions/implantation-2025.toml", '["association"]', "[]", "nobody could ever meet this rule", "error"),
    ("mails/texts/acknowledgement.toml", "{{ project_title }}", "{{ title }}", "'title' is undefined", "error"),
    ("editions/implantation-2025.toml", "2025-01-01", "2096-01-01", "of the track implantation", "warning"),
    ("territories.toml", '["rive-droite", "rive-gauche"]', "[]", "les-quais holds nothing", "warning"),
]


def test_files_are_held_against_each_other(mine: Path) -> None:
    for file, before, after, _, _ in CROSSED:
        change(mine / file, before, after)
    said = check(mine)
    assert said.code == 1
    for _, _, _, told, gravity in CROSSED:
        assert [wrong for _, _, _, wrong, _ in said.of(gravity) if told in wrong], (told, said.answer)
    assert "acknowledgement.toml" in {file for file, _, _, wrong, _ in said.of("error") if "'title'" in wrong}


def test_windows_that_overlap_and_files_that_nothing_reads_are_mistakes(mine: Path) -> None:
    twin = mine / "editions" / "twin.toml"
    shutil.copy(mine / "editions" / "implantation-2025.toml", twin)
    change(twin, '"rivemont-2025"', '"twin"')
    shutil.copy(mine / "mails" / "texts" / "acknowledgement.toml", mine / "mails" / "texts" / "horoscope.toml")
    told = {file: wrong for file, _, _, wrong, _ in check(mine).of("error")}
    assert told == {
        "twin.toml": "the windows of twin and rivemont-2025 overlap",
        "horoscope.toml": "nothing reads this file",
    }


def test_what_another_programme_would_change_is_told_with_whom_it_concerns(mine: Path) -> None:
    assert check(mine, "--against", RIVEMONT).answer["changes"] == []
    change(mine / "editions" / "implantation-2025.toml", '["association"]', '["association", "foundation"]')
    change(mine / "matching_rules.toml", "floor = 500", "floor = 400  # more")
    changes = check(mine, "--against", RIVEMONT).answer["changes"]
    assert [(it["file"], it["field"], it["before"], it["after"]) for it in changes] == [
        ("editions/implantation-2025.toml", "rules.legal-form.allowed", "association", "association, foundation"),
        ("matching_rules.toml", "floor", "500", "400"),
    ]
    assert "what was judged stays" in changes[0]["whom"]


def test_a_directory_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.command_line", "check", tmp_path / "none"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{tmp_path / 'none'}: there is no such directory\n"


def test_every_file_is_of_a_kind_that_is_listed_and_each_kind_is_there() -> None:
    shipped = shipped_files()
    assert all(map(is_known, shipped))
    assert [pattern for pattern in FILES if not any(fnmatchcase(name, pattern) for name in shipped)] == []
