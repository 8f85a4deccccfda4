#!/usr/bin/env python3
"""Spelling, by codespell: of the docs, and of what is prose in the sources.

Read are the pages, the examples, and of each C++ source its comments and string literals (what kiln prints); of a
test only the comments, for tests misspell on purpose. Names in code are nobody's prose. The second dictionary is made
here: American spellings of words that have a British one, which is what kiln's prose is written in. What stands
`like this`, and options, are not prose for it: `--color` is what the whole world calls that.

spelling-words.txt lists words that are right here though codespell doubts them.

usage: spelling.py             check the repository; prints file:line: word ==> better, and exits with 1 if there was any
       spelling.py --self-test prove that planted misspellings are noticed, and that code is left alone
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["*.md", "examples/*.toml"]
SOURCES = ["src/*.h", "src/*.cc", "tests/*.h", "tests/*.cc", "bench/*.cc"]

# American spellings: stems of -ize, of -or, of those that double their l, and what has no sisters.
IZE = ("amort anonym author canonical capital categor central character custom deserial emphas final general initial local "
       "material memor minim maxim modern neutral normal optim organ parallel penal prior random real recogn regular "
       "reinitial reorgan sanit serial special stabil standard summar symbol synchron token unauthor util virtual visual").split()
OUR = "arb behavi col endeav fav flav harb hon lab neighb rum".split()
DOUBLED = "cancel channel dial equal fuel label level marshal model panel quarrel signal spiral total travel tunnel".split()
SINGLE = {"analog": "analogue", "artifact": "artefact", "artifacts": "artefacts", "catalog": "catalogue", "catalogs": "catalogues",
          "center": "centre", "centers": "centres", "centered": "centred", "defense": "defence", "dialog": "dialogue",
          "favorite": "favourite", "fiber": "fibre", "fulfill": "fulfil", "gray": "grey", "neighborhood": "neighbourhood",
          "offense": "offence", "skillful": "skilful", "analyze": "analyse", "analyzed": "analysed", "analyzer": "analyser",
          "analyzes": "analyses", "analyzing": "analysing", "paralyze": "paralyse", "paralyzed": "paralysed"}


def british():
    """codespell's format: wrong->right, one a line."""
    words = dict(SINGLE)
    for stem in IZE:
        for end in ("e", "es", "ed", "er", "ers", "ing", "ation", "ations"):
            words[f"{stem}iz{end}"] = f"{stem}is{end}"
    for stem in OUR:
        for end in ("", "s", "ed", "ing", "ful", "less", "able"):
            words[f"{stem}or{end}"] = f"{stem}our{end}"
    for stem in DOUBLED:
        for end in ("ed", "er", "ing"):
            words[f"{stem}{end}"] = f"{stem}l{end}"
    return "".join(f"{wrong}->{right}\n" for wrong, right in sorted(words.items()))


def known_words():
    lines = (ROOT / "tests/meta/spelling-words.txt").read_text().splitlines()
    return ",".join(word for line in lines for word in line.split("#")[0].split())


TOKEN = re.compile(r'(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<mark>[^(\s]*)\((?P<raw>.*?)\)(?P=mark)"'
                   r'|"(?P<text>(?:\\.|[^"\\\n])*)"|(?<!\w)\'(?:\\.|[^\'\\])+\'', re.S)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def prose_of(source, literals):
    """The source with all but its comments, and its string literals if wanted, blanked: lines stay where they are."""
    prose, end = "", 0
    for token in TOKEN.finditer(source):
        prose += blank(source[end:token.start()])
        kept = token[0] if token["comment"] is not None or literals else blank(token[0])
        # An escape such as \n begins no word.
        prose += kept if token["text"] is None else re.sub(r"\\.", "  ", kept)
        end = token.end()
    return prose + blank(source[end:])


def codespell(folder, *options):
    command = ["codespell", "--quiet-level=3", "--builtin=clear,rare,names", f"--ignore-words-list={known_words()}", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 65) or done.stderr:
        sys.exit(f"codespell: {done.stderr}")
    return [line.removeprefix("./") for line in done.stdout.splitlines()]


def misspelled(texts):
    """The findings in {name: text}, by name and line."""
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work) / "texts"
        dictionary = pathlib.Path(work) / "british.txt"
        dictionary.write_text(british())
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(prose_of(text, "_test.cc" not in name) if path.suffix in (".h", ".cc") else text)
        found = codespell(folder) + codespell(folder, "-D", str(dictionary), r"--ignore-regex=`[^`\n]*`|--[\w-]+")
    return sorted(found, key=lambda line: (line.split(":")[0], int(line.split(":")[1])))


def listed(patterns):
    command = ["git", "ls-files", "-co", "--exclude-standard", "--deduplicate", *patterns]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


# Texts, each with what is to be found in it.
PLANTED = {
    "a page": (".md", "First\nwe recieve it.\n", "2: recieve ==> receive"),
    "an American page": (".md", "The color.\n", "1: color ==> colour"),
    "an American word in capitals": (".md", "Normalized.\n", "1: Normalized ==> Normalised"),
    "a comment": (".h", "int a;\n/// What we recieve.\n", "2: recieve ==> receive"),
    "a comment on two lines": (".h", "/* What\n we recieve. */", "2: recieve ==> receive"),
    "a message": (".cc", 'fail("a quote: \\", and recieve");', "1: recieve ==> receive"),
    "a message after an escape": (".cc", 'fail("first\\nrecieve");', "1: recieve ==> receive"),
    "a raw message": (".cc", 'fail(R"x(a "\n)" recieve)x");', "2: recieve ==> receive"),
    "a message after a quote": (".cc", "f('\"', 1'000, \"recieve\");", "1: recieve ==> receive"),
    "a test's comment": ("_test.cc", "// What we recieve.\n", "1: recieve ==> receive"),
    "names in code": (".cc", 'bool color = recieve("colour, received");', None),
    "quoted names": (".h", "/// `color` says so, and --color says what.\n", None),
    "a test's literal": ("_test.cc", 'expect("adress");', None),
}


def self_test():
    texts, wanted = {}, []
    for number, (ending, text, expected) in enumerate(PLANTED.values(), 10):
        texts[f"{number}{ending}"] = text
        wanted += [f"{number}{ending}:{expected}"] if expected else []
    found = misspelled(texts)
    done = f"{len(wanted)} planted misspellings noticed, {len(texts) - len(wanted)} texts left alone"
    return [f"expected {wanted}, got {found}"] if found != wanted else [], done


def main(arguments):
    if arguments == ["--self-test"]:
        wrong, done = self_test()
    else:
        names = listed(PAGES + SOURCES)
        wrong, done = misspelled({name: (ROOT / name).read_text() for name in names}), f"{len(names)} files"
    print(*(wrong or [done]), sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
