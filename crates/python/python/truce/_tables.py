"""The kinds of tables: each gives its columns as Arrow and takes the added ones in its own way.

No package is imported that the caller has not imported already: a table of a kind says that it is there.
"""

from __future__ import annotations

from typing import Any, Iterator, Protocol

from truce import _truce
from truce._error import TruceError


class Kind(Protocol):
    """A table that was handed in."""

    #: The type of added texts: ``view``, ``text`` or ``dictionary``.
    text: str

    def lines(self) -> Any:
        """The columns that are read, as Arrow."""

    def names(self) -> list[str]:
        """The names of all columns."""

    def extended(self, added: Any) -> Any:
        """The table with these columns, as the kind that was handed in."""


def kind_of(table: Any, connection: Any = None) -> Kind:
    """The kind of a table.

    Raises:
        TruceError: it is no table, or one of a kind that needs pyarrow where that is missing.
    """
    module, name = type(table).__module__.split(".")[0], type(table).__name__
    if module == "polars" and name == "DataFrame":
        return Polars(table)
    if module == "polars" and name == "LazyFrame":
        return Polars(table.collect(), lazy=True)
    if module == "pandas" and name == "DataFrame":
        return Pandas(table)
    if module == "pyarrow" and name in ("Table", "RecordBatch"):
        return Arrow(table)
    if name == "DuckDBPyRelation":
        return DuckDB(table, connection)
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return Arrow(_pyarrow("a table of this kind").table(table))
    raise TruceError(
        f"{type(table).__qualname__} is no table",
        where="table",
        help="give pyarrow, Polars, pandas, a DuckDB relation, or what has __arrow_c_stream__",
    )


def _pyarrow(what: str) -> Any:
    try:
        import pyarrow
    except ImportError:
        message, help = f"{what} needs pyarrow", "pip install pyarrow"
        raise TruceError(message, where="table", help=help) from None
    return pyarrow


def _read(names: list[str]) -> list[int]:
    return _truce.columns_read(names)


class Polars:
    text = "view"

    def __init__(self, frame: Any, lazy: bool = False) -> None:
        self.frame, self.lazy = frame, lazy

    def names(self) -> list[str]:
        return self.frame.columns

    def lines(self) -> Any:
        # The others may have types that Arrow does not know. Column by column, for a frame of several chunks
        # would copy all of them into one.
        names = [self.frame.columns[at] for at in _read(self.frame.columns)]
        return _truce.table_of(names, [self.frame.get_column(name) for name in names])

    def extended(self, added: Any) -> Any:
        import polars

        frame = self.frame.hstack(polars.DataFrame(added))
        return frame.lazy() if self.lazy else frame


class Pandas:
    text = "dictionary"

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def names(self) -> list[str]:
        return [str(name) for name in self.frame.columns]

    def lines(self) -> Any:
        pyarrow = _pyarrow("a pandas frame")
        names = self.names()
        read, arrays = _read(names), []
        for at in read:
            try:
                arrays.append(pyarrow.array(self.frame.iloc[:, at], from_pandas=True))
            except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
                help = "give the column one type, like str, Decimal or datetime64"
                raise TruceError(f"cannot be read: {error}", where="table", help=help,
                                 column=names[at]) from None
        return pyarrow.table(arrays, names=[names[at] for at in read])

    def extended(self, added: Any) -> Any:
        import pandas
        import pyarrow

        def exact(kind: Any) -> Any:
            # Of Python's own decimals each would be an object.
            return pandas.ArrowDtype(kind) if pyarrow.types.is_decimal(kind) else None

        frame = pyarrow.table(added).to_pandas(types_mapper=exact)
        frame.index = self.frame.index
        return pandas.concat([self.frame, frame], axis=1)


class Arrow:
    text = "text"

    def __init__(self, table: Any) -> None:
        self.table = table

    def names(self) -> list[str]:
        return self.table.schema.names

    def lines(self) -> Any:
        return self.table.select(_read(self.names()))

    def extended(self, added: Any) -> Any:
        import pyarrow

        added = pyarrow.table(added)
        if isinstance(self.table, pyarrow.RecordBatch):
            whole = added.combine_chunks().to_batches()
            columns = whole[0].columns if whole else [c.combine_chunks() for c in added.columns]
            schema = self.table.schema
            for field in added.schema:
                schema = schema.append(field)
            return pyarrow.record_batch([*self.table.columns, *columns], schema=schema)
        table = self.table
        for at, field in enumerate(added.schema):
            table = table.append_column(field, added.column(at))
        return table


class DuckDB:
    text = "text"

    def __init__(self, relation: Any, connection: Any) -> None:
        _pyarrow("a DuckDB relation")
        self.relation, self.connection = relation, connection
        self.held = Arrow(relation.to_arrow_table())

    def names(self) -> list[str]:
        return self.held.names()

    def lines(self) -> Any:
        return self.held.lines()

    def extended(self, added: Any) -> Any:
        import duckdb

        return (self.connection or duckdb).from_arrow(self.held.extended(added))


def is_reader(table: Any) -> bool:
    """Whether a table is a stream of pyarrow, which is worked on part by part."""
    return type(table).__module__.split(".")[0] == "pyarrow" and type(table).__name__ in (
        "RecordBatchReader",
        "IpcReader",
    )


def parts(reader: Any, rows: int) -> Iterator[Any]:
    """The batches of a stream as tables of at least so many rows, and the rest."""
    import pyarrow

    held, count = [], 0
    for batch in reader:
        held.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield pyarrow.Table.from_batches(held, reader.schema)
            held, count = [], 0
    yield pyarrow.Table.from_batches(held, reader.schema)


def refuse_taken(names: list[str], added: list[str]) -> None:
    """Refuses a table that has a column of a name that is to be added."""
    for name in added:
        if name in names:
            raise TruceError(
                f"the table has a column `{name}` already",
                where="table",
                help=f"`{name}` is added: rename the table's, or drop it",
                column=name,
            )
