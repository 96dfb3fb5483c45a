import json
import os
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from reference_nets.examples.datasets import load_dataset
from reference_nets.examples.presets import PRESETS
from reference_nets.learning import learn
from reference_nets.metrics import accuracy
from reference_nets.models import Model, ModelFileError, holds_something_else, load_model, predict, save_model
from reference_nets.preparation import Preparation
from reference_nets.reading.csv_data import DataError
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings


@pytest.fixture(scope="module")
def iris():
    preset = PRESETS["iris"]
    return learn(preset.spec, preset.table(), rng=np.random.default_rng(0), settings=preset.settings, test=0.2).model


@pytest.fixture
def saved(iris, tmp_path):
    save_model(iris, tmp_path / "iris.npz")
    return tmp_path / "iris.npz"


def altered(path, **changes):
    """The file again, with some of its arrays replaced, or taken out where None."""
    with np.load(path) as content:
        arrays = {key: content[key] for key in content.files}
    arrays.update(changes)
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


def described(path, **changes):
    with np.load(path) as content:
        description = json.loads(str(content["description"]))
    return altered(path, description=np.array(json.dumps({**description, **changes})))


def test_a_model_that_an_older_numpy_saved_with_a_stray_option_is_read(iris, saved):
    altered(saved, allow_pickle=np.array(False))
    assert repr(load_model(saved)) == repr(iris)
    altered(saved, shuffled=np.array(False))
    with refuses("holds bool under 'shuffled', expected floats"):
        load_model(saved)


def refuses(sentence):
    return pytest.raises(ModelFileError, match=re.escape(sentence))


def test_a_loaded_model_is_the_saved_one_to_the_last_bit(iris, saved):
    loaded = load_model(saved, expected=iris.spec)
    assert loaded.spec == iris.spec and repr(loaded.history) == repr(iris.history)  # nan equals nan as text
    assert all(np.array_equal(loaded.params[key], iris.params[key]) for key in iris.spec.keys)
    assert loaded.prepared.classes == ("setosa", "versicolor", "virginica")
    assert loaded.prepared.feature_names == load_dataset("iris").feature_names
    rows = load_dataset("iris").features
    assert predict(loaded, rows).labels == predict(iris, rows).labels
    assert np.array_equal(predict(loaded, rows).probabilities, predict(iris, rows).probabilities)


def test_prediction_knows_iris(iris):
    table = load_dataset("iris")
    prediction = predict(iris, table.features)
    right = np.mean([a == b for a, b in zip(prediction.labels, table.labels, strict=True)])
    assert right >= 0.95 and prediction.values is None
    np.testing.assert_allclose(prediction.probabilities.sum(axis=1), 1, rtol=1e-14)
    best = prediction.probabilities.argmax(axis=1)
    assert prediction.labels == tuple(iris.prepared.classes[index] for index in best)


def test_one_row_may_come_as_a_plain_list(iris):
    assert predict(iris, [5.1, 3.5, 1.4, 0.2]).labels == ("setosa",)


def test_a_single_sigmoid_output_gives_the_probabilities_of_both_classes():
    preset = PRESETS["logistic-regression"]
    model = learn(preset.spec, preset.table(), rng=np.random.default_rng(0), settings=preset.settings).model
    prediction = predict(model, [[4.0, 1.0], [6.5, 2.3]])
    assert prediction.labels == ("versicolor", "virginica")
    assert prediction.probabilities.shape == (2, 2)
    assert prediction.probabilities[0, 0] > 0.9 and prediction.probabilities[1, 1] > 0.9
    assert accuracy(prediction.probabilities, np.eye(2)) == 1


def hand_made(notation, classes, **fields):
    """W = 1, b = 0, one feature of mean 10 and spread 2."""
    spec = NetworkSpec.parse(notation)
    params = {key: np.ones(shape) if key[0] == "W" else np.zeros(shape) for key, shape in spec.shapes.items()}
    return Model(spec, params, Preparation(("f",), "y", classes, np.array([10.0]), np.array([2.0]), **fields))


def test_values_come_in_the_unit_they_were_trained_in():
    model = hand_made("1-1/mse", (), target_mean=100.0, target_scale=5.0)
    prediction = predict(model, [[10.0], [14.0]])
    assert prediction.values.tolist() == [100, 110] and prediction.labels == () and prediction.probabilities is None


def test_outputs_that_are_no_probabilities_are_not_called_so():
    prediction = predict(hand_made("1-1:tanh/mse", ("no", "yes")), [[9.0], [14.0]])
    assert prediction.labels == ("no", "yes") and prediction.probabilities is None


def test_rows_that_do_not_fit_the_model_are_refused(iris):
    names = "sepal length, sepal width, petal length, petal width"
    with pytest.raises(DataError, match=re.escape(f"the rows have shape (2, 3), expected (m, 4): {names}")):
        predict(iris, np.zeros((2, 3)))
    with pytest.raises(DataError, match="row 2, column 'petal length' is nan, expected a finite number"):
        predict(iris, [[1, 2, 3, 4], [1, 2, np.nan, 4]])


def test_a_truncated_file_is_refused_wherever_it_is_cut(saved):
    content = saved.read_bytes()
    for length in range(0, len(content), 101):
        saved.write_bytes(content[:length])
        with refuses(f"{saved} is damaged or no .npz file; train and save the model again"):
            load_model(saved)


def test_a_flipped_bit_is_noticed_in_every_array(saved):
    """A byte of each array's numbers is changed: the checksum of the archive tells."""
    content = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        ends = [archive.getinfo(f"{key}.npy").header_offset for key in ("b1", "W2", "b2")]
    for end in ends:
        changed = content.copy()
        changed[end - 9] ^= 4
        saved.write_bytes(changed)
        with refuses("is damaged or no .npz file"):
            load_model(saved)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"\x80\x04\x95."])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "other.npz").write_bytes(content)
    with refuses("other.npz is damaged or no .npz file; train and save the model again"):
        load_model(tmp_path / "other.npz")


def test_a_single_array_is_no_model(tmp_path):
    with (tmp_path / "array.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with refuses("array.npz is damaged or no .npz file"):
        load_model(tmp_path / "array.npz")


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_a_pickle_inside_is_never_opened(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    altered(saved, W1=np.array([Bomb()], dtype=object))
    with refuses("is damaged or no .npz file"):
        load_model(saved)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("key", ["description", "W1", "b2", "mean", "scale", "target", "history"])
def test_a_missing_part_is_named(saved, key):
    with refuses(f"is no model of this toolkit: '{key}' is missing; train it again"):
        load_model(altered(saved, **{key: None}))


def test_an_archive_of_other_arrays_is_no_model(tmp_path):
    np.savez(tmp_path / "weights.npz", w=np.zeros(3))
    with refuses("weights.npz is no model of this toolkit: 'description' is missing"):
        load_model(tmp_path / "weights.npz")


WRONG = [
    ({"W1": np.zeros((4, 8))}, "W1 holds float64 of shape (4, 8), expected floats of shape (8, 4) as in 4-8:tanh-3"),
    ({"b1": np.zeros((8, 1))}, "b1 holds float64 of shape (8, 1), expected floats of shape (8,)"),
    ({"W2": np.zeros((3, 8), dtype=int)}, "W2 holds int64 of shape (3, 8), expected floats of shape (3, 8)"),
    ({"b2": np.array([0.0, np.nan, 0.0])}, "b2 holds a number that is not finite; train and save the model again"),
    ({"mean": np.full(4, np.inf)}, "mean holds a number that is not finite; train and save the model again"),
    ({"mean": np.zeros(3)}, "mean holds float64 of shape (3,), expected floats of shape (4,)"),
    ({"scale": np.array([1.0, 1.0, 0.0, 1.0])}, "its standardisation is damaged; train and save the model again"),
    ({"target": np.array([0.0, np.nan])}, "its standardisation is damaged; train and save the model again"),
    ({"target": np.zeros(3)}, "is no model of this toolkit: its target has shape (3,), expected (2,)"),
    ({"history": np.zeros((2, 9))}, "is damaged: its description or its history cannot be read; train it again"),
    ({"history": np.zeros(4)}, "is damaged: its description or its history cannot be read; train it again"),
    ({"description": np.array("{")}, "is damaged: its description or its history cannot be read; train it again"),
    ({"description": np.array("[]")}, "is damaged: its description or its history cannot be read; train it again"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
def test_a_part_that_does_not_belong_is_named(saved, changes, sentence):
    with refuses(sentence):
        load_model(altered(saved, **changes))


DESCRIPTIONS = [
    ({"format": "other/2"}, "is no model of this toolkit: its format is other/2, expected reference_nets.model/1"),
    ({"network": "4-8:rely-3"}, "is no model of this toolkit: its network '4-8:rely-3' cannot be read"),
    ({"network": 7}, "is damaged: its description or its history cannot be read"),
    ({"classes": ["a", "b"]}, "names 4 features and 2 classes, which is not what 4-8:tanh-3:softmax/cross_entropy has"),
    ({"features": ["a"]}, "names 1 features and 3 classes, which is not what 4-8:tanh-3:softmax/cross_entropy has"),
    ({"features": None}, "is damaged: its description or its history cannot be read"),
]


@pytest.mark.parametrize(("changes", "sentence"), DESCRIPTIONS)
def test_a_description_that_does_not_fit_is_refused(saved, changes, sentence):
    with refuses(sentence):
        load_model(described(saved, **changes))


def test_a_model_of_another_network_is_refused(saved):
    sentence = (
        f"{saved} holds the network 4-8:tanh-3:softmax/cross_entropy, expected 4-5:sigmoid-3:softmax/cross_entropy; "
        "choose the file trained for it"
    )
    with refuses(sentence):
        load_model(saved, expected=NetworkSpec.parse("4-5-3/cross_entropy"))


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        load_model(tmp_path / "none.npz")


def test_a_missing_folder_is_made(iris, tmp_path):
    save_model(iris, tmp_path / "no" / "folder" / "m.npz")
    assert load_model(tmp_path / "no" / "folder" / "m.npz").spec == iris.spec


def test_a_file_in_the_place_of_a_folder_is_named(iris, tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "m.npz"
    with pytest.raises(NotADirectoryError, match=re.escape(f"cannot write {path}: {path.parent} is a file, no directory")):
        save_model(iris, path)


def test_a_folder_in_the_place_of_the_file_is_left_alone(iris, tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(IsADirectoryError, match=r"model\.npz is a directory; name a file in it"):
        save_model(iris, tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(error, iris, saved, monkeypatch):
    before = saved.read_bytes()

    def fail(*_):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        save_model(replace(iris, history=()), saved)
    assert saved.read_bytes() == before and [path.name for path in saved.parent.iterdir()] == ["iris.npz"]


def test_what_is_left_of_a_killed_run_loses_no_training(iris, tmp_path):
    path = tmp_path / "m.npz"
    for name in (f".m.npz.{os.getpid()}.part", ".m.npz.abcdefgh.part"):
        (tmp_path / name).write_bytes(b"half")
    save_model(iris, path)
    assert load_model(path).spec == iris.spec
    assert not (tmp_path / ".m.npz.abcdefgh.part").exists()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("notes.txt", b"my notes", True),
        ("notes.csv", b"1,2\n", True),
        ("notes.txt", b"", False),  # an empty file, as mktemp makes them
        ("m.npz", b"damaged", False),
        ("M.NPZ", b"damaged", False),
        ("m.txt", None, False),  # a model under another name
    ],
)
def test_what_is_surely_no_model_is_told_from_a_damaged_one(name, content, expected, saved, tmp_path):
    path = tmp_path / "below" / name
    path.parent.mkdir()
    path.write_bytes(saved.read_bytes() if content is None else content)
    assert holds_something_else(path) is expected


def test_arrays_of_somebody_are_no_model(tmp_path):
    np.savez(tmp_path / "mine.npz", x=np.ones(3))
    assert holds_something_else(tmp_path / "mine.npz")
    assert holds_something_else(tmp_path / "missing" / ".." / "mine.npz")
    assert not holds_something_else(tmp_path / "none.npz")
    assert not holds_something_else(os.devnull)


def test_a_model_without_history_and_in_float32_is_kept_as_it_is(tmp_path):
    model = hand_made("1-1/mse", ())
    model = replace(model, params={key: value.astype(np.float32) for key, value in model.params.items()})
    save_model(model, tmp_path / "m.npz")
    loaded = load_model(tmp_path / "m.npz")
    assert loaded.history == () and loaded.params["W1"].dtype == np.float32


def test_names_in_any_script_survive(tmp_path):
    table = replace(load_dataset("xor"), feature_names=("高度", "größe"), labels=("是", "否", "否", "是"))
    model = learn(PRESETS["xor"].spec, table, rng=np.random.default_rng(0), settings=Settings(epochs=1)).model
    save_model(model, tmp_path / "m.npz")
    assert load_model(tmp_path / "m.npz").prepared.classes == ("否", "是")
    assert load_model(tmp_path / "m.npz").prepared.feature_names == ("高度", "größe")
