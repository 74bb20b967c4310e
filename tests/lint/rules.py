#!/usr/bin/env python3
"""The rules of the house that compilers and clang-tidy cannot say. rules.py [ROOT]: prints every breach, exit 1 if any.

Each rule is a function from a Tree to lines "path:line: what is wrong". test_rules.py plants a breach of each and
sees it found.
"""
import pathlib
import posixpath
import re
import subprocess
import sys

C_FILES = (".c", ".h", ".cc")
CODE_FILES = C_FILES + (".py", ".ts", ".tsx", ".js", ".mjs")

FILE_LINES = 400                # over it: a reason in long_files.txt
FILE_LINES_MAX = 500
FUNCTION_LINES = 40             # nine of ten functions
FUNCTION_LINES_MAX = 100
MAIN_LINES_MAX = 80             # a screen: a table of parts and one call
FOLDER_FILES = 6                # with more, a README says what lies there
README_LINES_MAX = 60           # one screen

# Who may include whose headers, by the first part of the path in the quotes. Outside common/, one's own folder too.
LAYERS = {
    "common/base": {"base"},
    "common/domain": {"base", "domain"},
    "common/plivo": {"base", "domain", "plivo"},
    "common/wire": {"base", "domain", "wire"},
    "common/io": {"base", "domain", "plivo", "wire", "io"},
}
ALL_LAYERS = {"base", "domain", "plivo", "wire", "io"}
BORROWED = {"tools/parley/": ("services/worker/", "upkeep/")}    # the operator's command works on stores that no worker has open
OWN_FOLDERS = re.compile(r"(services/[a-z]+|tools/parley|tests/simulator)/")

# Pure: no sockets, files, threads, clocks. What is not listed here is refused; stdio for snprintf (its files: below).
PURE = re.compile(r"common/(domain|plivo)/|services/[a-z]+/core/")
PURE_HEADERS = {"assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "stdarg.h", "stdbool.h",
                "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h", "endian.h", "stdalign.h"}
PURE_LIBRARIES = re.compile(r"openssl/|phonenumbers/|pcre2\.h$|msgpack|jansson\.h$|[a-z_]+$")     # the last: C++'s own
PURE_CALLS = re.compile(r"\b(time|clock|clock_gettime|gettimeofday|localtime_r|mktime|getrandom|random|RAND_bytes|sleep|"
                        r"usleep|nanosleep|fopen|open|read|write|fprintf|printf|puts|socket|getenv|pthread_\w+|"
                        r"malloc_trim|system|popen)\s*\(")
BANNED_CALLS = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|gmtime|localtime|rand|srand|"
                          r"alloca|gets|tmpnam|mktemp)\s*\(")
LEFT_OPEN = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b")
# What a folder of data, or a framework that names files, looks like: no README is asked of it.
# tests/unit mirrors the sources: their READMEs serve both.
DATA_FOLDERS = re.compile(r"(^|/)(vectors|corpus|dashboard|node_modules|e2e|clients|examples)(/|$)|^tests/unit/")
GENERATED = re.compile(r"auto-generated|Written by tools/")     # in a file's first lines: no person reads it whole


class Tree:
    """The files under version control, read once."""

    def __init__(self, root, paths=None):
        self.root = pathlib.Path(root)
        if paths is None:
            listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
            paths = [p for p in listing.stdout.split("\0") if p and (self.root / p).is_file()]
        self.paths = sorted(paths)
        self._texts, self._bare = {}, {}

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(errors="replace")
        return self._texts[path]

    def code(self, path):
        """A C file with its comments and literals blanked; lines keep their numbers."""
        if path not in self._bare:
            self._bare[path] = blank(self.text(path))
        return self._bare[path]

    def having(self, suffixes, under=("",)):
        return [p for p in self.paths if p.endswith(suffixes) and p.startswith(tuple(under))]


def blank(text):
    def spaces(match):
        token = match[0]
        if token.startswith('"') and token.endswith('"'):
            return '"' + re.sub(r"[^\n]", " ", token[1:-1]) + '"'
        return re.sub(r"[^\n]", " ", token)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', spaces, text, flags=re.S)


def numbered(text):
    return enumerate(text.splitlines(), 1)


def c_sources(tree):
    return tree.having(C_FILES, ("common/", "services/", "tools/", "tests/simulator/"))


def includes(tree, path):
    """[(line, name, is_quoted)]"""
    found = []
    for n, line in numbered(tree.text(path)):
        match = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', line)
        if match:
            found.append((n, match[1] or match[2], match[1] is not None))
    return found


def layer_of(path):
    return "/".join(path.split("/")[:2])


def resolve(tree, path, name):
    """The file in the tree that a quoted include of `path` names, or None."""
    own = OWN_FOLDERS.match(path)
    lender, part = BORROWED.get(own[0] if own else None, (None, None))
    lent = [lender] if lender and name.startswith(part) else []
    for folder in ("common", own[1] if own else "common", posixpath.dirname(path), *lent):
        candidate = posixpath.normpath(posixpath.join(folder, name))
        if candidate in tree.paths:
            return candidate
    return None


def include_arrow(tree):
    """base <- domain <- plivo, wire <- io <- services; services never include each other."""
    for path in c_sources(tree):
        own = OWN_FOLDERS.match(path)
        allowed = ALL_LAYERS if own else LAYERS.get(layer_of(path), ALL_LAYERS)
        for n, name, quoted in includes(tree, path):
            if not quoted:
                continue
            first = name.split("/")[0]
            target = resolve(tree, path, name)
            if ".." in name.split("/"):
                yield f'{path}:{n}: "{name}": name it from common/ or from the service\'s folder, without ".."'
            elif "/" in name and first in ALL_LAYERS and target and target.startswith("common/"):
                if first not in allowed:
                    yield f'{path}:{n}: "{name}": {layer_of(path)} stands left of {first} and may not include it'
            elif not own:
                yield f'{path}:{n}: "{name}": common/ includes by layer ("base/err.h"), and knows no service'
            elif not target or not target.startswith((own[0], "".join(BORROWED.get(own[0], (own[0],))))):
                if not name.startswith("generated/"):
                    yield f'{path}:{n}: "{name}": neither in common/ nor in {own[1]}; services do not include each other'


def pure_folders(tree):
    """domain/, plivo/ and each core/ reach no header of sockets, files, threads or clocks, not even through others."""
    for path in [p for p in c_sources(tree) if PURE.match(p)]:
        seen, waiting = {path}, [(path, None)]
        while waiting:
            at, through = waiting.pop()
            for n, name, quoted in includes(tree, at):
                where = f"{path}:{n}" if through is None else f"{path}:{through[0]}"
                via = "" if through is None else f" (through {at})"
                if quoted:
                    target = resolve(tree, at, name)
                    if target and target.startswith("common/io/"):
                        yield f'{where}: "{name}"{via}: a pure file reaches no header of io/'
                    elif target and target not in seen:
                        seen.add(target)
                        waiting.append((target, through or (n, name)))
                elif name not in PURE_HEADERS and not PURE_LIBRARIES.match(name):
                    yield f"{where}: <{name}>{via}: not in a pure file; time, chance and data are arguments"
        for n, line in numbered(tree.code(path)):
            match = PURE_CALLS.search(line)
            if match:
                yield f"{path}:{n}: {match[1]}(): not in a pure file; time, chance and data are arguments"


def banned_calls(tree):
    for path in tree.having(C_FILES):
        for n, line in numbered(tree.code(path)):
            match = None if re.match(r"\s*#\s*(define|pragma|undef)", line) else BANNED_CALLS.search(line)
            if match:
                yield f"{path}:{n}: {match[1]}() is banned; base/ has what replaces it"


def left_open(tree):
    """An issue or nothing."""
    for path in tree.paths:
        if path.endswith(CODE_FILES + (".md", ".yml", ".yaml", ".txt", "Makefile", "Dockerfile")):
            for n, line in numbered(tree.text(path)):
                if LEFT_OPEN.search(line):
                    yield f"{path}:{n}: left open: {line.strip()[:80]}"


def reasons(tree):
    """long_files.txt: a path, then why it is long for good."""
    path = "tests/lint/long_files.txt"
    rows = {}
    if path in tree.paths:
        for n, line in numbered(tree.text(path)):
            if line and not line.startswith("#"):
                name, _, why = line.partition(" ")
                rows[name] = (n, why.strip())
    return path, rows


def file_length(tree):
    listed, allowed = reasons(tree)
    over = set()
    for path in tree.having(CODE_FILES):
        if GENERATED.search(tree.text(path)[:200]):
            continue
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES_MAX:
            yield f"{path}: {lines} lines; {FILE_LINES_MAX} at most"
        elif lines > FILE_LINES:
            over.add(path)
            if len(allowed.get(path, (0, ""))[1]) < 10:
                yield f"{path}: {lines} lines; over {FILE_LINES} it needs its reason in {listed}"
    for path, (n, _) in allowed.items():
        if path not in over:
            yield f"{listed}:{n}: {path} is not over {FILE_LINES} lines; drop its line"


def functions(tree, path):
    """[(line of the opening brace, lines of the body)] of functions whose brace stands on its own line."""
    found, begin = [], None
    for n, line in numbered(tree.code(path)):
        if line.startswith("{"):
            begin = n
        elif line.startswith("}") and begin is not None:
            found.append((begin, n - begin - 1))
            begin = None
    return found


def function_length(tree):
    every, longer = 0, []
    for path in c_sources(tree):
        for n, lines in functions(tree, path):
            every += 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{path}:{n}: a function of {lines} lines; {FUNCTION_LINES_MAX} at most"
            elif lines > FUNCTION_LINES:
                longer.append((lines, f"{path}:{n}"))
    if len(longer) * 10 > every:
        worst = ", ".join(where for _, where in sorted(longer, reverse=True)[:5])
        yield f"{len(longer)} of {every} functions are longer than {FUNCTION_LINES} lines; one of ten at most. The longest: {worst}"


def mains(tree):
    for path in tree.paths:
        if re.fullmatch(r"services/[a-z]+/main\.c", path) and tree.text(path).count("\n") > MAIN_LINES_MAX:
            yield f"{path}: longer than a screen ({MAIN_LINES_MAX} lines); a main is a table of contents"


def readmes(tree):
    folders = {}
    for path in tree.paths:
        folders.setdefault(posixpath.dirname(path), []).append(posixpath.basename(path))
    for folder, names in folders.items():
        if DATA_FOLDERS.search(folder) or not folder:
            continue
        if len([n for n in names if n.endswith(CODE_FILES)]) > FOLDER_FILES and "README.md" not in names:
            yield f"{folder}: {len(names)} files and no README.md of one screen"
        if "README.md" in names and tree.text(f"{folder}/README.md").count("\n") > README_LINES_MAX:
            yield f"{folder}/README.md: more than a screen ({README_LINES_MAX} lines)"


def headers(tree):
    """The header is the documentation: name, promise, units, memory, threads, source; in this order."""
    order = ("Promise:", "Units:", "Memory:", "Threads:", "Source:")
    needed = ("Promise:", "Threads:")
    for path in tree.having((".h",), ("common/", "services/", "tools/")):
        if posixpath.basename(path) in ("config.h", "metrics.h") and not path.startswith("common/"):
            continue                # a service's table: each row says its unit and its meaning
        top = tree.text(path).split("*/")[0]
        if not top.startswith(f"/* {posixpath.basename(path)} - "):
            yield f"{path}:1: must begin with /* {posixpath.basename(path)} - what it is, in one line"
            continue
        at = [(label, re.search(r"^ \* " + label, top, re.M)) for label in order]
        for label, match in at:
            if label in needed and not match:
                yield f'{path}:1: its header does not say "{label}"'
        starts = [match.start() for _, match in at if match]
        if starts != sorted(starts):
            yield f"{path}:1: its header's order is {', '.join(order)}"


def lint_exceptions(tree):
    for path in tree.having(C_FILES):
        above = ""
        for n, line in numbered(tree.text(path)):
            match = re.search(r"NOLINT\w*(\([^)]*\))?(.*)", line)
            if match and "NOLINTEND" not in line:
                has_reason = len(re.sub(r"[\s:*/-]", "", match[2])) >= 8 or above.rstrip().endswith("*/")
                if not match[1] or not has_reason:
                    yield f"{path}:{n}: an exception names its check and its reason: NOLINT(check): why"
            above = line


RULES = (include_arrow, pure_folders, banned_calls, left_open, file_length, function_length, mains, readmes, headers,
         lint_exceptions)


def main():
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else ".")
    breaches = [(rule.__name__, breach) for rule in RULES for breach in rule(tree)]
    for name, breach in breaches:
        print(f"{breach} [{name}]")
    print(f"rules: {len(RULES)} rules, {len(tree.paths)} files, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
