"""Networks by name: what may stand wherever a notation may, some with a point, data or published figures."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from reference_nets.examples.datasets import load_dataset
from reference_nets.examples.published import EXAMPLES
from reference_nets.examples.worked_examples import Example
from reference_nets.points import Point, init_params, random_batch
from reference_nets.preparation import inputs, prepare, targets
from reference_nets.reading.csv_data import DataTable
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings
from reports.words import Words

HINTS, NUMBER_TO_GUESS = "0.2 0.9", "0.7"
GAME = (HINTS, NUMBER_TO_GUESS)  # x and y of the two guessing games
SEED = 2  # with it both games start well off the number


@dataclass(frozen=True)
class Preset:
    """A network under a name; one that was given by its notation has no more than that.

    ``dataset`` and ``settings`` say what to train it on and how, ``example`` what was published about it, ``given`` is
    the x and y that belong to it.
    """

    name: str
    notation: str
    summary: str = ""
    source: str = ""
    dataset: str | None = None
    settings: Settings | None = None
    example: Example | None = None
    given: tuple[str, str] | None = None

    @property
    def spec(self) -> NetworkSpec:
        """The network."""
        return NetworkSpec.parse(self.notation)

    def table(self) -> DataTable | None:
        """The data to train it on, if it has any."""
        return load_dataset(self.dataset) if self.dataset else None

    def point(self, *, rows: int = 4) -> Point | None:
        """Its parameters, x and y: published, or drawn from a fixed seed with ``rows`` taken evenly from its data."""
        if self.example:
            return self.example.point()
        params = init_params(self.spec, np.random.default_rng(SEED))
        if self.given:
            x, y = (np.array([[float(word) for word in text.split()]]) for text in self.given)
            return Point(params, x, y)
        if table := self.table():
            prepared = prepare(self.spec, table)
            chosen = _spread_rows(table, rows)
            return Point(params, inputs(prepared, table.features)[chosen], targets(self.spec, prepared, table)[chosen])
        if self.summary:
            return Point(params, *random_batch(self.spec, np.random.default_rng(SEED + 1), rows))
        return None


class UnknownNetworkError(ValueError):
    """A word that names no preset and is no notation either: in lines, with the names that there are."""

    has_lines = True  # a sentence of several lines


def resolve(text: str) -> Preset:
    """The preset of this name, or the network of this notation.

    >>> resolve("iris").notation, resolve("2-1/bce").spec.cost
    ('4-8:tanh-3/cross_entropy', 'bce')

    Raises NotationError for a bad notation, UnknownNetworkError for a word that is no preset.
    """
    if text in PRESETS:
        return PRESETS[text]
    if isinstance(text, str) and text[:1].isalpha():
        close = difflib.get_close_matches(text.lower(), PRESETS, n=1)
        guess = Words("; did you mean {name}?", name=close[0]) if close else ""
        words = Words("{text} is neither a preset nor a notation{guess}", text=repr(text), guess=guess)
        start = Words("a notation begins with the number of inputs, as 2-3-1")
        raise UnknownNetworkError(Words("{words}\npresets: {names}\n{start}", words=words, names=tuple(PRESETS), start=start))
    return Preset(text, str(NetworkSpec.parse(text)))


def _spread_rows(table: DataTable, rows: int) -> list[int]:
    """So many rows, taken evenly from the whole table, so that no class is left out where there is room for all."""
    return [index * len(table) // rows for index in range(rows)]


_UCI = "UCI Machine Learning Repository, CC BY 4.0"

_OWN = (
    Preset(
        "logistic-regression",
        "2-1/bce",
        "no hidden layer: two iris species told apart by their petals",
        f"Fisher 1936, {_UCI}",
        dataset="petals",
        settings=Settings("gradient-descent", 0.5, 300),
    ),
    Preset("guess-two", "2-1", "the guessing game for two: hints and yellow hat, no hidden layer", given=GAME),
    Preset("guess-three", "2-2-1", "the guessing game for three: a girl, the hidden layer, between", given=GAME),
    Preset(
        "xor",
        "2-3:tanh-1/bce",
        "exclusive or: four rows that need a hidden layer",
        dataset="xor",
        settings=Settings("gradient-descent", 1.0, 300),
    ),
    Preset(
        "d2l",
        "4-5:relu-3/cross_entropy+l2=0.1",
        "four inputs, five hidden units, three classes, weight decay",
        "Zhang, Lipton, Li and Smola, Dive into Deep Learning, 2023, sections 5.1 and 5.3",
    ),
    Preset(
        "iris",
        "4-8:tanh-3/cross_entropy",
        "three species of iris by the lengths of sepals and petals",
        f"Fisher 1936, {_UCI}",
        dataset="iris",
        settings=Settings("adam", 0.02, 60, 16),
    ),
    Preset(
        "digits",
        "64-30:relu-10/cross_entropy+l2=0.001",
        "ten handwritten digits of 8 x 8 pixels",
        f"Alpaydin and Kaynak 1998, {_UCI}",
        dataset="digits",
        settings=Settings("adam", 0.005, 20, 32),
    ),
)


def _published(example: Example) -> Preset:
    return Preset(example.name, example.notation, example.title, example.source, example=example)


PRESETS: dict[str, Preset] = {
    preset.name: preset for preset in (*_OWN, *(_published(example) for example in EXAMPLES.values()))
}
