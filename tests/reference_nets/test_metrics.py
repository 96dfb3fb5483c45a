import math

import numpy as np

from reference_nets.metrics import accuracy, decide, r2, rmse


def test_several_outputs_decide_for_the_largest_and_one_output_at_one_half():
    assert decide(np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])).tolist() == [1, 0]
    assert decide(np.array([[0.2], [0.5], [0.51]])).tolist() == [0, 0, 1]


def test_accuracy_is_the_share_of_rows_decided_as_their_target():
    a = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]])
    y = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert accuracy(a, y) == 0.75


def test_rmse_and_r2_are_those_of_the_textbook():
    a, y = np.array([[2.0], [2.0], [5.0]]), np.array([[1.0], [2.0], [3.0]])
    assert rmse(a, y) == math.sqrt(5 / 3)
    assert r2(a, y) == 1 - 5 / 2
    assert r2(y, y) == 1 and r2(np.full_like(y, 2.0), y) == 0


def test_r2_of_a_constant_target_is_undefined():
    assert math.isnan(r2(np.zeros((2, 1)), np.ones((2, 1))))
