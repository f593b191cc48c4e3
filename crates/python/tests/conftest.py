"""Lines that every test knows: the example of the repository, and what `truce assess` makes of it."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "entries.csv"


@pytest.fixture(scope="session")
def rows():
    """The example as texts, a dictionary for each line."""
    with EXAMPLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def lines(rows):
    """The example as a table of texts."""
    names = list(rows[0])
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})


@pytest.fixture(scope="session")
def typed():
    """Lines in the types that a database would have; every third of China into the United States."""
    from datetime import date, timedelta
    from decimal import Decimal

    codes = ["9503000073", "7208100500", "0201100510", "8703230190"]
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
