"""Forgetting: what is left of an application once its lead has asked to be forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from contracts.erasures import ERASED, Removed
from services.intake.applications import Application
from services.intake.cleaned_forms import CleanedForm
from services.intake.eligibility import RuleAnswer


class Forgotten:
    """What was forgotten of a person: whose forms said something, and how much of what there was.

    `withheld` are the applications whose texts were not published, and when the form was sent that has them.
    """

    def __init__(self) -> None:
        self.told: set[UUID] = set()
        self.withheld: dict[UUID, datetime] = {}
        self._removed: Counter[str] = Counter()

    def count(self, what: str, number: int = 1) -> None:
        """Counts things of a sort, by its code."""
        self._removed[what] += number

    def removed(self) -> tuple[Removed, ...]:
        """How much there was of each sort, of those of which there was any."""
        return tuple(Removed(what=what, count=self._removed[what]) for what in sorted(+self._removed))


def without_content(application: Application) -> Application:
    """An application without what its form said of who applies with what; itself where nothing of it is left.

    The organisation's numbers go too: public registers say who leads it. Without keys, which the store forgets, it is
    nobody's duplicate.
    """
    return application._replace(
        project_key="",
        organisation_name=ERASED,
        siren=None,
        rna=None,
        commune=None,
        project_title=ERASED,
    )


def without_texts(form: CleanedForm) -> CleanedForm:
    """A form as it may be told of: codes and territories, and nothing that somebody wrote."""
    return form._replace(texts_public=True, project=form.project._replace(title=ERASED, summary=""))


def without_observations(answers: Iterable[RuleAnswer]) -> tuple[RuleAnswer, ...]:
    """What the rules answered, without what they saw."""
    return tuple(answer._replace(observed=None) for answer in answers)
