#!/usr/bin/env python3
"""Each header compiles alone, and twice in one file: it includes what it uses and guards itself.

usage: headers.py ROOT COMPILER [flags...]; TAP on stdout, one case a header.
"""
import pathlib
import subprocess
import sys

PROGRAMS = ("common", "sfu", "signaling", "recorder", "tools", "tests")
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wundef", "-Wstrict-prototypes", "-Wredundant-decls")
# The shared oom.h and every cmocka user need these before cmocka.h, as cmocka's own manual asks.
CMOCKA_FIRST = "#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n"


def compile_twice(root, compiler, header):
    text = f'#include "{header}"\n#include "{header}"\n'
    if header.startswith("tests/"):
        text = CMOCKA_FIRST + text
    run = subprocess.run(
        [*compiler, "-std=gnu17", "-D_GNU_SOURCE", *WARNINGS, "-I", root, "-fsyntax-only", "-x", "c", "-"],
        input=text, capture_output=True, text=True, check=False,
    )
    return run.returncode == 0, run.stderr


def main(root, compiler):
    top = pathlib.Path(root)
    headers = sorted(str(path.relative_to(top)) for program in PROGRAMS for path in (top / program).rglob("*.h")
                     if "node_modules" not in path.parts)
    print(f"1..{len(headers)}")
    for number, header in enumerate(headers, 1):
        good, why = compile_twice(root, compiler, header)
        print(f"{'ok' if good else 'not ok'} {number} - {header} compiles alone, twice")
        for line in why.splitlines()[:10]:
            print(f"# {line}")
    return 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
