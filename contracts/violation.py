"""What is said of a record that the contract does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError


class ContractViolation(ValueError):
    """A record that the contract does not allow; says which field, what is wrong and what would be right.

    `code` is one of the dead letters' reasons. The text never quotes the record's content.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def violation_of(error: ValidationError) -> ContractViolation:
    """What Pydantic found as a violation: each field with what is wrong, without any value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return ContractViolation("json", f"the value is not JSON in UTF-8: {problems[0]['msg']}")
    return ContractViolation("contract", "; ".join(_sentences(problems)))


def _sentences(problems: list[Any]) -> Iterator[str]:
    for problem in problems:
        yield f"{'.'.join(str(part) for part in problem['loc']) or 'value'}: {problem['msg']}"
