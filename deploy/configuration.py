"""Writes the tables of the documents from what they list: `python -m deploy.configuration`.

That is `docs/configure.md` from the settings, and `docs/programme.md` from the files of a programme.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import services
from deploy.written_pages import write_anew
from libraries.programme.files import FILES

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "configure.md"
FILES_PAGE: Final = PAGE.with_name("programme.md")
BEGINNING: Final = "<!-- The settings begin: written by `make configuration`. -->"
END: Final = "<!-- The settings end. -->"
_FILES_BEGIN: Final = "<!-- The files begin: written by `make configuration`. -->"
_FILES_END: Final = "<!-- The files end. -->"
_EVERY_SERVICE: Final = "Every service"
_COMMAND_LINE: Final = "The command line"


class Setting(NamedTuple):
    """One variable of the environment, as the page shows it."""

    reader: str
    name: str
    default: str
    values: str
    description: str


def settings() -> list[Setting]:
    """All settings of the services and of the command line, each once, in the order of the code."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        importlib.import_module(module.name)
    kinds = [kind for kind in _below(BaseSettings) if kind.__module__.startswith(("libraries.", "services."))]
    kinds.sort(key=lambda kind: (not kind.__module__.startswith("libraries."), kind.__module__))
    found: dict[str, Setting] = {}
    for kind in kinds:
        for name, field in kind.model_fields.items():
            variable = f"{kind.model_config['env_prefix']}{name}".upper()
            found.setdefault(variable, _setting(_reader(kind), variable, field))
    for option in _options_with_variables():
        found.setdefault(option.name, option)
    return list(found.values())


def page(text: str) -> str:
    """The text of the page with fresh tables between the two marks; raises ValueError where a mark is missing."""
    return _between(text, BEGINNING, f"{_tables(settings())}\n", END)


def files_page(text: str) -> str:
    """The text of the page of a programme's files with a fresh table; raises ValueError where a mark is missing."""
    rows = "".join(f"| `{name}` | {holds} |\n" for name, holds in FILES.items())
    return _between(text, _FILES_BEGIN, f"| file | what it holds |\n|---|---|\n{rows}\n", _FILES_END)


def _between(text: str, beginning: str, content: str, ending: str) -> str:
    before, mark, rest = text.partition(beginning)
    _, end, after = rest.partition(ending)
    if not mark or not end:
        raise ValueError(f"the page needs the lines {beginning!r} and {ending!r}, in this order")
    return f"{before}{mark}\n\n{content}{end}{after}"


def main() -> None:
    """Writes both pages anew."""
    write_anew(PAGE, page)
    write_anew(FILES_PAGE, files_page)


def _below(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _reader(kind: type[BaseSettings]) -> str:
    package, name = kind.__module__.split(".")[:2]
    return _EVERY_SERVICE if package == "libraries" else f"Only {name}"


def _setting(reader: str, variable: str, field: FieldInfo) -> Setting:
    return Setting(reader, variable, _default(field), _values(field), field.description or "")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default in ({}, frozenset(), ()):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _values(field: FieldInfo) -> str:
    """What may be set: the choices or the bounds, and whether it is a secret."""
    for part in _parts(field.annotation):
        if get_origin(part) is Literal:
            return ", ".join(f"`{choice}`" for choice in get_args(part))
        if part is bool:
            return "`true`, `false`"
        if part is SecretStr:
            return "secret"
    return _bounds(field.metadata)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from _parts(argument)


def _bounds(metadata: Iterable[Any]) -> str:
    bounds: dict[str, float] = {}
    for constraint in metadata:
        bounds |= {name: value for name in ("ge", "gt", "le") if (value := getattr(constraint, name, None)) is not None}
    if bounds.keys() >= {"ge", "le"}:
        return f"{bounds['ge']:,} to {bounds['le']:,}"
    words = {"ge": "at least", "gt": "more than", "le": "at most"}
    return ", ".join(f"{words[name]} {value:,}" for name, value in bounds.items())


def _options_with_variables() -> Iterator[Setting]:
    """The options of the command line that the environment may set too."""
    # It brings all of the command line, which only this page's writer needs here.
    from deploy.command_line.commands import program

    for path, command in _commands("engage", typer.main.get_command(program)):
        for parameter in command.params:
            if isinstance(variable := parameter.envvar, str):
                default = "none" if parameter.default is None else f"`{parameter.default}`"
                words = f"The same as `{parameter.opts[0]}` of the commands `{path}`; the option goes before"
                yield Setting(_COMMAND_LINE, variable, default, "", words)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """All commands, each with the group that it stands in."""
    for below in getattr(command, "commands", {}).values():
        yield path, below
        yield from _commands(f"{path} {below.name}", below)


def _tables(found: Iterable[Setting]) -> str:
    by_reader: dict[str, list[Setting]] = {}
    for setting in found:
        by_reader.setdefault(setting.reader, []).append(setting)
    lines: list[str] = []
    for reader, group in by_reader.items():
        lines += [f"### {reader}", "", "| variable | default | values | what it says |", "|---|---|---|---|"]
        lines += [
            f"| `{setting.name}` | {setting.default} | {setting.values} | {_escaped(setting.description)} |"
            for setting in group
        ]
        lines.append("")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    main()
