#!/usr/bin/env python3
"""docs.py ROOT KILN: what the docs show is so.

Every example validates; every `toml` block that is a whole file (it has [cluster]) validates; every `json` block is
JSON, line by line if it is a log; every relative link leads somewhere; every `kiln WORD --OPTION` is a command of the binary with that option;
README names the commands that have --json.
"""

import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import tomllib

root, kiln = pathlib.Path(sys.argv[1]), sys.argv[2]
wrong = []


def validate(place, path):
    done = subprocess.run([kiln, "validate", str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        wrong.append(f"{place}: kiln validate: {done.stdout}{done.stderr}")


@functools.cache
def help_of(command):
    return subprocess.run([kiln, command, "--help"], capture_output=True, text=True).stdout


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


pages = [root / "README.md", root / "CONTRIBUTING.md", root / "lab/README.md", *sorted((root / "docs").rglob("*.md"))]
examples = sorted((root / "examples").glob("*.toml"))
commands = set(re.findall(r"^  (\w+) ", subprocess.run([kiln, "--help"], capture_output=True, text=True).stdout, re.M))
if not examples or not commands:
    wrong.append(f"found {len(examples)} examples and {len(commands)} commands")
for example in examples:
    validate(example.relative_to(root), example)

# README names the commands that have --json.
named = re.search(r"`--json` is for programs: (.*?) have it", (root / "README.md").read_text())
said = set(re.findall(r"`(\w+)`", named[1])) if named else set()
have = {command for command in commands if "--json" in help_of(command)}
if said != have:
    wrong.append(f"README.md: --json is said of {sorted(said - have)} and not of {sorted(have - said)}")

written = [path.read_text() for where in ("src", "tests") for path in (root / where).rglob("*_test.cc")]
tests = {".".join(named) for text in written for named in re.findall(r"^TEST(?:_[PF])?\((\w+),\s*(\w+)\)", text, re.M)}
# examples/everything.toml has every key of the schema.
def keys_of(schema, path=()):
    for key, value in schema.get("properties", {}).items():
        yield (*path, key)
        yield from keys_of(value, (*path, key))
    for more in (schema.get("additionalProperties"), schema.get("items")):
        if isinstance(more, dict):
            yield from keys_of(more, (*path, "*"))


def has(table, path):
    if not path:
        return True
    inner = table.values() if path[0] == "*" and isinstance(table, dict) else table if path[0] == "*" else [table.get(path[0])]
    return any(value is not None and (len(path) == 1 or (isinstance(value, (dict, list)) and has(value, path[1:]))) for value in inner)


everything = tomllib.loads((root / "examples/everything.toml").read_text())
for path in keys_of(json.loads((root / "schemas/kiln.schema.json").read_text())):
    elsewhere = path[0] == "defaults" and len(path) > 2 or path[2:3] == ("ssh",) and has(everything, path[2:])
    elsewhere = elsewhere or path == ("cluster", "central-ips")  # excludes what most keys are for: datapath-only.toml
    if path[0] != "include" and path[-1] not in ("file", "command") and not elsewhere and not has(everything, path):
        wrong.append(f"examples/everything.toml: {'.'.join(path)} is missing")

blocks = 0
with tempfile.TemporaryDirectory() as folder:
    for page in pages:
        text = page.read_text()
        name = page.relative_to(root)
        for run, language, block in re.findall(r"(^`[\w.]+`:\n\n)?^ *```(\w+)\n(.*?)^ *```$", text, re.M | re.S):
            blocks += 1
            block = textwrap.dedent(block)
            # What a page calls by a file's name is run with the page (tests/lab/run_page.py).
            if language == "toml" and "[cluster]" in block and not run:
                file = pathlib.Path(folder) / "kiln.toml"
                file.write_text(block)
                validate(name, file)
            if language == "json" and not is_json(block) and not all(is_json(line) for line in block.splitlines()):
                wrong.append(f"{name}: not JSON: {block}")
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target and not (page.parent / target).exists():
                wrong.append(f"{name}: the link {target} leads nowhere")
        for test in re.findall(r"`([A-Z]\w+\.\w+)`", text) if name.name == "reliability.md" else []:
            if test not in tests:
                wrong.append(f"{name}: there is no test {test}")
        lines = "".join(f"\n$ {line}" for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S) for line in block.splitlines())
        for word, rest in re.findall(r"(?:`|^ *\$ )kiln ([a-z]+)((?:[ \t][^`|\n]*)?)(?:`|\||$)", text + lines, re.M):
            if word not in commands:
                wrong.append(f"{name}: there is no command `kiln {word}`")
                continue
            for option in re.findall(r"(?<=\s)(--?[a-z][a-z-]*)", rest):
                if not re.search(rf"(?<![\w-]){option}(?![\w-])", help_of(word)):
                    wrong.append(f"{name}: `kiln {word}` has no option {option}")

print(f"{len(pages)} pages, {blocks} blocks, {len(examples)} examples")
print(*wrong, sep="\n")
sys.exit(bool(wrong))
