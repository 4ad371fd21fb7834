#!/usr/bin/python3
"""Adds up meson's test logs and ends with `N passed, N failed`. Exits 1 when a test failed or none ran.

A program that ended badly is a failure also where all that it had said until then was well. Usage: summary.py LOG.json…
"""

import json
import re
import sys

TAP_LINE = re.compile(r"(not )?ok\b([^#]*)(?:#\s*(\w+))?")


def count(program):
    """Returns how many tests of one program passed, failed and were skipped."""
    passed = failed = skipped = 0
    for line in program.get("stdout", "").splitlines():
        match = TAP_LINE.match(line)
        if not match:
            continue
        if match[3] and match[3].upper() == "SKIP":
            skipped += 1
        elif match[1]:
            failed += 1
            print(f"failed: {program['name']}: {match[2].strip()}")
        else:
            passed += 1
    if program["result"] == "SKIP":
        skipped = max(skipped, 1)
    elif program["result"] != "OK" and not failed:
        failed += 1
        print(f"failed: {program['name']}: {program['result']}, status {program['returncode']}")
    elif not passed + failed + skipped:
        passed += 1
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                totals = [total + number for total, number in zip(totals, count(json.loads(line)))]
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


sys.exit(main())
