"""The data that come with the package; where they are from and under which licence stands in ``data/SOURCES.md``."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

import numpy as np

from reference_nets.reading.csv_data import DataTable, read_csv


def load_dataset(name: str) -> DataTable:
    """The table of a data set by name: iris, digits, petals or xor.

    >>> len(load_dataset("iris")), load_dataset("petals").feature_names
    (150, ('petal length', 'petal width'))
    """
    if name not in DATASETS:
        raise ValueError(f"unknown data set {name!r}, expected one of {', '.join(DATASETS)}")
    return DATASETS[name]()


def _packaged(file: str) -> DataTable:
    with as_file(files("reference_nets") / "data" / file) as path:
        return read_csv(path)


def _iris() -> DataTable:
    """Fisher 1936: lengths and widths of sepals and petals of 150 flowers of three species."""
    return _packaged("iris.csv")


def _digits() -> DataTable:
    """Alpaydin and Kaynak 1998: 1797 handwritten digits of 8 x 8 pixels."""
    return _packaged("digits.csv.gz")


def _petals() -> DataTable:
    """The petals of the two iris species that overlap: two features, two classes, for logistic regression."""
    iris = _iris()
    return DataTable(iris.features[50:, 2:], iris.feature_names[2:], iris.labels[50:], iris.label_name)


def _xor() -> DataTable:
    """Exclusive or: the four rows that no network without a hidden layer can learn."""
    features = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return DataTable(features, ("p", "q"), ("no", "yes", "yes", "no"), "p xor q")


DATASETS: dict[str, Callable[[], DataTable]] = {"iris": _iris, "digits": _digits, "petals": _petals, "xor": _xor}
