"""The duty of a line in SQL, in integer cents, a half up for each program."""

from .tables import has, one, programs

ROUND = 500_000  # half of a cent of dollars times hundred millionths


def share(basis, rate):
    """Dollars times hundred millionths, in cents."""
    return f"(({basis} * {rate} + {ROUND}) // 1000000)"


def column(rate, a_unit):
    """A duty of the schedule: a share of the value and cents a unit."""
    specific = f"((v * 100 * {rate} + q * {a_unit} + 50000000) // 100000000)"
    return f"(case when {a_unit} = 0 then {share('v', rate)} else {specific} end)"


def amounts(con):
    """For each program its amount in cents; a program may use those before it by name."""
    found = {}
    for name in programs(con):
        used = one(con, f"select coalesce(max({name}_rate), 0) > 0 from k_plans")[0]
        parts = []
        basis = f"(case when {name}_less then v - us else v end)" if has(con, f"{name}_less") else "v"
        amount = share(basis, f"{name}_rate")
        if has(con, f"{name}_column"):
            parts += [f"when {name}_column = 1 then {column('g', 'gu')}",
                      f"when {name}_column = 2 then {column('o', 'ou')}"]
        if has(con, f"{name}_total"):
            base = base_of(con, name)
            absorbed = base
            if has(con, f"{name}_less"):
                absorbed = (f"(case when {name}_less then (2 * {base} * (v - us) + v) // (2 * v)"
                            f" else {base} end)")
            total = share(basis, f"{name}_total")
            parts.append(f"when {name}_total is not null then greatest({total} - {absorbed}, 0)")
        if not used and not parts:
            amount = f"({name}_rate * 0)"
        found[name] = f"case {' '.join(parts)} else {amount} end" if parts else amount
    return found


def base_of(con, name):
    (base,) = one(con, f"select distinct {name}_absorbs from plans where {name}_absorbs is not null")
    return f"c_{base}"


def fact(con):
    """The number of what a line states beside the rest; contents by their share of the value."""
    marks = con.execute("select at_share, fact from k_content order by at_share desc").fetchall()
    whens = " ".join(
        f"when cast(l.content_us as bigint) * 100000000 >= cast(l.value as bigint) * {int(mark * 10**8)}"
        f" then {number}" for mark, number in marks)
    content = f"case {whens} else 0 end" if marks else "0"
    return f"""case
        when l.claims is null and l.loaded is null and l.content_us is null then 0
        when l.claims is not null then case when sp.code is null then kc.fact else sp.fact end
        when l.loaded is not null then case when l.mode = 'vessel' then ld.fact end
        else {content} end"""


def found(con, lines, keep="", where=""):
    """Lines with the columns of their code and the cell and fact that they meet."""
    return f"""select {keep} cast(l.value as bigint) v, cast(l.content_us as bigint) us, l.quantity q,
        c.g, c.gu, c.o, c.ou, kr.row_id, d.slot, {fact(con)} as fact
        from {lines} l
        join k_codes c on l.code = c.code and l.entered >= c.from_day and l.entered < c.until_day
        join k_origins o on l.origin = o.origin
        join k_days d on l.entered = d.day
        join k_rows kr on c.scope = kr.scope and o.origin_class = kr.origin_class
        left join k_loaded ld on l.loaded = ld.loaded
        left join k_claims kc on l.claims = kc.claim
        left join k_special sp on l.claims = sp.claim and l.code = sp.code
            and l.entered >= sp.from_day and l.entered < sp.until_day
        {where}"""


def priced(con, lines, keep="", names="", where=""):
    """Lines with the amount of each program, by joins to the cells alone. A line without rates keeps
    its place, with nothing in its columns."""
    chain = ", ".join(f"{amount} as c_{name}" for name, amount in amounts(con).items())
    return f"""select {names} status, complete, {chain}
        from ({found(con, lines, keep, where)}) f
        left join k_cells kk using (row_id, slot)
        left join k_plans p using (cell, fact)"""


def duty(con):
    return " + ".join(f"c_{name}" for name in programs(con))


def sums(con, source, each):
    """Counts and sums; a line without rates adds nothing and is counted."""
    columns = ", ".join(f"sum(c_{name}) as duty_{name}" for name in programs(con)) if each else ""
    total = f"sum({duty(con)}) as duty, count(*) as lines, count({duty(con)}) as priced"
    return f"select {total}{', ' + columns if columns else ''} from ({source})"


def money(cents):
    """Integer cents as DECIMAL(18,2), without a division."""
    return f"(cast({cents} as decimal(15,0)) * cast(0.01 as decimal(3,2)))"


def written(con, source, each):
    """The rows of an output file: what was read, the duty and, if asked for, each program."""
    columns = "".join(f", {money('c_' + name)} as duty_{name}" for name in programs(con)) if each else ""
    return f"select {FILE}, {money(duty(con))} as duty{columns}, status from ({source})"


def grouped(con, source):
    """Sums of every program by origin and month."""
    def total(cents):
        return f"(cast(sum({cents}) as decimal(30,0)) * cast(0.01 as decimal(3,2)))"
    columns = ", ".join(f"{total('c_' + name)} as duty_{name}" for name in programs(con))
    return f"""select origin, date_trunc('month', entered)::DATE as month, count(*) as lines,
        count({duty(con)}) as priced, {total(duty(con))} as duty, {columns}
        from ({source}) group by all"""


# The columns of the file of lines.
FILE = "line, code, origin, entered, value, quantity, loaded, mode, claims, content_us"
