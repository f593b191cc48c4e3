#!/usr/bin/env python3
"""The same lines through `truce assess`, SQL, a cluster and Python: the same law, the same sums to the cent.

    cargo build --release -p truce -p benches -p sql -p cluster
    python3 -m pip install polars ./crates/python
    python3 benches/ways.py [--lines 10000000] [--bin target/release] [--sql FOLDER] [--rounds 1]

Lines are drawn into `target/benches` unless they lie there. The cluster is a scheduler and two executors of one core
on this machine, each as new as the others; SQL has two threads, so has Python. What is compared: the digest of the
ledger, the sum of the duty, and the sum of every program that some line owes, all as texts of decimals. A difference
ends with status 1. Times are told beside it: those of a whole process, with its start and the compilation of the law;
for the cluster also the processor's time of the scheduler and the executors (Linux).
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
#: The arguments of a priced call: what the drawn lines state.
FACTS = ["code", "origin", "entered", "value"]
MORE = ["quantity", "loaded", "mode", "claims", "content_us"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--bin", type=Path, default=ROOT / "target/release", help="where truce and lines are")
    parser.add_argument("--sql", type=Path, help="where truce-sql and the programs of the cluster are")
    return parser.parse_args()


def run(words, most=0):
    """Seconds, seconds of the processor, and what was printed; a status above `most` is an error."""
    start, before = time.monotonic(), os.times()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    seconds, after = time.monotonic() - start, os.times()
    if done.returncode > most:
        sys.exit(f"{' '.join(map(str, words))}\nended with status {done.returncode}\n{done.stderr}")
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, worked, done.stdout


def assess(binary, lines):
    seconds, worked, printed = run([binary, "assess", lines, "--json"], most=1)
    told = json.loads(printed)
    (side,) = told["totals"]
    sums = {f"duty_{p['program'].replace('-', '_')}": p["duty"] for p in told["by_program"]}
    return seconds, worked, {"ledger": told["ledger"], "duty": side["duty"], **sums}


def query(lines, columns):
    facts = ", ".join(FACTS + [f"{name} => {name}" for name in MORE])
    sums = ", ".join(f"sum({name}({facts})) as {name}" for name in columns)
    return f"select ledger_digest() as ledger, {sums} from '{lines}'"


def asked(words):
    seconds, worked, printed = run([*words, "--format", "json"])
    return seconds, worked, json.loads(printed)[0]


def in_python(task):
    """A process of its own, for its start and for the compilation of the law."""
    import polars

    import truce

    assessed = truce.assess(polars.read_parquet(task["lines"]), ranges=False, words=False, threads=2)
    sums = assessed.select(polars.col(task["columns"]).sum()).row(0, named=True)
    print(json.dumps({"ledger": truce.Ledger().digest, **{name: str(total) for name, total in sums.items()}}))


def free_ports():
    """A port that nobody has, with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def wait_for(port):
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nobody answers at port {port}")


@contextmanager
def cluster(programs):
    """A scheduler and two executors; gives its address and the processes."""
    with tempfile.TemporaryDirectory() as folder:
        port, children = free_ports(), []
        address = f"127.0.0.1:{port}"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": open(f"{folder}/log", "w")}
        try:
            children.append(subprocess.Popen([programs / "truce-scheduler", "--bind", address], **quiet))
            wait_for(port)
            for at in (1, 2):
                port = free_ports()
                words = [programs / "truce-executor", "--scheduler", address, "--port", str(port), "--cores", "1",
                         "--folder", f"{folder}/results-{at}"]
                children.append(subprocess.Popen(words, **quiet))
                wait_for(port)
            yield f"df://{address}", children
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait()


def processor_seconds(children):
    """The processor's time of processes so far; None where the system does not tell."""
    try:
        told = [Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split() for child in children]
    except OSError:
        return None
    return sum(int(words[11]) + int(words[12]) for words in told) / os.sysconf("SC_CLK_TCK")


def on_cluster(programs, words):
    with cluster(programs) as (address, children):
        before = processor_seconds(children)
        seconds, worked, found = asked([programs / "truce-sql", words, "--cluster", address])
        after = processor_seconds(children)
        return seconds, None if after is None else worked + after - before, found


def main():
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):
        return in_python(json.loads(sys.argv[1]))
    given = arguments()
    programs = given.sql or given.bin
    lines = ROOT / f"target/benches/ways-{given.lines}.parquet"
    if not lines.exists():
        lines.parent.mkdir(parents=True, exist_ok=True)
        run([given.bin / "lines", given.lines, lines])
    best, expected = {}, None

    def held(name, seconds, worked, found):
        nonlocal expected
        expected = expected or found
        if found != expected:
            names = [key for key in expected if found.get(key) != expected[key]]
            sys.exit("\n".join([f"{name} differs from `truce assess`",
                                *(f"  {key}: {found.get(key)} for {expected[key]}" for key in names)]))
        if name not in best or seconds < best[name][0]:
            best[name] = (seconds, worked)

    for _ in range(given.rounds):
        held("truce assess", *assess(given.bin / "truce", lines))
        columns = [name for name in expected if name != "ledger"]
        words = query(lines, columns)
        held("SQL", *asked([programs / "truce-sql", words, "--threads", "2"]))
        held("cluster, two executors", *on_cluster(programs, words))
        task = {"lines": str(lines), "columns": columns}
        seconds, worked, printed = run([sys.executable, HERE, json.dumps(task)])
        held("Python, Polars", seconds, worked, json.loads(printed))
    print(f"{given.lines:,} lines: one ledger ({expected['ledger']}), one duty ({expected['duty']}), "
          f"one sum for each of {len(columns) - 1} programs\n")
    print("| way | seconds | million lines/s | seconds of the processor |")
    print("|---|--:|--:|--:|")
    for name, (seconds, worked) in best.items():
        told = "" if worked is None else f"{worked:.1f}"
        print(f"| {name} | {seconds:.1f} | {given.lines / seconds / 1e6:.2f} | {told} |")
    return None


main()
