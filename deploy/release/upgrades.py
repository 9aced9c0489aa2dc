"""Writes into `docs/upgrade.md` in which order each release is upgraded: `python -m deploy.release.upgrades`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from deploy.release.released import Register, read_register
from deploy.written_pages import write_anew
from publication.order import FORMS, Order, upgrade_order
from publication.versions import versions

_ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = _ROOT / "docs" / "upgrade.md"
_HEAD: Final = "| release | new in the contracts | in this order |\n|---|---|---|\n"
_UNRELEASED: Final = "not released yet"


def page(text: str) -> str:
    """The text of the page with a fresh table; raises ValueError where it has none."""
    before, head, rest = text.partition(_HEAD)
    if not head:
        raise ValueError(f"{PAGE.name} needs a table that begins with {_HEAD.splitlines()[0]!r}")
    # A table of Markdown ends with an empty line.
    _, end, after = rest.partition("\n\n")
    table = "\n".join(rows(read_register(_ROOT), [version.name for version in versions()]))
    return f"{before}{head}{table}{end}{after}"


def rows(register: Register, present: Iterable[str]) -> Iterator[str]:
    """A row for each release, the newest first; `present` are the versions that the contracts have now."""
    released = {name for brought in register.values() for name in brought.contracts}
    if register and (unreleased := set(present) - released):
        yield _row(_UNRELEASED, upgrade_order(released, unreleased))
    for number, version in reversed(list(enumerate(register))):
        yield f"| {version} | all | the first one |" if number == 0 else _row(version, _order(register, version))
    if not register:
        yield f"| {_UNRELEASED} | all | the first one |"


def order_of(register: Register, version: str) -> str:
    """In which order a release is upgraded, as its notes say it."""
    if version == next(iter(register)):
        return "The first release: there is nothing to upgrade.\n"
    steps = _order(register, version).steps
    if not steps:
        return "Services in any order: no event is new.\n"
    told = [f"{number}. {_step(step)}\n" for number, step in enumerate(steps, start=1)]
    return f"{''.join(told)}\nAll others at any time. To go back, the other way round.\n"


def _order(register: Register, version: str) -> Order:
    earlier = list(register)[: list(register).index(version)]
    before = {name for each in earlier for name in register[each].contracts}
    return upgrade_order(before, register[version].contracts)


def _row(release: str, order: Order) -> str:
    new = ", ".join(f"`{each.version.removeprefix('engage.')}`" for each in order.new)
    return f"| {release} | {new or 'nothing'} | {', then '.join(map(_step, order.steps)) or 'any'} |"


def _step(step: tuple[str, ...]) -> str:
    if len(step) == 1:
        return "forms, when they want to" if step == (FORMS,) else step[0]
    return f"{', '.join(step[:-1])} and {step[-1]} at once"


def main() -> None:
    """Writes the page anew."""
    write_anew(PAGE, page)


if __name__ == "__main__":
    main()
