"""What goes wrong."""

from __future__ import annotations


class TruceError(ValueError):
    """An argument, a table or a row that cannot be read, and what would be right.

    Attributes:
        message: what is wrong.
        where: the argument (``origin``), the file with its line, or ``table``; None where there is none.
        help: what would be right, or None.
        row: the row of the table, counted from 0 as ``iloc`` does; None where no single row is at fault.
        column: the column of the table, or None.
    """

    message: str
    where: str | None
    help: str | None
    row: int | None
    column: str | None

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        help: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        self.message, self.where, self.help = message, where, help
        self.row, self.column = row, column
        super().__init__(message)

    def __reduce__(self):
        fields = {name: getattr(self, name) for name in ("where", "help", "row", "column")}
        return _again, (self.message, fields)

    def __str__(self) -> str:
        place = self.where or ""
        if self.row is not None:
            place = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        elif self.column:
            place = f"column {self.column}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.help})" if self.help else text


def _again(message, fields):
    return TruceError(message, **fields)
