"""What was measured, as a table and against what was asked for."""

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

# A machine on which something else runs gives figures that are only a first impression.
IDLE = 0.5


def checked(result):
    priced, lines = result["expected"]["priced"], result["expected"]["lines"]
    return (f"{lines} lines: every sum agrees; the joins price {priced}"
            f" and leave {lines - priced} to Truce alone")


def best(result, place, what, who=""):
    rows = [row for row in result["rows"]
            if row["place"] == place and row["what"] == what and row["who"].startswith(who)]
    return max((row["lines_per_second"] for row in rows), default=None)


def ratio(a, b):
    return a / b if a and b else None


def targets(result):
    """What was asked for, what came out, and whether it is met."""
    extra = result["extra"]
    all_, total = best(result, "memory", "programs", "Truce"), best(result, "memory", "total", "Truce")
    compile_ = extra.get("compile", {})
    fixed, diagonal = compile_.get("Today"), compile_.get("Entry")
    panel = max((extra[k] for k in ("panel csv", "panel parquet") if k in extra), default=None)
    large = extra.get("large")

    def peer(place, what, who):
        return ratio(best(result, place, what, "Truce"), best(result, place, what, who))

    def row(name, asked, got, form, more=True):
        met = None if got is None else (got >= asked if more else got <= asked)
        asked = f"{'at least' if more else 'at most'} {form.format(asked)}"
        return name, asked, "—" if got is None else form.format(got), met

    rows = [
        row("in memory, a core, all program columns", 25, all_ and all_ / 1e6, "{:.1f} million lines/s"),
        row("in memory, a core, total only", 40, total and total / 1e6, "{:.1f} million lines/s"),
    ]
    for what in ("total", "programs"):
        rows.append(row(f"in memory, {what}, beside DuckDB on our cells", 4,
                        peer("memory", what, "DuckDB, cells"), "{:.1f}×"))
        rows.append(row(f"in memory, {what}, beside DuckDB on dated joins", 12,
                        peer("memory", what, "DuckDB, dated"), "{:.1f}×"))
    rows += [
        row("Parquet to Parquet, total, beside DuckDB's best", 3, peer("parquet", "total", "DuckDB"),
            "{:.1f}×"),
        row("Parquet, grouped, beside DuckDB's best", 5, peer("parquet", "grouped", "DuckDB"), "{:.1f}×"),
        row("100 million lines", 600, large and large["memory"] / 1e6, "{:.0f} MB", more=False),
        row("compile, law known at one moment", 0.5, fixed, "{:.2f} s", more=False),
        row("compile, law known at each entry", 1.5, diagonal, "{:.2f} s", more=False),
        row("a day's panel", 2, panel, "{:.2f} s", more=False),
    ]
    return rows


def table(result):
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(result["versions"].items()))
    lines = [f"`{result['command']}`", "",
             f"{machine['cores']} cores, {machine['model']}, {machine['system']};"
             f" {versions}; Python {machine['python']}.", ""]
    if machine["load_before"] > IDLE:
        lines += [f"**Preliminary**: other work ran on the machine (load {machine['load_before']} before"
                  " the first measurement).", ""]
    lines += [f"{result['lines']:,} lines, best of {result['rounds']}. The ratio is Truce's lines a second"
              " over the row's.", "",
              "| from | what | who | million lines/s | Truce is | peak memory | command |",
              "|---|---|---|--:|--:|--:|---|"]
    for row in result["rows"]:
        ours = best(result, row["place"], row["what"], "Truce")
        times = ratio(ours, row["lines_per_second"])
        lines.append(
            f"| {row['place']} | {row['what']} | {row['who']} | {row['lines_per_second'] / 1e6:.2f} |"
            f" {f'{times:.1f}×' if times else '—'} | {row['memory'] / 1e6:,.0f} MB | `{row['command']}` |")
    expected = result["expected"]
    left = expected["lines"] - expected["priced"]
    lines += ["", f"Every sum of every row is the same to the cent over the {expected['priced']:,} lines that"
              f" the joins price; {left} lines have no rates in the export and are Truce's alone:"]
    lines += [f"- {row['lines']} `{row['status']}`"
              f"{', claim ' + row['claims'] if row['claims'] else ''}: codes like {', '.join(row['codes'])}"
              for row in result["left"]]
    lines += ["", "| asked for | target | measured | |", "|---|---|--:|---|"]
    words = {True: "met", False: "missed", None: "not measured"}
    lines += [f"| {name} | {asked} | {got} | {words[met]} |" for name, asked, got, met in targets(result)]
    return "\n".join(lines)


def write_docs(path, result):
    text = path.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n{table(result)}\n{END}{after}")
