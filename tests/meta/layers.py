#!/usr/bin/env python3
"""The house of docs/architecture.md, held by reading the sources.

Every #include "…" in src/ goes to the same folder or to one of a strictly lower rank; heavy libraries
are included only where heavy_includes.txt allows; only render/ and cli/ write to stdout and stderr; no
file is longer than 600 lines (a test: 1000). Prints file:line: what, and exits with 1 if there was anything.

usage: layers.py [ROOT]      check ROOT/src (default: the repository)
       layers.py --self-test prove that planted violations of each sort are noticed
"""
import fnmatch
import pathlib
import re
import sys
import tempfile

RANKS = {"base": 0, "ovsdb": 1, "pki": 1, "model": 2, "resources": 3, "transport": 3,
         "config": 4, "planner": 4, "engine": 5, "render": 6, "cli": 7}
PRINTERS = {"render", "cli"}
# assert.cc prints because kiln is about to abort.
MAY_PRINT = {"base/assert.cc"}
LONGEST = 600
LONGEST_TEST = 1000

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PRINT = re.compile(r'\bstd::(cout|cerr|clog|printf|puts|fputs)\b|(?<![\w:.>])(printf|puts|putchar|vprintf)\s*\('
                   r'|\bfmt::print\b|\b(?:std::)?fprintf\s*\(\s*(stdout|stderr)')


def read_heavy(path):
    """[(include, [patterns])]; several lines for one include add up."""
    heavy = {}
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            heavy.setdefault(words[0], []).extend(words[1:])
    return sorted(heavy.items(), key=lambda item: -len(item[0]))


def check_include(name, quote, target, heavy):
    layer = name.split("/")[0]
    for prefix, patterns in heavy:
        if target.startswith(prefix):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                return f"may not include <{target}> (tests/meta/heavy_includes.txt)"
            return None
    if quote == "<":
        return None
    other = target.split("/")[0]
    if other == layer:
        return None
    if other not in RANKS:
        return f'"{target}" is not written from src/, or its folder has no rank'
    if RANKS[other] >= RANKS[layer]:
        return f"{layer} (rank {RANKS[layer]}) may not see {other} (rank {RANKS[other]})"
    return None


def code_of(line):
    """The line without its // comment and the contents of its strings."""
    return re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]


def check_file(root, path, heavy):
    name = path.relative_to(root / "src").as_posix()
    layer = name.split("/")[0]
    if layer not in RANKS:
        yield f"src/{name}: the folder {layer} has no rank"
        return
    lines = path.read_text().splitlines()
    limit = LONGEST_TEST if name.endswith("_test.cc") else LONGEST
    if len(lines) > limit:
        yield f"src/{name}: {len(lines)} lines, at most {limit}: split it"
    may_print = layer in PRINTERS or name in MAY_PRINT or "_test." in name
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        problem = check_include(name, found[1], found[2], heavy) if found else None
        if problem:
            yield f"src/{name}:{number}: {problem}"
        elif not found and not may_print and PRINT.search(code_of(line)):
            yield f"src/{name}:{number}: only render/ and cli/ print"


def check(root, heavy):
    problems = []
    for path in sorted((root / "src").rglob("*")):
        if path.suffix in (".h", ".cc"):
            problems.extend(check_file(root, path, heavy))
    return problems


PLANTED = [
    ("upwards", "model/a.cc", '#include "engine/engine.h"\n', "may not see engine"),
    ("equal rank", "ovsdb/a.h", '#include "pki/certificate.h"\n', "may not see pki"),
    ("no such folder", "base/a.h", '#include "util/a.h"\n', "has no rank"),
    ("folder without rank", "util/a.h", "", "has no rank"),
    ("not from src/", "model/b.cc", '#include "b.h"\n', "not written from src/"),
    ("toml++", "model/a.cc", "#include <toml++/toml.h>\n", "heavy_includes"),
    ("openssl", "engine/a.cc", "#include <openssl/evp.h>\n", "heavy_includes"),
    ("git2", "cli/a.cc", "#include <git2.h>\n", "heavy_includes"),
    ("boost", "engine/a.cc", "#include <boost/asio.hpp>\n", "heavy_includes"),
    ("json in a header", "render/a.h", "#include <nlohmann/json.hpp>\n", "heavy_includes"),
    ("CLI11 twice", "cli/main.cc", "#  include <CLI/CLI.hpp>\n", "heavy_includes"),
    ("simdjson", "transport/a.cc", "#include <simdjson.h>\n", "heavy_includes"),
    ("cout", "engine/a.cc", "int f() { std::cout << 1; }\n", "only render/"),
    ("printf", "planner/a.cc", 'void f() { printf("x"); }\n', "only render/"),
    ("fmt::print", "base/a.cc", 'void f() { fmt::print("x"); }\n', "only render/"),
    ("stderr", "config/a.cc", 'void f() { std::fprintf(stderr, "x"); }\n', "only render/"),
    ("long file", "base/a.cc", "\n" * 601, "split it"),
    ("long test", "base/a_test.cc", "\n" * 1001, "split it"),
]
ALLOWED = [
    ("cli/a.cc", '#include "render/style.h"\n#include "cli/b.h"\n#include <vector>\nint main() { printf("x"); }\n'),
    ("model/a.h", "#include <nlohmann/json_fwd.hpp>\n"),
    ("engine/a.cc", 'snprintf(buffer, 1, "printf(");  // printf("x"), std::cout\n'),
    ("base/a_test.cc", "\n" * 700),
    ("cli/arguments.cc", "#include <CLI/CLI.hpp>\n"),
]


def check_one(name, text, heavy):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "src" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return check(pathlib.Path(folder), heavy)


def self_test(heavy):
    wrong = []
    for title, name, text, expected in PLANTED:
        problems = check_one(name, text, heavy)
        if len(problems) != 1 or expected not in problems[0]:
            wrong.append(f"planted {title}: expected one finding with `{expected}`, got {problems}")
    for name, text in ALLOWED:
        problems = check_one(name, text, heavy)
        if problems:
            wrong.append(f"allowed {name}: got {problems}")
    return wrong


def main(arguments):
    here = pathlib.Path(__file__).resolve().parent
    heavy = read_heavy(here / "heavy_includes.txt")
    if arguments == ["--self-test"]:
        problems = self_test(heavy)
        done = f"{len(PLANTED)} planted violations noticed, {len(ALLOWED)} allowed files passed"
    else:
        root = pathlib.Path(arguments[0]) if arguments else here.parent.parent
        problems = check(root, heavy)
        done = "every layer sees only what is below it"
    print("\n".join(problems) if problems else done)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
