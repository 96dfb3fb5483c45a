import math
from dataclasses import replace

import pytest

from gradcheck.judge.verdicts import Check, Entry, QuantityCheck, Verdict, exit_code, worst

ENTRY = Entry((1, 0), 1.5, 1.0, 0.5, 1e-14)
CHECK = QuantityCheck("W1", (2, 2), Verdict.MISMATCH, "certified", 0.5, 1e-14, None, 0.25, 1, ENTRY, "wrong")


def test_the_worst_of_some_verdicts_counts():
    order = ["match", "kink", "inaccurate", "inconclusive", "skipped", "error", "mismatch"]
    assert [str(verdict) for verdict in Verdict] == order
    for index, verdict in enumerate(Verdict):
        assert worst(list(Verdict)[: index + 1]) is verdict
        assert worst(reversed(list(Verdict)[: index + 1])) is verdict
    assert worst([]) is Verdict.MATCH


def test_exit_codes_are_those_that_scripts_rely_on():
    codes = {str(verdict): exit_code(verdict) for verdict in Verdict}
    assert codes == {"match": 0, "kink": 0, "inaccurate": 0, "skipped": 0, "inconclusive": 3, "mismatch": 1, "error": 1}
    assert exit_code(Verdict.INACCURATE, strict=True) == 1 and exit_code(Verdict.KINK, strict=True) == 0


@pytest.mark.parametrize("verdict", Verdict)
def test_only_a_right_formula_is_ok(verdict):
    assert replace(CHECK, verdict=verdict).ok == (str(verdict) in ("match", "kink", "inaccurate"))


def test_the_data_of_a_check_has_the_fields_of_the_schema():
    assert CHECK.to_dict() == {
        "name": "gradient",
        "quantity": "W1",
        "verdict": "mismatch",
        "witness": "certified",
        "max_error": 0.5,
        "budget": 1e-14,
        "detectable": None,
        "wrong_entries": 1,
        "worst": {"index": [1, 0], "got": 1.5, "expected": 1.0, "error": 0.5, "budget": 1e-14},
        "message": "wrong",
        "id": None,
    }
    assert Check("determinism", Verdict.MATCH, "same").to_dict() == {
        "name": "determinism", "verdict": "match", "message": "same", "id": None,
    }  # fmt: skip


def test_numbers_that_are_not_finite_become_null():
    data = replace(CHECK, max_error=math.nan, budget=math.inf, worst=replace(ENTRY, got=math.inf)).to_dict()
    assert data["max_error"] is None and data["budget"] is None and data["worst"]["got"] is None


def test_excess_is_the_error_in_units_of_its_budget():
    assert CHECK.excess == pytest.approx(5e13)
    assert replace(CHECK, max_error=0.0, budget=0.0).excess == 0.0


def test_over_several_points_the_largest_blind_spot_counts():
    seen = [replace(CHECK, verdict=Verdict.MATCH, detectable=value, blind=share) for value, share in ((1e-9, 0), (1e-6, 1))]
    assert seen[0].over(seen).detectable == 1e-9 and seen[0].over(seen).blind == 0.5
    assert CHECK.over([CHECK, *seen]).detectable is None
