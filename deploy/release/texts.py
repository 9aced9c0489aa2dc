"""What a release changes in files: pure functions over their texts."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_VERSION: Final = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_DECLARED: Final = re.compile(r'^version = "([^"]*)"$', re.MULTILINE)
_IMAGE: Final = re.compile(r"(\{name: engage, newName: engage, newTag: )[0-9.]+")
_UNRELEASED: Final = "## [Unreleased]\n"


class ReleaseError(ValueError):
    """What is asked for can't be released; the text says why, and what would be right."""


def checked_version(version: str, before: str | None) -> str:
    """A version by Semantic Versioning 2.0.0, without a suffix, that comes after the last one; raises ReleaseError."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"VERSION: {version!r} is none: should be three numbers, such as 1.4.0")
    if before is not None and _numbers(version) <= _numbers(before):
        raise ReleaseError(f"VERSION: {version} does not come after {before}, which was released last")
    return version


def last_version(tags: str) -> str | None:
    """The newest version among the names of tags, a line each; None where none is one."""
    found = [tag.removeprefix("v") for tag in tags.split() if _VERSION.fullmatch(tag.removeprefix("v"))]
    return max(found, key=_numbers, default=None)


def with_version(project: str, version: str) -> str:
    """The text of a pyproject.toml that declares this version; raises ReleaseError where it declares none, or two."""
    changed, count = _DECLARED.subn(f'version = "{version}"', project)
    if count != 1:
        raise ReleaseError(f'pyproject.toml: declares {count} versions: should be one line version = "…"')
    return changed


def with_image(kustomization: str, version: str) -> str:
    """The text of a kustomization.yaml with the image of this version; raises ReleaseError where it names none."""
    changed, count = _IMAGE.subn(rf"\g<1>{version}", kustomization)
    if count != 1:
        raise ReleaseError("kustomization.yaml: should name the image of Engage once, with newTag")
    return changed


def with_release(changelog: str, version: str, day: date) -> str:
    """The changelog in which what was unreleased is this version's; raises ReleaseError where that is nothing."""
    head, mark, rest = changelog.partition(_UNRELEASED)
    if not mark:
        raise ReleaseError(f"CHANGELOG.md: has no line {_UNRELEASED.strip()}")
    if "- " not in rest.partition("\n## [")[0]:
        raise ReleaseError("CHANGELOG.md: nothing stands under [Unreleased]: a release says what changed")
    return f"{head}{mark}\n## [{version}] - {day.isoformat()}\n{rest}"


def notes_of(changelog: str, version: str) -> str:
    """What the changelog says of a version."""
    _, _, rest = changelog.partition(f"## [{version}]")
    return rest.partition("\n")[2].partition("\n## [")[0].strip() + "\n"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
