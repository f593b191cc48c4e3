#!/usr/bin/env python3
"""SQL beside the native path, on the same lines, to the same cents.

    cargo build --release -p truce -p sql
    cargo run --release -p benches --bin lines -- 1000000 lines.parquet
    python3 benches/sql.py lines.parquet [--rounds 3] [--truce PATH] [--sql PATH] [--cluster df://HOST:PORT]

Whole processes are timed: their start, the reading of the law and its compilation are in. The native path is
`truce assess` with its summary; SQL sums the duty, or every program, with the facts that the file states. It ends
with status 1 when a sum differs.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACTS = "code, origin, entered, value"
MORE = ["quantity", "loaded", "mode", "claims", "content_us"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lines", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--truce", type=Path, default=ROOT / "target/release/truce")
    parser.add_argument("--sql", type=Path, default=ROOT / "target/release/truce-sql")
    parser.add_argument("--cluster", help="the address of a scheduler: the same queries once more on it")
    return parser.parse_args()


def run(words):
    start = time.monotonic()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode > 1:
        sys.exit(f"{words[0]}: {done.stderr}")
    return seconds, done.stdout


def main():
    given = arguments()
    facts = FACTS + "".join(f", {name} => {name}" for name in MORE)
    told = json.loads(run([given.truce, "assess", given.lines, "--json"])[1])
    duty = told["totals"][0]["duty"]
    programs = {p["program"].replace("-", "_"): p["duty"] for p in told["by_program"]}
    total = f"select sum(duty({facts})) as duty from '{given.lines}'"
    each = ", ".join(f"sum(duty_{name}({facts})) as {name}" for name in programs)
    every = f"select {each} from '{given.lines}'"
    runs = {
        "truce assess, the summary": ([given.truce, "assess", given.lines, "--json"], None),
        "SQL, the total": ([given.sql, total, "--format", "json"], {"duty": duty}),
        f"SQL, {len(programs)} programs": ([given.sql, every, "--format", "json"], programs),
    }
    if given.cluster:
        for name, query, wanted in (("the total", total, {"duty": duty}),
                                    (f"{len(programs)} programs", every, programs)):
            words = [given.sql, query, "--format", "json", "--cluster", given.cluster]
            runs[f"cluster, {name}"] = (words, wanted)
    best = {}
    for _ in range(given.rounds):
        for name, (words, wanted) in runs.items():
            seconds, printed = run(words)
            best[name] = min(seconds, best.get(name, seconds))
            if wanted is not None and json.loads(printed)[0] != wanted:
                sys.exit(f"{name}: {printed} for {wanted}")
    native = best["truce assess, the summary"]
    print(f"{told['lines']:,} lines, best of {given.rounds}; every sum is the same to the cent (duty {duty})")
    for name, seconds in best.items():
        rate = told["lines"] / seconds / 1e6
        print(f"  {name:28} {seconds:8.2f} s  {rate:6.2f} million lines/s  {native / seconds:5.2f} of the native path")


if __name__ == "__main__":
    main()
