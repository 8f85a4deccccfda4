#!/usr/bin/env python3
"""What of kiln's own sources ran in the build that counts (preset coverage), from the counters in BUILD/profiles.

Prints a table by folder of src/. BUILD/uncovered.txt gets the lines that never ran, file by file, and BUILD/html the
sources with their counts. The table is for reading: no figure in it is a failure; that there are no counters is.

usage: coverage.py BUILD
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Tests stand beside the code, and so does what they alone use.
OF_TESTS = r"_test\.cc$|_for_test\.(h|cc)$"


def llvm_cov(build, verb, *options):
    """llvm-cov over all the programs at once: a function that several have counts once."""
    tests = sorted(path for pattern in ("kiln_*_test", "*_replay") for path in build.rglob(pattern) if path.is_file())
    command = ["llvm-cov-19", verb, str(build / "kiln"), *(f"--object={path}" for path in tests),
               f"--instr-profile={build / 'kiln.profdata'}",
               f"--ignore-filename-regex={OF_TESTS}", *options, str(ROOT / "src")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def read_lcov(text):
    """{file below src/: record}; a record is lcov's sums (LF found, LH hit, BRF, BRH) and the lines that never ran."""
    records = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            record = records[pathlib.Path(value).relative_to(ROOT / "src")] = {"never": []}
        elif key == "DA" and value.split(",")[1] == "0":
            record["never"].append(int(value.split(",")[0]))
        elif key in ("LF", "LH", "BRF", "BRH"):
            record[key] = int(value)
    return records


def ranges(numbers):
    """1 2 3 7 as "1-3 7"."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def share(hit, found):
    return f"{hit:6} of {found:6}  {100 * hit / found if found else 100:5.1f} %"


def table(records):
    yield f"{'src/':12}{'lines':>24}{'branches':>27}"
    folders = sorted({file.parts[0] for file in records})
    for title, members in [*((folder, [record for file, record in records.items() if file.parts[0] == folder]) for folder in folders),
                           ("total", records.values())]:
        lines, lines_found, branches, branches_found = (sum(record.get(key, 0) for record in members) for key in ("LH", "LF", "BRH", "BRF"))
        yield f"{title:12}{share(lines, lines_found)}   {share(branches, branches_found)}"


def main(build):
    counters = sorted((build / "profiles").glob("*.profraw"))
    if not counters:
        sys.exit(f"{build}/profiles has no counters: nothing ran of what the preset coverage builds")
    subprocess.run(["llvm-profdata-19", "merge", "--sparse", "-o", str(build / "kiln.profdata"), *map(str, counters)], check=True)
    records = read_lcov(llvm_cov(build, "export", "--format=lcov"))
    (build / "uncovered.txt").write_text(
        "".join(f"src/{file}: {ranges(record['never'])}\n" for file, record in sorted(records.items()) if record["never"]))
    llvm_cov(build, "show", "--format=html", f"--output-dir={build / 'html'}", "--show-branches=count", "--show-instantiations=false")
    print(*table(records), sep="\n")
    print(f"lines that never ran: {build}/uncovered.txt; the sources with their counts: {build}/html/index.html")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
