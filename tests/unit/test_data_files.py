"""One reader for data files: what is wrong with one is said with its file and field."""

from __future__ import annotations

from datetime import date, time

import pytest
from pydantic import BaseModel, ConfigDict

from libraries.data_files import DataFileError, parse_data_file


class Hours(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: time
    most: int
    closed: tuple[date, ...] = ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hours.toml", "# When the desk is open\nopens = 09:00:00\nmost = 5\nclosed = [2027-05-01]\n"),
        ("hours.json", '{"opens": "09:00:00", "most": 5, "closed": ["2027-05-01"]}'),
    ],
)
def test_both_kinds_of_files_say_the_same(name: str, text: str) -> None:
    assert parse_data_file(text, name, Hours) == Hours(opens=time(9), most=5, closed=(date(2027, 5, 1),))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("hours.toml", "opens = 09:00:00\nmost = '5'\n", r"hours\.toml: most: .*valid integer, and is '5'"),
        ("hours.toml", "opens = 09:00:00\n", r"hours\.toml: most: Field required"),
        ("hours.toml", "opens = 09:00:00\nmost = 5\nmots = 4\n", r"hours\.toml: mots: Extra inputs"),
        ("hours.toml", "opens = \n", r"hours\.toml: this is no TOML: .*line 1"),
        ("hours.json", '{"opens": "9 h", "most": 5}', r"hours\.json: opens: .*time.*, and is '9 h'"),
        ("hours.json", '{"opens": ', r"hours\.json: Invalid JSON: .*line 1 column"),
    ],
)
def test_a_mistake_is_said_with_its_file_and_its_field(name: str, text: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said):
        parse_data_file(text, name, Hours)
