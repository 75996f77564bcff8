#!/usr/bin/env python3
"""Count the tests of one `meson test` run.

usage: tally.py testlog.json; prints each failed test, then "N passed, N failed" as the last line.
A TAP test counts by its cases; one that is skipped, and a program that dies after its cases, count as failed.
"""
import json
import re
import sys

CASE = re.compile(r"^(not ok|ok)\b[ \d-]*(.*)$", re.M)


def cases(test):
    """(name, passed) of every case one meson test ran."""
    found = [
        (name, word == "ok" and "# SKIP" not in name.upper())
        for word, name in CASE.findall(test.get("stdout", ""))
    ]
    good = test["result"] == "OK"
    if not found or (not good and all(passed for _, passed in found)):
        found.append((f"({test['result'].lower()})", good))
    return found


def main(path):
    passed = failed = 0
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            for name, good in cases(test):
                passed += good
                failed += not good
                if not good:
                    print(f"FAILED {test['name']}: {name}")
    print(f"{passed} passed, {failed} failed")


main(sys.argv[1])
