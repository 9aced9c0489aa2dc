"""What every page of the console works with beside what all pages do."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.sources import Sources
from libraries.chassis.forms import FormPublisher
from libraries.pages.premises import Premises as PagesPremises
from services.console.drawing.boundaries import Boundaries
from services.console.watching.watch import Watch


@dataclass(frozen=True, slots=True)
class Premises(PagesPremises):
    """The watch over the services, and how many may look at it by the second; where forms go, and who may send what."""

    watch: Watch
    most_readers: int
    boundaries: Boundaries | None
    forms: FormPublisher
    sources: Sources
