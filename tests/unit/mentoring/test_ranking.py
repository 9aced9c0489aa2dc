"""The ranking of all mentors at once agrees with the fit of each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.mentoring.choice.mentor_fit import fit_of, speaks
from services.mentoring.choice.ranking import Ranking
from services.mentoring.settings.pairing_rules import RULES
from services.mentoring.states.profile import Profile
from services.mentoring.states.shape import Shape
from tests.unit.mentoring.examples import enrolled, taken

_themes = st.frozensets(st.sampled_from(["education", "health", "housing", "culture"]))
_territories = st.frozensets(st.sampled_from(["13203", "13214", "13215", "marseille", "13055"]))
_languages = st.frozensets(st.sampled_from(["fr", "en"]))
_slots = st.frozensets(st.sampled_from(["mon-morning", "tue-evening", "sat-afternoon"]))
_profiles = st.builds(
    lambda **brings: taken(enrolled(1, **brings)).profile,
    skills=_themes.map(sorted),
    territories=_territories.map(sorted),
    languages=_languages.map(sorted),
    slots=_slots.map(sorted),
)
_shapes = st.builds(Shape, _themes, _territories, _themes, _languages, _slots)


@given(
    before=st.lists(_profiles, max_size=6),
    changes=st.lists(st.tuples(st.integers(0, 5), _profiles), max_size=6),
    shapes=st.lists(_shapes, min_size=1, max_size=3),
)
def test_every_mentor_has_the_points_of_their_fit(
    before: list[Profile], changes: list[tuple[int, Profile]], shapes: list[Shape]
) -> None:
    ranking = Ranking(RULES)
    profiles = dict(enumerate(before))
    for number, profile in profiles.items():
        ranking.enter(1 << number, profile)
    for shape in shapes:
        agrees(ranking, profiles, shape)
    for number, profile in changes:
        if number in profiles:
            ranking.leave(1 << number, profiles[number])
        profiles[number] = profile
        ranking.enter(1 << number, profile)
    for shape in shapes:
        agrees(ranking, profiles, shape)


def agrees(ranking: Ranking, profiles: dict[int, Profile], shape: Shape) -> None:
    levels = ranking.tiers(shape)
    assert [points for points, _ in levels] == sorted({points for points, _ in levels}, reverse=True)
    ranked = {
        number: points for points, mentors in levels for number in range(mentors.bit_length()) if mentors >> number & 1
    }
    assert ranked == {
        number: fit_of(profile, shape, RULES).total for number, profile in profiles.items() if speaks(profile, shape)
    }
