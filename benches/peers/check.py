"""Whether the joins give Truce's cents, line by line, and the sums of files: `python -m peers.check JSON`."""

import json
import re
import sys

import duckdb

from . import sql, tables


class Different(Exception):
    pass


def cents(column):
    return f"coalesce(sum(({column} * 100)::HUGEINT), 0)::HUGEINT"


def expected(task):
    """Sums over the lines that the tables price, sums over all, and what is left to Truce alone."""
    con = duckdb.connect()
    con.execute(f"set threads = {task['threads']}")
    con.execute(f"create view lines as select * from '{task['lines']}'")
    con.execute(f"create view answers as select * from '{task['answers']}'")
    types = dict(con.execute("select column_name, column_type from (describe lines)").fetchall())
    if types["quantity"] != "BIGINT":
        raise SystemExit("the joins take whole quantities")
    tables.prepare(con, task["cells"], "lines")
    names = tables.programs(con)
    con.execute(f"create table priced as select *, {sql.duty(con)} as c_duty from "
                f"({sql.priced(con, 'lines', 'l.line,', 'line,')})")
    count = tables.one(con, "select count(*) from lines")[0]
    kept, different = tables.one(con, "select count(*), count(distinct line) from priced")
    if (kept, different) != (count, count):
        raise Different(f"{count} lines, and {kept} rows of {different} lines after the joins")
    both = "answers a join priced p using (line)"
    columns = ["duty"] + [f"duty_{name}" for name in names]
    for name, column in zip(["duty"] + names, columns):
        differing, theirs, ours = tables.one(con, f"""select
            count(*) filter ((a.{column} * 100)::BIGINT is distinct from p.c_{name}),
            coalesce(sum(p.c_{name}), 0)::HUGEINT, {cents('a.' + column)}
            from {both} where p.c_duty is not null""")
        if differing:
            raise Different(f"{column}: {differing} lines differ; joined {theirs} cents, Truce {ours}")
    sums = ", ".join(cents(f"a.{column}") for column in columns)
    priced = tables.one(con, f"select {sums}, count(*) from {both} where p.c_duty is not null")
    whole = tables.one(con, f"select {sums} from answers a")
    left = con.execute(f"""select a.status, count(*), l.claims, {cents('a.duty')},
        list(distinct l.code order by l.code)[:5] from {both} join lines l using (line)
        where p.c_duty is null group by a.status, l.claims order by 2 desc""").fetchall()
    return {
        "expected": {**dict(zip(columns + ["priced"], map(int, priced))), "lines": count},
        "whole": dict(zip(columns, map(int, whole))),
        "left": [dict(zip(("status", "lines", "claims", "known_duty_cents", "codes"), row)) for row in left],
    }


def sums(file):
    """The sums of an output file in cents, by column or, where it is of groups by program, by program."""
    con = duckdb.connect()
    names = [row[0] for row in con.execute(f"describe select * from '{file}'").fetchall()]
    if "program" in names:
        rows = con.execute(f"select replace(program, '-', '_'), {cents('duty')} from '{file}' group by 1")
        return {f"duty_{program}": int(value) for program, value in rows.fetchall()}
    names = [name for name in names
             if re.fullmatch(r"duty(_[a-z0-9_]+)?", name) and name not in ("duty_min", "duty_max")]
    row = tables.one(con, f"select {', '.join(cents(name) for name in names)} from '{file}'")
    return dict(zip(names, map(int, row)))


def main():
    task = json.loads(sys.argv[1])
    try:
        found = sums(task["file"]) if "file" in task else expected(task)
    except Different as different:
        found = {"different": str(different)}
    print(json.dumps(found, default=int))


if __name__ == "__main__":
    main()
