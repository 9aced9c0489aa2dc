"""Lists of codes, as people choose or type them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from libraries.typed.slip import Asked, Reading, Slip, Typed


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
    reading.read(field, check_count, len(found), most=most)
    # Where something was typed that could not be read, that is asked for by itself.
    if len(found) < least and not chosen:
        reading.asked.append(Asked("choice-missing", field, {}))
    return tuple(found)[:most]


def check_count(count: int, *, most: int) -> None:
    """Raises Slip where more were given than are taken."""
    if count > most:
        raise Slip("too-many-chosen", most=most)
