"""The gate: what is published, as the contracts have it now, and everything that stands against publishing it.

Whoever checks and whoever exports pass through `prepare`, so that neither takes what the other would not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from publication.compatibility import Published, judge
from publication.facts import facts_of, judge_topics
from publication.findings import EVERYBODY, RESTORE, Finding
from publication.golden import Example, golden_examples
from publication.inexpressible import Inexpressible
from publication.registry import (
    CATALOGUE,
    PUBLISHED,
    REGISTER,
    Digests,
    PublicationError,
    Register,
    digests_of,
    file_digest,
    is_kept,
    read_json,
    read_published,
    read_register,
    register_of,
    tampered,
)
from publication.rendering import rendered, text_of
from publication.rules import broken_rules
from publication.schemas import schema_of
from publication.versions import Version, versions
from publication.vocabulary import VOCABULARIES


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be published: every file by its path, and what was found; no file where anything breaks."""

    files: Mapping[str, str]
    findings: Sequence[Finding]
    directory: Path

    @property
    def breaks(self) -> bool:
        """Whether something was found that must not be published."""
        return any(finding.weight == "breaks" for finding in self.findings)

    @property
    def stale(self) -> list[str]:
        """The paths of the files that are not there as they should be now."""
        return [path for path, text in self.files.items() if _text_of(self.directory / path) != text]


def check(directory: Path = PUBLISHED, topics: Iterable[Topic] = TOPICS) -> Sequence[Finding]:
    """Everything that stands between the contracts as they are and what was published; empty is good.

    Raises PublicationError where nothing is published, or a published file is gone.
    """
    if not (directory / REGISTER).exists() and not read_register(directory).versions:
        raise PublicationError(f"nothing is published in {directory}: name another place, or export there first")
    prepared = prepare(directory, topics)
    return [*prepared.findings, *_behind(prepared)]


def _behind(prepared: Prepared) -> Iterator[Finding]:
    """The vocabularies, where what is published is not what the programme has: a change of data shows nowhere else."""
    if VOCABULARIES in prepared.stale:
        text = "it is not what the vocabularies are now"
        yield Finding(VOCABULARIES, "order", text, EVERYBODY, "run `engage contracts export`")


def prepare(directory: Path = PUBLISHED, topics: Iterable[Topic] = TOPICS) -> Prepared:
    """What is to be published, made in memory and held against all that was published and all that will read it.

    A version that was published before keeps its golden examples. Raises PublicationError where a published file is
    gone.
    """
    topics = tuple(topics)
    register = read_register(directory)
    found = [
        Finding(name, "breaks", text, EVERYBODY, "restore it from the commit that published it")
        for name, text in tampered(directory, register)
    ]
    found += _against_the_published(directory, register, topics)
    found += _minors(register, versions(topics))
    golden: dict[str, list[Example]] = {}
    for version in versions(topics):
        found += [_refused(version, broken) for broken in broken_rules(version)]
        try:
            golden[version.name] = _golden(version, register, directory)
        except Inexpressible as error:
            found.append(_refused(version, error))
            continue
        if version.name not in register.versions:
            found += _against_itself(version, golden[version.name])
    found += _one_class_each(topics)
    # Rendered only where nothing breaks: of a version without golden examples there is nothing to show.
    files: Mapping[str, str] = {}
    if not any(finding.weight == "breaks" for finding in found):
        try:
            files = _with_register(rendered(topics, golden), register, golden, topics)
        except Inexpressible as error:
            found.append(Finding(error.path, "breaks", _said(error), EVERYBODY, error.remedy))
    # Two parts of one event may have the same to say; once is enough.
    return Prepared(files, list(dict.fromkeys(found)), directory)


def _golden(version: Version, register: Register, directory: Path) -> list[Example]:
    """The golden examples of a version; raises Inexpressible."""
    if version.name in register.versions:
        # As it was published, not as it would be made today: subscribers test against it.
        published: list[Example] = read_published(directory, version.name)[2]
        return published
    return golden_examples(version)


def _against_the_published(directory: Path, register: Register, topics: Sequence[Topic]) -> Iterator[Finding]:
    """What the contracts do to every topic and version published so far."""
    catalogue = read_json(directory, CATALOGUE) if register.versions else []
    yield from judge_topics(catalogue, topics)
    before: dict[str, Mapping[str, Any]] = {}
    for facts in catalogue:
        for event_type in (*facts["events"], *facts["earlier"]):
            before.setdefault(event_type, facts)
    current = {version.model.event_type: version for version in versions(topics)}
    for name, digests in register.versions.items():
        event_type, _, minor = name.rpartition(".")
        if (topic := before.get(event_type)) is None:
            text = f"{CATALOGUE} no longer says on which topic it was published"
            yield Finding(name, "breaks", text, EVERYBODY, RESTORE)
            continue
        version = current.get(event_type)
        yield from judge(Published(name, event_type, topic, *read_published(directory, name)), version, proven=True)
        if version is not None:
            yield from _same_name(version, name, int(minor), digests)


def _minors(register: Register, present: Iterable[Version]) -> Iterator[Finding]:
    """Minor versions follow each other, so that none that was published can be forgotten, or passed over."""
    published: dict[str, set[int]] = {}
    for name in register.versions:
        event_type, _, minor = name.rpartition(".")
        published.setdefault(event_type, set()).add(int(minor))
    for event_type, minors in published.items():
        for number in sorted(set(range(max(minors))) - minors):
            text = "a later version was published, and the register does not know it"
            yield Finding(f"{event_type}.{number}", "breaks", text, EVERYBODY, f"restore {REGISTER}")
    for version in present:
        following = max(published.get(version.model.event_type, {-1})) + 1
        if version.model.minor > following:
            text = f"the next minor version is {following}"
            remedy = f"let `minor` of {version.model.__name__} be {following}"
            yield Finding(version.name, "breaks", text, EVERYBODY, remedy)


def _same_name(version: Version, name: str, minor: int, digests: Digests) -> Iterator[Finding]:
    """What was once published under a name stays what it was, however compatible a change is."""
    model = version.model
    if minor > model.minor:
        text = f"its minor version was {minor} and would be {model.minor}"
        yield Finding(name, "breaks", text, EVERYBODY, f"raise `minor` of {model.__name__} again")
    if minor != model.minor:
        return
    now = digests_of(schema_of(version, "writer"), schema_of(version, "reader"), golden=None)
    if changed := [part for part in ("writer", "reader") if now[part] != digests.get(part)]:
        text = f"it was published, and its {' and '.join(changed)} would change"
        remedy = (
            f"raise `minor` of {model.__name__} where nothing else here breaks; else make a new type,"
            " and let the old one `upcast` to it"
        )
        yield Finding(name, "breaks", text, EVERYBODY, remedy)


def _against_itself(version: Version, golden: list[Example]) -> Iterator[Finding]:
    """Whether a new version, once it is published, would pass as it is: whatever can't be compared never would."""
    writer, reader = (schema_of(version, side) for side in ("writer", "reader"))
    published = Published(version.name, version.model.event_type, facts_of(version.topic), writer, reader, golden)
    for finding in judge(published, version):
        text = f"it could never be published again as it is: {finding.text}"
        remedy = f"say it in {_source(version)} such that its schema says all that its model asks for"
        yield Finding(version.name, "breaks", text, EVERYBODY, remedy)


def _one_class_each(topics: Iterable[Topic]) -> Iterator[Finding]:
    classes = {event for topic in topics for event in (*topic.events, *topic.earlier)}
    for event_type, count in Counter(event.event_type for event in classes).items():
        if count > 1:
            remedy = "give one of them a type of its own"
            yield Finding(event_type, "breaks", f"{count} classes say that they are it", EVERYBODY, remedy)


def _with_register(
    files: Mapping[str, str], register: Register, golden: Mapping[str, list[Example]], topics: Iterable[Topic]
) -> dict[str, str]:
    """The files and the register with what is new, which comes last; of versions that it has nothing is made anew."""
    new = {
        version.name: digests_of(schema_of(version, "writer"), schema_of(version, "reader"), golden[version.name])
        for version in versions(topics)
        if version.name not in register.versions
    }
    kept = {path: file_digest(text) for path, text in files.items() if is_kept(path)}
    whole = register_of({**register.versions, **new}, {**register.files, **kept})
    return {**files, REGISTER: text_of(whole.model_dump(mode="json"))}


def _refused(version: Version, error: Inexpressible) -> Finding:
    return Finding(version.name, "breaks", _said(error), EVERYBODY, f"{error.remedy}: {_source(version)}")


def _said(error: Inexpressible) -> str:
    return f"{error.path}: {error.text}" if error.path else error.text


def _source(version: Version) -> str:
    return f"{version.model.__name__} in {version.model.__module__.replace('.', '/')}.py"


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
