#!/usr/bin/env python3
"""Truce on drawn lines beside DuckDB and Polars, on the same lines, to the same cents.

    python3 -m pip install -r benches/requirements.txt
    python3 benches/run.py [--lines N] [--json] [--write-docs]
    python3 benches/run.py --lines 20000 --check        # sums only, no timing

It ends with status 1, and prints the column and both sums, when any sum differs.
"""

import argparse
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
THREADS = 2
FROM, UNTIL, PANEL_DAY = "2025-01-01", "2027-01-01", "2025-06-01"


class Different(Exception):
    pass


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bin", type=Path, help="where truce, lines and in_memory are; built without it")
    parser.add_argument("--folder", type=Path, help="for the files; target/benches by default")
    parser.add_argument("--truce", type=Path, help="the binary of `truce assess` to measure")
    parser.add_argument("--check", action="store_true", help="compare the sums, time nothing")
    parser.add_argument("--skip", default="", help="parts to leave out: memory,assess,cells,natural,polars")
    parser.add_argument("--large", type=int, default=0, metavar="LINES",
                        help="also the memory of `truce assess` on so many lines")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true", help="rewrite the table in docs/benchmarks.md")
    return parser.parse_args()


def need_packages():
    for name in ("duckdb", "polars", "pyarrow"):
        if importlib.util.find_spec(name) is None:
            sys.exit(f"no {name}; install with: python3 -m pip install -r benches/requirements.txt")


def say(text):
    print(text, file=sys.stderr, flush=True)


def child(words, **options):
    """Runs a command; its output, seconds on the wall and peak of memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, **options)
    # Read both ends before waiting, so that neither pipe fills up.
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"out": out, "err": err, "status": process.returncode,
            "seconds": time.perf_counter() - start, "memory": usage.ru_maxrss * 1024}


def must(words, accepted=(0,), **options):
    done = child(words, **options)
    if done["status"] not in accepted:
        sys.exit(f"{' '.join(map(str, words))}\nended with status {done['status']}\n{done['err']}")
    return done


class Run:
    def __init__(self, given):
        self.given = given
        self.skip = set(given.skip.split(","))
        target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        self.bin = (given.bin or target / "release").resolve()
        self.truce = given.truce or self.bin / "truce"
        self.folder = given.folder or target / "benches"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.rows = []
        self.extra = {}
        self.left = []
        self.versions = {}

    def path(self, name):
        return self.folder / name

    # What is measured on.

    def make(self):
        if self.given.bin is None:
            say("building")
            must(["cargo", "build", "--release", "--locked", "-p", "truce", "-p", "benches"], cwd=ROOT)
        say(f"drawing {self.given.lines} lines")
        must([self.bin / "lines", self.given.lines, self.path("lines.parquet"), "--seed",
              self.given.seed, "--answers", self.path("answers.parquet")])
        say("exporting the cells")
        shutil.rmtree(self.path("cells"), ignore_errors=True)
        done = must([self.bin / "truce", "panel", "--cells", "-o", self.path("cells"),
                     "--from", FROM, "--until", UNTIL])
        self.extra["cells"] = done["seconds"]
        self.versions["truce"] = must([self.bin / "truce", "--version"])["out"].split()[-1]

    # What must come out.

    def checker(self, task):
        """What `peers/check.py` finds. In a process of its own: what this one holds would count as
        memory of every process that it starts."""
        done = child([sys.executable, "-m", "peers.check", json.dumps(task)], cwd=HERE)
        if done["status"] != 0:
            sys.exit(done["err"])
        found = json.loads(done["out"])
        if "different" in found:
            raise Different(found["different"])
        return found

    def expect(self):
        """The sums of Truce over the lines that the tables price; line by line they must be equal."""
        found = self.checker({"threads": THREADS, "lines": str(self.path("lines.parquet")),
                              "answers": str(self.path("answers.parquet")),
                              "cells": str(self.path("cells"))})
        self.expected, self.whole, self.left = found["expected"], found["whole"], found["left"]

    def hold(self, who, sums, expected):
        for name, value in sums.items():
            if name in expected and expected[name] != value:
                raise Different(f"{who}: {name} is {value}, Truce has {expected[name]}")

    def sums_of(self, file):
        """The sums of an output file in cents."""
        return self.checker({"file": str(file)})

    # Measurements.

    def add(self, place, what, who, seconds, memory, command):
        self.rows.append({"place": place, "what": what, "who": who, "seconds": seconds,
                          "lines_per_second": self.given.lines / seconds, "memory": memory,
                          "command": command})
        say(f"{place:8} {what:12} {who:24} {self.given.lines / seconds / 1e6:8.2f} million lines/s")

    def memory(self):
        """Truce on lines in memory, one core."""
        best, compiled = {}, {}
        for _ in range(1 if self.given.check else self.given.rounds):
            done = must([self.bin / "in_memory", self.given.lines])
            for known, time_, unit in re.findall(r"^(\w+): compiled in ([\d.]+)(m?s)", done["out"], re.M):
                seconds = float(time_) / (1000 if unit == "ms" else 1)
                compiled[known] = min(seconds, compiled.get(known, seconds))
            along_entry = done["out"].split("Today:")[0]
            for what, rate, duty in re.findall(
                    r"(\w[\w ]*), again:\s+([\d.]+) million lines/s.*?duty (\d+) cents", along_entry):
                if self.given.seed == 1 and int(duty) != self.whole["duty"]:
                    raise Different(f"in_memory: duty is {duty}, the answers have {self.whole['duty']}")
                best[what.strip()] = max(float(rate), best.get(what.strip(), 0))
        if self.given.check:
            return
        self.extra["compile"] = compiled
        names = {"total only": "total", "all program columns": "programs", "all columns": "all"}
        for what, rate in best.items():
            self.add("memory", names[what], "Truce, 1 thread", self.given.lines / (rate * 1e6),
                     done["memory"], f"target/release/in_memory {self.given.lines}")

    def assess(self):
        """`truce assess`, the whole process."""
        ways = [("total", ["--programs", "none"]), ("programs", ["--programs", "all"]),
                ("grouped", ["--group-by", "program,origin,month"])]
        for what, options in ways:
            output = self.path(f"truce-{what}.parquet")
            words = [self.truce, "assess", self.path("lines.parquet"), "-o", output, *options]
            times, memory = [], 0
            for _ in range(1 if self.given.check else self.given.rounds):
                done = child(words, env={**os.environ, "RAYON_NUM_THREADS": str(THREADS)})
                if done["status"] not in (0, 1):
                    sys.exit(f"`truce assess` ended with {done['status']}: {done['err'].strip()}")
                times.append(done["seconds"])
                memory = max(memory, done["memory"])
            self.hold(f"truce assess, {what}", self.sums_of(output), self.whole)
            shown = " ".join(["truce assess lines.parquet -o out.parquet", *options])
            if not self.given.check:
                self.add("parquet", what, f"Truce, {THREADS} threads", min(times), memory, shown)

    def peer(self, module, who, place, what, **task):
        task = {"threads": THREADS, "lines": str(self.path("lines.parquet")),
                "cells": str(self.path("cells")), "place": place, "what": what,
                "rounds": 1 if self.given.check else self.given.rounds, **task}
        output = self.path(f"{module}-{what}.parquet")
        if place == "parquet":
            task["output"] = str(output)
        env = {**os.environ, "POLARS_MAX_THREADS": str(task["threads"])}
        done = must([sys.executable, "-m", f"peers.{module}", json.dumps(task)], cwd=HERE, env=env)
        result = json.loads(done["out"])
        label = f"{who}, {task['threads']} thread{'s' if task['threads'] > 1 else ''}"
        sums = result.get("sums") or self.sums_of(output)
        self.hold(f"{label}, {place}, {what}", sums, self.expected)
        self.versions[who.split(",")[0]] = result["version"]
        if not self.given.check:
            shown = {key: task[key] for key in ("threads", "place", "what", "joins") if key in task}
            self.add(place, what, label, min(result["seconds"]), result["memory"],
                     f"python3 -m peers.{module} {json.dumps(shown)}")
        output.unlink(missing_ok=True)

    def peers(self):
        memory, file = ("memory", ("total", "programs")), ("parquet", ("total", "programs", "grouped"))
        for place, ways in (memory, file):
            for what in ways:
                # The total is one of the sums beside every program.
                if self.given.check and what == "total":
                    continue
                if "cells" not in self.skip:
                    self.peer("duck", "DuckDB, cells", place, what, joins="cells")
                if "natural" not in self.skip:
                    self.peer("duck", "DuckDB, dated joins", place, what, joins="natural")
                if "polars" not in self.skip:
                    self.peer("frames", "Polars, cells", place, what)
        if not self.given.check and "cells" not in self.skip:
            for what in memory[1]:
                self.peer("duck", "DuckDB, cells", "memory", what, joins="cells", threads=1)

    def panel(self):
        for ending in ("csv", "parquet"):
            words = [self.bin / "truce", "panel", "--on", PANEL_DAY, "-o", self.path(f"panel.{ending}")]
            done = [must(words)["seconds"] for _ in range(self.given.rounds)]
            self.extra[f"panel {ending}"] = min(done)

    def large(self):
        """The memory that `truce assess` takes on many more lines."""
        if not self.given.large:
            return
        file = self.path("large.parquet")
        must([self.bin / "lines", self.given.large, file, "--seed", self.given.seed])
        done = child([self.truce, "assess", file, "-o", self.path("large-out.parquet"),
                      "--programs", "none"])
        if done["status"] in (0, 1):
            self.extra["large"] = {"lines": self.given.large, "memory": done["memory"],
                                   "seconds": done["seconds"]}
        file.unlink(missing_ok=True)
        self.path("large-out.parquet").unlink(missing_ok=True)

    def result(self, load):
        return {"lines": self.given.lines, "seed": self.given.seed, "rounds": self.given.rounds,
                "machine": machine(load), "versions": self.versions, "rows": self.rows,
                "extra": self.extra, "expected": self.expected, "left": self.left,
                "command": " ".join(["python3", "benches/run.py", *sys.argv[1:]])}


def machine(load):
    model = platform.processor() or "?"
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*:\s*(.+)", info.read_text())
        model = found.group(1) if found else model
    return {"model": model, "cores": os.cpu_count(), "system": platform.system(),
            "python": platform.python_version(), "load_before": round(load, 2)}


def main():
    given = arguments()
    need_packages()
    load = os.getloadavg()[0]
    run = Run(given)
    try:
        run.make()
        run.expect()
        if "memory" not in run.skip:
            run.memory()
        if "assess" not in run.skip:
            run.assess()
        run.peers()
        if not given.check:
            run.panel()
            run.large()
    except Different as different:
        print(f"different: {different}", file=sys.stderr)
        sys.exit(1)
    result = run.result(load)
    from report import checked, table, write_docs
    print(json.dumps(result, indent=1) if given.json else checked(result) if given.check else table(result))
    if given.write_docs and not given.check:
        write_docs(ROOT / "docs" / "benchmarks.md", result)


if __name__ == "__main__":
    main()
