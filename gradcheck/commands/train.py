"""Train a network on a CSV file, or a preset on its own data; keep the best parameters in a model file.

Examples: gradcheck train 4-8:tanh-3/cross_entropy --data flowers.csv --test 0.2 --model flowers.npz
          gradcheck train iris            (the preset's own data and settings)
          gradcheck train guess-three     (the guessing game, told round by round)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gradcheck.commands.loss_curve import loss_curve
from gradcheck.commands.shared.output import add_report_options, check_report_options, emit, say
from gradcheck.commands.shared.progress import epochs
from gradcheck.commands.shared.streams import tell
from gradcheck.judge.exit_codes import ExitCode
from reference_nets.examples.presets import Preset, resolve
from reference_nets.examples.stories import STORIES, story
from reference_nets.learning import LearningResult, cross_validate, learn
from reference_nets.models import holds_something_else, save_model
from reference_nets.optimizers import OPTIMIZERS
from reference_nets.reading.csv_data import DataTable, read_csv
from reference_nets.training import Epoch, Settings, TrainingResult
from reports.document import Block, Document, Section, Table, Value, prose


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("network", metavar="NETWORK", help="a notation such as 4-8:tanh-3/cross_entropy, or a preset's name")
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="CSV", type=Path, help="the rows to train on (default: those of the preset)")
    data.add_argument("--label", metavar="COLUMN", help="label column by name or position (default: the last)")
    data.add_argument("--header", action=argparse.BooleanOptionalAction, help="whether the first line names the columns")
    data.add_argument("--test", type=float, metavar="SHARE", help="share of the rows held out, as 0.2")
    data.add_argument("--folds", type=int, metavar="K", help="K-fold scores instead of one training")
    training = parser.add_argument_group("training")
    training.add_argument("--optimizer", choices=list(OPTIMIZERS), help="gradient-descent uses all rows in every step")
    training.add_argument("--learning-rate", type=float, metavar="ETA")
    training.add_argument("--epochs", type=int, metavar="N")
    training.add_argument("--batch-size", type=int, metavar="M")
    training.add_argument("--target", type=float, metavar="COST", help="stop once the cost is at most this")
    parser.add_argument("--seed", type=int, metavar="N", help="of parameters, shuffling and hold-out (default: 0)")
    parser.add_argument("--model", type=Path, metavar="PATH.npz", help="where the model is kept (default: out/NAME.npz)")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, save, report; raises ValueError or OSError before any work where something does not fit."""
    preset = resolve(arguments.network)
    is_story = arguments.network in STORIES and not arguments.data
    path = None if is_story or arguments.folds is not None else arguments.model or _default_path(preset)
    check_report_options(arguments, reads=[arguments.data], writes=[path])
    _refuse_what_would_be_ignored(arguments)
    if path is not None and holds_something_else(path):
        raise ValueError(f"{path} is there and holds no model; name another file with --model, or remove it first")
    if is_story:
        emit(story_document(arguments.network), arguments)
        return 0
    table = _table(arguments, preset)
    settings = _settings(arguments, preset)
    rng = np.random.default_rng(arguments.seed or 0)
    if path is None:
        return _cross_validated(arguments, preset, table, settings, rng)
    with epochs(settings.epochs, quiet=arguments.quiet) as bar:

        def show(epoch: Epoch) -> None:
            bar.update(1 if epoch.number else 0)
            bar.set_postfix_str(_progress_text(epoch))

        learned = learn(preset.spec, table, rng=rng, settings=settings, test=arguments.test or 0.0, on_epoch=show)

    def keep() -> None:
        save_model(learned.model, path)
        say(f"model kept in {path}", arguments)

    emit(training_document(preset.name, learned, path), arguments, first=keep)
    if learned.training.stopped == "interrupted":
        return ExitCode.INTERRUPTED
    return _warned(learned.training)


def _warned(training: TrainingResult) -> int:
    """1, with a warning, where the parameters that were kept are those that were drawn; else 0."""
    if training.best.number or training.stopped == "target":
        return 0
    tell(
        "gradcheck train: nothing was learnt: no epoch has a smaller cost than the parameters drawn at the start, which were "
        "kept; try a smaller --learning-rate"
    )
    return 1


_OF_A_FILE = ("label", "header")
_OF_ONE_TRAINING = ("test", "model")
_OF_TRAINING = ("folds", "test", "optimizer", "learning_rate", "epochs", "batch_size", "target", "seed", "model")


def _refuse_what_would_be_ignored(arguments: argparse.Namespace) -> None:
    """Raise ValueError, naming the options, where some would have no effect beside the others."""
    if arguments.seed is not None and arguments.seed < 0:
        raise ValueError(f"--seed is {arguments.seed}, expected a whole number >= 0")
    if not arguments.data and (given := _given(arguments, _OF_A_FILE)):
        raise ValueError(f"what the columns are belongs to a CSV file, got {given} without --data; name the file")
    if arguments.network in STORIES and not arguments.data and (given := _given(arguments, _OF_TRAINING)):
        raise ValueError(
            f"{arguments.network} is a story told without data, expected no options of training, got {given}; leave them out, "
            "or name rows with --data"
        )
    if arguments.folds is not None and (given := _given(arguments, _OF_ONE_TRAINING)):
        raise ValueError(
            f"--folds tests every row once and keeps no model, expected no options of a single training, got {given}; leave "
            "out either"
        )


def _given(arguments: argparse.Namespace, names: Sequence[str]) -> str:
    """Those of the options that were given, as they are written."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in names if getattr(arguments, name) is not None)


def _progress_text(epoch: Epoch) -> str:
    return f"cost {epoch.judged_cost:.4g}" + (f", score {epoch.score:.3f}" if epoch.score == epoch.score else "")


def _table(arguments: argparse.Namespace, preset: Preset) -> DataTable:
    if arguments.data:
        label = "-1" if arguments.label is None else arguments.label
        return read_csv(arguments.data, label=label, header=arguments.header)
    table = preset.table()
    if table is None:
        raise ValueError(f"{arguments.network} has no data of its own; name a CSV file with --data")
    return table


def _settings(arguments: argparse.Namespace, preset: Preset) -> Settings:
    """The preset's settings with what was asked for put in their place; another optimizer brings its own rate."""
    settings = preset.settings or Settings()
    if arguments.optimizer and arguments.optimizer != settings.optimizer:
        settings = replace(settings, optimizer=arguments.optimizer, learning_rate=None)
    asked = {
        "learning_rate": arguments.learning_rate,
        "epochs": arguments.epochs,
        "batch_size": arguments.batch_size,
        "target": arguments.target,
    }
    return replace(settings, **{name: value for name, value in asked.items() if value is not None})


def _default_path(preset: Preset) -> Path:
    name = "".join(c if c.isalnum() else "-" for c in preset.name)
    return Path("out") / f"{name}.npz"


def training_document(name: str, learned: LearningResult, path: Path) -> Document:
    """What was learnt: scores, how the cost fell, and where the model is."""
    training, model = learned.training, learned.model
    rows = f"{learned.held_out} rows that were held out" if learned.held_out else "the rows it was trained on"
    blocks: list[Block] = [
        prose(training.message, "."),
        Table(["score", f"on {rows}"], [[key, value] for key, value in learned.scores.items()], digits=4),
        Section("Loss curve", [loss_curve(training.history)]),
    ]
    data = {
        "schema": "gradcheck.training/1",
        "network": str(model.spec),
        "model": str(path),
        "scores": learned.scores,
        "held_out": learned.held_out,
        "stopped": training.stopped,
        "best_epoch": training.best.number,
        "history": [
            {"epoch": e.number, "cost": e.cost, "held_out_cost": e.held_out_cost, "score": e.score} for e in training.history
        ],
    }
    return Document(f"Training of {name}", blocks, data=data)


def _cross_validated(
    arguments: argparse.Namespace, preset: Preset, table: DataTable, settings: Settings, rng: np.random.Generator
) -> int:
    with epochs((settings.epochs + 1) * arguments.folds, quiet=arguments.quiet) as bar:
        scores = cross_validate(
            preset.spec, table, rng=rng, settings=settings, folds=arguments.folds, on_epoch=lambda epoch: bar.update()
        )
    emit(folds_document(preset, scores), arguments)
    return 0


def folds_document(preset: Preset, scores: tuple[dict[str, float], ...]) -> Document:
    """The scores of each fold and their mean."""
    names = list(scores[0])
    means = {name: float(np.mean([fold[name] for fold in scores])) for name in names}
    rows: list[list[Value]] = [[f"fold {number}", *fold.values()] for number, fold in enumerate(scores, 1)]
    table = Table(["", *names], [*rows, ["mean", *means.values()]], digits=4, total=True)
    data = {"schema": "gradcheck.folds/1", "network": str(preset.spec), "folds": list(scores), "mean": means}
    return Document(f"{len(scores)}-fold scores of {preset.name}", [table], data=data)


def story_document(name: str) -> Document:
    """A guessing game, told round by round."""
    told = story(name)
    rounds = [{"round": r.number, "guess": r.guess, "error": r.error} for r in told.rounds]
    data = {"schema": "gradcheck.story/1", "game": name, "rounds": rounds}
    return Document(told.title, [prose(paragraph) for paragraph in _paragraphs(told.lines)], data=data)


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines joined into paragraphs; an empty line or a new round begins the next."""
    paragraphs = [""]
    for line in lines:
        if not line.strip() or line.startswith("Round"):
            paragraphs.append("")
        paragraphs[-1] = f"{paragraphs[-1]} {line.strip()}".strip()
    return [paragraph for paragraph in paragraphs if paragraph]
