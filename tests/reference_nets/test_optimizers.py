import math

import numpy as np
import pytest

from reference_nets.optimizers import OPTIMIZERS

RATE = 0.1
GRADIENTS = [np.array(g) for g in ([1.0, -2.0], [0.5, 0.0], [-3.0, 1e-3], [0.25, 4.0])]


def path(name, gradients=GRADIENTS, dtype=np.float64):
    """Where the optimizer goes from (1, 1), step by step."""
    theta = np.ones(2, dtype=dtype)
    step, points = OPTIMIZERS[name].start(theta, RATE), []
    for gradient in gradients:
        step(theta, gradient.astype(dtype))
        points.append(theta.tolist())
    return points


def by_hand(name):
    """The same in scalars, as the papers write it."""
    points = []
    for k in range(2):
        theta, velocity, first, second, column = 1.0, 0.0, 0.0, 0.0, []
        for t, gradient in enumerate(GRADIENTS, start=1):
            g = gradient[k]
            if name == "momentum":
                velocity = 0.9 * velocity - RATE * g
                theta += velocity
            elif name == "adam":  # Kingma and Ba 2015, algorithm 1
                first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g
                theta -= RATE * (first / (1 - 0.9**t)) / (math.sqrt(second / (1 - 0.999**t)) + 1e-8)
            else:
                theta -= RATE * g
            column.append(theta)
        points.append(column)
    return list(zip(*points, strict=True))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_step_is_that_of_the_paper(name):
    np.testing.assert_allclose(path(name), by_hand(name), rtol=1e-12)


def test_the_first_step_of_adam_has_the_size_of_the_rate_whatever_the_gradient():
    theta = np.zeros(3)
    OPTIMIZERS["adam"].start(theta, RATE)(theta, np.array([1e-4, 5.0, -1e6]))
    np.testing.assert_allclose(theta, [-RATE, -RATE, RATE], rtol=1e-3)


def test_a_parameter_without_gradient_stays_where_it_is():
    for name in OPTIMIZERS:
        assert path(name, [np.zeros(2)] * 3)[-1] == [1, 1]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradients_are_left_unchanged_and_two_runs_share_no_memory(name):
    gradient = np.array([1.0, -2.0])
    path(name, [gradient, gradient])
    assert gradient.tolist() == [1, -2]
    assert path(name) == path(name)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_takes_the_same_way(name):
    np.testing.assert_allclose(path(name, dtype=np.float32), path(name), rtol=1e-5)


def test_only_gradient_descent_takes_all_examples_at_once():
    assert [name for name, row in OPTIMIZERS.items() if row.full_batch] == ["gradient-descent"]
