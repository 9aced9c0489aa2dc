"""What every message is made of: the base model, the mark of personal data, the shared scalar types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from contracts.characters import bare_line, lines, one_line
from contracts.moments import Moment


class PersonalMark:
    """Marks a field that holds personal data; it shows as `x-personal` in the JSON Schema."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-personal": True}


PERSONAL = PersonalMark()

Code = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""A value of a versioned vocabulary (theme, public, directorate …): data, never an enumeration in code."""

_TEXT = r"^[^\x00]*$"
"""Whatever is written: but no text of PostgreSQL can hold U+0000, and no person writes it."""

OF_ONE_LINE = BeforeValidator(one_line)
"""Repairs what is written on one line, before its bounds are looked at: contracts.characters says how."""
OF_LINES = BeforeValidator(lines)
BARE = BeforeValidator(bare_line)

MOST_SHORT_CHARACTERS = 200
ShortText = Annotated[str, Field(pattern=_TEXT, min_length=1, max_length=MOST_SHORT_CHARACTERS), OF_ONE_LINE]
MOST_LONG_CHARACTERS = 10_000
LongText = Annotated[str, Field(pattern=_TEXT, max_length=MOST_LONG_CHARACTERS), OF_LINES]
MOST_TAGS = 20
"""Themes, publics or skills of one project, need or mentor."""
MOST_TERRITORIES = 50
"""Territories of one project, need or mentor."""
Sentence = Annotated[str, Field(pattern=_TEXT, max_length=1_000), OF_LINES]
"""What a service says to people, made of its own words and at most a few values."""

MOST_NAME_CHARACTERS = 200
Name = Annotated[str, Field(pattern=_TEXT, max_length=MOST_NAME_CHARACTERS), OF_ONE_LINE]
"""What something goes by in a programme or a form: an edition, a version, a seed, a dotted path."""

Territory = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]*$", max_length=64)]
"""An INSEE code, a priority neighbourhood's code (`QN…`), the code of a named zone, or that of the whole city."""

WeeklySlot = Annotated[str, Field(pattern=r"^(mon|tue|wed|thu|fri|sat)-(morning|afternoon|evening)$", max_length=13)]
"""A part of a day of the week, such as `tue-morning`."""

Language = Literal["fr", "en"]
Track = Literal["implantation", "contest"]
Actor = Annotated[str, Field(pattern=r"^[a-z-]+(:[A-Za-z0-9.@_-]+)?$", max_length=100)]
"""Who acted: `form`, `engine:<name>@<version>`, `officer:<id>`, `mentor:<id>`, `lead:<id>`. Never a name."""

Reporter = Annotated[str, Field(pattern=r"^(mentor|lead|officer):[A-Za-z0-9-]+$", max_length=100)]
"""Who says something on a form, by their id; an event says the same as its `actor`."""

MOST_VERSIONS = 2_147_483_647
Version = Annotated[int, Field(ge=1, le=MOST_VERSIONS)]
"""The version of an aggregate, from 1, as far as PostgreSQL's `integer` goes."""

MOST_COUNTED = 9_007_199_254_740_991
Count = Annotated[int, Field(ge=0, le=MOST_COUNTED)]
"""How many there are: as far as a number of JSON is exact in every language."""

Fit = Annotated[int, Field(ge=0, le=1000)]
"""How well two suit each other, in points."""

PersonName = Annotated[str, Field(pattern=_TEXT, min_length=1, max_length=MOST_SHORT_CHARACTERS), OF_ONE_LINE, PERSONAL]
EmailAddress = Annotated[
    str, Field(pattern=r"^[^@\s<>\x00]+@[^@\s<>\x00]+\.[^@\s<>\x00]+$", max_length=254), BARE, PERSONAL
]
Comment = Annotated[str, Field(pattern=_TEXT, max_length=2_000), OF_LINES, PERSONAL]
"""What a person wrote freely. It may name somebody, so only restricted topics carry it and nothing passes it on."""

Telephone = Annotated[str, Field(pattern=r"^\+?[0-9 .()-]{6,20}$", max_length=21), BARE, PERSONAL]


class Message(BaseModel):
    """An immutable value read from bytes; readers ignore fields they do not know, writers never write them.

    A violation never quotes the input, which may be personal.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        # What is written always has every field, so the writer's schema says so.
        json_schema_serialization_defaults_required=True,
    )


class EventData(Message):
    """The data of an event; its class says the event's `ce_type`, its topic, and which field is its Kafka key.

    Dead letters name no topic: each service has one of its own for them.
    """

    event_type: ClassVar[str]
    topic_name: ClassVar[str]
    key_field: ClassVar[str]
    minor: ClassVar[int] = 0
    """One more at each change that every reader and writer can live with; any other makes a new event type."""
    whole: ClassVar[bool] = False
    """Whether it says all of its aggregate: it needs none of the key's earlier events, and may overtake them."""

    def upcast(self) -> EventData:
        """The same event in the type's next version; itself where this is the newest. Pure."""
        return self

    @property
    def aggregate_id(self) -> UUID:
        """The id of the aggregate that the event is about: the Kafka key and the `ce_subject`."""
        identifier: UUID = getattr(self, self.key_field)
        return identifier


State = TypeVar("State", bound=str)
Why = TypeVar("Why", bound=str)


class StateChange(EventData, Generic[State, Why]):
    """A change of an aggregate's state: from what, to what, by whom, why, when, as which version.

    `contracts.states` has the states of each aggregate, and its reasons where no form's own code stands among them.
    """

    from_state: State | None = Field(default=None, alias="from", description="State before; null for a new one")
    to_state: State = Field(alias="to", description="State after")
    actor: Actor = Field(description="Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id")
    reason: Why | None = Field(default=None, description="Why, as a code of a versioned vocabulary; never free text")
    occurred_at: Moment = Field(description="When it happened, by the event that caused it")
    version: Version = Field(description="The aggregate's version after this change, from 1")


class Reason(Message):
    """Why something was refused, asked for or flagged: a code for machines, a sentence for people."""

    code: Code = Field(description="For machines: a code of a versioned vocabulary")
    field: Name | None = Field(default=None, description="The form's field, as a dotted path")
    fr: Sentence = Field(description="For people, in French")
    en: Sentence = Field(description="For people, in English")
    nearest: Territory | None = Field(
        default=None, description="Where a code or a territory is not known: the known one that was probably meant"
    )


Reasons = Annotated[tuple[Reason, ...], Field(max_length=500)]
"""All reasons at once: each rule may have several for each organisation of a coalition."""


def personal_fields(
    model: type[BaseModel], prefix: str = "", within: frozenset[type[BaseModel]] = frozenset()
) -> Iterator[str]:
    """The dotted paths of all personal fields of a model, nested ones included; of a part within itself once."""
    within |= {model}
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        if any(isinstance(mark, PersonalMark) for mark in _metadata(field.annotation, field.metadata)):
            yield path
        for nested in _models(field.annotation):
            if nested not in within:
                yield from personal_fields(nested, f"{path}.", within)


def _metadata(annotation: Any, metadata: list[Any]) -> Iterator[Any]:
    yield from metadata
    for argument in get_args(annotation):
        yield from _metadata(argument, list(getattr(argument, "__metadata__", ())))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
