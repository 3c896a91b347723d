"""`drover`: one program for everything. Each verb lives in drover/cli; what is heavy is imported when it is used."""

from __future__ import annotations

import sys

from drover.cli import EXIT_REFUSED, EXIT_UNREACHABLE, app
from drover.client import Unreachable
from fleet.contracts.errors import FleetError


def main() -> None:
    """Exit codes: 0 done, 1 refused, 2 wrong usage, 3 nobody answers, 4 mission not done."""
    try:
        app()
    except FleetError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_UNREACHABLE if isinstance(error, Unreachable) else EXIT_REFUSED)
    except BrokenPipeError:  # `drover get robots | head`
        sys.stderr.close()
        sys.exit(EXIT_REFUSED)


if __name__ == "__main__":
    main()
