#!/usr/bin/env python3
"""run_page.py PAGE: does what a page says, and holds it to its word.

In order: an `sh` block runs, line by line, in one shell that lives as long as the page; a `toml` block after a line
"`NAME`:" becomes that file; each line of a `text` block must be in the output of the shell block before it, in that
order, where `…` stands for anything and white space for any white space.
"""

import pathlib
import re
import subprocess
import sys

page = pathlib.Path(sys.argv[1]).read_text()
shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run(line):
    """The output of one line, which must succeed."""
    shell.stdin.write(f"{line} </dev/null\nprintf '\\n@@%s@@\\n' $?\n")
    shell.stdin.flush()
    said = ""
    for out in shell.stdout:
        ended = re.fullmatch(r"@@(\d+)@@\n", out)
        if not ended:
            said += out
            continue
        if ended[1] != "0":
            sys.exit(f"$ {line}\n{said}exit code {ended[1]}")
        return said
    sys.exit(f"$ {line}\n{said}the shell ended")


def expect(wanted, said):
    rest = said
    for line in filter(None, map(str.strip, wanted.splitlines())):
        pattern = r"\s+".join(".*".join(map(re.escape, word.split("…"))) for word in line.split())
        found = re.search(pattern, rest)
        if not found:
            sys.exit(f"not in the output, or not in this order: {line}\n{said}")
        rest = rest[found.end() :]


said, blocks = "", 0
for name, language, block in re.findall(r"(?:^`([\w.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", page, re.M | re.S):
    blocks += 1
    if language == "sh":
        said = "".join(run(line) for line in block.splitlines())
    elif language == "toml" and name:
        (pathlib.Path(run("pwd").strip()) / name).write_text(block)
    elif language == "text":
        expect(block, said)
print(f"{blocks} blocks")
