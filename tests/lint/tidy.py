#!/usr/bin/env python3
"""clang-tidy over every C source that is built. tidy.py BUILD_DIR [FILE...]

A file that passed is not looked at again until it, a header of ours that it includes, .clang-tidy or its compile
command changes: the hash of all that is remembered under the user's cache folder.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "parley-tidy"
SKIPPED = re.compile(r"^(tests/(unit|property|fuzz)/|build)")       # cmocka's macros; what is generated
CHECK_SECONDS_MAX = 300


def commands(build):
    """{path in the tree: compiler's arguments} of what the build compiles."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = os.path.relpath(entry["file"], ROOT)
        if path.endswith((".c", ".cc")) and not path.startswith("..") and not SKIPPED.match(path):
            found[path] = shlex.split(entry["command"])
    return found


def flags(arguments):
    """What matters to the meaning of the source: -D, -I, -std, -isystem."""
    keep, take = [], False
    for argument in arguments[1:]:
        if take or argument.startswith(("-D", "-I", "-std", "-isystem")):
            keep.append(argument)
            take = argument == "-isystem"
    return keep


def digest(path, arguments):
    """A hash of all that the answer depends on; system headers by their package's being the same machine's."""
    listing = subprocess.run(["clang", *flags(arguments), "-MM", path], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        return None
    sources = listing.stdout.replace("\\\n", " ").split(":", 1)[1].split()
    total = hashlib.sha256("\0".join(flags(arguments)).replace(str(ROOT), "").encode())
    for source in [".clang-tidy", "tests/lint/tidy.py", *sources]:
        total.update((ROOT / source).read_bytes())
    return total.hexdigest()


def look(path, arguments, build):
    """(passed, from the cache, what clang-tidy said)"""
    key = digest(path, arguments)
    if key and (CACHE / key).exists():
        return True, True, ""
    answer = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), path], cwd=ROOT, capture_output=True, text=True,
                            timeout=CHECK_SECONDS_MAX)
    if answer.returncode == 0 and key:
        (CACHE / key).touch()
    return answer.returncode == 0, False, answer.stdout.replace(str(ROOT) + "/", "")


def main(build, only):
    CACHE.mkdir(parents=True, exist_ok=True)
    todo = {p: a for p, a in commands(build).items() if not only or p in only}
    if not todo:
        sys.exit("tidy: the build compiles nothing that could be looked at")
    failed = remembered = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for passed, cached, text in pool.map(lambda item: look(*item, build), sorted(todo.items())):
            remembered += cached
            if not passed:
                failed += 1
                print(text.strip())
    print(f"tidy: {len(todo)} files ({remembered} unchanged since they passed), {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), set(sys.argv[2:])))
