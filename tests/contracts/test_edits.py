"""Whatever somebody edits in what was published is found, by check and export alike, and nothing is written then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import TOPIC_BY_NAME
from deploy.command_line.contracts import _show
from publication.exporting import Refused, export
from publication.findings import Finding
from publication.gate import check
from publication.registry import PublicationError, digest, file_digest, register_of

TOPICS = (TOPIC_BY_NAME["needs.v1"],)
NAME = "engage.need.published.v1.0"
READER, WRITER, GOLDEN = f"schemas/{NAME}.reader.json", f"schemas/{NAME}.writer.json", f"golden/{NAME}.json"

Edit = Callable[[Path], None]


def edited(path: str, change: Callable[[Any], Any]) -> Edit:
    """An edit of a published file: of what its JSON says."""

    def edit(directory: Path) -> None:
        value = json.loads((directory / path).read_text())
        change(value)
        (directory / path).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")

    return edit


def rewritten(directory: Path) -> None:
    """The same JSON in another layout."""
    (directory / READER).write_text(json.dumps(json.loads((directory / READER).read_text())))


def forgotten(directory: Path) -> None:
    """A version, with its files, that the register knows no more."""
    for path in (READER, WRITER, GOLDEN):
        (directory / path).unlink()
    edited("register.json", lambda it: [it["versions"].pop(NAME), *map(it["files"].pop, (READER, WRITER, GOLDEN))])(
        directory
    )


def added(directory: Path) -> None:
    """A schema that nobody published."""
    (directory / READER.replace("published", "praised")).write_text((directory / READER).read_text())


def recounted(directory: Path) -> None:
    """A register that fits what was edited, but for what it says of the version."""
    edited(READER, lambda it: it.update(required=[]))(directory)
    register = json.loads((directory / "register.json").read_text())
    register["files"][READER] = file_digest((directory / READER).read_text())
    whole = register_of(register["versions"], register["files"])
    (directory / "register.json").write_text(json.dumps(whole.model_dump(mode="json"), indent=1) + "\n")


EDITS: dict[str, tuple[Edit, str]] = {
    "what a reader asks for": (edited(READER, lambda it: it.update(required=[])), "reader no longer is"),
    "what a writer may send": (edited(WRITER, lambda it: it.update(additionalProperties=True)), "writer no longer is"),
    "a default": (edited(READER, lambda it: it["properties"]["need_id"].update(default="x")), "reader no longer is"),
    "a description": (edited(READER, lambda it: it.update(description="Another")), "no longer is what was published"),
    "the id of a schema": (edited(WRITER, lambda it: it.update({"$id": "urn:x"})), "no longer is what was published"),
    "the layout of a schema": (rewritten, "no longer is what was published"),
    "a golden value": (edited(GOLDEN, lambda it: it[0]["value"].update(a=1)), "golden no longer is"),
    "a golden header": (edited(GOLDEN, lambda it: it[1]["headers"].update(ce_id="1")), "golden no longer is"),
    "a golden example more": (edited(GOLDEN, lambda it: it.append(it[0])), "golden no longer is"),
    "a retention": (edited("catalogue.json", lambda it: it[0].update(retention_days=30)), r"catalogue\.json: it no"),
    "a privacy": (edited("catalogue.json", lambda it: it[0].update(privacy="restricted")), r"catalogue\.json: it no"),
    "an event of a topic": (
        edited("catalogue.json", lambda it: it[0].update(events=[])),
        r"catalogue\.json no longer says on which topic",
    ),
    "a digest of a version": (
        edited("register.json", lambda it: it["versions"][NAME].update(reader="0" * 64)),
        r"register\.json: it no longer is as it was written",
    ),
    "a digest of a file": (
        edited("register.json", lambda it: it["files"].update({READER: "0" * 64})),
        r"register\.json: it no longer is as it was written",
    ),
    "the register's own digest": (edited("register.json", lambda it: it.update(digest=digest(1))), r"register\.json"),
    "a version that is forgotten": (forgotten, r"register\.json: it no longer is as it was written"),
    "a schema that nobody published": (added, "no version that the register knows"),
    "a register that was made to fit": (recounted, "reader no longer is what was published"),
}  # fmt: skip

SPOILT: dict[str, tuple[Edit, str]] = {
    "a schema is gone": (lambda at: (at / READER).unlink(), f"{READER} was published and is gone"),
    "golden examples are gone": (lambda at: (at / GOLDEN).unlink(), f"{GOLDEN} was published and is gone"),
    "the catalogue is gone": (lambda at: (at / "catalogue.json").unlink(), "catalogue.json was published and is gone"),
    "a schema is no JSON": (lambda at: _spoil(at / READER), f"{READER} is no JSON any more"),
    "the register is no JSON": (lambda at: _spoil(at / "register.json"), "is no register"),
    "the register lacks its files": (edited("register.json", lambda it: it.pop("files")), "is no register: files"),
    "the register is gone": (lambda at: (at / "register.json").unlink(), "register.json is gone"),
    "only golden examples are left": (lambda at: _leave_golden(at), "register.json is gone"),
}


def _leave_golden(directory: Path) -> None:
    (directory / "register.json").unlink()
    shutil.rmtree(directory / "schemas")


def _spoil(path: Path) -> None:
    path.write_text(path.read_text()[:-20])


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("published")
    export(directory, TOPICS)
    return directory


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(published_once, tmp_path / "published")
    return tmp_path / "published"


def texts(directory: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_published_can_not_be_edited(edit: str, published: Path) -> None:
    apply, says = EDITS[edit]
    apply(published)
    before = texts(published)
    with pytest.raises(Refused, match=says) as caught:
        export(published, TOPICS)
    assert check(published, TOPICS) == caught.value.findings
    assert texts(published) == before


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_can_not_be_read_is_said(spoilt: str, published: Path) -> None:
    apply, says = SPOILT[spoilt]
    apply(published)
    before = texts(published)
    for each in (check, export):
        with pytest.raises(PublicationError, match=says.replace(".", r"\.")):
            each(published, TOPICS)
    assert texts(published) == before


def test_what_is_made_from_the_contracts_alone_is_made_anew(published: Path) -> None:
    (published / "engage.ts").write_text("// edited")
    assert check(published, TOPICS) == []
    assert export(published, TOPICS) == ["engage.ts"]


def test_findings_are_shown_whole_whatever_signs_they_hold(capsys: pytest.CaptureFixture[str]) -> None:
    name = "engage.application.withdrawal-requested-by-somebody-else-whose-name-is-long.v1.0"
    text = r"organisation.members[].codes[red]: [/] may be there, and only \[x] are taken " + "x" * 200
    _show([Finding(name, "breaks", text, "[bold]them[/bold]", "do [it]"), Finding("b", "order", "c", "d", "e")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"breaks  {name}: {text}"
    assert lines[1:3] == ["        for whom: [bold]them[/bold]", "        what to do: do [it]"]
    assert lines[3:] == ["", "order  b: c", "        for whom: d", "        what to do: e"]
