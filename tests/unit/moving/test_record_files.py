"""Records in files: byte for byte, and never a half one."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.moving.record_files import FileError, Kept, read, write

RECORDS = st.builds(
    Kept,
    st.integers(-1, 2**62),
    st.none() | st.binary(max_size=40),
    st.none() | st.binary(max_size=200),
    st.lists(st.tuples(st.text(max_size=10), st.none() | st.binary(max_size=40)), max_size=4),
)


def written(records: list[Kept]) -> bytes:
    file = BytesIO()
    for record in records:
        write(file, record)
    return file.getvalue()


@given(st.lists(RECORDS, max_size=5))
def test_what_is_written_is_read(records: list[Kept]) -> None:
    assert list(read(BytesIO(written(records)))) == records


@given(RECORDS, st.data())
def test_a_file_that_ends_within_a_record_is_none(record: Kept, data: st.DataObject) -> None:
    whole = written([record])
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(FileError):
        list(read(BytesIO(whole[:cut])))


def test_a_length_that_can_not_be_is_refused() -> None:
    whole = bytearray(written([Kept(1, b"key", None, [])]))
    whole[8:12] = b"\x7f\xff\xff\xff"
    with pytest.raises(FileError, match="is no length"):
        list(read(BytesIO(bytes(whole))))
