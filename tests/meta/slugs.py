#!/usr/bin/env python3
"""slugs.py [ROOT]: every slug that the code gives a finding has a page in src/model/slugs_of_*.cc, and every page a finding.

A slug is the literal that names a finding where one is made: in the first arguments of error(), warning(), refuse(),
report_twice() and bad_value(), and of members called `slug`. Prints file:line: what, and exits with 1 if there was
anything.

       slugs.py --self-test   prove that a planted slug is noticed
"""
import pathlib
import re
import sys
import tempfile

# The arguments of each that may be the slug.
CALL = re.compile(r"\b(?:(?:error|warning|bad_value)\(()|refuse\(((?:\s*[\w:]+\s*,)?)|report_twice\((\s*[\w.>-]+\s*,))")
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
MEMBER = re.compile(r'\.slug\s*=\s*"([^"]+)"')


def argument(text, start):
    """The text of one argument of a call, from its start to the comma or bracket that ends it."""
    depth, at = 0, start
    while at < len(text):
        if text[at] == '"':
            at = LITERAL.match(text, at).end()
            continue
        if text[at] in "([{":
            depth += 1
        if text[at] in ")]}" or (text[at] in ",;" and depth == 0):
            depth -= 1
            if depth < 0:
                break
        at += 1
    return text[start:at]


def emitted(root):
    """[(slug, file:line)] of the layers that make findings."""
    found = []
    for path in sorted((root / "src").rglob("*.cc")) + sorted((root / "src").rglob("*.h")):
        name = path.relative_to(root).as_posix()
        if "_test" in name or name.split("/")[1] in ("render", "cli", "ovsdb", "transport") or "/slugs" in name:
            continue
        text = path.read_text()
        for call in CALL.finditer(text):
            for literal in LITERAL.finditer(argument(text, call.end())):
                if SLUG.fullmatch(literal[1]):
                    found.append((literal[1], f"{name}:{text.count(chr(10), 0, call.start()) + 1}"))
        for member in MEMBER.finditer(text):
            found.append((member[1], f"{name}:{text.count(chr(10), 0, member.start()) + 1}"))
    return found


def pages(root):
    table = "".join(path.read_text() for path in (root / "src/model").glob("slugs_of_*.cc"))
    return set(re.findall(r'\{\.slug = "([^"]+)"', table))


def check(root):
    known, made = pages(root), emitted(root)
    problems = [f"{place}: `{slug}` has no page in src/model/slugs_of_*.cc" for slug, place in made if slug not in known]
    unused = known - {slug for slug, _ in made}
    return problems + [f"src/model: no finding is made with the page `{slug}`" for slug in sorted(unused)]


PLANTED = ['diags.error("not-there", span, "a");', 'diags\n  .warning("not-there", {}, "b");',
           'report_twice(diags, mac ? "not-there" : "is-there", place, "c");', 'refuse(Format::ip, "not-there");',
           'bad_value("not-there", span, "is-no-slug");', 'TextProblem{.slug = "not-there"};']


def self_test():
    wrong = []
    for planted in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in (("src/config/a.cc", planted + '\nerror("is-there", here("no-slug"), "x");\n'),
                               ("src/model/slugs_of_a.cc", '{.slug = "is-there"},\n{.slug = "unused-page"}')):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            problems = check(root)
            if len(problems) != 2 or "`not-there` has no page" not in problems[0] or "unused-page" not in problems[1]:
                wrong.append(f"planted {planted}: got {problems}")
    return wrong


def main(arguments):
    if arguments == ["--self-test"]:
        problems, done = self_test(), f"{len(PLANTED)} planted slugs noticed"
    else:
        root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent.parent
        problems, done = check(root), f"{len(pages(root))} slugs, each with a page"
    print("\n".join(problems) if problems else done)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
