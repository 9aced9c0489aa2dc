"""Reads JSON resources of Kubernetes' own kinds from the standard input, and says what an API server would not take.

    python -m tests.kubernetes.core VERSION < resources.json

It runs with packages of its own (`validate.lock`), none of which is Engage's.
"""

from __future__ import annotations

import importlib
import json
import sys

if __name__ == "__main__":
    checker = importlib.import_module("kubernetes_validate")
    for resource in json.load(sys.stdin):
        try:
            checker.validate(resource, sys.argv[1], strict=True)
        except (checker.ValidationError, checker.SchemaNotFoundError) as error:
            print(f"{resource['kind']} {resource['metadata']['name']}: {error}")
