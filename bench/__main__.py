"""`python -m bench`: measure, print the tables, write bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import checks, grading, sandboxes, throughput
from bench.table import show
from dockerlab.engine import connect

RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Measure all there is; a class of 300 with --full alone. Status 1: a promise is not kept."""
    client = connect()
    measured = {"checks": checks.measure(client)}
    show(checks.TITLE, measured["checks"], plain="docker-py")
    measured["sandboxes"] = sandboxes.measure(client)
    show(sandboxes.TITLE, measured["sandboxes"], plain="fresh engine")
    measured["grading"] = grading.measure(client)
    show(grading.TITLE, measured["grading"], plain="stock")
    measured["class"] = throughput.measure(client, full="--full" in sys.argv)
    show(throughput.TITLE, measured["class"], plain="stock")
    results = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "engine": client.version()["Version"],
        },
        "comparisons": {
            group: [asdict(one) | {"ratio": round(one.ratio, 3)} for one in comparisons]
            for group, comparisons in measured.items()
        },
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    client.close()
    return 0 if all(one.holds for group in measured.values() for one in group) else 1


if __name__ == "__main__":
    sys.exit(main())
