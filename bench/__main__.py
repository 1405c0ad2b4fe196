"""`python -m bench`: measure, print the tables, write bench/results.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import checks, grading, growth, sandboxes, throughput
from bench.table import show
from dockerlab.engine import connect

RESULTS = Path(__file__).with_name("results.json")
GROUPS = {  # with what each is compared with
    "checks": (checks, "docker-py"),
    "sandboxes": (sandboxes, "fresh engine"),
    "grading": (grading, "stock"),
    "class": (throughput, "stock"),
    "growth": (growth, f"{growth.SMALL} students"),
}
LONG = {"growth"}  # only where it is asked for


def main() -> int:
    """Measure; what is not measured now stays in the results. Status 1: a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    told = parser.parse_args()
    if unknown := set(told.groups) - set(GROUPS):
        parser.error(f"no group {sorted(unknown)[0]!r}; there are: {', '.join(GROUPS)}")
    client = connect()
    engine = client.version()["Version"]
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = True
    for name in told.groups or [name for name in GROUPS if name not in LONG]:
        module, plain = GROUPS[name]
        comparisons = module.measure(client)
        show(module.TITLE, comparisons, plain=plain)
        kept = kept and all(one.holds for one in comparisons)
        results[name] = {
            "measured": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "engine": engine,
            "comparisons": [asdict(one) | {"ratio": round(one.ratio, 3)} for one in comparisons],
        }
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    client.close()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
