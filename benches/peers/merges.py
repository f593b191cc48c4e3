"""pandas on the lines, merged with the same tables: `python -m peers.merges JSON`, prints JSON.

The join tables are made by DuckDB, outside the clock, and so is the frame of the lines, with amounts in whole cents.
Whole numbers that may be missing are pandas' own `Int64`: what a merge does not find must not turn cents into
floating point."""

import json
import resource
import sys
import time

import duckdb
import pandas as pd
import pyarrow as pa

from . import sql, tables
from .frames import KEYS

WHOLE = {kind: pd.Int64Dtype() for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint32())}


def frame(con, query):
    return con.sql(query).to_arrow_table().to_pandas(
        types_mapper=lambda kind: WHOLE.get(kind) or {pa.bool_(): pd.BooleanDtype()}.get(kind),
        date_as_object=False)


def share(basis, rate):
    return (basis * rate + sql.ROUND) // 1_000_000


def column(met, rate, a_unit):
    specific = (met["v"] * 100 * met[rate] + met["q"] * met[a_unit] + 50_000_000) // 100_000_000
    return specific.mask(met[a_unit] == 0, share(met["v"], met[rate]))


def held(met):
    """Rows of codes that hold on the day of the line."""
    holds = (met["entered"] >= met["from_day"]) & (met["entered"] < met["until_day"])
    return met[holds].drop(columns=["from_day", "until_day"])


def facts(lines, keys):
    """The number of what each line states beside the rest, as in the SQL."""
    special = keys["k_special"].rename(columns={"fact": "given", "claim": "claims"}).assign(known=True)
    stated = lines.merge(special, on=["claims", "code"], how="left")
    stated = stated[stated["from_day"].isna() | ((stated["entered"] >= stated["from_day"])
                                                 & (stated["entered"] < stated["until_day"]))]
    claims = keys["k_claims"].rename(columns={"fact": "claimed", "claim": "claims"})
    stated = stated.merge(claims, on="claims", how="left")
    stated = stated.merge(keys["k_loaded"].rename(columns={"fact": "carried"}), on="loaded", how="left")
    fact = pd.Series(0, index=stated.index, dtype="Int64")
    for mark, number in keys["k_content"].sort_values("at_share").itertuples(index=False):
        reached = stated["us"] * tables.RATE >= stated["v"] * int(mark * tables.RATE)
        fact = fact.mask(reached.fillna(False), number)
    loaded, claimed = stated["loaded"].notna(), stated["claims"].notna()
    fact = fact.mask(loaded, stated["carried"].where(stated["mode"] == "vessel"))
    fact = fact.mask(claimed, stated["claimed"].where(stated["known"].isna(), stated["given"]))
    return stated.assign(fact=fact).drop(
        columns=["from_day", "until_day", "known", "given", "claimed", "carried"])


def priced(lines, keys, names, bases):
    plain = lines["claims"].isna() & lines["loaded"].isna() & lines["us"].isna()
    lines = pd.concat([lines[plain].assign(fact=pd.array([0], dtype="Int64").repeat(plain.sum())),
                       facts(lines[~plain], keys)])
    met = held(lines.merge(keys["k_codes"], on="code"))
    met = met.merge(keys["k_origins"], on="origin")
    met = met.merge(keys["k_days"].rename(columns={"day": "entered"}), on="entered")
    met = met.merge(keys["k_rows"], on=["scope", "origin_class"]).merge(keys["k_cells"], on=["row_id", "slot"])
    met = met.merge(keys["k_plans"], on=["cell", "fact"], how="left")
    cents = {}
    for name in names:
        # What a merge does not find leaves nothing out.
        less = met[f"{name}_less"].fillna(False) if f"{name}_less" in met else None
        basis = met["v"] if less is None else met["v"].mask(less, met["v"] - met["us"])
        amount = share(basis, met[f"{name}_rate"])
        if f"{name}_column" in met:
            of = met[f"{name}_column"]
            amount = amount.mask((of == 1).fillna(False), column(met, "g", "gu"))
            amount = amount.mask((of == 2).fillna(False), column(met, "o", "ou"))
        if f"{name}_total" in met:
            base = cents[bases[name]]
            if less is not None:
                base = base.mask(less, (2 * base * basis + met["v"]) // (2 * met["v"]))
            total = (share(basis, met[f"{name}_total"]) - base).clip(lower=0)
            amount = amount.mask(met[f"{name}_total"].notna(), total)
        cents[f"c_{name}"] = amount
    return {"c_duty": sum(cents.values()), **cents}, len(met)


def main():
    task = json.loads(sys.argv[1])
    con = duckdb.connect()
    con.execute(f"set threads = {task['threads']}")
    source = f"read_parquet('{task['lines']}')"
    tables.prepare(con, task["cells"], source)
    names = tables.programs(con)
    keys = {name: frame(con, f"select * from {name}") for name in KEYS}
    bases = {name: sql.base_of(con, name) for name in names if f"{name}_total" in keys["k_plans"]}
    lines = frame(con, f"""select code, origin, entered, round(value)::BIGINT v, round(content_us)::BIGINT us,
        quantity q, loaded, mode, claims from {source}""")
    con.close()
    asked = ["duty"] + (names if task["what"] != "total" else [])
    times, sums = [], {}
    for _ in range(task["rounds"]):
        start = time.perf_counter()
        cents, count = priced(lines, keys, names, bases)
        sums = {"lines": count, "priced": int(cents["c_duty"].notna().sum())}
        for name in asked:
            sums["duty" if name == "duty" else f"duty_{name}"] = int(cents[f"c_{name}"].sum())
        times.append(time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": times, "version": pd.__version__, "sums": sums, "memory": memory}))


if __name__ == "__main__":
    main()
