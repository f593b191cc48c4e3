"""Polars on the lines, joined to the same tables: `python -m peers.frames JSON`, prints JSON.

The join tables are made by DuckDB, outside the clock, and handed over as Arrow."""

import json
import resource
import sys
import time

import duckdb
import polars as pl

from . import sql, tables

KEYS = ("k_codes", "k_origins", "k_days", "k_rows", "k_cells", "k_plans", "k_loaded", "k_claims",
        "k_special", "k_content")


def share(basis, rate):
    return (basis * rate + sql.ROUND) // 1_000_000


def column(rate, a_unit):
    specific = (pl.col("v") * 100 * pl.col(rate) + pl.col("q") * pl.col(a_unit) + 50_000_000) // 100_000_000
    return pl.when(pl.col(a_unit) == 0).then(share(pl.col("v"), pl.col(rate))).otherwise(specific)


def held(frame):
    """Rows of codes that hold on the day of the line."""
    day = pl.col("entered")
    return frame.filter((day >= pl.col("from_day")) & (day < pl.col("until_day"))).drop(
        "from_day", "until_day")


def whole_dollars(name):
    return ((pl.col(name) * 100).cast(pl.Int64) + 50) // 100


def facts(lines, keys):
    """The number of what each line states beside the rest, as in the SQL."""
    special = lines.join(keys["k_special"].rename({"fact": "given"}).with_columns(known=pl.lit(True)),
                         left_on=["claims", "code"], right_on=["claim", "code"], how="left")
    day = pl.col("entered")
    special = special.filter(pl.col("from_day").is_null()
                             | ((day >= pl.col("from_day")) & (day < pl.col("until_day"))))
    stated = special.join(keys["k_claims"].rename({"fact": "claimed"}),
                          left_on="claims", right_on="claim", how="left")
    stated = stated.join(keys["k_loaded"].rename({"fact": "carried"}), on="loaded", how="left")
    content = pl.lit(0, pl.Int32)
    marks = keys["k_content"].collect().sort("at_share").rows()
    for mark, number in marks:
        reached = pl.col("us") * tables.RATE >= pl.col("v") * int(mark * tables.RATE)
        content = pl.when(reached).then(pl.lit(number, pl.Int32)).otherwise(content)
    return stated.with_columns(
        fact=pl.when(pl.col("claims").is_not_null())
        .then(pl.when(pl.col("known").is_null()).then("claimed").otherwise("given"))
        .when(pl.col("loaded").is_not_null())
        .then(pl.when(pl.col("mode") == "vessel").then("carried"))
        .otherwise(pl.when(pl.col("us").is_null()).then(0).otherwise(content))
    ).drop("from_day", "until_day", "known", "given", "claimed", "carried")


def priced(lines, keys, names, columns, bases):
    lines = lines.with_columns(v=whole_dollars("value"), us=whole_dollars("content_us"), q="quantity")
    plain = pl.col("claims").is_null() & pl.col("loaded").is_null() & pl.col("content_us").is_null()
    more = facts(lines.filter(~plain), keys)
    lines = pl.concat([lines.filter(plain).with_columns(fact=pl.lit(0, pl.Int32)), more],
                      how="diagonal")
    met = held(lines.join(keys["k_codes"], on="code"))
    met = met.join(keys["k_origins"], on="origin").join(keys["k_days"], left_on="entered", right_on="day")
    met = met.join(keys["k_rows"], on=["scope", "origin_class"])
    met = met.join(keys["k_cells"], on=["row_id", "slot"])
    met = met.join(keys["k_plans"], on=["cell", "fact"], how="left")
    for name in names:
        basis = pl.col("v")
        if f"{name}_less" in columns:
            basis = pl.when(pl.col(f"{name}_less")).then(pl.col("v") - pl.col("us")).otherwise(pl.col("v"))
        amount = share(basis, pl.col(f"{name}_rate"))
        if f"{name}_column" in columns:
            of = pl.col(f"{name}_column")
            amount = (pl.when(of == 1).then(column("g", "gu"))
                      .when(of == 2).then(column("o", "ou")).otherwise(amount))
        if f"{name}_total" in columns:
            base = pl.col(bases[name])
            if f"{name}_less" in columns:
                part = (2 * base * basis + pl.col("v")) // (2 * pl.col("v"))
                base = pl.when(pl.col(f"{name}_less")).then(part).otherwise(base)
            total = share(basis, pl.col(f"{name}_total")) - base
            amount = (pl.when(pl.col(f"{name}_total").is_not_null())
                      .then(pl.max_horizontal(total, pl.lit(0))).otherwise(amount))
        met = met.with_columns(amount.alias(f"c_{name}"))
    total = pl.sum_horizontal([f"c_{name}" for name in names], ignore_nulls=False)
    return met.with_columns(c_duty=total)


def main():
    task = json.loads(sys.argv[1])
    con = duckdb.connect()
    con.execute(f"set threads = {task['threads']}")
    tables.prepare(con, task["cells"], f"read_parquet('{task['lines']}')")
    names = tables.programs(con)
    keys = {name: pl.from_arrow(con.sql(f"select * from {name}").to_arrow_table()).lazy()
            for name in KEYS}
    columns = set(keys["k_plans"].collect_schema().names())
    bases = {name: sql.base_of(con, name) for name in names if f"{name}_total" in columns}
    con.close()
    lines = pl.scan_parquet(task["lines"])
    if task["place"] == "memory":
        lines = lines.collect().lazy()
    frame = priced(lines, keys, names, columns, bases)
    cents = ["duty"] + (names if task["what"] != "total" else [])
    sums = [pl.col(f"c_{name}").sum().alias("duty" if name == "duty" else f"duty_{name}")
            for name in cents]
    times = []
    for _ in range(task["rounds"]):
        start = time.perf_counter()
        if task["what"] == "grouped":
            month = pl.col("entered").dt.truncate("1mo").alias("month")
            out = frame.group_by("origin", month).agg(
                pl.len().alias("lines"), pl.col("c_duty").count().alias("priced"), *sums)
            out = out.with_columns([
                pl.col(column).cast(pl.Decimal(30, 0)) * pl.lit("0.01").cast(pl.Decimal(3, 2))
                for column in out.collect_schema().names() if column.startswith("duty")])
            out.sink_parquet(task["output"])
        elif task["place"] == "memory":
            out = frame.select(pl.len().alias("lines"), pl.col("c_duty").count().alias("priced"), *sums)
            answer = out.collect(engine="streaming").to_dicts()[0]
        else:
            money = [(pl.col(f"c_{name}").cast(pl.Decimal(16, 0)) * pl.lit("0.01").cast(pl.Decimal(3, 2)))
                     .cast(pl.Decimal(18, 2)).alias("duty" if name == "duty" else f"duty_{name}")
                     for name in cents]
            frame.select(*sql.FILE.split(", "), *money, "status").sink_parquet(
                task["output"], compression="snappy")
        times.append(time.perf_counter() - start)
    result = {"seconds": times, "version": pl.__version__}
    if task["place"] == "memory":
        result["sums"] = {name: int(value) for name, value in answer.items()}
    result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(result))


if __name__ == "__main__":
    main()
