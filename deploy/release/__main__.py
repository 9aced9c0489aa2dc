"""`make release VERSION=… KEY=…`: makes a release on this machine, and says what to do with it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.release.making import NAMESPACE, make_release
from deploy.release.texts import ReleaseError

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Makes the release that the arguments name; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version", metavar="VERSION", help="three numbers, such as 1.4.0")
    parser.add_argument("key", metavar="KEY", type=Path, help="a private SSH key")
    parser.add_argument("--directory", type=Path, default=_ROOT / "dist", help="where it goes, in a folder of its own")
    given = parser.parse_args()
    try:
        made = make_release(
            _ROOT, given.version, given.key, given.directory, datetime.now(UTC).date(), lambda said: _tell(f"== {said}")
        )
    except ReleaseError as error:
        _tell(f"nothing was released: {error}")
        return 2
    print(made)
    _tell(f"to publish it: git push --follow-tags, and give away what is in {made}")
    _tell(
        f"to verify it: ssh-keygen -Y verify -f SIGNERS -I WHO -n {NAMESPACE} -s SHA256SUMS.sig < SHA256SUMS, "
        "then sha256sum --check SHA256SUMS"
    )
    return 0


def _tell(said: str) -> None:
    print(said, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
