"""What a release writes into files, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

from deploy.release.texts import ReleaseError, checked_version, last_version, notes_of, with_release, with_version

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A page.\n\n## [0.1.0] - 2025-01-02\n\n- All.\n"


@pytest.mark.parametrize("version", ["1.4", "v1.4.0", "1.4.0-rc1", "01.4.0", "1.4.0\n", "", "1.4.1234567"])
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(ReleaseError, match="three numbers"):
        checked_version(version, None)


def test_a_version_comes_after_the_last_one() -> None:
    assert checked_version("0.10.0", "0.9.1") == "0.10.0"
    for late in ("0.9.1", "0.9.0"):
        with pytest.raises(ReleaseError, match="does not come after"):
            checked_version(late, "0.9.1")


def test_the_last_version_is_the_greatest_and_not_the_last_in_the_alphabet() -> None:
    assert last_version("v0.9.0\nv0.10.0\nvolcano\nv0.2.0") == "0.10.0"
    assert last_version("") is None


def test_a_project_declares_the_version() -> None:
    assert with_version('[project]\nversion = "0.1.0"\n', "0.2.0") == '[project]\nversion = "0.2.0"\n'
    with pytest.raises(ReleaseError, match="declares 0 versions"):
        with_version("[project]\n", "0.2.0")


def test_what_was_unreleased_is_the_versions() -> None:
    released = with_release(CHANGELOG, "0.2.0", date(2025, 3, 4))
    assert "## [Unreleased]\n\n## [0.2.0] - 2025-03-04\n\n### Added\n\n- A page.\n" in released
    assert notes_of(released, "0.2.0") == "### Added\n\n- A page.\n"
    assert notes_of(released, "0.1.0") == "- All.\n"


def test_a_release_says_what_changed() -> None:
    released = with_release(CHANGELOG, "0.2.0", date(2025, 3, 4))
    with pytest.raises(ReleaseError, match="nothing stands under"):
        with_release(released, "0.3.0", date(2025, 3, 5))
    with pytest.raises(ReleaseError, match="has no line"):
        with_release("# Changelog\n", "0.3.0", date(2025, 3, 5))
