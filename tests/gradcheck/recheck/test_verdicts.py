"""Whether a verdict follows from the errors found: a mismatch needs one entry that no rounding explains, and no more."""

import pytest

from gradcheck.recheck.verdicts import MARGIN, NEAR_ESTIMATE, RecheckedEntry, judged


def entry(error, budget=1.0, typical=1.0):
    return RecheckedEntry((0,), error, error <= budget, budget, typical, typical)


ROUNDING, WRONG, FINE = entry(MARGIN), entry(2 * MARGIN), entry(0.5)


@pytest.mark.parametrize(
    ("entries", "is_open"),
    [([WRONG], False), ([WRONG, ROUNDING], False), ([FINE, WRONG], False), ([ROUNDING], True), ([ROUNDING, FINE], True)],
)
def test_a_mismatch_is_confirmed_by_one_entry_that_rounding_does_not_explain(entries, is_open):
    found = judged("W1", "mismatch", entries)
    assert (found.faults, bool(found.open)) == ((), is_open)


def test_a_mismatch_of_entries_that_are_all_within_their_budget_is_refuted():
    assert judged("W1", "mismatch", [FINE]).faults


@pytest.mark.parametrize(
    ("budget", "is_open"),
    [(NEAR_ESTIMATE, False), (2 * NEAR_ESTIMATE, True), (1 / NEAR_ESTIMATE, False), (0.5 / NEAR_ESTIMATE, True)],
)
def test_a_budget_is_confirmed_within_a_factor_of_an_estimate(budget, is_open):
    assert bool(judged("W1", "match", [entry(0.0, budget)]).open) is is_open
