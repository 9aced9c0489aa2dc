"""No circle in the chassis, not even of types: neither among its modules nor among its rooms."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import libraries.chassis

_NAME = libraries.chassis.__name__
_FOLDER = Path(libraries.chassis.__path__[0])


def test_no_module_imports_itself_by_way_of_others() -> None:
    _expect_no_circle(lambda module: module)


def test_no_room_imports_itself_by_way_of_others() -> None:
    _expect_no_circle(_room)


def test_a_circle_of_types_is_found() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter({"a": _imports("if TYPE_CHECKING:\n    from b import B"), "b": {"a"}}).prepare()


def _expect_no_circle(place: Callable[[str], str]) -> None:
    graph: dict[str, set[str]] = {}
    for module, imported in _modules().items():
        graph.setdefault(place(module), set()).update(map(place, imported))
    for node, imported in graph.items():
        imported.discard(node)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # Python's own order is that of who is imported first.
        pytest.fail(f"a circle of imports: {' is imported by '.join(error.args[1])}")


def _room(module: str) -> str:
    return module.removeprefix(f"{_NAME}.").partition(".")[0]


def _modules() -> Mapping[str, set[str]]:
    """The chassis's modules, and which of each other they import, wherever the statement stands."""
    paths = {
        ".".join((_NAME, *path.relative_to(_FOLDER).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in _FOLDER.rglob("*.py")
    }
    return {name: _imports(path.read_text(encoding="utf-8")) & paths.keys() for name, path in paths.items()}


def _imports(source: str) -> set[str]:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is taken from a package may be a module of it.
            imported.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return imported
