"""The gate judges every kind of change rightly: a table of changes whose verdict is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

import pytest
from pydantic import AwareDatetime, Field, create_model

from contracts.message import PERSONAL, Code, EventData, Message
from contracts.topic import Topic
from publication.compatibility import Published, judge
from publication.facts import facts_of
from publication.gate import check
from publication.golden import golden_examples
from publication.registry import PUBLISHED, read_register
from publication.schemas import schema_of
from publication.versions import Version

Fields = dict[str, Any]
Side = Literal["service", "form"]


class _Base(EventData):
    """Something happened."""

    event_type: ClassVar[str] = "engage.thing.happened.v1"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID


class _Place(Message):
    """Where it happened."""

    street: str
    number: int | None = None


class _PlaceWithoutNumber(Message):
    """Where it happened."""

    street: str


class _PlaceWithTown(Message):
    """Where it happened."""

    street: str
    number: int | None = None
    town: str = ""


class _PlaceWithRequiredTown(Message):
    """Where it happened."""

    street: str
    number: int | None = None
    town: str


class _Person(Message):
    """Who it was."""

    name: Annotated[str, PERSONAL]
    language: str = "fr"


class _SamePerson(Message):
    """Who it was."""

    name: Annotated[str, PERSONAL]
    language: str = "fr"


class _Somebody(Message):
    """Who it was."""

    name: str
    language: str = "fr"


class _Foreigner(Message):
    """Who it was."""

    name: Annotated[str, PERSONAL]
    language: str = "en"


def event(base: type[EventData] = _Base, **fields: Any) -> type[EventData]:
    """An event type with these fields, each a type or a pair of type and default."""
    whole = {name: it if isinstance(it, tuple) else (it, ...) for name, it in fields.items()}
    made: type[EventData] = create_model("ThingHappened", __base__=base, __module__=__name__, **whole)  # type: ignore[call-overload]
    return made


def topic(model: type[EventData], side: Side, **changes: Any) -> Topic:
    """A topic that carries it."""
    forms = side == "form"
    made = Topic(
        name="forms.things.v1" if forms else "things.v1",
        description="Things",
        key="thing id",
        partitions=4,
        retention_days=30,
        compacted=False,
        privacy="restricted",
        producers=("forms",) if forms else ("intake",),
        consumers=(),
        events=(model,),
    )
    return replace(made, **changes)


def published(model: type[EventData], on: Topic) -> Published:
    """What would lie in the published directory of such a version."""
    version = Version(on, model)
    return Published(
        version.name,
        model.event_type,
        facts_of(on),
        schema_of(version, "writer"),
        schema_of(version, "reader"),
        golden_examples(version),
    )


class Change(NamedTuple):
    """A change of fields, on a form's topic or a service's, and what it must be judged as."""

    name: str
    before: Fields
    after: Fields
    form: str
    service: str


FINE, BREAKS, ORDER = "fine", "breaks", "order"

CHANGES = [
    Change("nothing changes", {"a": str}, {"a": str}, FINE, FINE),
    Change("an optional field is added", {"a": str}, {"a": str, "b": (str | None, None)}, FINE, FINE),
    Change("a field with a default is added", {"a": str}, {"a": str, "b": (int, 3)}, FINE, FINE),
    Change("a required field is added", {"a": str}, {"a": str, "b": str}, BREAKS, BREAKS),
    Change("an optional field goes", {"a": str, "b": (str | None, None)}, {"a": str}, FINE, FINE),
    Change("a required field goes", {"a": str, "b": str}, {"a": str}, ORDER, BREAKS),
    Change("a field is renamed", {"a": str}, {"b": str}, BREAKS, BREAKS),
    Change(
        "an optional field is renamed", {"a": (str | None, None)}, {"b": (str | None, None)}, FINE, FINE
    ),
    Change("text becomes a number", {"a": str}, {"a": int}, BREAKS, BREAKS),
    Change("a number becomes text", {"a": int}, {"a": str}, BREAKS, BREAKS),
    Change("a whole number may be a fraction", {"a": int}, {"a": float}, ORDER, BREAKS),
    Change("a fraction must be whole", {"a": float}, {"a": int}, BREAKS, BREAKS),
    Change("null is allowed", {"a": str}, {"a": str | None}, ORDER, BREAKS),
    Change("null is not allowed any more", {"a": str | None}, {"a": str}, BREAKS, BREAKS),
    Change("a required field becomes optional", {"a": str}, {"a": (str, "x")}, ORDER, FINE),
    Change("an optional field becomes required", {"a": (str, "x")}, {"a": str}, BREAKS, FINE),
    # Records of an earlier minor version lack the field, and services' topics keep them.
    Change("a default changes", {"a": (int, 1)}, {"a": (int, 2)}, BREAKS, BREAKS),
    Change("a choice is added", {"a": Literal["x", "y"]}, {"a": Literal["x", "y", "z"]}, ORDER, BREAKS),
    Change("a choice goes", {"a": Literal["x", "y"]}, {"a": Literal["x"]}, BREAKS, BREAKS),
    Change("free text becomes a choice", {"a": str}, {"a": Literal["x", "y"]}, BREAKS, BREAKS),
    Change("a choice becomes free text", {"a": Literal["x", "y"]}, {"a": str}, ORDER, BREAKS),
    Change("a pattern is asked for", {"a": str}, {"a": Code}, BREAKS, BREAKS),
    Change("a pattern is dropped", {"a": Code}, {"a": str}, ORDER, BREAKS),
    Change(
        "a pattern changes, which nobody can decide",
        {"a": Annotated[str, Field(pattern="^[a-z]+$")]},
        {"a": Annotated[str, Field(pattern="^[a-z]+[0-9]*$")]},
        BREAKS,
        BREAKS,
    ),
    Change(
        "text may be longer",
        {"a": Annotated[str, Field(max_length=10)]},
        {"a": Annotated[str, Field(max_length=20)]},
        ORDER,
        BREAKS,
    ),
    Change(
        "text must be shorter",
        {"a": Annotated[str, Field(max_length=20)]},
        {"a": Annotated[str, Field(max_length=10)]},
        BREAKS,
        BREAKS,
    ),
    Change("text must not be empty", {"a": str}, {"a": Annotated[str, Field(min_length=1)]}, BREAKS, BREAKS),
    Change(
        "a number may be greater",
        {"a": Annotated[int, Field(ge=0, le=10)]},
        {"a": Annotated[int, Field(ge=0, le=99)]},
        ORDER,
        BREAKS,
    ),
    Change(
        "a number must be greater",
        {"a": Annotated[int, Field(ge=0)]},
        {"a": Annotated[int, Field(ge=1)]},
        BREAKS,
        BREAKS,
    ),
    Change("text becomes an id", {"a": str}, {"a": UUID}, BREAKS, BREAKS),
    Change("an id becomes text", {"a": UUID}, {"a": str}, ORDER, BREAKS),
    Change("a day becomes a time", {"a": date}, {"a": datetime}, BREAKS, BREAKS),
    Change("a time becomes a day", {"a": AwareDatetime}, {"a": date}, BREAKS, BREAKS),
    Change("one becomes a list", {"a": str}, {"a": tuple[str, ...]}, BREAKS, BREAKS),
    Change(
        "a list may be longer",
        {"a": Annotated[tuple[str, ...], Field(max_length=2)]},
        {"a": Annotated[tuple[str, ...], Field(max_length=3)]},
        ORDER,
        BREAKS,
    ),
    Change("a list's items change", {"a": tuple[str, ...]}, {"a": tuple[int, ...]}, BREAKS, BREAKS),
    Change("a pair becomes three", {"a": tuple[str, str]}, {"a": tuple[str, str, str]}, BREAKS, BREAKS),
    Change("the values of a mapping change", {"a": dict[str, int]}, {"a": dict[str, str]}, BREAKS, BREAKS),
    Change("a part gets an optional field", {"a": _Place}, {"a": _PlaceWithTown}, FINE, FINE),
    Change("a part gets a required field", {"a": _Place}, {"a": _PlaceWithRequiredTown}, BREAKS, BREAKS),
    Change("a part loses an optional field", {"a": _Place}, {"a": _PlaceWithoutNumber}, FINE, FINE),
    Change(
        "a field goes by another name in JSON",
        {"a": str},
        {"a": (str, Field(alias="other"))},
        BREAKS,
        BREAKS,
    ),
    Change("a field becomes personal", {"a": str}, {"a": Annotated[str, PERSONAL]}, FINE, FINE),
    Change("a field is personal no longer", {"a": Annotated[str, PERSONAL]}, {"a": str}, BREAKS, BREAKS),
    Change("what a list holds is personal no longer",
           {"a": tuple[Annotated[str, PERSONAL], ...]}, {"a": tuple[str, ...]}, BREAKS, BREAKS),
    Change("what a mapping holds is personal no longer",
           {"a": dict[str, Annotated[str, PERSONAL]]}, {"a": dict[str, str]}, BREAKS, BREAKS),
    Change("a part of another class is personal no longer", {"a": _Person}, {"a": _Somebody}, BREAKS, BREAKS),
    Change("a part goes by the name of another class", {"a": _Person}, {"a": _SamePerson}, FINE, FINE),
    Change("a switch is turned round", {"a": (bool, False)}, {"a": (bool, True)}, BREAKS, BREAKS),
    Change("what was null by default is something", {"a": (str | None, None)}, {"a": (str | None, "x")},
           BREAKS, BREAKS),
    Change("what was something by default is null", {"a": (str | None, "x")}, {"a": (str | None, None)},
           BREAKS, BREAKS),
    Change("a default changes within a part", {"a": _Person}, {"a": _Foreigner}, BREAKS, BREAKS),
    Change("a default changes within a list of parts", {"a": tuple[_Person, ...]}, {"a": tuple[_Foreigner, ...]},
           BREAKS, BREAKS),
    Change("a default changes within a union", {"a": _Person | None}, {"a": _Foreigner | None}, BREAKS, BREAKS),
    Change("a part that was left out by default is something", {"a": (_Person | None, None)},
           {"a": (_Person | None, _Person(name="x"))}, BREAKS, BREAKS),
    Change("a list may be empty no longer", {"a": tuple[str, ...]},
           {"a": Annotated[tuple[str, ...], Field(min_length=1)]}, BREAKS, BREAKS),
    Change("a whole number goes in other steps", {"a": Annotated[int, Field(multiple_of=5)]},
           {"a": Annotated[int, Field(multiple_of=2)]}, BREAKS, BREAKS),
    Change("one kind more may be there", {"a": int}, {"a": int | bool}, ORDER, BREAKS),
    Change("a kind goes", {"a": int | str}, {"a": int}, BREAKS, BREAKS),
    Change("a mapping becomes a part", {"a": dict[str, str]}, {"a": _PlaceWithoutNumber}, BREAKS, BREAKS),
    Change("words change", {"a": (str, Field(description="A"))}, {"a": (str, Field(description="B"))}, FINE, FINE),
]  # fmt: skip


def verdict(change: Change, side: Side) -> tuple[str, list[str]]:
    """What the gate makes of a change, and what it says."""
    before, after = event(**change.before), event(**change.after)
    found = judge(published(before, topic(before, side)), Version(topic(after, side), after))
    weights = {finding.weight for finding in found}
    return (BREAKS if BREAKS in weights else ORDER if ORDER in weights else FINE), [it.text for it in found]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_is_judged_rightly(change: Change) -> None:
    for side, expected in (("form", change.form), ("service", change.service)):
        judged, said = verdict(change, side)  # type: ignore[arg-type]
        assert judged == expected, f"on a topic of a {side}: {said}"


def test_there_are_enough_changes_of_every_verdict() -> None:
    assert len(CHANGES) >= 50
    for side in ("form", "service"):
        assert {FINE, BREAKS} <= {getattr(change, side) for change in CHANGES}


def test_a_finding_names_the_field_whom_it_hurts_and_what_to_do() -> None:
    before, after = event(a=Literal["x"]), event(a=Literal["x", "y"])
    found = judge(published(before, on := topic(before, "form")), Version(on, after))
    assert (found[0].weight, found[0].text) == ("order", "a: y may be there, and only x are taken")
    assert "services that read it first, then the forms" in found[0].remedy


class _Second(_Base):
    """The second version, in which the text is a list."""

    event_type: ClassVar[str] = "engage.thing.happened.v2"

    texts: tuple[str, ...]


class _Third(_Base):
    """The third version, to which nothing leads yet."""

    event_type: ClassVar[str] = "engage.thing.happened.v3"


class _First(_Base):
    """The first version."""

    text: str

    def upcast(self) -> EventData:
        return _Second(thing_id=self.thing_id, texts=(self.text,))


class _Forgetful(_First):
    """A first version whose upcaster forgets."""

    def upcast(self) -> EventData:
        return _Second.model_validate({"thing_id": self.thing_id})


def test_an_earlier_version_that_upcasts_may_stay_and_one_that_does_not_breaks() -> None:
    was = published(_First, topic(_First, "form"))
    kept = topic(_Second, "form", earlier=(_First,))
    assert judge(was, Version(kept, _First, written=False)) == []
    broken = topic(_Second, "form", earlier=(_Forgetful,))
    assert {it.weight for it in judge(was, Version(broken, _Forgetful, written=False))} == {"breaks"}
    (gone,) = judge(was, None)
    assert gone.text == "no topic carries it any more"


def test_what_is_brought_up_to_must_be_on_the_topic() -> None:
    was = published(_First, topic(_First, "form"))
    lost = topic(_Third, "form", earlier=(_First,))
    (finding, *_) = judge(was, Version(lost, _First, written=False))
    assert finding.weight == "breaks"
    assert finding.text == "it is brought up to engage.thing.happened.v2, which forms.things.v1 does not write"


def test_the_contracts_can_live_with_all_that_was_published() -> None:
    assert check() == []


def test_the_register_knows_every_published_file() -> None:
    register = read_register()
    for folder, suffix in (("schemas", ".writer.json"), ("schemas", ".reader.json"), ("golden", ".json")):
        names = {path.name.removesuffix(suffix) for path in (PUBLISHED / folder).glob(f"*{suffix}")}
        assert names == register.versions.keys()
