"""The questions: one line, a table of lines, two sets of coordinates, both sides on a day, a panel of rates."""

from __future__ import annotations

import datetime
import functools
import json
import math
import os
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Generic, Iterable, Mapping, Sequence, TypeVar, Union

from truce import _tables, _truce
from truce._error import TruceError
from truce._types import About, BriefAnswer, DiffReport, DutyAnswer

Table = TypeVar("Table")

#: A day, a moment (with an offset, or local to the side that levies), or their text.
Date = Union[str, datetime.date, datetime.datetime]
#: ``entry``: what importers faced; ``today``: the last law known; a day (its end) or a moment.
Known = Date
#: Worlds of the ledger by name (``truce worlds``), or files of one; they apply in order.
World = Union[str, os.PathLike, Sequence[Union[str, os.PathLike]], None]
#: The option to take by the name of the reading.
Readings = Union[Mapping[str, str], None]
#: Money in units of currency; a float counts as its shortest text, as Python prints it.
Amount = Union[str, int, float, Decimal]
#: ``"100 kg"``, ``(100, "kg")``, or a number in the schedule's unit.
Quantity = Union[Amount, "tuple[Amount, str]"]

#: Rows of a stream that are worked on at once.
_PART_ROWS = 1 << 20


@dataclass(frozen=True)
class Difference(Generic[Table]):
    """What changes between two sets of coordinates.

    Attributes:
        table: the lines with ``duty_from``, ``duty_to``, ``difference``, one ``difference_PROGRAM`` for each
            program that changes, ``status_from``, ``status_to`` and ``note``; None where it was not asked for.
        report: the sums, as ``truce diff --json``: by act, program, origin, chapter and month. Amounts are texts
            with two decimals in the currency of the side that levies; ``by_act`` sums to ``difference``.
    """

    table: Table
    report: DiffReport


class Ledger:
    """A ledger in memory: the one built in, or the folder of another.

    Regimes (the ledger compiled for a choice of known, world and readings) are made when they are first asked
    for, in about a second, and kept, the last sixteen of them. A ledger may be used by many threads.

    Args:
        path: a folder like ``law/`` of the repository; the ledger built in without it.

    Raises:
        TruceError: the folder holds no ledger, or one with findings; ``where`` is the file and line.
    """

    def __init__(self, path: str | os.PathLike | None = None) -> None:
        self._law = _truce.Law(None if path is None else os.fspath(path))
        self._about: About = json.loads(self._law.about())

    def __repr__(self) -> str:
        return f"truce.Ledger({self.digest})"

    @property
    def digest(self) -> str:
        """``blake3:…`` over the text of the ledger: equal digests are equal law."""
        return self._about["ledger"]

    @property
    def about(self) -> About:
        """What it holds: ``sides`` (with ``official_through`` and ``verified_through``), ``programs``,
        ``worlds`` and ``readings`` with their options."""
        return self._about

    def duty(
        self,
        code: str | int,
        origin: str,
        entered: Date,
        value: Amount,
        *,
        by: str = "US",
        quantity: Quantity | Sequence[Quantity] = (),
        loaded: Date | None = None,
        exported: Date | None = None,
        withdrawn: Date | None = None,
        privileged: Date | None = None,
        mode: str | None = None,
        claims: str | Sequence[str] = (),
        contents: Mapping[str, Amount] | None = None,
        known: Known = "entry",
        world: World = None,
        readings: Readings = None,
        fees: bool = False,
        filing: bool = False,
        check: bool = False,
    ) -> DutyAnswer:
        """See :func:`truce.duty`."""
        stated = {
            "by": by,
            "quantity": [_quantity(one) for one in _several(quantity)],
            "loaded": _date(loaded),
            "exported": _date(exported),
            "withdrawn": _date(withdrawn),
            "privileged": _date(privileged),
            "mode": mode,
            "claim": list(_several(claims)),
            "content": [f"{part}={_amount(amount)}" for part, amount in (contents or {}).items()],
        }
        asked = _coordinates(known, world, readings)
        also = (fees, filing, check)
        return json.loads(
            self._law.duty(str(code), origin, _date(entered), _amount(value), stated, asked, also)
        )

    def assess(
        self,
        table: Table,
        *,
        known: Known = "entry",
        world: World = None,
        readings: Readings = None,
        programs: str = "all",
        ranges: bool = True,
        words: bool = True,
        errors: str = "note",
        threads: int | None = None,
        connection: Any = None,
    ) -> Table:
        """See :func:`truce.assess`."""
        _one_of("programs", programs, ("all", "met", "none"))
        _one_of("errors", errors, ("note", "raise"))
        options = {
            "programs": programs,
            "range": ranges,
            "words": words,
            "reasons": errors == "raise",
            "every_side": False,
            "first": 0,
            "threads": threads,
        }
        asked = _coordinates(known, world, readings)
        if _tables.is_reader(table):
            return self._assess_stream(table, asked, options, errors)
        kind = _tables.kind_of(table, connection)
        added = self._added(kind, asked, options, errors)
        return kind.extended(added)

    def _added(self, kind: Any, asked: dict, options: dict, errors: str) -> Any:
        options = {**options, "text": kind.text, "names": kind.names()}
        added, faults = self._law.assess(kind.lines(), asked, options)
        if errors == "raise" and faults:
            row, column, message, help = faults[0]
            raise TruceError(message, where="table", help=help or None, row=row, column=column or None)
        return added

    def _assess_stream(self, reader: Any, asked: dict, options: dict, errors: str) -> Any:
        import pyarrow

        if options["programs"] == "met":
            help = "all or none, or read the whole stream: reader.read_all()"
            raise TruceError("which programs are met shows at the end of a stream", where="programs",
                             help=help)
        by = any(name.strip().lower() == "by" for name in reader.schema.names)
        options = {**options, "every_side": by}

        def assessed(part: Any, first: int) -> Any:
            kind = _tables.Arrow(part)
            return kind.extended(self._added(kind, asked, {**options, "first": first}, errors))

        schema = assessed(reader.schema.empty_table(), 0).schema

        def batches() -> Iterable[Any]:
            first = 0
            for part in _tables.parts(reader, _PART_ROWS):
                yield from assessed(part, first).cast(schema).to_batches()
                first += part.num_rows

        return pyarrow.RecordBatchReader.from_batches(schema, batches())

    def diff(
        self,
        table: Table,
        *,
        from_: Any,
        to: Any,
        lines: bool = True,
        threads: int | None = None,
        connection: Any = None,
    ) -> Difference[Table]:
        """See :func:`truce.diff`."""
        if _tables.is_reader(table):
            table = table.read_all()
        kind = _tables.kind_of(table, connection)
        report, added = self._law.diff(kind.lines(), _end(from_), _end(to), lines, threads)
        extended = None
        if added is not None:
            _tables.refuse_taken(kind.names(), added.column_names)
            extended = kind.extended(added)
        return Difference(extended, json.loads(report))

    def brief(
        self,
        between: str | Sequence[str] = ("US", "CN"),
        on: Date | None = None,
        *,
        known: Known = "entry",
        world: World = None,
        readings: Readings = None,
    ) -> BriefAnswer:
        """See :func:`truce.brief`."""
        pair = between if isinstance(between, str) else ",".join(between)
        return json.loads(self._law.brief(pair, _date(on), _coordinates(known, world, readings)))

    def panel(
        self,
        *,
        on: Date | None = None,
        from_: Date | None = None,
        to: Date | None = None,
        by: str = "US",
        codes: str | Sequence[str] = (),
        origins: str | Sequence[str] = (),
        known: Known = "entry",
        world: World = None,
        readings: Readings = None,
        kind: str = "pyarrow",
    ) -> Any:
        """See :func:`truce.panel`."""
        _one_of("kind", kind, ("pyarrow", "polars", "pandas", "duckdb"))
        asked = _coordinates(known, world, readings)
        days = (_date(on), _date(from_), _date(to), None)
        codes = [str(code) for code in _several(codes)]
        return _of_kind(kind, self._law.panel(asked, by, *days, codes, list(_several(origins))))


@functools.lru_cache(maxsize=None)
def _built_in() -> Ledger:
    return Ledger()


def _of_kind(kind: str, table: Any) -> Any:
    if kind == "polars":
        import polars

        return polars.DataFrame(table)
    import pyarrow

    table = pyarrow.table(table)
    if kind == "pandas":
        import pandas

        return table.to_pandas(
            types_mapper=lambda t: pandas.ArrowDtype(t) if pyarrow.types.is_decimal(t) else None
        )
    if kind == "duckdb":
        import duckdb

        return duckdb.from_arrow(table)
    return table


def _one_of(name: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise TruceError(f"`{given}` is no choice", where=name, help=", ".join(choices))


def _several(given: Any) -> Iterable[Any]:
    """One or several, as several."""
    one = isinstance(given, (str, int, float, Decimal)) or (
        isinstance(given, tuple) and _is_pair(given)
    )
    return (given,) if one else given


def _is_pair(given: tuple) -> bool:
    """Whether a tuple is one quantity with its unit, and not two of them."""
    return len(given) == 2 and not isinstance(given[0], (str, tuple)) and isinstance(given[1], str)


def _date(given: Any) -> Any:
    return given.isoformat() if isinstance(given, datetime.date) else given


def _amount(given: Amount) -> str:
    """Money as a text; a float as the cents that its shortest text is nearest to, a half up."""
    if isinstance(given, float) and math.isfinite(given):
        given = Decimal(repr(given)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _number(given)


def _number(given: Amount) -> str:
    exact = Decimal(repr(given)) if isinstance(given, float) else given
    return format(exact, "f") if isinstance(exact, Decimal) else str(exact)


def _quantity(given: Quantity) -> str:
    return f"{_number(given[0])} {given[1]}" if isinstance(given, tuple) else _number(given)


def _worlds(world: World) -> list[str]:
    if world is None or world == "record":
        return []
    several = [world] if isinstance(world, (str, os.PathLike)) else world
    return [os.fspath(one) for one in several]


def _coordinates(known: Known, world: World, readings: Readings) -> dict:
    chosen = [f"{name}={option}" for name, option in (readings or {}).items()]
    return {"known": _date(known), "world": _worlds(world), "reading": chosen}


def _end(given: Any) -> list[str]:
    """Coordinates as the command line has them: ``known=entry``."""
    if isinstance(given, str):
        return [part for part in given.split(",") if part]
    if isinstance(given, Mapping):
        unknown = set(given) - {"known", "world", "readings"}
        if unknown:
            raise TruceError(f"`{unknown.pop()}` is no coordinate", where="from_, to",
                             help="known, world, readings")
        asked = _coordinates(given.get("known", "entry"), given.get("world"), given.get("readings"))
        return [f"known={asked['known']}", *(f"world={world}" for world in asked["world"]),
                *(f"reading={reading}" for reading in asked["reading"])]
    return list(given)


def duty(
    code: str | int,
    origin: str,
    entered: Date,
    value: Amount,
    *,
    by: str = "US",
    quantity: Quantity | Sequence[Quantity] = (),
    loaded: Date | None = None,
    exported: Date | None = None,
    withdrawn: Date | None = None,
    privileged: Date | None = None,
    mode: str | None = None,
    claims: str | Sequence[str] = (),
    contents: Mapping[str, Amount] | None = None,
    known: Known = "entry",
    world: World = None,
    readings: Readings = None,
    fees: bool = False,
    filing: bool = False,
    check: bool = False,
) -> DutyAnswer:
    """What one line owes, and the law behind every cent.

    Args:
        code: the commodity code, 10 digits (China: 8), dots optional.
        origin: country of origin (ISO code of two letters).
        entered: the day of entry, or a moment.
        value: entered value in the currency of the side that levies.
        by: the side that levies: ``US``, ``CN``.
        quantity: with its unit (``"100 kg"``, ``(100, "kg")``), or several.
        loaded, exported, withdrawn, privileged: further dates that a law may ask for.
        mode: ``vessel``, ``air``, ``rail``, ``truck``, ``mail``.
        claims: program symbols (``S``, ``usmca``) and headings of chapters 98 and 99.
        contents: values of parts of the article in whole units of currency: ``{"steel": 2500}``.
        known: which law had been made: ``entry``, ``today``, a day or a moment.
        world: a scenario by name, or a file of one; several apply in order.
        readings: the option to take where authorities disagree.
        fees: what the entry pays besides duty too (field ``fees``).
        filing: the lines as on the entry form too (field ``filing``).
        check: hold the answer against the fast engine too (field ``check``).

    Returns:
        The object of ``truce duty --json``: ``status`` (``exact``, ``needs-facts``, ``unknown``), ``duty`` with
        ``duty_min`` and ``duty_max``, ``components`` with their ``cites``, ``not_applied``, ``needs``, ``later``.
        Amounts are texts with two decimals: ``Decimal(answer["duty"])``.

    Raises:
        TruceError: an argument that cannot be read (``where`` names it), or a line that cannot be right.

    >>> truce.duty("9503.00.00.73", "CN", "2025-05-20", 10_000)["duty"]
    '3000.00'
    """
    return _built_in().duty(
        code, origin, entered, value, by=by, quantity=quantity, loaded=loaded, exported=exported,
        withdrawn=withdrawn, privileged=privileged, mode=mode, claims=claims, contents=contents,
        known=known, world=world, readings=readings, fees=fees, filing=filing, check=check,
    )


def assess(
    table: Table,
    *,
    known: Known = "entry",
    world: World = None,
    readings: Readings = None,
    programs: str = "all",
    ranges: bool = True,
    words: bool = True,
    errors: str = "note",
    threads: int | None = None,
    connection: Any = None,
) -> Table:
    """The duty of every line of a table.

    Args:
        table: a pyarrow Table, RecordBatch or RecordBatchReader, a Polars DataFrame or LazyFrame, a pandas
            DataFrame, a DuckDB relation, or anything with ``__arrow_c_stream__``. Its columns are those of
            ``truce assess``: ``code``, ``origin``, ``entered``, ``value``; and where present ``by``,
            ``quantity``, ``unit``, ``quantity_2``, ``unit_2``, ``loaded``, ``exported``, ``withdrawn``,
            ``privileged``, ``mode``, ``claims``, ``content_steel`` and so on. Texts may be categories; dates
            dates, timestamps or texts; amounts integers, decimals, 64-bit floats or texts. More than two decimals
            of an amount are rounded half up; a float counts as its shortest text, as Python prints it.
        known, world, readings: the coordinates, as in :func:`duty`.
        programs: ``all`` programs that levy for a side in the table get a column, those that are ``met`` by
            some line, or ``none``.
        ranges: add ``duty_min`` and ``duty_max``.
        words: add ``headings`` and ``note``.
        errors: ``note``: a row that cannot be read has the status ``invalid`` and a note that names the column;
            ``raise``: the first row without an answer (``invalid`` or ``unknown``) is a TruceError.
        threads: all cores by default. The result does not depend on it.
        connection: where the relation that is given back lives, for a DuckDB relation of another connection
            than the default one.

    Returns:
        The table, of the kind that was given, with ``duty``, ``duty_min``, ``duty_max``, ``duty_PROGRAM``…,
        ``headings``, ``status`` (``exact``, ``needs-facts``, ``unknown``, ``invalid``) and ``note``. Amounts are
        decimals with two digits after the point, in the currency of the side that levies; null where there is no
        one amount, and in ``duty_max`` also where there is no bound. Of a RecordBatchReader a RecordBatchReader,
        which reads and works as it is read.

    Raises:
        TruceError: a column is missing or cannot be read exactly (``column``), the table has a column of an added
            name already, or with ``errors="raise"`` a row (``row``, ``column``).
    """
    return _built_in().assess(
        table, known=known, world=world, readings=readings, programs=programs, ranges=ranges, words=words,
        errors=errors, threads=threads, connection=connection,
    )


def diff(
    table: Table,
    *,
    from_: Any,
    to: Any,
    lines: bool = True,
    threads: int | None = None,
    connection: Any = None,
) -> Difference[Table]:
    """What changes for the lines of a table between two sets of coordinates, and which act explains it.

    Args:
        table: as for :func:`assess`.
        from_, to: coordinates: ``"known=entry"``, ``"known=today,world=geneva-never-happened"``, or a mapping
            ``{"known": "today", "world": …, "readings": {…}}``. What is not named is ``known=entry`` and the record.
        lines: give the table back with its differences; the sums alone are faster.
        threads, connection: as for :func:`assess`.

    Returns:
        A :class:`Difference`.

    Raises:
        TruceError: as for :func:`assess`, or coordinates that cannot be read (``where``).
    """
    return _built_in().diff(table, from_=from_, to=to, lines=lines, threads=threads, connection=connection)


def brief(
    between: str | Sequence[str] = ("US", "CN"),
    on: Date | None = None,
    *,
    known: Known = "entry",
    world: World = None,
    readings: Readings = None,
) -> BriefAnswer:
    """Both sides of a trade relation on one day.

    Args:
        between: two countries, of which one at least levies duties in the ledger.
        on: the day; by default the last that the ledger follows.
        known, world, readings: the coordinates, as in :func:`duty`.

    Returns:
        The object of ``truce brief --json``: ``sides`` (each with ``layers`` and ``additional``, in percent),
        ``clocks``, ``rulings``, ``talks``, ``controls``, ``next``.

    Raises:
        TruceError: an argument that cannot be read; ``where`` names it.
    """
    return _built_in().brief(between, on, known=known, world=world, readings=readings)


def panel(
    *,
    on: Date | None = None,
    from_: Date | None = None,
    to: Date | None = None,
    by: str = "US",
    codes: str | Sequence[str] = (),
    origins: str | Sequence[str] = (),
    known: Known = "entry",
    world: World = None,
    readings: Readings = None,
    kind: str = "pyarrow",
) -> Any:
    """The rate of every code on goods of every country over days.

    Args:
        on: one day; or
        from_, to: the first and the last day. Without days: all that the ledger knows law for.
        by: the side that levies.
        codes: only codes that begin with one of these (``"9503"``); dots are optional. All without it: a day of
            the whole tariff has some five million rows.
        origins: only these countries of origin.
        known, world, readings: the coordinates, as in :func:`duty`.
        kind: of the table: ``pyarrow``, ``polars``, ``pandas`` or ``duckdb``.

    Returns:
        A row for each code, origin and stretch of days with one rate: ``code``, ``origin``, ``from``, ``until``
        (the day after the last; null: no end), ``status``, ``rate_PROGRAM``…, ``additional``, ``total``, ``least``,
        ``most`` (shares of the value, decimals), ``base_share``, ``base_cents_a_unit``, ``base_unit``, ``specific``,
        ``note``: ``docs/panel.md``.

    Raises:
        TruceError: an argument that cannot be read; ``where`` names it.
    """
    return _built_in().panel(
        on=on, from_=from_, to=to, by=by, codes=codes, origins=origins, known=known, world=world,
        readings=readings, kind=kind,
    )
