"""Eligibility: every rule of an edition answers, and the answers give a verdict with all its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import orjson
from pydantic_core import to_json

from services.intake.cleaned_forms import CleanedForm
from services.intake.editions import Edition
from services.intake.reasons import reason
from services.intake.rules.finding import Answer, Problem

MOST_PROBLEMS: Final = 200
"""So many are told at once: more than a person mends at one sitting, and as many as an event holds with room."""
LEGIBLE: Final = "legible"
"""Intake's own rule, in every edition: that what was typed can be read."""
KNOWN_CODES: Final = "known-codes"
"""Another: that codes are the vocabularies'. It passes, with what is said of those that are not."""


class RuleAnswer(NamedTuple):
    """What one rule of one edition answers of one organisation (`subject`, its path in the form)."""

    rule: str
    edition: str
    subject: str
    answer: Answer
    observed: object
    problems: tuple[Problem, ...]


def evaluate(form: CleanedForm, edition: Edition) -> tuple[RuleAnswer, ...]:
    """The answer of every rule, in the edition's order, whatever those before it answered.

    Rules that concern the members of a coalition answer for each member that declares what they read:
    what a member leaves open is asked of nobody.
    """
    identifier, organisation = edition.id, form.organisation
    answers = [] if not form.asked else [_legible(form, identifier)]
    if form.remarks:
        remarks = tuple(Problem(code, field, values) for code, field, values in form.remarks)
        answers.append(RuleAnswer(KNOWN_CODES, identifier, "application", "pass", None, remarks))
    for rule in edition.rules:
        answers.append(RuleAnswer(rule.id, identifier, "organisation", *rule.judge(form, organisation)))
        # The lead organisation first, whose problems come first in what is told.
        if rule.members:
            for member in form.members:
                finding = rule.judge(form, member)
                if finding.answer != "unknown":
                    answers.append(RuleAnswer(rule.id, identifier, member.path, *finding))
    return tuple(answers)


def _legible(form: CleanedForm, edition: str) -> RuleAnswer:
    """What could not be read as it was typed: asked back, whatever else the rules answer."""
    problems = tuple(Problem(code, field, values) for code, field, values in form.asked)
    return RuleAnswer(LEGIBLE, edition, "application", "unknown", None, problems)


def verdict(answers: Iterable[RuleAnswer]) -> Answer:
    """Fail where any rule fails, else unknown where any is unknown, else pass."""
    result: Answer = "pass"
    for answer in answers:
        if answer.answer == "fail":
            return "fail"
        if answer.answer == "unknown":
            result = "unknown"
    return result


def problems(answers: Sequence[RuleAnswer], *kinds: Answer) -> tuple[Problem, ...]:
    """What keeps an application from passing by answers of these kinds, in their order: each code and field once."""
    mistyped = {problem.field for answer in answers if answer.rule == LEGIBLE for problem in answer.problems}
    # What was mistyped is not missing.
    found = {
        (problem.code, problem.field): problem
        for wanted in kinds
        for answer in answers
        if answer.answer == wanted
        for problem in answer.problems
        if answer.rule == LEGIBLE or problem.field not in mistyped
    }
    return tuple(found.values())[:MOST_PROBLEMS]


def encode_answers(answers: Iterable[RuleAnswer]) -> str:
    """The answers as JSON, with their reasons in words, to be kept with the version that they are about."""
    rows = [
        {
            "rule": rule,
            "edition": edition,
            "subject": subject,
            "answer": answer,
            "observed": observed,
            "problems": [reason(problem).model_dump() for problem in found],
        }
        for rule, edition, subject, answer, observed, found in answers
    ]
    try:
        return orjson.dumps(rows).decode()
    except orjson.JSONEncodeError:
        # It takes half the time but no integer over 64 bits, which a form may hold.
        return to_json(rows).decode()
