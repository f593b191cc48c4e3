"""Lines that every test knows: the example of the repository, and what `truce assess` makes of it."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "entries.csv"


def read(path):
    """A file as a head and rows of texts."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    return head, rows


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The example without the rows that are broken as rows of CSV: a table has none of these."""
    head, rows = read(EXAMPLE)
    file = tmp_path_factory.mktemp("example") / "entries.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *(row for row in rows if len(row) == len(head))])
    return file


@pytest.fixture(scope="session")
def lines(example):
    """The example as a table of texts."""
    head, rows = read(example)
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(head)})


@pytest.fixture(scope="session")
def typed():
    """Lines in the types that a database would have, all of goods that resolve."""
    from datetime import date, timedelta
    from decimal import Decimal

    codes = ["9503000073", "8513102000", "0201300200", "3926909910"]
    count = 3000
    return pa.table(
        {
            "code": [codes[at % 4] for at in range(count)],
            "origin": [("CN", "MX", "DE")[at % 3] for at in range(count)],
            "entered": [date(2025, 1, 1) + timedelta(days=at % 600) for at in range(count)],
            "value": pa.array([Decimal(at * 977 % 90_000 + 100) / 100 for at in range(count)], pa.decimal128(18, 2)),
        }
    )


@pytest.fixture(scope="session")
def truce_binary():
    """The command line to compare with; without one the test is skipped, or fails where CI wants it."""
    found = os.environ.get("TRUCE_BINARY") or shutil.which("truce")
    for profile in ("release", "debug"):
        path = ROOT / "target" / profile / "truce"
        found = found or (str(path) if path.exists() else None)
    if not found:
        if os.environ.get("TRUCE_REQUIRE_SHARED"):
            pytest.fail("no binary `truce`: cargo build --release")
        pytest.skip("no binary `truce`: cargo build")

    def run(*words, status=(0, 1)):
        done = subprocess.run([found, *map(str, words)], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode in status, done.stderr
        return done.stdout

    return run
