#!/usr/bin/env python3
"""The published schema of conference files: is it one, does it take the examples, and does it judge the table of cases as the
program does?

usage: schema.py ROOT; TAP on stdout.
"""
import copy
import json
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).parent


def change(document, place, value):
    *way, last = [int(step) if step.isdigit() else step for step in place.split("/")]
    for step in way:
        document = document[step]
    if value is None:
        del document[last]
    elif isinstance(document, list) and last == len(document):
        document.append(value)
    else:
        document[last] = value


def rows(root):
    """Name, document, and whether the schema should take it."""
    for path in sorted((root / "conf/examples").glob("*.json")):
        yield f"{path.name} is taken", json.loads(path.read_text()), True
    base = json.loads((HERE / "base.json").read_text())
    for row in json.loads((HERE / "cases.json").read_text()):
        document = copy.deepcopy(base)
        for place, value in row["set"].items():
            change(document, place, value)
        good = not row["faults"] or row.get("schema") == "takes"
        yield f"{row['case']}: {'taken' if good else 'refused'}", document, good


def main():
    root = pathlib.Path(sys.argv[1])
    schema = json.loads((root / "conf/schema/conference.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    print("ok 1 - the schema is one")
    count = 1
    for name, document, good in rows(root):
        count += 1
        faults = [error.json_path + ": " + error.message for error in validator.iter_errors(document)]
        print(f"{'ok' if good == (not faults) else 'not ok'} {count} - {name}")
        for fault in faults if good else []:
            print(f"# {fault}")
    print(f"1..{count}")


main()
