"""The code of docs/python.md runs, and prints what the page says."""

import contextlib
import io
import re

from conftest import ROOT

PAGE = ROOT / "docs" / "python.md"


def blocks():
    """Each block of code with the output that the page shows below it."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.S)
    return pattern.findall(text)


def test_the_guide_shows_what_its_code_prints(monkeypatch, tmp_path):
    found = blocks()
    assert len(found) >= 8
    monkeypatch.chdir(ROOT)
    names = {}
    for code, shown in found:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, str(PAGE), "exec"), names)
        assert out.getvalue().split() == shown.split(), f"{code}\nprints\n{out.getvalue()}"
