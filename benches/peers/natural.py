"""The joins that a user would write who holds each program as a table of measures by their dates: class
of goods, class of origins, from, until, rate. One join with BETWEEN for each program."""

from .sql import amounts, priced
from .tables import has, one, programs


def columns(con, program):
    names = [f"{program}_{part}" for part in ("rate", "column", "total", "less")]
    return [name for name in names if name.endswith("_rate") or has(con, name)]


def prepare(con):
    """A table of dated rates for each program that takes anything from plain lines."""
    con.execute("""create table spans as
        select c.scope, c.origin_class, min(d.day) from_day, max(d.day) + 1 until_day, c.cell
        from cells c join k_days d on d.slot >= c.slot_from and d.slot < c.slot_until
        group by c.scope, c.origin_class, c.slot_from, c.cell""")
    for program in programs(con):
        names = columns(con, program)
        listed = ", ".join(names)
        same = " and ".join(f"{name} is not distinct from lag({name}) over w" for name in names)
        # Of the base duty every span, as it tells where there are no rates; of others what they take.
        takes = "true" if f"{program}_column" in names else " or ".join(
            f"coalesce({name}, 0) > 0" for name in names if name.endswith(("_rate", "_total")))
        con.execute(f"""create table n_{program} as
            with marked as (select s.*, {listed}, case when {same}
                    and from_day = lag(until_day) over w then 0 else 1 end begins
                from spans s join k_plans p on p.cell = s.cell and p.fact = 0
                window w as (partition by scope, origin_class order by from_day)),
            numbered as (select *, sum(begins) over (partition by scope, origin_class
                order by from_day) island from marked)
            select scope, origin_class, min(from_day) from_day, max(until_day) until_day, {listed}
            from numbered where {takes} group by scope, origin_class, island, {listed}""")


def priced_natural(con, lines, keep="", names=""):
    """Plain lines by dated joins; those that state more by the cells."""
    used, none = [], []
    for program in programs(con):
        held = one(con, f"select count(*) from n_{program}")[0]
        (used if held else none).append(program)
    joins = " ".join(
        f"left join n_{program} on n_{program}.scope = c.scope"
        f" and n_{program}.origin_class = o.origin_class and l.entered >= n_{program}.from_day"
        f" and l.entered < n_{program}.until_day" for program in used)
    chosen = []
    for program in programs(con):
        for name in columns(con, program):
            if program in none:
                chosen.append(f"{'null' if name.endswith('_total') else 0} as {name}")
            elif name.endswith("_rate") and not has(con, f"{program}_column"):
                chosen.append(f"coalesce({name}, 0) as {name}")
            elif name.endswith("_less"):
                chosen.append(f"coalesce({name}, false) as {name}")
            else:
                chosen.append(name)
    chain = ", ".join(f"{amount} as c_{name}" for name, amount in amounts(con).items())
    plain = f"""select {names} null as status, true as complete, {chain} from (
        select {keep} cast(l.value as bigint) v, 0::BIGINT us, l.quantity q, c.g, c.gu, c.o, c.ou,
            {', '.join(chosen)}
        from {lines} l
        join k_codes c on l.code = c.code and l.entered >= c.from_day and l.entered < c.until_day
        join k_origins o on l.origin = o.origin {joins}
        where l.claims is null and l.loaded is null and l.content_us is null)"""
    stated = priced(con, lines, keep, names,
                    "where not (l.claims is null and l.loaded is null and l.content_us is null)")
    return f"{plain} union all {stated}"
