"""Tables of every kind: the same cents, the same kind back, and errors that name row and column."""

import json
import threading
import time
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
import truce
from conftest import read

ADDED = ["duty", "duty_min", "duty_max", "headings", "status", "note"]


def texts(table):
    """Columns of any kind as lists of texts: amounts as Python prints decimals, nothing for null."""
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if isinstance(table, pl.DataFrame):
        columns = {name: table[name].to_list() for name in table.columns}
    elif isinstance(table, pd.DataFrame):
        columns = {name: [None if value is pd.NA or value != value else value for value in table[name]]
                   for name in table.columns}
    elif isinstance(table, (pa.Table, pa.RecordBatch)):
        columns = table.to_pydict()
    else:
        columns = table.to_arrow_table().to_pydict()
    return {name: ["" if value is None else str(value) for value in column] for name, column in columns.items()}


def test_the_example_is_assessed_as_by_the_command_line(lines, example, truce_binary, tmp_path):
    out = tmp_path / "assessed.csv"
    truce_binary("assess", example, "-o", out)
    head, rows = read(out)
    assessed = texts(truce.assess(lines))
    assert list(assessed) == head
    for at, name in enumerate(head):
        assert assessed[name] == [row[at] for row in rows], name


KINDS = {
    "pyarrow": (lambda t: t, pa.Table),
    "polars": (lambda t: pl.DataFrame(t), pl.DataFrame),
    "lazy": (lambda t: pl.DataFrame(t).lazy(), pl.LazyFrame),
    "pandas": (lambda t: t.to_pandas(), pd.DataFrame),
    "duckdb": (lambda t: duckdb.from_arrow(t), duckdb.DuckDBPyRelation),
    "batch": (lambda t: t.combine_chunks().to_batches()[0], pa.RecordBatch),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["lines", "typed"])
def test_every_kind_comes_back_as_it_came_with_the_same_cents(kind, which, request):
    table = request.getfixturevalue(which)
    make, given = KINDS[kind]
    expected = truce.assess(table)
    assessed = truce.assess(make(table))
    assert isinstance(assessed, given)
    expected, assessed = texts(expected), texts(assessed)
    assert list(expected) == list(assessed)
    for name in expected:
        if name in table.column_names:
            continue
        assert assessed[name] == expected[name], name


def test_amounts_are_exact_in_every_kind(typed):
    polars = truce.assess(pl.DataFrame(typed))
    assert polars.schema["duty"] == pl.Decimal(18, 2)
    pandas = truce.assess(typed.to_pandas())
    assert pandas["duty"].dtype == pd.ArrowDtype(pa.decimal128(18, 2))
    total = truce.assess(typed)["duty"].combine_chunks()
    cents = sum(Decimal(str(duty)) for duty in total.to_pylist() if duty is not None)
    assert polars["duty"].sum() == cents == pandas["duty"].sum()


FORMS = {
    "dictionaries": {"code": pa.dictionary(pa.int8(), pa.string()), "origin": pa.dictionary(pa.int32(), pa.large_string())},
    "views": {"code": pa.string_view(), "origin": pa.string_view()},
    "large texts": {"code": pa.large_string(), "origin": pa.large_string(), "entered": pa.string()},
    "date64 and texts": {"entered": pa.date64(), "value": pa.string()},
    "timestamps": {"entered": pa.timestamp("us")},
    "seconds": {"entered": pa.timestamp("s")},
    "floats": {"value": pa.float64()},
    "wide decimals": {"value": pa.decimal128(38, 6)},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_types_of_columns_do_not_matter(form, typed):
    changed = typed
    for name, kind in FORMS[form].items():
        at = changed.schema.get_field_index(name)
        changed = changed.set_column(at, name, changed[name].cast(kind))
    for name in ADDED:
        assert truce.assess(changed)[name].to_pylist() == truce.assess(typed)[name].to_pylist(), name


def test_integers_are_amounts_and_codes_that_lost_their_zero(typed):
    whole = typed.set_column(3, "value", pa.array([at + 1 for at in range(typed.num_rows)], pa.int64()))
    numbered = whole.set_column(0, "code", whole["code"].cast(pa.int64()))
    assert truce.assess(numbered)["duty"].to_pylist() == truce.assess(whole)["duty"].to_pylist()


def test_categories_of_polars_and_pandas_are_texts(typed):
    expected = truce.assess(typed)["duty"].to_pylist()
    frame = pl.DataFrame(typed).with_columns(pl.col("code", "origin").cast(pl.Categorical))
    assert truce.assess(frame)["duty"].to_list() == expected
    frame = typed.to_pandas().astype({"code": "category", "origin": "category"})
    assert list(truce.assess(frame)["duty"]) == expected


def test_pandas_keeps_its_index_its_types_and_columns_that_arrow_does_not_know(typed):
    frame = typed.slice(0, 5).to_pandas()
    frame["anything"] = [{1}, object(), None, 3, "x"]
    frame.index = pd.Index(["a", "b", "b", "c", "d"], name="entry")
    assessed = truce.assess(frame)
    assert list(assessed.index) == list(frame.index) and assessed.index.name == "entry"
    assert list(assessed["anything"]) == list(frame["anything"])
    assert (assessed.dtypes[frame.columns] == frame.dtypes).all()


def test_many_chunks_and_slices_are_one_table(typed):
    chunked = pa.concat_tables([typed.slice(at, 7) for at in range(0, 700, 7)])
    expected = truce.assess(typed.slice(0, 700))
    assert truce.assess(chunked)["note"].to_pylist() == expected["note"].to_pylist()
    assert truce.assess(chunked, threads=1)["duty"].to_pylist() == expected["duty"].to_pylist()


def test_columns_of_a_polars_frame_may_be_chunked_at_different_rows(typed):
    whole = pl.from_arrow(typed.slice(0, 700)).rechunk()
    chunked = pl.concat([whole[at:at + 7] for at in range(0, 700, 7)], rechunk=False)
    value = pl.concat([whole["value"][:300], whole["value"][300:]], rechunk=False)
    mixed = chunked.with_columns(value)
    assert (mixed["code"].n_chunks(), mixed["value"].n_chunks()) == (100, 2)
    expected = truce.assess(whole)
    for column in ADDED:
        assert truce.assess(mixed)[column].to_list() == expected[column].to_list()
    assert truce.assess(whole[:0]).height == 0


def test_more_rows_than_a_piece_and_every_number_of_threads_give_the_same(typed):
    many = pa.concat_tables([typed] * 60)
    one = truce.assess(many, threads=1)
    three = truce.assess(many, threads=3)
    assert one.equals(three) and one.num_rows == many.num_rows
    per_table = typed.num_rows
    assert one["duty"].slice(59 * per_table).to_pylist() == truce.assess(typed)["duty"].to_pylist()


def test_an_empty_table_gets_its_columns(typed):
    for make in (lambda t: t, pl.DataFrame, lambda t: t.to_pandas()):
        assessed = truce.assess(make(typed.slice(0, 0)))
        names = list(assessed.columns) if not isinstance(assessed, pa.Table) else assessed.column_names
        assert len(assessed) == 0 and "duty_ieepa_fentanyl" in names


def test_programs_met_are_those_that_some_line_owes(typed):
    whole, met, none = (truce.assess(typed, programs=which) for which in ("all", "met", "none"))
    owed = [name for name in whole.column_names if name.startswith("duty_") and name not in ADDED
            and any(duty for duty in whole[name].to_pylist() if duty)]
    assert [name for name in met.column_names if name.startswith("duty_") and name not in ADDED] == owed
    assert [name for name in none.column_names if name.startswith("duty_")] == ["duty_min", "duty_max"]
    for errors in ("note", "raise"):
        short = truce.assess(typed, programs="none", ranges=False, words=False, errors=errors)
        assert short.column_names == [*typed.column_names, "duty", "status"]
    assert short["duty"].to_pylist() == whole["duty"].to_pylist()


def test_coordinates_change_the_answer(typed):
    entry, today = truce.assess(typed), truce.assess(typed, known="today")
    assert entry["duty"].to_pylist() != today["duty"].to_pylist()
    world = truce.assess(typed, world="geneva-never-happened")
    assert world["duty"].to_pylist() != entry["duty"].to_pylist()


def bad_rows(typed):
    values = typed["value"].cast(pa.string()).to_pylist()
    values[1234] = "ten"
    values[2000] = "-5"
    return typed.set_column(3, "value", pa.array(values))


def test_a_bad_row_says_so_and_does_not_stop_the_others(typed):
    assessed = truce.assess(bad_rows(typed)).to_pylist()
    assert assessed[1234]["status"] == "invalid" and assessed[1234]["note"].startswith("value: `ten`")
    assert assessed[1234]["duty"] is None
    assert sum(row["status"] == "invalid" for row in assessed) == 2


@pytest.mark.parametrize("make", [lambda t: t, pl.DataFrame, lambda t: t.to_pandas()])
def test_on_demand_the_first_bad_row_is_an_error_with_its_row_and_column(make, typed):
    with pytest.raises(truce.TruceError) as raised:
        truce.assess(make(bad_rows(typed)), errors="raise", words=False)
    error = raised.value
    assert (error.row, error.column) == (1234, "value") and "ten" in error.message and error.help
    assert str(error).startswith("row 1234, column value: ")
    unknown = typed.slice(0, 10).set_column(0, "code", pa.array(["9999999999"] * 10))
    with pytest.raises(truce.TruceError) as raised:
        truce.assess(make(unknown), errors="raise")
    assert (raised.value.row, raised.value.column) == (0, "code")


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        (lambda t: t.drop_columns(["origin"]), "origin", "missing"),
        (lambda t: t.append_column("Code", t["code"]), "code", "2 times"),
        (lambda t: t.set_column(3, "value", t["value"].cast(pa.float32())), "value", "too few digits"),
        (lambda t: t.set_column(2, "entered", pa.array([1] * t.num_rows)), "entered", "Int64"),
        (lambda t: t.append_column("duty", t["value"]), "duty", "already"),
    ],
)
def test_a_column_that_cannot_be_read_is_named(change, column, says, typed):
    with pytest.raises(truce.TruceError) as raised:
        truce.assess(change(typed))
    assert raised.value.column == column and says in raised.value.message, raised.value


def test_a_column_of_mixed_objects_is_named(typed):
    frame = typed.slice(0, 3).to_pandas()
    frame["value"] = pd.Series([1, "two", object()], dtype=object)
    with pytest.raises(truce.TruceError) as raised:
        truce.assess(frame)
    assert raised.value.column == "value"


def test_what_is_no_table_and_choices_that_are_none_are_refused(typed):
    with pytest.raises(truce.TruceError, match="no table"):
        truce.assess([1, 2, 3])
    with pytest.raises(truce.TruceError, match="all, met, none"):
        truce.assess(typed, programs="some")
    with pytest.raises(truce.TruceError) as raised:
        truce.assess(typed, threads=0)
    assert raised.value.where == "threads"


def test_a_stream_is_read_part_by_part_and_comes_back_as_a_stream(typed, lines):
    batches = typed.to_batches(max_chunksize=100)
    reader = pa.RecordBatchReader.from_batches(typed.schema, iter(batches))
    assessed = truce.assess(reader)
    assert isinstance(assessed, pa.RecordBatchReader)
    whole = assessed.read_all()
    expected = truce.assess(typed)
    for name in expected.column_names:
        assert whole[name].to_pylist() == expected[name].to_pylist(), name
    both = truce.assess(pa.RecordBatchReader.from_batches(lines.schema, lines.to_batches()))
    assert both.read_all()["duty"].to_pylist() == truce.assess(lines)["duty"].to_pylist()
    with pytest.raises(truce.TruceError):
        truce.assess(pa.RecordBatchReader.from_batches(typed.schema, iter(batches)), programs="met")


def test_a_relation_of_another_connection_stays_there(typed):
    connection = duckdb.connect()
    connection.register("typed", typed)
    priced = truce.assess(connection.sql("select * from typed where origin = 'CN'"), connection=connection)
    (total,) = connection.sql("select sum(duty) from priced").fetchall()[0]
    assert total == sum(duty for duty, origin in zip(truce.assess(typed)["duty"].to_pylist(), typed["origin"].to_pylist())
                        if origin == "CN")


def test_other_threads_run_while_lines_are_assessed(typed):
    many = pa.concat_tables([typed] * 200)
    truce.assess(typed)
    beats, stop = [], threading.Event()

    def beat():
        while not stop.is_set():
            beats.append(time.perf_counter())
            time.sleep(0.002)

    thread = threading.Thread(target=beat)
    thread.start()
    start = time.perf_counter()
    truce.assess(many, threads=1)
    end = time.perf_counter()
    stop.set()
    thread.join()
    assert sum(start < at < end for at in beats) >= 3


def test_a_difference_is_that_of_the_command_line(lines, example, truce_binary, tmp_path):
    out = tmp_path / "diff.csv"
    words = ["diff", example, "--from", "known=entry", "--to", "known=today", "--json", "-o", out]
    report = json.loads(truce_binary(*words))
    found = truce.diff(lines, from_="known=entry", to={"known": "today"})
    for name in ("difference", "totals", "by_act", "by_program", "by_origin", "by_chapter", "by_month", "lines"):
        assert found.report[name] == report[name], name
    head, rows = read(out)
    table = texts(found.table)
    assert list(table) == head
    for at, name in enumerate(head):
        assert table[name] == [row[at] for row in rows], name
    assert truce.diff(lines, from_="known=entry", to="known=today", lines=False).table is None


def test_the_steps_of_a_difference_sum_to_it_for_every_kind(typed):
    for make in (lambda t: t, pl.DataFrame, lambda t: t.to_pandas(), duckdb.from_arrow):
        found = truce.diff(make(typed), from_={"world": "geneva-never-happened"}, to="known=entry")
        steps = sum(Decimal(act["difference"]) for act in found.report["by_act"])
        assert steps == Decimal(found.report["difference"]) != 0
        assert type(found.table) is type(make(typed))
    with pytest.raises(truce.TruceError) as raised:
        truce.diff(typed, from_="known=entry", to="knwon=today")
    assert raised.value.where == "to"


def test_a_panel_has_the_rates_of_the_command_line(truce_binary, tmp_path):
    table = truce.panel(on="2025-05-20", codes=["9503", "7208.10"], origins=["CN", "MX"])
    file = tmp_path / "panel.parquet"
    truce_binary("panel", "--on", "2025-05-20", "-o", file)
    whole = pyarrow.parquet.read_table(file)
    code = whole["code"].cast(pa.string())
    wanted = pc.and_(
        pc.or_(pc.starts_with(code, "9503"), pc.starts_with(code, "720810")),
        pc.is_in(whole["origin"].cast(pa.string()), pa.array(["CN", "MX"])),
    )
    expected = whole.filter(wanted)
    assert table.column_names == expected.column_names and table.num_rows == expected.num_rows > 0
    for name in table.column_names:
        assert table[name].to_pylist() == expected[name].to_pylist(), name
    kinds = {"polars": pl.DataFrame, "pandas": pd.DataFrame, "duckdb": duckdb.DuckDBPyRelation}
    toys = dict(on="2025-05-20", codes="950300", origins="CN")
    expected = texts(truce.panel(**toys))
    for kind, given in kinds.items():
        found = truce.panel(**toys, kind=kind)
        assert isinstance(found, given)
        for name, column in texts(found).items():
            # A day is a moment in some kinds.
            assert [text.removesuffix(" 00:00:00") for text in column] == expected[name], (kind, name)
    with pytest.raises(truce.TruceError) as raised:
        truce.panel(on="2025-05-20", origins=["XX"])
    assert raised.value.where == "origins"
