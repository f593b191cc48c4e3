"""Join tables made of `truce panel --cells`, as a careful SQL user would make them before the work.

Every key is an equality: the class of goods with the class of origins gives a row of the grid, the row
with the slot of the day a cell, the cell with what else the line states (a "fact", 0 for nothing) the
rates. Rates are integers in hundred millionths, so all arithmetic stays in BIGINT.
"""

RATE = 100_000_000


def one(con, query):
    """The only row of a query."""
    (row,) = con.execute(query).fetchall()
    return row


def programs(con):
    """Programs of the export, in its order."""
    names = [row[0] for row in con.execute("describe plans").fetchall()]
    return [name[:-5] for name in names if name.endswith("_rate")]


def has(con, column):
    return column in [row[0] for row in con.execute("describe plans").fetchall()]


def prepare(con, folder, lines):
    """Makes the join tables. `lines` is a table or file of the lines, looked at for the claims in use."""
    for name in ("codes", "special", "origins", "days", "cells", "plans"):
        con.execute(f"create view {name} as select * from '{folder}/{name}.parquet'")
    con.execute(f"""create table k_codes as select code, scope, from_day, until_day,
        (general_share * {RATE})::BIGINT g, (general_cents_a_unit::DECIMAL(38,7) * {RATE})::BIGINT gu,
        (other_share * {RATE})::BIGINT o, (other_cents_a_unit::DECIMAL(38,7) * {RATE})::BIGINT ou
        from codes where scope is not null""")
    con.execute("create table k_origins as select origin, origin_class from origins")
    con.execute("create table k_days as select day, slot from days where slot is not null")
    # Equal runs of cells are one row of the grid.
    con.execute("""create table runs as select scope, origin_class,
        list((slot_from, slot_until, cell) order by slot_from) run from cells group by all""")
    con.execute("create table rows_ as select run, (row_number() over ())::INTEGER as row_id "
            "from (select distinct run from runs)")
    con.execute("create table k_rows as select scope, origin_class, row_id from runs join rows_ using (run)")
    con.execute("""create table k_cells as select row_id, slot, r.cell from
        (select row_id, unnest(run) r from rows_), (select distinct slot from k_days)
        where slot >= r[1] and slot < r[2]""".replace("r.cell", "r[3] as cell"))
    facts(con, lines)
    plans(con)


def facts(con, lines):
    """What lines state beside the rest, numbered; 0 is nothing, NULL what the export does not price."""
    con.execute(f"create table claims_ as select distinct claims claim from {lines} where claims is not null")
    con.execute("""create table k_facts as select (row_number() over
        (order by variant, claim, special, at_day, at_share))::INTEGER fact, * from (
        select distinct 'claim' as variant, claim, special, null::DATE at_day, null::DECIMAL(12,8) at_share
            from plans join claims_ using (claim) where variant = 'claim'
        union all select 'transport', null, null, at_day, null from (
            select distinct unnest([coalesce(date_from, DATE '1900-01-01'), date_until]) at_day
            from plans where variant = 'transport' and mode in ('vessel', 'any') and date = 'loaded')
            where at_day is not null
        union all select 'content', null, null, null, at_share from (
            select distinct unnest([share_from, share_until]) at_share
            from plans where variant = 'content' and content = 'us')
            where at_share is not null)""")
    # Days of loading with the latest mark at or before them.
    con.execute(f"""create table k_loaded as select loaded, max_by(fact, at_day) fact from
        (select distinct loaded from {lines} where loaded is not null) l
        join k_facts f on f.variant = 'transport' and f.at_day <= l.loaded group by loaded""")
    # Codes of which a claim gives a share; where no row of the plans knows it, it changes nothing.
    con.execute("""create table k_special as select s.code, s.symbol claim, s.from_day, s.until_day,
        case when s.share is null then null else coalesce(f.fact, 0) end fact
        from special s join claims_ c on c.claim = s.symbol
        left join k_facts f on f.claim = s.symbol and f.special = s.share""")
    con.execute("""create table k_claims as select claim, coalesce(max(fact), 0) fact
        from claims_ left join (select * from k_facts where special is null) using (claim)
        group by claim""")


def plans(con):
    """Rates of every cell and fact, the plain ones where the fact changes nothing.

    Few depend on how the code's duty lies to a limit (its kind), and of some a part is not known: these
    are left to Truce."""
    columns = []
    for program in programs(con):
        columns.append(f"({program}_rate * {RATE})::BIGINT {program}_rate")
        if has(con, f"{program}_column"):
            columns.append(
                f"case {program}_column when 'general' then 1 when 'other' then 2 else 0 end::TINYINT"
                f" {program}_column")
        if has(con, f"{program}_total"):
            columns.append(f"({program}_total * {RATE})::BIGINT {program}_total")
        if has(con, f"{program}_less"):
            columns.append(f"({program}_less is not null) {program}_less")
            odd = f"select count(*) from plans where {program}_less <> 'us'"
            if one(con, odd)[0]:
                raise SystemExit(f"{program} leaves out contents that the lines do not state")
    rates = ", ".join(columns)
    con.execute(f"""create table stated as
        select p.*, f.fact from plans p join k_facts f on p.variant = f.variant and (
            (f.variant = 'claim' and p.claim = f.claim and p.special is not distinct from f.special)
            or (f.variant = 'transport' and p.mode in ('vessel', 'any') and p.date = 'loaded'
                and coalesce(p.date_from <= f.at_day, true) and coalesce(f.at_day < p.date_until, true))
            or (f.variant = 'content' and p.content = 'us' and p.share_from <= f.at_share
                and coalesce(f.at_share < p.share_until, true)))""")
    con.execute(f"""create table k_plans as
        select cell, fact, status, complete, value_from, value_until, {rates} from stated
        where kind is null and complete
        union all
        select p.cell, f.fact, p.status, p.complete, p.value_from, p.value_until, {rates}
        from plans p, (select fact from k_facts union all select 0) f
        where p.variant = 'plain' and p.kind is null and p.complete and not exists
            (select 1 from stated s where s.cell = p.cell and s.fact = f.fact)""")
    # A cell with several rows for one kind of line tells them apart by value.
    twice = "select count(*) from (select 1 from k_plans group by cell, fact having count(*) > 1)"
    if one(con, twice)[0]:
        con.execute("delete from k_plans where value_from > 100 or value_until is not null")
    con.execute("create table k_content as select at_share, fact from k_facts where variant = 'content'")


def within_value(con, lines):
    """A condition on the value, where some plan does not hold for the smallest or the largest line."""
    low, high = one(con, f"select min(value), max(value) from {lines}")
    out = one(con, f"""select count(*) from k_plans where value_from > {low}
        or coalesce(value_until <= {high}, false)""")[0]
    return out > 0
