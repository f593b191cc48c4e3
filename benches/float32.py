#!/usr/bin/env python3
"""How often duties computed in 32-bit floating point are a cent or more off.

    cargo run --release -p benches --bin lines -- 1000000 lines.parquet --answers answers.parquet
    python3 -m pip install numpy pyarrow openfisca-core
    python3 benches/float32.py lines.parquet answers.parquet

Each line's duty is the sum over its programs of rate x value. The rates are those that the lines owe: the
rate of a program is its amount over the value, to six places, and only lines on which every rate gives the
amount back to the cent are counted. The exact duty is value x the sum of the rates in whole numbers, rounded to
the cent once, half up; so it differs from what is computed by the floating point alone.

OpenFisca keeps every number of a simulation as 32-bit floating point. Where it is installed, the duty is
computed by a tax and benefit system of it, with one input variable for each rate; where it is not, by the same
arithmetic in numpy, and the first line says so.
"""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def cents(table, name):
    """Amounts of two decimals as whole cents: below 2^53 the way over 64-bit floating point is exact."""
    dollars = pc.fill_null(table[name].cast(pa.float64()), 0).to_numpy()
    return np.rint(dollars * 100).astype(np.int64)


def counted(lines, answers):
    """Value in cents and rates in millionths of the lines that rates explain."""
    exact = pc.equal(answers["status"], "exact").to_numpy(zero_copy_only=False)
    value = cents(lines, "value")
    # Customs counts whole dollars, half up.
    value = (value + 50) // 100 * 100
    exact &= value > 0
    names = [n for n in answers.column_names if n.startswith("duty_")]
    amounts = {name: cents(answers, name) for name in names}
    amounts = {name: amount for name, amount in amounts.items() if amount.any()}
    safe = np.where(value > 0, value, 1)
    rates = {}
    for name, amount in amounts.items():
        rates[name] = rate = (amount * 1_000_000 + safe // 2) // safe
        exact &= (rate * value + 500_000) // 1_000_000 == amount
    keep = np.flatnonzero(exact)
    return value[keep], {name: rate[keep] for name, rate in rates.items()}


def with_openfisca(value, rates):
    """The duty as a simulation of OpenFisca computes it."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    line = build_entity(key="line", plural="lines", label="an entry line", is_person=True)
    system = TaxBenefitSystem([line])
    names = list(rates)

    def variable(name, formula=None):
        fields = {"value_type": float, "entity": line, "definition_period": DateUnit.DAY, "label": name}
        if formula:
            fields["formula"] = formula
        return type(name, (Variable,), fields)

    def duty(lines, period):
        entered = lines("entered_value", period)
        return sum(entered * lines(f"rate_{name}", period) for name in names)

    system.add_variable(variable("entered_value"))
    for name in names:
        system.add_variable(variable(f"rate_{name}"))
    system.add_variable(variable("duty", duty))
    simulation = SimulationBuilder().build_default_simulation(system, count=len(value))
    day = "2025-06-01"
    simulation.set_input("entered_value", day, value / 100)
    for name in names:
        simulation.set_input(f"rate_{name}", day, rates[name] / 1_000_000)
    return simulation.calculate("duty", day)


def with_numpy(value, rates):
    entered = (value / 100).astype(np.float32)
    duty = np.zeros(len(value), np.float32)
    for rate in rates.values():
        duty += entered * (rate / 1_000_000).astype(np.float32)
    return duty


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    lines, answers = (pq.read_table(path) for path in sys.argv[1:])
    value, rates = counted(lines, answers)
    exact = (value * sum(rates.values()) + 500_000) // 1_000_000
    try:
        import openfisca_core  # noqa: F401
        from importlib.metadata import version
        who, duty = f"OpenFisca {version('openfisca-core')}", with_openfisca(value, rates)
    except ImportError:
        who, duty = "numpy float32 (openfisca-core is not installed)", with_numpy(value, rates)
    found = np.floor(duty.astype(np.float64) * 100 + 0.5).astype(np.int64)
    off = np.abs(found - exact)
    print(f"{who}, {duty.dtype}: {len(value):,} of {len(lines):,} lines are sums of rates")
    print(f"  a cent or more off: {int((off > 0).sum()):,} lines, {(off > 0).mean():.2%}")
    print(f"  a dollar or more off: {int((off >= 100).sum()):,} lines")
    print(f"  most: {off.max() / 100:,.2f}; sum of all: {found.sum() / 100:,.2f} for {exact.sum() / 100:,.2f}")


if __name__ == "__main__":
    main()
