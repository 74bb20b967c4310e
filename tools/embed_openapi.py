#!/usr/bin/env python3
"""Writes an OpenAPI description as C: embed_openapi.py openapi.yaml OUT.c

OUT.c holds it as JSON, in plain ASCII, as services/api/openapi_json.h describes. It is written only when it changes.
"""
import json
import pathlib
import sys

import yaml


class Loader(yaml.SafeLoader):
    """A date in an example is a text, as it is in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def main(source, out):
    text = json.dumps(yaml.load(source.read_text(), Loader), separators=(",", ":"))
    lines = [", ".join(str(ord(c)) for c in text[at:at + 24]) for at in range(0, len(text), 24)]
    code = ("/* Written by tools/embed_openapi.py. */\n#include \"openapi_json.h\"\n\nconst char OPENAPI_JSON[] = {\n    " +
            ",\n    ".join(lines) + ",\n};\nconst size_t OPENAPI_JSON_BYTES = sizeof OPENAPI_JSON;\n")
    out.parent.mkdir(parents=True, exist_ok=True)
    if not out.exists() or out.read_text() != code:
        out.write_text(code)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
