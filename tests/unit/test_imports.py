"""Nothing imports itself when a program runs, and nobody reads through a long file, or a chain of them, to know one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.unit.docs.documents import ROOT

_PACKAGES = ("contracts", "libraries", "services", "publication", "deploy")
_PATHS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in _PACKAGES
    for path in (ROOT / package).rglob("*.py")
}


@pytest.mark.parametrize(
    ("within", "most"),
    [
        *((f"services.{name}", 12) for name in ("intake", "journal", "matching", "mentoring", "notifications")),
        *((f"services.{name}", 8) for name in ("console", "desk")),
        ("contracts", 7),
        ("libraries.chassis", 12),
        ("libraries", 12),
        ("publication", 9),
        ("deploy", 12),
        ("", 21),
    ],
)
def test_no_chain_of_imports_is_longer_than_it_was_brought_down_to(within: str, most: int) -> None:
    chain = _longest([name for name in _PATHS if f"{name}.".startswith(f"{within}." if within else "")])
    assert len(chain) <= most, " imports ".join(chain)


def test_no_file_is_longer_than_a_reader_looks_through() -> None:
    long = {name: lines for name, path in _PATHS.items() if (lines := len(path.read_text("utf-8").splitlines())) > 250}
    assert long == {}, "at most 250 lines: give a part of it a room that one word names"


def _longest(modules: list[str]) -> list[str]:
    """The longest chain among these modules, whoever imports first; raises CycleError for a circle."""
    graph = {name: _imported()[name].intersection(modules) for name in modules}
    chains: dict[str, list[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        below = (chains[each] for each in sorted(graph[name]))
        chains[name] = [name, *max(below, key=len, default=[])]
    return max(chains.values(), key=len)


@cache
def _imported() -> Mapping[str, set[str]]:
    return {name: set(_imports(ast.parse(path.read_text("utf-8")))) - {name} for name, path in _PATHS.items()}


def _imports(node: ast.AST) -> Iterator[str]:
    """The modules of ours that are loaded, also those that a function loads when it is called."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names if alias.name in _PATHS)
        elif isinstance(child, ast.ImportFrom) and child.module:
            # What is taken from a package may be a module of it.
            named = (f"{child.module}.{alias.name}" for alias in child.names)
            yield from (name if name in _PATHS else child.module for name in named if child.module in _PATHS)
        yield from _imports(child)
