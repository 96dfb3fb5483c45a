"""The two guessing games, told round by round; every number in the text is computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_nets.examples.presets import HINTS, NUMBER_TO_GUESS, PRESETS
from reference_nets.network import backward, forward

LEARNING_RATE = 4.0
CLOSE_ENOUGH = 0.01
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Round:
    """One guess, how far off it is, and what everyone makes of that.

    ``deltas`` are what the yellow hat (layer L) and the girl (layer 1) learn about their own part in the error,
    ``changes`` what is then added to each parameter; both are empty in the last round, whose guess is close enough.
    """

    number: int
    guess: float
    error: float
    deltas: dict[int, tuple[float, ...]]
    changes: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Story:
    """The rounds of a game as data, and the tale as lines of text."""

    name: str
    title: str
    rounds: tuple[Round, ...]
    lines: tuple[str, ...]


def story(name: str) -> Story:
    """Play ``guess-two`` or ``guess-three`` to its end and tell it."""
    if name not in STORIES:
        raise ValueError(f"there is no story called {name!r}, expected {' or '.join(STORIES)}")
    rounds = _play(name)
    return Story(name, STORIES[name], rounds, (*_opening(name), "", *_rounds(rounds), "", *_closing(rounds)))


def _play(name: str) -> tuple[Round, ...]:
    spec, point = PRESETS[name].spec, PRESETS[name].point()
    assert point is not None  # both games have their hints and their number
    params, rounds = dict(point.params), []
    for number in range(1, MOST_ROUNDS + 1):
        guess = float(forward(spec, params, point.x)[0, 0])
        error = guess - float(point.y[0, 0])
        if abs(error) <= CLOSE_ENOUGH:
            rounds.append(Round(number, guess, error, {}, {}))
            return tuple(rounds)
        grads = backward(spec, params, point.x, point.y)
        moves = {key: -LEARNING_RATE * grads[key] for key in spec.keys}
        deltas = {layer: _flat(grads[f"b{layer}"]) for layer in spec.layers}  # one example: dC/db is delta
        rounds.append(Round(number, guess, error, deltas, {key: _flat(move) for key, move in moves.items()}))
        params = {key: params[key] + moves[key] for key in spec.keys}
    raise RuntimeError(f"{name} is not within {CLOSE_ENOUGH} after {MOST_ROUNDS} rounds")


def _flat(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> tuple[float, ...]:
    return tuple(float(value) for value in values.ravel())


STORIES = {"guess-two": "The guessing game for two", "guess-three": "The guessing game for three"}


def _opening(name: str) -> tuple[str, ...]:
    first, second = HINTS.split()
    return {
        "guess-two": (
            f"A number is to be guessed. It is {NUMBER_TO_GUESS}, but only the player in the blue hat knows it.",
            f"The player in the yellow hat hears two hints, {first} and {second}. He gives each hint a weight, adds",
            "them up, adds a number of his own (the bias) and squeezes the sum to between 0 and 1: his guess.",
            "The blue hat tells him how far off he is. All the numbers that can be changed are his own,",
            "so he knows at once which way to turn each of them.",
        ),
        "guess-three": (
            f"A number is to be guessed. It is {NUMBER_TO_GUESS}, but only the player in the blue hat knows it.",
            f"This time a girl hears the two hints, {first} and {second}. She passes on two numbers, what she makes",
            "of them, and from these the player in the yellow hat makes his guess.",
            "The blue hat speaks to the yellow hat only. Nobody tells the girl how far off the guess is:",
            "the yellow hat hands the error back to her, each part as large as the weight he gave to her number.",
        ),
    }[name]


def _rounds(rounds: tuple[Round, ...]) -> list[str]:
    lines = []
    for turn in rounds:
        side = "too high" if turn.error > 0 else "too low"
        lines.append(f'Round {turn.number}. Yellow hat: "{turn.guess:.3f}." Blue hat: "{abs(turn.error):.3f} {side}."')
        if turn.number == 1:
            lines += _lesson(turn)
    return lines


def _lesson(turn: Round) -> list[str]:
    """The first round in detail: who learns what from whom."""
    last = max(turn.deltas)
    delta, weights, bias = turn.deltas[last][0], turn.changes[f"W{last}"], turn.changes[f"b{last}"][0]
    lines = [
        f"    The yellow hat knows how much his sum moves his guess, multiplies, and gets his delta, {delta:+.4f}.",
        f"    He changes his weights by {_list(weights)} and his bias by {bias:+.3f}.",
    ]
    if last > 1:
        lines += [
            f"    Through his weights the error reaches the girl: her two deltas are {_list(turn.deltas[1], 4)}.",
            f"    She changes her weights by {_list(turn.changes['W1'])}",
            f"    and her biases by {_list(turn.changes['b1'])}.",
        ]
    return lines


def _closing(rounds: tuple[Round, ...]) -> list[str]:
    last = rounds[-1]
    told = f"In round {last.number} the guess is {last.guess:.3f}, within {CLOSE_ENOUGH} of {NUMBER_TO_GUESS}."
    if len(rounds[0].deltas) == 1:
        return [told, "The error went straight to the only weights there are: gradient descent is all it takes."]
    return [told, "The error went back from hat to girl, against the way of the hints: that is back propagation."]


def _list(values: tuple[float, ...], digits: int = 3) -> str:
    texts = [f"{value:+.{digits}f}" for value in values]
    return ", ".join(texts[:-1]) + f" and {texts[-1]}"
