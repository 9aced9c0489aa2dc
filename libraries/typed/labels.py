"""Lists of codes, as people choose or type them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from libraries.typed.slip import Reading, Slip, Typed


def labels(
    typed: Sequence[Typed] | None,
    field: str,
    reader: Callable[[Typed], str | None],
    reading: Reading,
    *,
    most: int,
    least: int = 0,
) -> tuple[str, ...]:
    """The codes of a field, each once, in their order; each that can't be read is asked back, and so are too many."""
    chosen, found = typed or (), dict[str, None]()
    for place, each in enumerate(chosen):
        if (code := reading.read(f"{field}.{place}", reader, each)) is not None:
            found[code] = None
        # Enough to say that there are too many: what comes behind is not asked back one by one.
        if len(found) > most or place >= 2 * most:
            break
    reading.read(field, _counted, len(found), least=least, most=most, is_said=bool(chosen))
    return tuple(found)[:most]


def _counted(count: int, *, least: int, most: int, is_said: bool) -> None:
    if count > most:
        raise Slip("too-many-chosen", most=most)
    # Where something was typed that could not be read, that is asked for by itself.
    if count < least and not is_said:
        raise Slip("choice-missing")
