"""One line, both sides, ledgers and errors."""

import datetime
import json
import pickle
import threading
from decimal import Decimal

import pytest
import truce


def test_the_toys_of_the_readme_owe_what_the_command_line_says(truce_binary):
    answer = truce.duty("9503.00.00.73", "CN", "2025-05-20", 10_000)
    assert (answer["duty"], answer["status"]) == ("3000.00", "exact")
    words = "duty 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000 --json".split()
    assert answer == json.loads(truce_binary(*words))


def test_everything_a_line_may_state_arrives(truce_binary):
    answer = truce.duty(
        "7208.10.05.00", "DE", datetime.date(2025, 6, 10), Decimal("10000.50"),
        quantity=(1200, "kg"), loaded="2025-05-20", mode="vessel", claims=["S"],
        contents={"steel": 8000}, known=datetime.date(2025, 8, 1), fees=True,
        world="geneva-never-happened",
    )
    words = ["duty", "7208.10.05.00", "--origin", "DE", "--entered", "2025-06-10", "--value", "10000.50",
             "--quantity", "1200 kg", "--loaded", "2025-05-20", "--mode", "vessel", "--claim", "S",
             "--content", "steel=8000", "--known", "2025-08-01", "--world", "geneva-never-happened",
             "--fees", "--json"]
    assert answer == json.loads(truce_binary(*words))
    assert answer["fees"] and answer["world"] == "geneva-never-happened"


@pytest.mark.parametrize("quantity", ["3000 liters", (3000, "liters"), ["3000 liters"], [(Decimal(3000), "liters")]])
def test_a_quantity_may_be_written_in_several_ways(quantity):
    answer = truce.duty("2204.21.50.40", "FR", "2025-09-01", 12_000.0, quantity=quantity)
    assert answer["value"] == "12000.00"
    assert answer == truce.duty(2204215040, "FR", "2025-09-01", "12000", quantity="3000 liters")


def test_the_brief_is_that_of_the_command_line(truce_binary):
    brief = truce.brief(("US", "CN"), "2025-05-30")
    assert brief == json.loads(truce_binary("brief", "--between", "US,CN", "--on", "2025-05-30", "--json"))
    assert [side["additional"] for side in brief["sides"]] == ["30%", "10%"]
    later = truce.brief("US,CN", "2025-08-20", known=datetime.date(2025, 8, 1))
    assert later["known"] == "2025-08-01"


@pytest.mark.parametrize(
    ("arguments", "where", "says"),
    [
        (dict(code="9503.00.00.73", origin="XX"), "origin", "XX"),
        (dict(code="9503.00.00.73", entered="2025-13-40"), "entered", "2025-13-40"),
        (dict(code="9503.00.00.73", value="ten"), "value", "ten"),
        (dict(code="toys"), "code", "toys"),
        (dict(code="9503"), "code", ""),
        (dict(code="9503.00.00.73", known="yesterday"), "known", "yesterday"),
        (dict(code="9503.00.00.73", world="no-such-world"), "world", "no-such-world"),
        (dict(code="9503.00.00.73", readings={"no-such": "x"}), "reading", "no-such"),
        (dict(code="9503.00.00.73", mode="broom"), "mode", "broom"),
        (dict(code="9503.00.00.73", claims="?"), "claim", "?"),
        (dict(code="9503.00.00.73", quantity="heavy"), "quantity", "heavy"),
        (dict(code="9503.00.00.73", by="ZZ"), "by", "ZZ"),
    ],
)
def test_an_error_names_the_argument_and_what_would_be_right(arguments, where, says):
    asked = dict(origin="CN", entered="2025-05-20", value=10_000) | arguments
    with pytest.raises(truce.TruceError) as raised:
        truce.duty(**asked)
    error = raised.value
    assert error.where == where and says in error.message, (error.where, error.message)
    assert error.row is None and isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.where, again.help) == (str(error), error.where, error.help)


def test_a_ledger_of_a_folder_is_the_one_built_in_and_a_folder_without_one_is_refused(tmp_path):
    from conftest import ROOT

    ledger = truce.Ledger(ROOT / "law")
    built_in = truce.Ledger()
    assert ledger.digest == built_in.digest == truce.duty("9503.00.00.73", "CN", "2025-05-20", 1)["ledger"]
    assert {side["by"] for side in ledger.about["sides"]} >= {"US", "CN"}
    assert any(program["column"] == "ieepa_fentanyl" for program in ledger.about["programs"])
    with pytest.raises(truce.TruceError, match="no ledger"):
        truce.Ledger(tmp_path)
    with pytest.raises(truce.TruceError):
        truce.Ledger(tmp_path / "nowhere")


def test_a_world_of_a_file_is_read_again_when_it_changes(tmp_path):
    from conftest import ROOT

    text = (ROOT / "examples" / "truce-breaks.toml").read_text()
    file = tmp_path / "own.toml"
    file.write_text(text)
    first = truce.duty("9503.00.00.73", "CN", "2025-07-20", 10_000, world=file)
    file.write_text(text.replace('id = "', 'id = "other-', 1))
    second = truce.duty("9503.00.00.73", "CN", "2025-07-20", 10_000, world=file)
    assert first["duty"] == second["duty"] and second["world"] == "other-" + first["world"]


def test_threads_ask_at_the_same_time():
    answers = []

    def ask():
        answers.append(truce.duty("9503.00.00.73", "CN", "2025-05-20", 10_000, known="today")["duty"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert answers == ["0.00"] * 8
