"""A page that is shown anew since a form of it could not be taken: what was typed, and what of it is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from libraries.pages.asking import Fields
from services.desk.linked.given import Unclear

FORM: Final = "form"
"""The hidden field by which a page that has several forms knows which of them was sent."""


@dataclass(frozen=True, slots=True)
class Again:
    """What one of a page's forms was sent with, and its problem; nothing where the page is shown for the first time."""

    problem: Unclear | None = None
    fields: Fields = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return 200 if self.problem is None else 422

    @property
    def form(self) -> str:
        """Which form it was."""
        return self._value(FORM)

    @property
    def all_typed(self) -> Mapping[str, str]:
        """What stood in each field of a page that has one form alone."""
        return {name: given[0] for name, given in self.fields.items()}

    def is_of(self, form: str) -> bool:
        """Whether it was this form."""
        return self.problem is not None and self.form == form

    def typed(self, form: str, name: str, otherwise: str = "") -> str:
        """What stood in a field of this form; what it begins with `otherwise`."""
        return self._value(name) if self.is_of(form) else otherwise

    def _value(self, name: str) -> str:
        return (self.fields.get(name) or [""])[0]


FIRST: Final = Again()
"""Nothing was typed yet."""
