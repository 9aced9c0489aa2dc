"""Writes everything that is published, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from publication.findings import Finding
from publication.gate import prepare
from publication.registry import PUBLISHED, PublicationError


class Refused(PublicationError):
    """What the check finds stands against it; nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(f"{it.version}: {it.text}. {it.remedy}" for it in findings))
        self.findings = findings


def export(directory: Path = PUBLISHED, topics: Iterable[Topic] = TOPICS) -> list[str]:
    """Writes what is not fresh, and returns its paths; raises PublicationError, Refused where the check would."""
    prepared = prepare(directory, topics)
    if prepared.breaks:
        raise Refused(prepared.findings)
    stale = prepared.stale
    _write(directory, {path: prepared.files[path] for path in stale})
    return stale


def _write(directory: Path, files: Mapping[str, str]) -> None:
    """Writes each file beside its place first, so that a full disk leaves what was published as it was."""
    waiting: dict[Path, Path] = {}
    try:
        for name, text in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            waiting[beside] = path
            beside.write_text(text, encoding="utf-8")
        # The register is the last of them: until it is there, whatever else is new is made again.
        for beside, path in waiting.items():
            beside.replace(path)
    finally:
        for beside in waiting:
            beside.unlink(missing_ok=True)
