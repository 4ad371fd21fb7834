#!/usr/bin/python3
"""What reviewers would otherwise have to look for. Prints TAP. Usage: check-source.py SOURCE_ROOT"""

import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(sys.argv[1])
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 100
MAX_LINE = 100
MAX_TEST_LINE = 120   # of tests, whose vectors would be torn


def functions(lines):
    """Yields (line number, length of the body) of the functions of a file in GNU style."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and number > 1 and (lines[number - 2].endswith(")") or lines[number - 2].endswith("noexcept")):
            start = number
        elif line == "}" and start is not None:
            yield start, number - start - 1
            start = None


def main():
    checks = {
        "licence lines": [], "no tabs": [], f"no line over {MAX_LINE} columns, {MAX_TEST_LINE} in tests": [], "no line ends in white space": [],
        "no TODO": [], f"no file over {MAX_FILE_LINES} lines": [], f"no function over {MAX_FUNCTION_LINES} lines": [],
        "half of the functions have at most 14 lines": [], "headers are included once": [],
    }
    lengths = []
    files = [path for top in ("engine", "collector", "app", "tests") for path in (ROOT / top).rglob("*")
             if path.suffix in (".c", ".h", ".cc")]
    for path in sorted(files):
        name = path.relative_to(ROOT)
        lines = path.read_text().splitlines()
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(lines[:3]):
            checks["licence lines"].append(f"{name}")
        if path.suffix == ".h" and "#pragma once" not in lines:
            checks["headers are included once"].append(f"{name}")
        if len(lines) > MAX_FILE_LINES:
            checks[f"no file over {MAX_FILE_LINES} lines"].append(f"{name}: {len(lines)}")
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                checks["no tabs"].append(f"{name}:{number}")
            if len(line) > (MAX_TEST_LINE if name.parts[0] == "tests" else MAX_LINE) and "http" not in line:
                checks[f"no line over {MAX_LINE} columns, {MAX_TEST_LINE} in tests"].append(f"{name}:{number}")
            if line != line.rstrip():
                checks["no line ends in white space"].append(f"{name}:{number}")
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                checks["no TODO"].append(f"{name}:{number}")
        if name.parts[0] == "tests":
            continue
        for number, length in functions(lines):
            lengths.append(length)
            if length > MAX_FUNCTION_LINES and "class_init" not in lines[number - 2]:
                checks[f"no function over {MAX_FUNCTION_LINES} lines"].append(f"{name}:{number}: {length} lines")
    if statistics.median(lengths) > 14:
        checks["half of the functions have at most 14 lines"].append(f"median {statistics.median(lengths)}")

    print(f"1..{len(checks)}")
    for number, (text, faults) in enumerate(checks.items(), 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {text}")
        for fault in faults[:20]:
            print("#", fault)
    lengths.sort()
    print(f"# {len(files)} files, {len(lengths)} functions: median {statistics.median(lengths):.0f} lines,"
          f" nine in ten at most {lengths[len(lengths) * 9 // 10]}")
    return 1 if any(checks.values()) else 0


sys.exit(main())
