#!/usr/bin/env python3
"""Writes the dashboard's files as C: embed_assets.py DIST OUT

OUT/assets_bytes.S holds the bytes (by .incbin), OUT/assets_table.c the table that services/api/assets.h describes.
A file's .br and .gz neighbours are its compressed forms; a missing .gz is made here when that saves anything.
Files are written only when they change, so that an unchanged dashboard costs no compiling. Without DIST/index.html
the table holds one page that says that the dashboard was not built.
"""
import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml",
    ".png": "image/png", ".ico": "image/x-icon", ".webp": "image/webp", ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8", ".map": "application/json", ".wasm": "application/wasm",
    ".mp3": "audio/mpeg", ".ogg": "audio/ogg",
}

NOT_BUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Parley</title>
<h1>The dashboard was not built</h1>
<p>This server was compiled without its dashboard. The API works: see <a href="/api/v1/openapi.json">its description</a>.
<p>To have the page: <code>make build</code> in Parley's folder (it needs Node.js), then start again.
</html>
"""

HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")      # index-BjYq3f_1.js: what Vite calls a file in assets/


def write_if_changed(path, text):
    """Leaves an unchanged file, and so its time stamp, alone."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def neighbour(file, suffix):
    other = file.with_name(file.name + suffix)
    return other.read_bytes() if other.exists() else b""


def collect(dist):
    """[(path, bytes, br, gz)] in path order, as bytes compare."""
    if not (dist / "index.html").exists():
        return [("/index.html", NOT_BUILT, b"", gzip.compress(NOT_BUILT, 9, mtime=0))]
    found = []
    for file in dist.rglob("*"):
        if not file.is_file() or file.suffix in (".br", ".gz"):
            continue
        plain = file.read_bytes()
        gz = neighbour(file, ".gz") or gzip.compress(plain, 9, mtime=0)
        found.append(("/" + file.relative_to(dist).as_posix(), plain, neighbour(file, ".br"),
                      gz if len(gz) < len(plain) else b""))
    return sorted(found, key=lambda entry: entry[0].encode())


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(dist, out):
    out.mkdir(parents=True, exist_ok=True)
    rows, symbols, asm = [], [], []
    for path, *forms in collect(dist):
        digest = hashlib.sha256(forms[0]).hexdigest()
        cells = []
        for content in forms:
            if not content:
                cells.append("{ NULL, 0 }")
                continue
            name = hashlib.sha256(content).hexdigest()[:32]
            blob = out / f"{name}.bin"
            if not blob.exists():
                blob.write_bytes(content)
            symbol = f"parley_asset_{name}"
            if symbol not in symbols:
                symbols.append(symbol)
                asm.append(f'    .global {symbol}\n{symbol}:\n    .incbin "{blob.absolute()}"\n')
            cells.append(f"{{ {symbol}, {len(content)} }}")
        kind = TYPES.get(pathlib.PurePath(path).suffix, "application/octet-stream")
        hashed = "true" if path.startswith("/assets/") and HASHED.search(path) else "false"
        rows.append(f"    {{ {c_string(path)}, {c_string(kind)}, {c_string(chr(34) + digest[:32] + chr(34))}, {hashed},\n"
                    f"      {', '.join(cells)} }},\n")
    write_if_changed(out / "assets_bytes.S", "    .section .rodata\n" + "".join(asm) +
                     '    .section .note.GNU-stack,"",%progbits\n')
    write_if_changed(out / "assets_table.c",
                     "/* Written by tools/embed_assets.py. */\n#include \"assets.h\"\n\n" +
                     "".join(f"extern const char {s}[];\n" for s in symbols) +
                     "\nconst struct asset ASSETS[] = {\n" + "".join(rows) +
                     "};\nconst size_t ASSETS_COUNT = sizeof ASSETS / sizeof ASSETS[0];\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
