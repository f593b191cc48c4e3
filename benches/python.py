#!/usr/bin/env python3
"""`truce.assess` on frames in memory, beside the engine's own speed and beside joins of pandas, Polars and DuckDB.

    python3 -m pip install -r benches/requirements.txt pandas ./crates/python
    python3 benches/python.py [--lines N] [--rounds N] [--threads 1,2] [--kinds polars,pandas] [--bin FOLDER]
                              [--json] [--skip engine,native,peers]

Each measurement is a process of its own; the frame is in memory before the clock starts, and the first round (which
compiles the law) is told apart. Every sum of Truce is held against the engine's, to the cent, and the joins against each
other (they price 98 lines in 100, `docs/benchmarks.md`); a difference ends with status 1.

"Of the engine's" is the speed of `truce.assess` over that of the engine alone (`in_memory`) on the same lines in
columns of its own, in the first pass of so many threads: the law is compiled, the plans are made in it. Later calls
of `truce.assess` find plans as well, so this may be above one; `in_memory` tells the engine's later passes. It is
told by the time that passed and by that of the processor, which leaves out what other work on the machine took.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KINDS = ("polars", "pyarrow", "pandas", "duckdb")
#: What is asked for, as `truce.assess` says it, and as `in_memory` does.
WHAT = {
    "total": ({"programs": "none", "ranges": False, "words": False}, "total only"),
    "programs": ({"words": False}, "all program columns"),
    "all": ({}, "all columns"),
}


def frame_of(kind, file):
    """The lines as a frame of a kind, with the types that it gives them when it reads the file."""
    if kind == "polars":
        import polars

        return polars.read_parquet(file)
    if kind == "duckdb":
        import duckdb

        duckdb.sql(f"create table lines as from read_parquet('{file}')")
        return duckdb.table("lines")
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(file)
    # Whole amounts of money as pandas has them after read_csv: floating-point numbers.
    return table if kind == "pyarrow" else table.to_pandas().astype({"value": float, "content_us": float})


def duty_of(assessed):
    """The sum of the duty in cents."""
    if type(assessed).__name__ == "DuckDBPyRelation":
        ((total,),) = assessed.aggregate("sum(duty)").fetchall()
    elif hasattr(assessed, "column"):
        import pyarrow.compute

        total = pyarrow.compute.sum(assessed.column("duty")).as_py()
    else:
        total = assessed["duty"].sum()
    return int(total * 100)


def measure(task):
    import resource

    import truce

    frame = frame_of(task["kind"], task["lines"])
    options = WHAT[task["what"]][0]
    times, total = [], 0
    for _ in range(task["rounds"] + 1):
        start, worked = time.perf_counter(), time.process_time()
        assessed = truce.assess(frame, threads=task["threads"], **options)
        times.append((time.perf_counter() - start, time.process_time() - worked))
        total = duty_of(assessed)
        del assessed
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    best, worked = (min(found) for found in zip(*times[1:]))
    print(json.dumps({"first": times[0][0], "best": best, "worked": worked, "cents": total, "memory": memory}))


def child(words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\nended with status {done.returncode}\n{done.stderr}")
    return done.stdout


def engine(binary, lines, threads, rounds):
    """Seconds of the engine, passed and of the processor, by what is asked for, and the duty of all in cents: each
    the best of so many processes."""
    found, cents, named = {}, None, {says: what for what, (_, says) in WHAT.items()}
    for _ in range(rounds):
        for line in child([binary, lines, 2, "", threads]).splitlines():
            if line.startswith("Today"):
                break
            name, _, rest = line.strip().partition(", first: ")
            if rest:
                worked = float(rest.partition(" processor, ")[2].split()[0]) * lines / 1e9
                passed = lines / float(rest.split()[0]) / 1e6
                known = found.get(named[name], (passed, worked))
                found[named[name]] = (min(passed, known[0]), min(worked, known[1]))
                cents = int(rest.partition("duty ")[2].split()[0])
    return found, cents


def native(words, rounds):
    """Seconds of a whole process with its start and the compilation of the law, passed and of the processor."""
    found = []
    for _ in range(rounds):
        start, before = time.perf_counter(), os.times()
        # Status 1: some lines need facts.
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if done.returncode > 1:
            sys.exit(done.stderr)
        after = os.times()
        worked = after.children_user + after.children_system - before.children_user - before.children_system
        found.append((time.perf_counter() - start, worked))
    return tuple(min(part) for part in zip(*found))


def main():
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):
        return measure(json.loads(sys.argv[1]))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--bin", type=Path, help="where truce, lines and in_memory are; built without it")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--skip", default="", help="parts to leave out: engine,native,peers")
    given = parser.parse_args()
    skip = set(given.skip.split(","))
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = target / "benches"
    folder.mkdir(parents=True, exist_ok=True)
    if given.bin is None:
        child(["cargo", "build", "--release", "--locked", "-p", "truce", "-p", "benches"], cwd=ROOT)
    programs = given.bin or target / "release"
    lines = folder / f"python-{given.lines}.parquet"
    if not lines.exists():
        child([programs / "lines", given.lines, lines])
    rows, threads_of = [], [int(count) for count in given.threads.split(",")]

    def add(who, what, threads, passed, worked=None, first=None, memory=None):
        rows.append({"who": who, "what": what, "threads": threads, "lines_per_second": given.lines / passed,
                     "seconds": passed, "processor_seconds": worked, "first_seconds": first, "memory": memory})
        print(f"{who:24} {what:9} {threads} thread{'s' if threads > 1 else ' '} "
              f"{given.lines / passed / 1e6:7.2f} million lines/s", file=sys.stderr, flush=True)

    engines, expected = {}, None
    for threads in threads_of if "engine" not in skip else ():
        found, expected = engine(programs / "in_memory", given.lines, threads, given.rounds)
        for what, (passed, worked) in found.items():
            engines[what, threads] = (passed, worked)
            add("engine, first pass", what, threads, passed, worked)
    for kind in given.kinds.split(","):
        for what in WHAT:
            for threads in threads_of:
                task = {"kind": kind, "what": what, "threads": threads, "lines": str(lines),
                        "rounds": given.rounds}
                found = json.loads(child([sys.executable, __file__, json.dumps(task)]))
                if expected is None:
                    expected = found["cents"]
                if found["cents"] != expected:
                    sys.exit(f"{kind}, {what}: {found['cents']} cents, others have {expected}")
                add(f"truce.assess, {kind}", what, threads, found["best"], found["worked"], found["first"],
                    found["memory"])
    if "native" not in skip:
        written = folder / "python-native.parquet"
        for what, columns in (("total", "none"), ("all", "all")):
            words = [programs / "truce", "assess", lines, "-o", written, "--programs", columns]
            add("truce assess, Parquet", what, os.cpu_count(), *native(words, given.rounds))
    if "peers" not in skip:
        cells = folder / "python-cells"
        child([programs / "truce", "panel", "--cells", "-o", cells, "--from", "2025-01-01",
               "--until", "2027-01-01"])
        agreed = {}
        for who, module, more in (("pandas, cells", "peers.merges", {}),
                                  ("Polars, cells", "peers.frames", {}),
                                  ("DuckDB, cells", "peers.duck", {"joins": "cells"}),
                                  ("DuckDB, dated joins", "peers.duck", {"joins": "natural"})):
            for what in ("total", "programs"):
                task = {"threads": 2, "place": "memory", "what": what, "lines": str(lines),
                        "cells": str(cells), "rounds": given.rounds, **more}
                found = json.loads(child([sys.executable, "-m", module, json.dumps(task)], cwd=HERE))
                if agreed.setdefault(what, found["sums"]) != found["sums"]:
                    sys.exit(f"{who}, {what}: {found['sums']}, others have {agreed[what]}")
                # pandas works on one.
                threads = 1 if module == "peers.merges" else 2
                add(who, what, threads, min(found["seconds"]), memory=found["memory"])
    if given.json:
        print(json.dumps({"lines": given.lines, "rows": rows}, indent=1))
        return None
    print(f"{given.lines:,} lines, best of {given.rounds}\n")
    print("| who | what | threads | million lines/s | of the engine's | by the processor | first call | peak memory |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        passed, worked = engines.get((row["what"], row["threads"]), (None, None))
        shares = [f"{own / its:.0%}" if own and its else ""
                  for own, its in ((passed, row["seconds"]), (worked, row["processor_seconds"]))]
        first = f"{row['first_seconds']:.1f} s" if row["first_seconds"] else ""
        memory = f"{row['memory'] / 1e6:,.0f} MB" if row["memory"] else ""
        print(f"| {row['who']} | {row['what']} | {row['threads']} | {row['lines_per_second'] / 1e6:.2f} "
              f"| {' | '.join(shares)} | {first} | {memory} |")
    return None


main()
