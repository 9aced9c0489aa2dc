"""The faults of a campaign come from its seed alone, and never strike one process twice at once."""

from __future__ import annotations

import random

from tests.faults.injuries import KINDS, drawn


def test_a_seed_gives_the_same_faults() -> None:
    assert drawn(random.Random("1:1"), 5.0) == drawn(random.Random("1:1"), 5.0)


def test_a_fault_for_each_round_is_there_once_beside_others() -> None:
    for number in range(100):
        kinds = [injury.kind for injury in drawn(random.Random(number), 5.0, ["rebuilt"])]
        assert kinds.count("rebuilt") == 1


def test_every_kind_is_drawn_and_no_process_is_struck_twice() -> None:
    seen = set()
    for number in range(3_000):
        injuries = drawn(random.Random(number), 5.0)
        seen |= {injury.kind for injury in injuries}
        targets = [target.partition("-replica")[0] for injury in injuries for target in {*injury.targets}]
        services = [target for target in targets if not target.startswith(("broker", "database", "mail"))]
        assert 1 <= len(injuries) <= 4
        assert len([it for it in targets if it not in services]) == len({it for it in targets if it not in services})
    assert seen == set(KINDS)
