"""Predict new rows with a trained network: one line a row, its class with the probability, or its value."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from reference_nets.models import Model, Prediction, load_model, predict
from reference_nets.reading.csv_data import read_features
from reports.document import Block, CodeSpan, Document, Table, prose


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("model", metavar="MODEL.npz", type=Path, help="a model that gradcheck train has kept")
    parser.add_argument("--data", metavar="CSV", type=Path, required=True, help="rows with the features of the training data")
    parser.add_argument("--header", action=argparse.BooleanOptionalAction, help="whether the first line names the columns")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Predict and report; raises ValueError or OSError where model or rows cannot be used."""
    check_report_options(arguments, reads=[arguments.model, arguments.data])
    model = load_model(arguments.model)
    rows = read_features(arguments.data, model.prepared.feature_names, header=arguments.header)
    emit(prediction_document(model, predict(model, rows.features)), arguments)
    return 0


def prediction_document(model: Model, prediction: Prediction) -> Document:
    """The predictions as a table, and as data for a program."""
    columns, rows = _rows(model, prediction)
    label = model.prepared.label_name or "label"
    data: dict[str, Any] = {
        "schema": "gradcheck.prediction/1",
        "network": str(model.spec),
        "label": label,
        "classes": list(model.prepared.classes),
        "labels": list(prediction.labels),
        "probabilities": None if prediction.probabilities is None else prediction.probabilities.tolist(),
        "values": None if prediction.values is None else prediction.values.tolist(),
    }
    counted = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    blocks: list[Block] = [prose(f"{counted} by ", CodeSpan(str(model.spec)), "."), Table(columns, rows, digits=4)]
    return Document(f"Predicted {label}", blocks, data=data)


def _rows(model: Model, prediction: Prediction) -> tuple[list[str], list[list[Any]]]:
    label = model.prepared.label_name or "label"
    if prediction.values is not None:
        return ["row", label], [[number, float(value)] for number, value in enumerate(prediction.values, 1)]
    if prediction.probabilities is None:
        return ["row", label], [[number, name] for number, name in enumerate(prediction.labels, 1)]
    certain = prediction.probabilities.max(axis=1)
    rows = [[n, name, float(p)] for n, (name, p) in enumerate(zip(prediction.labels, certain, strict=True), 1)]
    return ["row", label, "probability"], rows
