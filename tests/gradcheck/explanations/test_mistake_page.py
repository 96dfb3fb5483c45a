"""`gradcheck explain`: every mistake has a page in both languages, with numbers that a hand-written pass confirms."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from gradcheck.commands.cli import main
from gradcheck.explanations.mistake_page import check_id, list_of_mistakes, mistake_page
from gradcheck.explanations.small_example import CLEAR, small_example
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec
from reports.render import render
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE, plant, variants
from symbolic.mistakes.notes import NOTES
from symbolic.programs.compiled import compile_gradient

CORPUS = Path(__file__).parents[2] / "corpus" / "vectorised.py"


@pytest.fixture(scope="module")
def by_hand():
    """The hand-written backward pass with every mistake plantable by name, which shares no formula with the catalogue."""
    found = importlib.util.spec_from_file_location("vectorised", CORPUS)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.backward_of


@pytest.mark.parametrize("mistake", CATALOGUE)
def test_the_small_example_shows_the_mistake_and_its_numbers_are_right(mistake, by_hand):
    example = small_example(mistake)
    spec, point, variant = example.spec, example.point, example.variant
    assert variant.mistake == mistake and spec.n_params <= 20 and len(point.x) <= 2
    right = backward(spec, point.params, point.x, point.y)
    pairs = [(point.params[f"W{l}"].copy(), point.params[f"b{l}"].copy()) for l in spec.layers]
    wrong = by_hand(spec, mistake, variant.layer, variant.form)(pairs, point.x, point.y)
    rows = {name: (float(np.ravel(r)[0]), float(np.ravel(w)[0])) for name, r, w in example.rows}
    off = 0.0
    for l, pair in enumerate(wrong, 1):
        for key, part in zip((f"W{l}", f"b{l}"), pair, strict=True):
            for index in np.ndindex(*spec.shapes[key]):
                told = rows["_".join([f"d{key}", *map(str, index)])]
                np.testing.assert_allclose(told, [right[key][index], part[index]], rtol=1e-9, atol=1e-12)
            size = max(np.abs(part).max(), np.abs(right[key]).max(), 1e-3)
            off = max(off, float(np.abs(part - right[key]).max() / size))
    assert off >= CLEAR / 2
    name, r, w = example.first
    assert name in rows and r != w


@pytest.mark.parametrize("id", [*CATALOGUE, *BEHAVIOUR])
def test_every_mistake_has_its_page_in_both_languages(id):
    english, chinese = (render(mistake_page(id, language=language), "text") for language in ("en", "zh"))
    assert id in english and "Why" in english and "Where it hides" in english
    assert id in chinese and "为什么" in chinese and not re.search(r"[{}]", chinese.replace("_{l+1}", "").replace("_{l-1}", ""))
    assert (small_example(id) is None) == (id in BEHAVIOUR)


def test_a_page_says_what_a_mistake_changes_in_a_network():
    square, plain = (mistake_page("weight-transpose-missing", NetworkSpec.parse(n)) for n in ("3-4-4-2", "3-4-2"))
    assert square.data["places"] == [{"layer": 1, "form": "", "changes": ["dW1", "db1"]}]
    assert plain.data["places"] == [] and "This network has no place for it." in render(plain, "text")
    relu = mistake_page("activation-derivative-at-activation", NetworkSpec.parse("3-4:relu-2:identity/mse"))
    assert relu.data["places"][0]["changes"] == [] and "nothing" in render(relu, "text")


@pytest.mark.parametrize(
    ("condition", "network", "m"),
    [("one-example", "3-4:tanh-2", 1), ("no-penalty", "3-4:tanh-2", 3), ("relu", "3-4:relu-2:identity/mse", 3)],
)
def test_what_is_said_to_hide_a_mistake_hides_it(condition, network, m):
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(1)
    params = {key: rng.normal(size=shape) for key, shape in spec.shapes.items()}
    x, y = rng.normal(size=(m, spec.sizes[0])), rng.normal(size=(m, spec.sizes[-1]))
    right = compile_gradient(plant(spec))(params, x, y)
    for mistake in [id for id, note in NOTES.items() if condition in note.hidden and id in CATALOGUE]:
        for variant in variants(spec, CATALOGUE[mistake]):
            if "K" in variant.form or "n_in" in variant.form:
                continue
            wrong = compile_gradient(plant(spec, variant))(params, x, y)
            for key in spec.keys:
                np.testing.assert_allclose(wrong[key], right[key], rtol=1e-12, atol=1e-14, err_msg=variant.label)


def test_notes_are_of_mistakes_that_there_are():
    assert set(NOTES) <= {*CATALOGUE, *BEHAVIOUR} and len(NOTES) > 40


def test_an_unknown_id_is_told_with_the_nearest(capsys):
    with pytest.raises(ValueError, match="the nearest are missing-batch-average"):
        check_id("missing-batch-averag")
    with pytest.raises(ValueError, match="gradcheck explain lists all"):
        check_id("zzzz")
    assert main(["explain", "mising-batch-average"]) == 2
    assert "the nearest are missing-batch-average" in capsys.readouterr().err


def test_the_list_has_all_by_group(capsys):
    document = list_of_mistakes("zh")
    assert {id for ids in document.data["mistakes"].values() for id in ids} == {*CATALOGUE, *BEHAVIOUR}
    assert main(["explain", "--format", "json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "gradcheck.explanations/1"
    assert main(["explain", "l2-missing", "--network", "3-4-2+l2=0.1", "--lang", "zh"]) == 0
    assert "为什么" in capsys.readouterr().out
