"""The native half: Arrow and texts in, Arrow and JSON out. Use `truce`, not this."""

from typing import Any

VERSION: str

class PyTable:
    """A table in Arrow memory, for pyarrow, Polars and DuckDB to take."""

    column_names: list[str]
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class Law:
    def __init__(self, folder: str | None = None) -> None: ...
    def about(self) -> str: ...
    def duty(
        self,
        code: str,
        origin: str,
        entered: str,
        value: str,
        stated: dict[str, Any],
        asked: dict[str, Any],
        also: tuple[bool, bool, bool],
    ) -> str: ...
    def brief(self, between: str, on: str | None, asked: dict[str, Any]) -> str: ...
    def assess(
        self, table: Any, asked: dict[str, Any], options: dict[str, Any]
    ) -> tuple[PyTable, list[tuple[int, str, str, str]]]: ...
    def diff(
        self, table: Any, from_: list[str], to: list[str], rows: bool, threads: int | None
    ) -> tuple[str, PyTable | None]: ...
    def panel(
        self,
        asked: dict[str, Any],
        by: str,
        on: str | None,
        from_: str | None,
        to: str | None,
        until: str | None,
        codes: list[str],
        origins: list[str],
    ) -> PyTable: ...

def columns_read(names: list[str]) -> list[int]: ...
def table_of(names: list[str], columns: list[Any]) -> PyTable: ...
