"""Which services of the City lift obstacles, by the codes under which the programme lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import RootModel

from contracts.message import Code
from libraries.programme.running import programme


class _Listed(RootModel[Mapping[Code, Any]]):
    """How mail reaches them is read by who sends it."""


SERVICES: Final = frozenset(programme().read("city_services.toml", _Listed).root)
