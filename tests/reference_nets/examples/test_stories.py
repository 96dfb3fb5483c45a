import math
import re

import pytest

from reference_nets.examples.presets import PRESETS
from reference_nets.examples.stories import LEARNING_RATE, story

STORIES = ["guess-two", "guess-three"]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


@pytest.mark.parametrize("name", STORIES)
def test_the_game_ends_at_the_first_guess_within_a_hundredth(name):
    rounds = story(name).rounds
    assert abs(rounds[-1].guess - 0.7) <= 0.01 < min(abs(turn.guess - 0.7) for turn in rounds[:-1])
    assert 5 <= len(rounds) <= 15 and [turn.number for turn in rounds] == list(range(1, len(rounds) + 1))
    assert rounds[-1].deltas == rounds[-1].changes == {}


@pytest.mark.parametrize("name", STORIES)
def test_every_guess_comes_closer(name):
    errors = [abs(turn.error) for turn in story(name).rounds]
    assert errors == sorted(errors, reverse=True) and errors[0] > 0.1


def test_guess_two_played_by_hand_gives_the_same_rounds():
    """Gradient descent on two weights and a bias, in scalars."""
    params = PRESETS["guess-two"].point().params
    (w1, w2), b = params["W1"][0].tolist(), float(params["b1"][0])
    for turn in story("guess-two").rounds:
        guess = sigmoid(0.2 * w1 + 0.9 * w2 + b)
        delta = (guess - 0.7) * guess * (1 - guess)
        assert turn.guess == pytest.approx(guess, rel=1e-12) and turn.error == pytest.approx(guess - 0.7, rel=1e-10)
        if turn.deltas:
            assert turn.deltas == {1: (pytest.approx(delta, rel=1e-10),)}
        w1, w2, b = w1 - LEARNING_RATE * delta * 0.2, w2 - LEARNING_RATE * delta * 0.9, b - LEARNING_RATE * delta


def test_the_girl_learns_her_part_through_the_weights_of_the_yellow_hat():
    params = PRESETS["guess-three"].point().params
    turn = story("guess-three").rounds[0]
    for unit in range(2):
        made = sigmoid(0.2 * params["W1"][unit, 0] + 0.9 * params["W1"][unit, 1] + params["b1"][unit])
        delta = turn.deltas[2][0] * params["W2"][0, unit] * made * (1 - made)
        assert turn.deltas[1][unit] == pytest.approx(delta, rel=1e-10)
        assert turn.changes["b1"][unit] == pytest.approx(-LEARNING_RATE * delta, rel=1e-10)


@pytest.mark.parametrize("name", STORIES)
def test_the_text_tells_every_round_with_the_numbers_of_the_data(name):
    tale = story(name)
    told = [line for line in tale.lines if line.startswith("Round ")]
    assert len(told) == len(tale.rounds)
    for line, turn in zip(told, tale.rounds, strict=True):
        said = re.fullmatch(r'Round \d+\. Yellow hat: "(.*)\." Blue hat: "(.*) too (?:low|high)\."', line)
        guess, error = said.groups()
        assert (float(guess), float(error)) == (round(turn.guess, 3), round(abs(turn.error), 3))
        assert ("too low" in line) == (turn.guess < 0.7)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_short_and_uses_the_words_of_the_games(name):
    text = "\n".join(story(name).lines)
    assert len(story(name).lines) < 30 and max(map(len, story(name).lines)) <= 110
    assert "yellow hat" in text and "blue hat" in text and "hints, 0.2 and 0.9" in text
    assert ("girl" in text) == (name == "guess-three")


def test_an_unknown_story_lists_both():
    with pytest.raises(ValueError, match="there is no story called 'mazur', expected guess-two or guess-three"):
        story("mazur")


def test_a_game_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr("reference_nets.examples.stories.MOST_ROUNDS", 3)
    with pytest.raises(RuntimeError, match=r"guess-two is not within 0\.01 after 3 rounds"):
        story("guess-two")
