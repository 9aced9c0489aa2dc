"""Takes records with models that a generator made: `take.py MODULE GOLDEN...`; prints what it took, and refused."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any


def main(module: str, *golden: str) -> None:
    """Reads each file of golden examples, by `ce_type`, with the class that the title of the message names."""
    spec = importlib.util.spec_from_file_location("generated", module)
    assert spec is not None
    assert spec.loader is not None
    generated: Any = importlib.util.module_from_spec(spec)
    sys.modules["generated"] = generated
    spec.loader.exec_module(generated)
    names = json.load(sys.stdin)
    taken, refused = 0, []
    for path in golden:
        for example in json.loads(Path(path).read_text(encoding="utf-8")):
            try:
                getattr(generated, names[example["headers"]["ce_type"]]).model_validate_json(
                    json.dumps(example["value"])
                )
                taken += 1
            except ValueError as error:
                refused.append(f"{Path(path).name}: {error}")
    print(json.dumps({"taken": taken, "refused": refused}))


main(*sys.argv[1:])
