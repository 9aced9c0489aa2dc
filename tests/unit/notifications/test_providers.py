"""Providers that refuse us: when mail to them pauses, for how long, and when that is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.sending.providers import FORGOTTEN, Provider, pause_after

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
ANN, BOB, CID, DAN = (UUID(int=number) for number in range(1, 5))


def refusing(provider: Provider, *people: UUID, at: datetime = NOON) -> Provider:
    for person_id in people:
        provider = provider.refusing(person_id, at=at)
    return provider


def test_one_person_s_refusals_are_no_matter_of_the_provider() -> None:
    provider = refusing(Provider("asso.example"), ANN, ANN, BOB, ANN, BOB, ANN)
    assert (provider.pauses, provider.paused_until) == (0, None)
    assert refusing(provider, CID).paused_until == NOON + pause_after(1)


def test_each_pause_is_longer_and_what_comes_back_meanwhile_adds_nothing() -> None:
    provider = refusing(Provider("asso.example"), ANN, BOB, CID)
    assert refusing(provider, DAN, ANN, BOB).paused_until == provider.paused_until
    lengths = []
    for _ in range(7):
        assert provider.paused_until is not None
        end = provider.paused_until
        assert not provider.is_paused(end)
        provider = refusing(provider, DAN, at=end)
        assert provider.paused_until is not None
        lengths.append(provider.paused_until - end)
    assert lengths == sorted(lengths)
    assert lengths[0] == 2 * pause_after(1)
    assert lengths[-1] == lengths[-2] == timedelta(hours=4)


def test_what_was_refused_long_ago_counts_no_more() -> None:
    provider = refusing(Provider("asso.example"), ANN, BOB)
    later = NOON + FORGOTTEN + timedelta(seconds=1)
    assert provider.is_forgotten(later)
    assert refusing(provider, CID, at=later).people == (CID,)


@given(st.lists(st.tuples(st.sampled_from([ANN, BOB, CID, DAN]), st.integers(0, 200_000)), max_size=30))
def test_a_pause_never_ends_before_it_was_told_to(refusals: list[tuple[UUID, int]]) -> None:
    provider, at = Provider("asso.example"), NOON
    for person_id, seconds in refusals:
        at += timedelta(seconds=seconds)
        before, provider = provider, provider.refusing(person_id, at=at)
        assert len(provider.people) <= 3
        if before.is_paused(at):
            assert provider.paused_until == before.paused_until
        elif provider.is_paused(at):
            assert provider.paused_until == at + pause_after(provider.pauses)
