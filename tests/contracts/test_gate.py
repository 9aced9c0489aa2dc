"""Whatever event somebody makes up: either its golden examples are good, or check and export refuse it by name."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import jsonschema
import pytest
from pydantic import Field, PlainSerializer, create_model, model_validator

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import decode
from contracts.message import Code, EventData, Message, ShortText
from contracts.moments import Day, Moment
from contracts.topic import Topic
from contracts.typed import DeclaredPerson
from publication.exporting import Refused, export
from publication.gate import check, prepare
from publication.golden import record_of
from publication.registry import PUBLISHED, PublicationError
from tests.tools import run

NEEDS = "needs.v1"
BEFORE = tuple(TOPIC_BY_NAME[name] for name in ("forms.needs.v1", NEEDS))
ROOT = PUBLISHED.parents[1]


class _Base(EventData):
    """Something was made up."""

    event_type: ClassVar[str] = "engage.thing.made-up.v1"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID = Field(description="The thing")


class _Place(Message):
    """Where it happened."""

    street: ShortText = Field(description="The street")
    number: int | None = Field(default=None, ge=1, le=9_999, description="The number")


class _Moment(Message):
    """When it happened."""

    at: Moment = Field(description="The moment")


class _Branch(Message):
    """A part that may hold others of its kind."""

    code: Code = Field(description="What it is")
    branches: tuple[_Branch, ...] = Field(default=(), max_length=3, description="What grows on it")
    beside: _Branch | None = Field(default=None, description="What stands beside it")


class _Endless(Message):
    """A part that holds another of its kind always."""

    inner: _Endless = Field(description="What it holds")


class _Range(Message):
    """A range whose ends are compared by the model alone."""

    first: int = Field(ge=0, le=10, description="Its beginning")
    last: int = Field(ge=0, le=10, description="Its end")

    @model_validator(mode="after")
    def _check(self) -> _Range:
        if self.first > self.last:
            raise ValueError("first must be at most last")
        return self


class _Colour(Enum):
    """The colours that there are."""

    RED = "red"
    BLUE = "blue"


def made_up(base: type[EventData] = _Base, /, **fields: Any) -> type[EventData]:
    """An event with these fields, each described; a pair is of a type and a default."""
    described: dict[str, Any] = {
        name: (it[0], Field(default=it[1], description="A field"))
        if isinstance(it, tuple)
        else (it, Field(description="A field"))
        for name, it in fields.items()
    }
    made: type[EventData] = create_model(
        "ThingMadeUp", __base__=base, __module__=__name__, __doc__="Something was made up.", **described
    )
    return made


def with_topic(*events: type[EventData], forms: bool = False) -> tuple[Topic, ...]:
    """Two topics of the catalogue, as what was published before, and one more."""
    name, producers = ("forms.things.v1", ("forms",)) if forms else ("things.v1", ("intake",))
    more = Topic(
        name=name, description="Things", key="thing id", privacy="restricted", producers=producers, events=events
    )
    return (*BEFORE, more)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("published")
    export(directory, BEFORE)
    return directory


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    """What was published of two topics of the catalogue, to be changed."""
    directory = tmp_path / "published"
    shutil.copytree(published_once, directory)
    return directory


def texts(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def said(refused: Refused) -> str:
    """What was refused, as check says it alike; nothing of the rest was found."""
    assert all(finding.version == "engage.thing.made-up.v1.0" for finding in refused.findings), refused
    return str(refused)


Bounded = Annotated[str, Field(max_length=20)]

EXPRESSIBLE: dict[str, Any] = {
    "a code": Code,
    "a pattern with an example": Annotated[str, Field(pattern="^QN[0-9]{3}$", max_length=5, examples=["QN013"])],
    "a short text": Annotated[str, Field(min_length=2, max_length=3)],
    "a day": Day,
    "a moment or a day": Moment | Day,
    "a union of text and number": Annotated[int, Field(ge=0, le=9)] | Bounded,
    "a union of parts": _Place | _Moment,
    "a list of unions": Annotated[tuple[_Place | _Moment, ...], Field(max_length=2)],
    "nested tuples": Annotated[tuple[tuple[Bounded, tuple[Day, bool]], ...], Field(max_length=3)],
    "a part of parts": _Branch,
    "a choice": Literal["x", "y"],
    "an enumeration": _Colour,
    "a number above": Annotated[int, Field(gt=3, lt=90, multiple_of=5)],
    "a fraction": Annotated[float, Field(ge=0, le=1)],
    "a number below zero": Annotated[int, Field(ge=-9, le=-3)],
    "a mapping": Annotated[dict[Annotated[str, Field(max_length=9)], Day], Field(min_length=1, max_length=3)],
    "a person": DeclaredPerson,
    "another list by a name that samples know": Annotated[tuple[Bounded, ...], Field(max_length=3)],
}
NAMES = {
    "another list by a name that samples know": "themes",
    "a number above": "points",
    "a short text": "commune",
    "a union of text and number": "year",
}


@pytest.mark.parametrize("forms", [False, True], ids=["service", "form"])
@pytest.mark.parametrize("kind", EXPRESSIBLE)
def test_what_can_be_expressed_has_good_examples(kind: str, forms: bool, published: Path) -> None:
    annotation = EXPRESSIBLE[kind]
    event = made_up(**{NAMES.get(kind, "a"): annotation, "optional": (annotation | None, None)})
    topics = with_topic(event, forms=forms)
    prepared = prepare(published, topics)
    assert [(finding.text, finding.remedy) for finding in prepared.findings] == []
    files = prepared.files
    schemas = [json.loads(files[f"schemas/engage.thing.made-up.v1.0.{side}.json"]) for side in ("reader", "writer")]
    smallest, full = json.loads(files["golden/engage.thing.made-up.v1.0.json"])
    for example in (smallest, full):
        jsonschema.Draft202012Validator(schemas[0]).validate(example["value"])
        event.model_validate_json(json.dumps(example["value"]), strict=True)
        assert decode(topics[-1], *record_of(example)).subject == example["key"]
    jsonschema.Draft202012Validator(schemas[1]).validate(full["value"])
    assert full["value"]["optional"] is not None


INEXPRESSIBLE: dict[str, tuple[Any, str]] = {
    "a pattern": (
        Annotated[str, Field(pattern="^QN[0-9]{3}$", max_length=5)],
        r"a: no example of string with maxLength 5, pattern \^QN\[0-9\]\{3\}\$ is known.*give it `examples",
    ),
    "a pattern deep within": (
        Annotated[tuple[tuple[Bounded, Annotated[str, Field(pattern="^[0-9]{9}$", max_length=9)]], ...],
                  Field(max_length=2)],
        r"a\[\]\[\]: no example of string .*pattern .* is known",
    ),
    "an example that is none": (
        Annotated[str, Field(pattern="^QN[0-9]{3}$", max_length=5, examples=["QN1"])],
        r'a: its schema refuses "QN1" does not match',
    ),
    "a time of day": (time, r"a: no example of string with format time is known"),
    "a duration": (timedelta, r"a: no example of string with format duration is known"),
    "anything": (Any, r"a: no document can be made of a value"),
    "a decimal": (Annotated[Decimal, Field(ge=0, le=1, max_digits=3, decimal_places=2)], r"\.a: it has no bound"),
    "text without a bound": (str, r"ThingMadeUp\.a: it has no bound: maxLength is missing"),
    "a moment without a bound": (datetime, r"ThingMadeUp\.a: it has no bound: formatMinimum"),
    "a list without a bound": (tuple[Day, ...], r"ThingMadeUp\.a: it has no bound: maxItems"),
    "what holds itself": (_Endless, r"a\.inner: it holds what it is in, without end"),
    "what the model alone compares": (_Range, r"could never be published again as it is: by trying: a: Value error"),
    "a tagged union": (
        Annotated[Annotated[Annotated[int, Field(ge=0, le=1)] | Bounded, Field(union_mode="left_to_right")],
                  Field(json_schema_extra={"oneOf": [{"type": "string"}, {"type": "integer"}]})],
        r"a: `oneOf` is no keyword that can be compared",
    ),
    "what is written otherwise than it is read": (
        Annotated[int, Field(ge=0, le=9), PlainSerializer(lambda value: value + 100, return_type=int)],
        r"ThingMadeUp\.a: it has no bound: minimum is missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", INEXPRESSIBLE)
def test_what_can_not_be_expressed_is_refused_by_its_field_and_nothing_is_written(kind: str, published: Path) -> None:
    annotation, says = INEXPRESSIBLE[kind]
    topics = with_topic(made_up(a=annotation))
    before = texts(published)
    with pytest.raises(Refused) as caught:
        export(published, topics)
    assert re.search(says, said(caught.value)), caught.value
    assert "ThingMadeUp in tests/contracts/test_gate.py" in str(caught.value)
    assert check(published, topics) == caught.value.findings
    assert texts(published) == before


def _undescribed() -> tuple[Topic, ...]:
    bare = create_model("ThingMadeUp", __base__=_Base, __module__=__name__, __doc__="It.", a=(Code, ...))
    return with_topic(bare)


def _named_otherwise() -> tuple[Topic, ...]:
    named = made_up()
    named.event_type = "engage.Thing.v1"
    return with_topic(named)


def _one_type_of_two_classes() -> tuple[Topic, ...]:
    more = with_topic(made_up(a=Code))
    other = Topic(
        name="other.v1", description="Others", key="thing id", privacy="public", producers=("intake",),
        events=(made_up(b=Code),),
    )  # fmt: skip
    return (*more, other)


def _one_name_of_two_classes() -> tuple[Topic, ...]:
    class Need(Message):
        """Another need than that of the register."""

        town: Code = Field(description="Its town")

    return with_topic(made_up(a=Need))


@pytest.mark.parametrize(
    ("topics", "says"),
    [
        (_undescribed, r"ThingMadeUp\.a: it is not described\. give the field a `description`"),
        (_named_otherwise, r"its type is engage\.Thing\.v1\. name it engage"),
        (_one_type_of_two_classes, r"engage\.thing\.made-up\.v1: 2 classes say that they are it"),
        (_one_name_of_two_classes, r"two classes are called Need"),
    ],
)
def test_what_breaks_a_rule_is_refused(topics: Callable[[], tuple[Topic, ...]], says: str, published: Path) -> None:
    more, before = topics(), texts(published)
    with pytest.raises(Refused, match=says) as caught:
        export(published, more)
    assert check(published, more) == caught.value.findings
    assert texts(published) == before


def test_one_topic_can_not_carry_two_classes_of_one_type() -> None:
    with pytest.raises(ValueError, match="two events of one type"):
        with_topic(made_up(a=Code), made_up(b=Code))


@pytest.mark.parametrize("forms", [False, True], ids=["service", "form"])
def test_an_optional_field_needs_a_new_minor_version_for_check_and_export_alike(published: Path, forms: bool) -> None:
    export(published, with_topic(made_up(a=Code), forms=forms))
    more = made_up(a=Code, b=(Code | None, None))
    before = texts(published)
    with pytest.raises(Refused, match=r"would change\. raise `minor` of ThingMadeUp") as caught:
        export(published, with_topic(more, forms=forms))
    assert check(published, with_topic(more, forms=forms)) == caught.value.findings
    assert texts(published) == before
    more.minor = 1
    assert check(published, with_topic(more, forms=forms)) == []
    assert "golden/engage.thing.made-up.v1.1.json" in export(published, with_topic(more, forms=forms))
    assert check(published, with_topic(more, forms=forms)) == []
    more.minor = 0
    assert "its minor version was 1 and would be 0" in " ".join(
        finding.text for finding in check(published, with_topic(more, forms=forms))
    )


def test_an_event_that_is_gone_is_refused_and_so_can_not_be_forgotten(published: Path) -> None:
    fewer = tuple(topic for topic in BEFORE if topic.name != NEEDS)
    before = texts(published)
    for _ in range(2):
        with pytest.raises(Refused, match=r"engage\.need\.published\.v1\.0: no topic carries it any more"):
            export(published, fewer)
    assert texts(published) == before
    catalogue = json.loads((published / "catalogue.json").read_text())
    (published / "catalogue.json").write_text(json.dumps([it for it in catalogue if it["topic"] != NEEDS]))
    with pytest.raises(Refused, match=r"catalogue\.json no longer says on which topic it was published"):
        export(published, BEFORE)


def test_a_register_that_is_gone_is_no_empty_one(published: Path, tmp_path: Path) -> None:
    (published / "register.json").unlink()
    for each in (check, export):
        with pytest.raises(PublicationError, match=r"register\.json is gone: restore it"):
            each(published, BEFORE)
    with pytest.raises(PublicationError, match="nothing is published in"):
        check(tmp_path / "elsewhere")


def test_a_disk_that_is_full_leaves_what_was_published(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = texts(published), Path.write_text

    def full(path: Path, *arguments: Any, **options: Any) -> int:
        if "register" in path.name:
            raise OSError("no space left on device")
        return write(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="no space"):
        export(published, with_topic(made_up(a=Code)))
    assert texts(published) == before


MADE_UP = '''

class NeedPraised(EventData):
    """Somebody praised a need."""

    event_type: ClassVar[str] = "engage.need.praised.v1"
    topic_name: ClassVar[str] = "forms.needs.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    ward: Annotated[str, Field(pattern="^[0-9]{1,2}e$", max_length=3)] = Field(EXAMPLES description="The ward")
    praised_on: tuple[tuple[Day, Code], ...] = Field(max_length=5, description="When, and for what")
'''


def test_in_a_copy_an_event_is_a_class_and_the_command_line_says_what_it_lacks(tmp_path: Path) -> None:
    for package in ("contracts", "publication", "deploy", "libraries", "services"):
        shutil.copytree(ROOT / package, tmp_path / package)
    contract = tmp_path / "contracts" / "needs.py"
    as_it_was = contract.read_text()
    before = texts(tmp_path / "contracts" / "published")

    def engage(verb: str) -> Any:
        code = "from deploy.command_line import main; main()"
        return run([sys.executable, "-c", code, "contracts", verb], directory=tmp_path, PYTHONPATH=str(tmp_path))

    stray = MADE_UP.replace("forms.needs.v1", "forms.wishes.v1").replace("EXAMPLES", "")
    contract.write_text(_after_future(as_it_was, stray))
    done = engage("check")
    assert done.returncode == 1
    assert "NeedPraised: `topic_name` has to name a topic of the catalogue" in done.stdout + done.stderr
    contract.write_text(_after_future(as_it_was, MADE_UP.replace("EXAMPLES", "")))
    for verb in ("check", "export"):
        done = engage(verb)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "ward" in done.stdout
        assert "need.praised.v1.0" in done.stdout
    assert texts(tmp_path / "contracts" / "published") == before
    contract.write_text(_after_future(as_it_was, MADE_UP.replace("EXAMPLES", 'examples=["13e"],')))
    done = engage("export")
    assert done.returncode == 0, done.stdout + done.stderr
    golden = json.loads((tmp_path / "contracts/published/golden/engage.need.praised.v1.0.json").read_text())
    assert golden[1]["value"]["ward"] == "13e"
    assert golden[1]["topic"] == "forms.needs.v1"
    assert TOPIC_BY_NAME["forms.needs.v1"].key == "need id"


def _after_future(source: str, more: str) -> str:
    future = "from __future__ import annotations\n"
    return source.replace(future, f"{future}\nfrom typing import Annotated\n", 1) + more
