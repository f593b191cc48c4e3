"""DuckDB on the lines: `python -m peers.duck JSON`, prints JSON. One process for each measurement."""

import json
import resource
import sys
import time

import duckdb

from . import natural, sql, tables


def main():
    task = json.loads(sys.argv[1])
    con = duckdb.connect()
    con.execute(f"set threads = {task['threads']}")
    con.execute("set preserve_insertion_order = false")
    source = f"read_parquet('{task['lines']}')"
    tables.prepare(con, task["cells"], source)
    if tables.within_value(con, source):
        raise SystemExit("some plan does not hold for every value of the lines")
    by_dates = task["joins"] == "natural"
    if by_dates:
        natural.prepare(con)
    priced = natural.priced_natural if by_dates else sql.priced
    lines = source
    if task["place"] == "memory":
        con.execute(f"create table lines as select * from {source}")
        lines = "lines"
    keep = ", ".join(f"l.{name}" for name in sql.FILE.split(", ")) + ","
    if task["what"] == "grouped":
        rows = priced(con, lines, "l.origin, l.entered,", "origin, entered,")
        query = f"copy ({sql.grouped(con, rows)}) to '{task['output']}' (format parquet)"
    elif task["place"] == "memory":
        query = sql.sums(con, priced(con, lines), task["what"] == "programs")
    else:
        rows = priced(con, lines, keep, sql.FILE + ",")
        query = f"copy ({sql.written(con, rows, task['what'] == 'programs')}) to '{task['output']}'" \
                " (format parquet, compression snappy)"
    times = []
    for _ in range(task["rounds"]):
        start = time.perf_counter()
        answer = con.execute(query).fetchall()
        times.append(time.perf_counter() - start)
    result = {"seconds": times, "version": duckdb.__version__}
    if task["place"] == "memory":
        names = [column[0] for column in con.execute(f"describe {query}").fetchall()]
        result["sums"] = {name: int(value) for name, value in zip(names, answer[0])}
    result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(result))


if __name__ == "__main__":
    main()
