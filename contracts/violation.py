"""What is said of a record that the contract does not allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

MOST_PROBLEMS: Final = 50
"""So many fields or headers are told of at once: a record of a few kilobytes may have hundreds that are wrong, and what
is said of it is kept, logged and published."""


class ContractViolation(ValueError):
    """A record that the contract does not allow; says which field, what is wrong and what would be right.

    `code` is one of the dead letters' reasons; `problems` has each field or header with what is wrong with it, where
    that can be said of one. No text quotes the record's content.
    """

    def __init__(self, code: str, detail: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.problems = tuple(problems)


def violation_of(error: ValidationError) -> ContractViolation:
    """What Pydantic found as a violation: each field with what is wrong, without any value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return ContractViolation("json", f"the value is not JSON in UTF-8: {problems[0]['msg']}")
    told = [(".".join(map(str, problem["loc"])) or "value", problem["msg"]) for problem in problems[:MOST_PROBLEMS]]
    said = [f"{field}: {wrong}" for field, wrong in told]
    if more := len(problems) - len(told):
        said.append(f"and {more} more")
    return ContractViolation("contract", "; ".join(said), told)
