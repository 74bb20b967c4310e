#!/usr/bin/env python3
"""The C sources are laid out as .clang-format says, columns aside. layout.py [--fix] [FILE...]

clang-format 14 cannot keep a table's columns, and a table is how we write whatever can be listed. So five of its
complaints are let through, everywhere:
  - blanks inside a line: columns that a person lined up
  - lines of a #define: a table of X(...) rows
  - the lines around a table's expansion, TABLE(X), which clang-format takes for half a statement
  - the rows of a table, { ... }, one or more to a line, between "= {" and "};"
  - a one-line form on one line: struct x { ... };  if (!a) return b;  case X: return y;
All else is a breach: indentation, braces, line breaks, more than 120 columns. --fix mends just the breaches.
"""
import difflib
import pathlib
import re
import subprocess
import sys

ONE_LINERS = re.compile(r"\s*(struct|union|enum|if|case|default|for|while|static inline|static|else)\b.*[;}](\s*/\*.*\*/)?$")
EXPANSION = re.compile(r"\s*[A-Z][A-Z0-9_]*\([A-Z][A-Z0-9_]*\)$")
ROW = re.compile(r"\s*(\{.*\}\s*,?|\[\w+\] = .*,|\.\w+\s*= .*\{|.*= \{|\}\s*[,;]?)(\s*/\*.*\*/)?(\s*\};?)?$|.* = \{ \{.*\},$")
SUFFIXES = (".c", ".h", ".cc")
NEAR = 4            # lines on either side of an expansion: its #define, the enum's or array's first and last row
COLUMNS = 120


def sources():
    listing = subprocess.run(["git", "ls-files", "-z", "--", *(f"*{s}" for s in SUFFIXES)], check=True, capture_output=True,
                             text=True)
    return [p for p in listing.stdout.split("\0") if p and pathlib.Path(p).is_file()]


def formatted(path, text):
    return subprocess.run(["clang-format", f"--assume-filename={path}"], input=text, check=True, capture_output=True,
                          text=True).stdout


def squeezed(line):
    """Runs of blanks as one, none inside of braces; the indentation counts."""
    body = line.strip()
    body = re.sub(r"(?<=\{) | (?=\})", "", re.sub(r"\s+", " ", body))
    return " " * (len(line) - len(line.lstrip(" "))) + body


def in_table(lines):
    """For each line, whether it belongs to a #define or stands around a table's expansion."""
    inside, flags = False, []
    for line in lines:
        inside = inside or bool(re.match(r"\s*#\s*define\b", line))
        flags.append(inside)
        inside = inside and line.endswith("\\")
    for n, line in enumerate(lines):
        if EXPANSION.match(line):
            first = max(0, n - NEAR)
            flags[first:n + NEAR + 1] = [True] * len(flags[first:n + NEAR + 1])
    return flags


def is_allowed(have, want, tables):
    if all(tables) and have:
        return True
    same_text = re.sub(r"\s+", "", "".join(have)) == re.sub(r"\s+", "", "".join(want))
    return same_text and all(ROW.match(line) or len(line) <= COLUMNS and ONE_LINERS.match(line) for line in have)


def atoms(have, want):
    """Splits a differing stretch wherever both sides have told the same text: [(first, end of have, first, end of want)]."""
    found, i, j, left, right = [], 0, 0, "", ""
    a, c = 0, 0
    while i < len(have) or j < len(want):
        if len(left) <= len(right) and i < len(have) or j == len(want):
            left += re.sub(r"\s+", "", have[i])
            i += 1
        else:
            right += re.sub(r"\s+", "", want[j])
            j += 1
        if left == right and i > a and j > c:
            found.append((a, i, c, j))
            a, c, left, right = i, j, "", ""
    if a < i or c < j:
        found.append((a, i, c, j))
    return found


def check(path, fix):
    """[(line, what stands there)] of the breaches; with fix, writes the file without them."""
    text = pathlib.Path(path).read_text()
    have, want = text.splitlines(), formatted(path, text).splitlines()
    tables, breaches, result = in_table(have), [], []
    same = difflib.SequenceMatcher(None, [squeezed(line) for line in have], [squeezed(line) for line in want], autojunk=False)
    for kind, a, b, c, d in same.get_opcodes():
        if kind == "equal":
            result += have[a:b]
            continue
        for i, j, k, m in atoms(have[a:b], want[c:d]):
            mine, theirs = have[a + i:a + j], want[c + k:c + m]
            if is_allowed(mine, theirs, tables[a + i:a + j]):
                result += mine
            else:
                breaches.append((a + i + 1, mine[0] if mine else "(a line is missing)"))
                result += theirs
    if fix and breaches:
        pathlib.Path(path).write_text("\n".join(result) + "\n")
    return breaches


def main(arguments):
    fix = "--fix" in arguments
    named = [a for a in arguments if a != "--fix"]
    files = [p for p in named if pathlib.Path(p).suffix in SUFFIXES] if named else sources()
    for path in sorted(set(named) - set(files)):
        print(f"{path}: left alone, it is no C")             # clang-format would take it for C and break it
    total = 0
    for path in files:
        for line, text in check(path, fix):
            total += 1
            print(f"{path}:{line}: {'mended' if fix else 'layout'}: {text.strip()[:90]}")
    print(f"layout: {len(files)} files, {total} {'mended' if fix else 'breaches; `make format` mends them'}")
    return 1 if total and not fix else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
