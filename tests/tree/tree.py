#!/usr/bin/env python3
"""The shape of the tree: layers, library headers, guards, format, length, words.

usage: tree.py ROOT CLANG_FORMAT; TAP on stdout.
"""
import pathlib
import re
import subprocess
import sys

PROGRAMS = ("common", "sfu", "signaling", "recorder", "tools", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
LONGEST_FILE = 800
# Joined from halves so that this file does not contain what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK", "unimple" "mented")) + r")\b")
ELSEWHERE = re.compile("|".join((r"/wo" r"rk/", r"\.\./sha" "red", r"registry\.np" "m", r"deb\.deb" "ian", r"/home/\w+/")))
TEXT = (".c", ".h", ".md", ".py", ".mjs", ".ts", ".sh", ".json", ".build", ".txt", ".service", ".css", ".html", "")
GENERATED = ("node_modules", "dist", "corpus")


class Tap:
    def __init__(self):
        self.count = 0

    def case(self, name, faults):
        self.count += 1
        print(f"{'not ok' if faults else 'ok'} {self.count} - {name}")
        for fault in faults[:40]:
            print(f"# {fault}")

    def done(self):
        print(f"1..{self.count}")


def sources(root, *suffixes):
    for program in PROGRAMS:
        for path in sorted((root / program).rglob("*")):
            if path.suffix in suffixes and path.is_file() and not set(GENERATED) & set(path.parts):
                yield path


def folder_of(root, path):
    return str(path.relative_to(root).parent)


def read_table(path):
    table = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(":")
            table[name.strip()] = rest.split()
    return table


def allowed(folder, patterns):
    return any(folder == p or (p.endswith("/*") and folder.startswith(p[:-1])) for p in patterns)


def readme_table(root, program):
    """The layers a program's README states: a table whose columns begin with "folder" and end with what it may include."""
    table = {program: ["common/*", f"{program}/*"]}  # main.c
    rows = None
    path = root / program / "README.md"
    for line in path.read_text().splitlines() if path.exists() else []:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0] == "folder" and cells[-1] in ("includes", "may include"):
            rows = table
        elif not cells:
            rows = None
        elif rows is not None and not set(cells[0]) <= set("-: "):
            names = re.findall(r"`([\w-]+(?:/(?:[\w-]+|\*))?)`", cells[-1])
            may = [f"{program}/*"] if cells[-1].startswith("all") else [f"{program}/{name}" for name in names if name != "common"]
            for folder in re.findall(r"`([\w-]+)`", cells[0]):
                rows[f"{program}/{folder}"] = ["common/*", *may]
    return table


def room_table(root, table):
    """The rooms of folders, as the folders' own README.md state them: a table whose columns begin with "room". A room may include
    what its folder may, the folder's own headers, and of the other rooms those that its line names."""
    rooms = {}
    for folder, may in table.items():
        path = root / folder / "README.md"
        inside = False
        for line in path.read_text().splitlines() if "/" in folder and path.is_file() else []:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
            if cells and cells[0] == "room" and cells[-1] == "may include":
                inside = True
            elif not cells:
                inside = False
            elif inside and not set(cells[0]) <= set("-: "):
                named = [f"{folder}/{name}" for name in re.findall(r"`([\w-]+)`", cells[-1])]
                for room in re.findall(r"`([\w-]+)`", cells[0]):
                    rooms[f"{folder}/{room}"] = [folder, *may, *named]
    return rooms


def rule_for(table, folder):
    """The line of the table for a folder: its own, or the longest that ends in /* and covers it; None if there is none."""
    fits = [name for name in table if allowed(folder, [name])]
    return table[max(fits, key=len)] if fits else None


def layer_faults(root, table, folder, files):
    faults = []
    may = rule_for(table, folder)
    if may is None:
        return [f"{folder} has no line in its program's README.md (a room: in its folder's) or in tests/tree/layers.txt"]
    for path in files:
        for ours, _ in INCLUDE.findall(path.read_text(errors="replace")):
            if not ours:
                continue
            target = str(pathlib.PurePath(ours).parent)
            if not (root / ours).exists():
                faults.append(f"{path.relative_to(root)}: \"{ours}\" is not written from the root")
            elif target != folder and not allowed(target, may):
                faults.append(f"{path.relative_to(root)}: {folder} may not include {target}")
            elif target != folder and ours.endswith("_priv.h") and not folder.startswith("tests"):
                faults.append(f"{path.relative_to(root)}: {ours} is for {target} only")
    return faults


def library_faults(root, table):
    faults = []
    for path in sources(root, ".c", ".h"):
        folder = folder_of(root, path)
        if folder.startswith(("tests", "tools")):
            continue
        for _, header in INCLUDE.findall(path.read_text(errors="replace")):
            for prefix, may in table.items():
                if header and header.startswith(prefix) and folder not in may:
                    faults.append(f"{path.relative_to(root)}: <{header}> belongs in {' '.join(may)}")
    return faults


def cycle_faults(root):
    """Folders that include each other in a ring, found by taking away what includes nothing that is left."""
    graph = {}
    for path in sources(root, ".c", ".h"):
        folder = folder_of(root, path)
        targets = {str(pathlib.PurePath(ours).parent) for ours, _ in INCLUDE.findall(path.read_text(errors="replace")) if ours}
        graph.setdefault(folder, set()).update(targets - {folder})
    while True:
        leaves = [folder for folder in graph if not graph[folder] & graph.keys()]
        if not leaves:
            return [f"{folder} -> {' '.join(sorted(graph[folder] & graph.keys()))}" for folder in sorted(graph)]
        for folder in leaves:
            del graph[folder]


def guard_faults(root):
    faults = []
    for path in sources(root, ".h"):
        name = "ROSTRUM_" + re.sub(r"\W", "_", str(path.relative_to(root))).upper()
        if f"#ifndef {name}\n#define {name}\n" not in path.read_text():
            faults.append(f"{path.relative_to(root)}: its guard is not {name}")
    return faults


def format_faults(root, clang_format, files):
    run = subprocess.run([clang_format, "--dry-run", "-Werror", "--style=file", *map(str, files)],
                         capture_output=True, text=True, cwd=root, check=False)
    lines = [line.replace(f"{root}/", "") for line in run.stderr.splitlines() if "error:" in line]
    return lines or ([run.stderr.strip()] if run.returncode else [])


def length_faults(root):
    counted = ((path, len(path.read_text(errors="replace").splitlines())) for path in sources(root, ".c", ".h", ".mjs", ".py"))
    return [f"{path.relative_to(root)}: {lines} lines hold more than one concept" for path, lines in counted if lines > LONGEST_FILE]


def tracked(root):
    """Text files of the tree; what git tracks where there is git, else everything outside build folders."""
    run = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=root, check=False)
    names = run.stdout.split("\0") if run.returncode == 0 else [str(p.relative_to(root)) for p in root.rglob("*")]
    for name in names:
        path = root / name
        if path.suffix in TEXT and path.is_file() and not set(GENERATED) & set(path.parts) and not name.startswith(("build", ".git/")):
            yield path


def word_faults(root, pattern, leave_out):
    faults = []
    for path in tracked(root):
        if path.suffix in leave_out:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line):
                faults.append(f"{path.relative_to(root)}:{number}: {line.strip()[:120]}")
    return faults


def main(root, clang_format):
    tap = Tap()
    folders = {}
    for path in sources(root, ".c", ".h"):
        folders.setdefault(folder_of(root, path), []).append(path)
    layers = read_table(root / "tests/tree/layers.txt")
    for program in ("sfu", "signaling", "recorder"):
        layers.update(readme_table(root, program))
    layers.update(room_table(root, layers))
    for folder, files in folders.items():
        tap.case(f"{folder} includes only what its layer may", layer_faults(root, layers, folder, files))
    tap.case("no folders include each other in a ring", cycle_faults(root))
    tap.case("library headers stay in their folder", library_faults(root, read_table(root / "tests/tree/libraries.txt")))
    tap.case("header guards carry the path", guard_faults(root))
    for folder, files in folders.items():
        tap.case(f"{folder} is formatted", format_faults(root, clang_format, files))
    tap.case(f"no file is longer than {LONGEST_FILE} lines", length_faults(root))
    tap.case("nothing is left unfinished", word_faults(root, UNFINISHED, (".md", ".json")))
    tap.case("nothing points outside the tree", word_faults(root, ELSEWHERE, (".ts",)))
    tap.done()


main(pathlib.Path(sys.argv[1]), sys.argv[2])
