"""A trained network with all that new rows need: kept in one file, checked when it is read, used to predict."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.metrics import decide
from reference_nets.network import forward
from reference_nets.preparation import Preparation, inputs
from reference_nets.reading.csv_data import DataError
from reference_nets.reading.stored_arrays import read_npz
from reference_nets.reading.strict_json import DamagedFile, parse
from reference_nets.spec import NetworkSpec, NotationError
from reference_nets.training import Epoch
from reports.files import write_atomically

FORMAT = "reference_nets.model/1"
# What `numpy.savez(..., allow_pickle=False)` leaves in a file before NumPy 2.2: an array. Models were once saved so.
_NOT_OURS = ("allow_pickle",)
_HISTORY = ("number", "cost", "held_out_cost", "score")


class ModelFileError(ValueError):
    """A file that holds no usable model: says which file, what is wrong with it, and what to try."""


class _Unreadable(Exception):  # noqa: N818 - it says why
    """A part of a model file that holds something else than it should."""


@dataclass(frozen=True)
class Model:
    """Parameters of a spec, how features become its inputs, and how it was trained."""

    spec: NetworkSpec
    params: dict[str, Array]
    prepared: Preparation
    history: tuple[Epoch, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Prediction:
    """For each row its label (classes) or its value (numbers); ``probabilities`` (m, classes) where outputs are such.

    Several sigmoid outputs are each a probability for itself: their sum need not be one.
    """

    labels: tuple[str, ...] = ()
    probabilities: Array | None = None
    values: Array | None = None


def predict(model: Model, features: Array) -> Prediction:
    """What the model says about new rows: ``features`` (m, n_0) as they are measured, not standardised.

    Raises DataError where the number of columns is not the model's or a number is not finite.
    """
    features = np.atleast_2d(np.asarray(features, dtype=np.float64))
    names, prepared = model.prepared.feature_names, model.prepared
    if features.ndim != 2 or features.shape[1] != len(names):
        raise DataError(f"the rows have shape {features.shape}, expected (m, {len(names)}): {', '.join(names)}")
    if not np.isfinite(features).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(features))[0])
        raise DataError(f"row {row + 1}, column {names[column]!r} is {features[row, column]}, expected a finite number")
    a = forward(model.spec, model.params, inputs(prepared, features))
    if not prepared.classes:
        return Prediction(values=a[:, 0] * prepared.target_scale + prepared.target_mean)
    labels = tuple(prepared.classes[index] for index in decide(a))
    probable = model.spec.activations[-1] in ("sigmoid", "softmax")
    return Prediction(labels, (a if a.shape[1] > 1 else np.hstack([1 - a, a])) if probable else None)


def save_model(model: Model, path: str | Path) -> None:
    """Write the model as ``.npz`` without pickles; the file is replaced at once or, where that fails, not at all."""
    content, arrays = io.BytesIO(), dict[str, Any](_arrays(model))  # no name of theirs is an option of savez
    np.savez(content, **arrays)
    write_atomically(Path(path), content.getvalue())


def holds_something_else(path: str | Path) -> bool:
    """Whether a file is there that is surely no model, not even a damaged one: what training should not replace.

    What is empty, what is ``.npz`` by its name and cannot be read as such, and what is no ordinary file may be written.
    """
    path = Path(os.path.realpath(path))  # where writing leads, by way of folders that it makes, too
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "description.npy" not in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return path.suffix.lower() != ".npz"


def load_model(path: str | Path, *, expected: NetworkSpec | None = None) -> Model:
    """Read a model; raises ModelFileError where the file is damaged, incomplete or not of the ``expected`` network."""
    path = Path(path)
    arrays = _read(path)
    try:
        spec, prepared = _described(arrays)
        params = {key: arrays[key] for key in spec.keys}
        history = _history(arrays["history"])
    except KeyError as error:
        raise ModelFileError(f"{path} is no model of this toolkit: {error} is missing; train it again") from error
    except _Unreadable as error:
        sentence = f"{path} is damaged: its description or its history cannot be read; train it again ({error})"
        raise ModelFileError(sentence) from error
    except ValueError as error:
        raise ModelFileError(f"{path} is no model of this toolkit: {error}") from error
    if expected is not None and spec != expected:
        raise ModelFileError(f"{path} holds the network {spec}, expected {expected}; choose the file trained for it")
    _check(path, spec, params, prepared)
    return Model(spec, params, prepared, history)


def _arrays(model: Model) -> dict[str, Array]:
    prepared = model.prepared
    description = {
        "format": FORMAT,
        "network": str(model.spec),
        "features": prepared.feature_names,
        "label": prepared.label_name,
        "classes": prepared.classes,
    }
    return {
        "description": np.array(json.dumps(description)),
        "mean": prepared.mean,
        "scale": prepared.scale,
        "target": np.array([prepared.target_mean, prepared.target_scale]),
        "history": np.array([[getattr(epoch, name) for name in _HISTORY] for epoch in model.history]).reshape(-1, 4),
        **model.params,
    }


def _read(path: Path) -> dict[str, Array]:
    """The arrays in the file; nothing in it is ever executed."""
    try:
        return read_npz(path, texts=("description",), beside=_NOT_OURS)
    except DamagedFile as error:
        sentence = f"{path} is damaged or no .npz file; train and save the model again (it {error.reason})"
        raise ModelFileError(sentence) from error


def _described(arrays: dict[str, Array]) -> tuple[NetworkSpec, Preparation]:
    try:
        description = parse(str(arrays["description"]))
    except ValueError as error:
        raise _Unreadable(str(error)) from error
    if not isinstance(description, dict):
        raise _Unreadable("the description is no object")
    if description["format"] != FORMAT:
        raise ValueError(f"its format is {str(description['format'])[:40]}, expected {FORMAT}")
    if arrays["target"].shape != (2,):
        raise ValueError(f"its target has shape {arrays['target'].shape}, expected (2,)")
    target_mean, target_scale = (float(value) for value in arrays["target"])
    prepared = Preparation(
        _texts(description, "features"),
        _text(description["label"], "label"),
        _texts(description, "classes"),
        arrays["mean"],
        arrays["scale"],
        target_mean,
        target_scale,
    )
    return _network(_text(description["network"], "network")), prepared


def _texts(description: dict[str, Any], name: str) -> tuple[str, ...]:
    if not isinstance(description[name], list):
        raise _Unreadable(f"the {name} are no list")
    return tuple(_text(value, name) for value in description[name])


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _Unreadable(f"{name}: {str(value)[:40]} is no text")
    return value


def _history(rows: Array) -> tuple[Epoch, ...]:
    numbers = rows[:, 0] if rows.ndim == 2 and rows.shape[1] == len(_HISTORY) else np.array([np.nan])
    if not np.isfinite(numbers).all() or (numbers != np.floor(np.abs(numbers))).any():
        raise _Unreadable("the history has other columns, or epochs without a number")
    return tuple(Epoch(int(number), *rest) for number, *rest in rows.tolist())


def _network(notation: str) -> NetworkSpec:
    try:
        return NetworkSpec.parse(notation)
    except NotationError as error:
        raise ValueError(f"its network {notation!r} cannot be read") from error


def _check(path: Path, spec: NetworkSpec, params: dict[str, Array], prepared: Preparation) -> None:
    """Shapes as the spec has them, floats, all finite, as many names and classes as inputs and outputs."""
    shapes = {**spec.shapes, "mean": (spec.sizes[0],), "scale": (spec.sizes[0],)}
    for key, array in {**params, "mean": prepared.mean, "scale": prepared.scale}.items():
        if array.shape != shapes[key] or array.dtype.kind != "f":
            raise ModelFileError(
                f"{path}: {key} holds {array.dtype} of shape {array.shape}, "
                f"expected floats of shape {shapes[key]} as in {spec}"
            )
        if not np.isfinite(array).all():
            raise ModelFileError(f"{path}: {key} holds a number that is not finite; train and save the model again")
    if not (prepared.scale > 0).all() or not np.isfinite([prepared.target_mean, prepared.target_scale]).all():
        raise ModelFileError(f"{path}: its standardisation is damaged; train and save the model again")
    if len(prepared.feature_names) != spec.sizes[0] or len(prepared.classes) not in (0, max(2, spec.sizes[-1])):
        raise ModelFileError(
            f"{path} names {len(prepared.feature_names)} features and {len(prepared.classes)} classes, "
            f"which is not what {spec} has"
        )
