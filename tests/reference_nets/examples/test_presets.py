import re

import numpy as np
import pytest

from reference_nets.examples.presets import PRESETS, resolve
from reference_nets.examples.published import EXAMPLES
from reference_nets.network import backward, cost
from reference_nets.points import check_numbers, check_shapes
from reference_nets.spec import NetworkSpec, NotationError

PROMISED = ("logistic-regression", "guess-two", "guess-three", "xor", "mazur", "nielsen", "d2l", "iris", "digits")


def test_every_promised_name_is_there_and_every_published_example_too():
    assert {*PROMISED, *EXAMPLES} == set(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_what_it_is_and_has_a_usable_point(name):
    preset = PRESETS[name]
    assert preset.name == name and preset.summary
    assert preset.source or name in ("guess-two", "guess-three", "xor")
    point = preset.point()
    check_shapes(preset.spec, point.params, point.x, point.y)
    check_numbers(preset.spec, point.params, point.x, point.y)
    assert np.isfinite(cost(preset.spec, point.params, point.x, point.y))
    assert any(grad.any() for grad in backward(preset.spec, point.params, point.x, point.y).values())


@pytest.mark.parametrize("name", PRESETS)
def test_a_point_is_the_same_every_time(name):
    first, second = PRESETS[name].point(), PRESETS[name].point()
    assert all(np.array_equal(first.params[key], second.params[key]) for key in first.params)
    assert np.array_equal(first.x, second.x) and np.array_equal(first.y, second.y)


@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].dataset])
def test_a_preset_with_data_has_settings_and_as_many_rows_as_asked_for(name):
    preset = PRESETS[name]
    assert preset.settings and preset.table().features.shape[1] == preset.spec.sizes[0]
    assert len(preset.point(rows=3).x) == 3


def test_the_point_of_iris_shows_every_class():
    assert (PRESETS["iris"].point(rows=6).y.sum(axis=0) == 2).all()


def test_both_games_have_the_hints_and_the_number_of_the_article():
    for name, sizes in (("guess-two", (2, 1)), ("guess-three", (2, 2, 1))):
        preset = PRESETS[name]
        assert preset.spec.sizes == sizes
        assert preset.point().x.tolist() == [[0.2, 0.9]] and preset.point().y.tolist() == [[0.7]]


@pytest.mark.parametrize("name", PRESETS)
def test_a_name_stands_wherever_a_notation_may(name):
    assert resolve(name) is PRESETS[name]
    assert resolve(PRESETS[name].notation).spec == PRESETS[name].spec


def test_a_notation_resolves_to_its_network_and_nothing_more():
    preset = resolve("2-3-1+l2=0.5")
    assert preset.spec == NetworkSpec.parse("2-3-1+l2=0.5") and preset.name == "2-3-1+l2=0.5"
    assert preset.point() is None and preset.table() is None and preset.settings is None


@pytest.mark.parametrize(("text", "guess"), [("irsi", "iris"), ("DIGITS", "digits"), ("guess-too", "guess-two")])
def test_a_misspelt_name_gets_a_guess(text, guess):
    sentence = f"{text!r} is neither a preset nor a notation; did you mean {guess}?\npresets: logistic-regression"
    with pytest.raises(ValueError, match="^" + re.escape(sentence)):
        resolve(text)


def test_an_unknown_name_lists_the_presets_and_shows_a_notation():
    with pytest.raises(ValueError, match=r"^'qqqq' is neither a preset nor a notation\npresets: ") as caught:
        resolve("qqqq")
    assert all(name in str(caught.value) for name in PRESETS) and "2-3-1" in str(caught.value)
    assert not isinstance(caught.value, NotationError)


@pytest.mark.parametrize("text", ["", "2-x", "-iris"])
def test_what_does_not_begin_as_a_name_is_read_as_a_notation(text):
    with pytest.raises(NotationError, match="allowed here"):
        resolve(text)
