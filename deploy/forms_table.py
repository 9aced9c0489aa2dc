"""Writes the table of events in `docs/publish-from-a-form.md` from the catalogue: `python -m deploy.forms_table`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from deploy.written_pages import write_anew

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "publish-from-a-form.md"
_HEAD: Final = "| topic | events | key |\n|---|---|---|\n"


def page(text: str) -> str:
    """The text of the page with a fresh table; raises ValueError where it has none."""
    before, head, rest = text.partition(_HEAD)
    if not head:
        raise ValueError(f"{PAGE.name} needs a table that begins with {_HEAD.splitlines()[0]!r}")
    # A table of Markdown ends with an empty line.
    _, end, after = rest.partition("\n\n")
    rows = "\n".join(_row(topic) for topic in TOPICS if topic.is_form)
    return f"{before}{head}{rows}{end}{after}"


def main() -> None:
    """Writes the page of the forms anew."""
    write_anew(PAGE, page)


def _row(topic: Topic) -> str:
    names = [event.event_type.removeprefix("engage.").removesuffix(".v1") for event in topic.events]
    return f"| `{topic.name}` | {', '.join(f'`{name}`' for name in names)} | {topic.key} |"


if __name__ == "__main__":
    main()
