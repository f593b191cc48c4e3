"""The shapes of answers, as the command line's JSON has them (docs/command-line.md)."""

from __future__ import annotations

from typing import Any, TypedDict


class Basis(TypedDict):
    kind: str
    amount: str
    unit: str


class Component(TypedDict):
    """What one measure takes; ``amount`` in the currency of the side that levies."""

    program: str
    measure: str
    heading: str | None
    rate: str
    basis: Basis
    amount: str
    incomplete: bool
    base_stand_in: bool
    drawback: str | None
    cites: list[str]


class NotApplied(TypedDict):
    program: str
    measure: str
    heading: str | None
    reason: str
    cites: list[str]


class Later(TypedDict):
    known: str
    duty: str | None
    difference: str | None
    acts: list[str]


class _DutyAlso(TypedDict, total=False):
    filing: dict[str, Any]
    check: dict[str, Any]


class DutyAnswer(_DutyAlso):
    """One line: ``truce duty --json``. Amounts are texts with two decimals."""

    by: str
    code: str | None
    origin: str
    entered: str
    known: str
    world: str
    reading: dict[str, str]
    status: str
    value: str
    duty: str | None
    duty_min: str | None
    duty_max: str | None
    rate: str | None
    components: list[Component]
    not_applied: list[NotApplied]
    needs: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    pending: list[dict[str, Any]]
    fees: list[dict[str, Any]]
    warnings: list[str]
    later: Later | None
    disputed: list[dict[str, Any]]
    official_through: str
    verified_through: str
    ledger: str
    version: str


class BriefAnswer(TypedDict):
    """Both sides on one day: ``truce brief --json``."""

    on: str
    known: str
    world: str
    sides: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    rulings: list[dict[str, Any]]
    talks: list[dict[str, Any]]
    controls: list[dict[str, Any]]
    next: list[dict[str, Any]]
    official_through: Any
    verified_through: Any
    ledger: str
    version: str


class DiffReport(TypedDict):
    """Sums of a difference: ``truce diff --json``."""

    lines: int
    duty_from: str | None
    duty_to: str | None
    difference: str | None
    totals: list[dict[str, Any]]
    by_program: list[dict[str, Any]]
    by_act: list[dict[str, Any]]
    by_origin: list[dict[str, Any]]
    by_chapter: list[dict[str, Any]]
    by_month: list[dict[str, Any]]
    status_from: dict[str, int]
    status_to: dict[str, int]
    without_amount: dict[str, int]
    faults: list[dict[str, Any]]
    notes: list[str]
    ledger: str
    version: str


class About(TypedDict):
    """What a ledger holds."""

    ledger: str
    version: str
    sides: list[dict[str, Any]]
    programs: list[dict[str, Any]]
    worlds: list[dict[str, Any]]
    readings: list[dict[str, Any]]
