"""What pages are made of: words, numbers, times, languages, and files that are others'."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.requests import Request

import services.console
from contracts.message import Language
from services.console.asking import Refused, language_of, one
from services.console.pages.selections import chosen_of
from services.console.pages.signing_in import path_of
from services.console.rendering import lasted, moment, number

STATIC = Path(services.console.__file__).parent / "static"
# As their authors publish them on npm: htmx.org 2.0.11 and htmx-ext-sse 2.2.4, both under the Zero-Clause BSD licence.
VENDORED = {
    "htmx-2.0.11.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "htmx-LICENSE.txt": "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    "htmx-ext-sse-2.2.4.min.js": "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
    "htmx-ext-sse-LICENSE.txt": "a17d224ce9afdc21ec9491b76a2f5d036d19aa641ac4f85ca29c21f9f7e54fdf",
}
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def test_what_others_wrote_is_as_they_published_it() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in STATIC.glob("htmx*")}
    assert found == VENDORED


def test_nothing_of_the_pages_comes_from_elsewhere() -> None:
    for path in (*STATIC.glob("console.*"), *(STATIC.parent / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text
        assert "style=" not in text, f"{path.name}: the browser would not take it"
        assert " onclick" not in text


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (-5, "moins d’1 s", "less than 1 s"),
        (59.9, "59 s", "59 s"),
        (61, "1 min 1 s", "1 min 1 s"),
        (3_661, "1 h 1 min", "1 h 1 min"),
        (90_000, "1 j 1 h", "1 d 1 h"),
    ],
)
def test_how_long_something_lasted(seconds: float, french: str, english: str) -> None:
    assert (lasted(seconds, "fr"), lasted(seconds, "en")) == (french, english)


def test_numbers_and_times_are_written_as_people_do() -> None:
    assert (number(1234567, "fr"), number(1234.5, "en")) == ("1\u202f234\u202f567", "1,234.5")
    assert moment(NOW) == '<time datetime="2025-06-01T12:00:00+00:00">2025-06-01 14:00:00</time>'


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", "", "", "fr"),
        ("", "", "de, en;q=0.8, fr;q=0.9", "fr"),
        ("", "", "en-GB,en;q=0.9", "en"),
        ("", "", "en;q=much, fr", "fr"),
        ("", "engage_language=en", "fr", "en"),
        ("language=fr", "engage_language=en", "en", "fr"),
        ("language=de", "", "en", "en"),
    ],
)
def test_the_address_says_the_language_then_the_cookie_then_the_browser(
    query: str, cookie: str, accepted: str, language: Language
) -> None:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accepted.encode())]
    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert language_of(request) == language


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:x"]
)
def test_nobody_is_sent_elsewhere(address: str) -> None:
    assert path_of(address) == "/"
    assert path_of("/stories?q=1") == "/stories?q=1"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"service": ["nowhere"]}, "There is no service nowhere: intake, matching"),
        ({"service": ["intake"], "these": ["ticked"]}, "Tick one record at least."),
        ({"service": ["intake"], "id": ["x"]}, "The id of a record can't be read."),
        ({"service": ["intake"], "id": ["x"] * 2_001}, "At most 2000 records at a time."),
        ({"service": ["intake"], "reason": ["x" * 501]}, "The field “reason” has 501 characters"),
        ({"service": ["intake"], "reason": ["\x00"]}, "no null character"),
    ],
)
def test_a_selection_that_means_nothing_is_refused_in_words(fields: dict[str, list[str]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        chosen_of(fields, NOW)


def test_nothing_is_chosen_that_is_yet_to_come() -> None:
    for before in ("9999-01-01T00:00:00+00:00", "2025-01-01", "soon"):
        assert chosen_of({"service": ["intake"], "before": [before]}, NOW).selection.before == NOW
    assert one({}, "why") == ""
