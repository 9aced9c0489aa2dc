"""The picture of the flow: every arrow that exists, no other, and no word under anything."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from contracts.catalogue import SERVICES, TOPICS

PICTURE = Path(__file__).resolve().parents[3] / "docs" / "flow.svg"
_SVG = "{http://www.w3.org/2000/svg}"
_WIDTH, _MONOSPACE_WIDTH = 0.56, 0.61
"""Of a font's size: what a character takes at the mean in the widest of the fonts that are named."""
_STEPS = 60

_BESIDE_TOPICS = {
    ("forms over HTTP", "intake"),
    ("intake", "forms.applications.v1"),
    ("notifications", "forms.decisions.v1"),
    ("notifications", "mail"),
    ("mail", "notifications"),
}
"""What the catalogue does not have: doors put on forms' topics what came over HTTP, and mail leaves."""


class Box(NamedTuple):
    """Where something stands."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        return self.left < x < self.right and self.top < y < self.bottom


@pytest.fixture(scope="module")
def picture() -> ElementTree.Element:
    return ElementTree.parse(PICTURE).getroot()


def test_it_has_every_arrow_and_no_other(picture: ElementTree.Element) -> None:
    wanted = set(_BESIDE_TOPICS)
    for topic in TOPICS:
        wanted |= {(producer, topic.name) for producer in topic.producers}
        wanted |= {(topic.name, consumer) for consumer in topic.consumers}
        if topic.privacy == "public":
            wanted.add((topic.name, "city systems"))
    assert {(path.get("data-from"), path.get("data-to")) for path in _arrows(picture)} == wanted


def test_it_has_every_topic_in_its_colour_and_every_service(picture: ElementTree.Element) -> None:
    kinds = {node.get("data-node"): node.get("data-kind") for node in picture.iter(f"{_SVG}g")}
    assert {topic.name: topic.privacy for topic in TOPICS}.items() <= kinds.items()
    assert {name for name, kind in kinds.items() if kind == "service"} == set(SERVICES)


def test_no_two_words_lie_over_each_other(picture: ElementTree.Element) -> None:
    texts = [(text.text, _box_of_text(text)) for text in picture.iter(f"{_SVG}text")]
    assert [(one, other) for (one, ours), (other, theirs) in combinations(texts, 2) if ours.meets(theirs)] == []


def test_every_word_lies_within_its_box(picture: ElementTree.Element) -> None:
    outside = []
    for node in picture.iter(f"{_SVG}g"):
        frame = _box_of_rectangle(node.find(f"{_SVG}rect"))
        for text in node.iter(f"{_SVG}text"):
            box = _box_of_text(text)
            if box.left < frame.left - 4 or box.right > frame.right + 4:
                outside.append(text.text)
    assert outside == []


def test_no_arrow_crosses_a_word_or_a_box_that_is_not_its_own(picture: ElementTree.Element) -> None:
    frames = {node.get("data-node"): _box_of_rectangle(node.find(f"{_SVG}rect")) for node in picture.iter(f"{_SVG}g")}
    words = {text.text: _box_of_text(text) for text in picture.iter(f"{_SVG}text")}
    crossed = set()
    for path in _arrows(picture):
        ends = path.get("data-from"), path.get("data-to")
        for x, y in _points(path.get("d", "")):
            crossed |= {(*ends, name) for name, box in frames.items() if name not in ends and box.holds(x, y)}
            crossed |= {(*ends, text) for text, box in words.items() if box.holds(x, y)}
    assert crossed == set()


def _arrows(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return [path for path in picture.iter(f"{_SVG}path") if path.get("data-from")]


def _box_of_rectangle(rectangle: ElementTree.Element | None) -> Box:
    assert rectangle is not None
    x, y, width, height = (float(rectangle.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def _box_of_text(text: ElementTree.Element) -> Box:
    size = float(text.get("font-size", 12))
    share = _MONOSPACE_WIDTH if "monospace" in text.get("font-family", "") else _WIDTH
    width = len(text.text or "") * size * share
    x, y = float(text.get("x", 0)), float(text.get("y", 0))
    left = x - width / 2 if text.get("text-anchor") == "middle" else x
    return Box(left, y - size * 0.75, left + width, y + size * 0.2)


def _points(path: str) -> list[tuple[float, float]]:
    """Points along a path of straight lines and cubic curves, absolute ones."""
    found: list[tuple[float, float]] = []
    here = (0.0, 0.0)
    for letter, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        values = [float(number) for number in numbers.split()]
        corners = list(zip(values[::2], values[1::2], strict=True))
        if letter != "M":
            first, second, last = corners if letter == "C" else (here, corners[0], corners[0])
            found += [_on_curve(here, first, second, last, step / _STEPS) for step in range(_STEPS + 1)]
        here = corners[-1]
    return found


def _on_curve(
    start: tuple[float, float],
    first: tuple[float, float],
    second: tuple[float, float],
    end: tuple[float, float],
    share: float,
) -> tuple[float, float]:
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    corners = (start, first, second, end)
    x, y = (sum(weight * corner[axis] for weight, corner in zip(weights, corners, strict=True)) for axis in (0, 1))
    return x, y
