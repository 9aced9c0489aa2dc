"""What pages are made of: words, numbers, times, languages, and files that are others'."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.requests import Request

import libraries.pages
import services
from contracts.message import Language
from libraries.pages.asking import Refused, language_of, one, path_of
from libraries.pages.rendering import counted, day_in_words, lasted, moment, moment_in_words, number, signed

STATIC = Path(libraries.pages.__file__).parent / "static"
TEMPLATES_AND_STYLES = [
    path
    for root in (Path(libraries.pages.__file__).parent, Path(services.__path__[0]))
    for pattern in ("**/templates/**/*.html", "**/static/*.css", "**/static/*.svg")
    for path in root.glob(pattern)
]
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
    assert any(path.name == "frame.html" for path in TEMPLATES_AND_STYLES)
    for path in TEMPLATES_AND_STYLES:
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
    "address",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere",
        "javascript:x",
        "/\t/elsewhere",
        "\n//x",
        "/\\\t/x",
    ],
)
def test_nobody_is_sent_elsewhere(address: str) -> None:
    assert path_of(address) == "/"
    assert path_of("/stories?q=1") == "/stories?q=1"


def test_a_field_that_is_too_long_or_holds_a_null_is_refused_by_its_name() -> None:
    assert one({}, "why") == ""
    assert one({"why": [" so ", "other"]}, "why") == "so"
    for value, said in (("x" * 501, "“why” has 501 characters"), ("a\x00", "no null character")):
        with pytest.raises(Refused, match=said):
            one({"why": [value]}, "why")


@pytest.mark.parametrize(
    ("language", "of_moment", "of_day", "of_difference"),
    [
        ("fr", "1er avril 2026 à 00:30", "1er avril 2026", "\u22121\u202f200"),
        ("en", "April 1, 2026 at 00:30", "April 1, 2026", "\u22121,200"),
    ],
)
def test_days_moments_and_differences_are_as_the_language_says_them(
    language: Language, of_moment: str, of_day: str, of_difference: str
) -> None:
    # In the City it is the next day already.
    at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert f">{of_moment}<" in moment_in_words(at, language)
    for value in (at.isoformat(), date(2026, 4, 1), "2026-04-01", "2026-03-31T22:30:00Z"):
        assert day_in_words(value, language) == of_day
    assert signed(-1200, language) == of_difference
    assert (signed(0, language), signed(5, language)) == ("0", "+5")


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("fr", "point|points", ["0 point", "1 point", "2 points", "1\u202f200 points"]),
        ("en", "point|points", ["0 points", "1 point", "2 points", "1,200 points"]),
    ],
)
def test_what_is_counted_agrees_with_its_number(language: Language, words: str, said: list[str]) -> None:
    assert [counted(count, words, language) for count in (0, 1, 2, 1200)] == said
