"""The main job on real networks: verify presets and a spread, train on data, judge a submission, tell two stories.

``python -m gradcheck.commands.demo`` leaves its reports in out/ and exits as ``gradcheck verify`` would.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

from gradcheck.commands.cli import guarded
from gradcheck.commands.shared.early import leave_when_interrupted
from gradcheck.commands.shared.streams import check_output, check_somewhere, put, tell

if __name__ == "__main__":  # before what takes a second to import, and cannot be imported from nowhere
    leave_when_interrupted()
    if code := guarded("demo", check_somewhere):
        sys.exit(code)

import numpy as np

from gradcheck.commands.shared.output import show
from gradcheck.commands.shared.progress import progress
from gradcheck.commands.train import folds_document, story_document
from gradcheck.commands.verify import contradiction, verify_exit_code
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.validation import validate
from gradcheck.verification.default_networks import default_networks
from gradcheck.verification.report import overall, verify_document
from gradcheck.verification.verify import verify_network
from reference_nets.examples.presets import PRESETS
from reference_nets.learning import cross_validate
from reports.document import Document
from reports.files import write_atomically
from reports.render import write

OUT = Path("out")
STUDENT = OUT / "student.py"
TRAINED = {"iris": 0.93, "digits": 0.95}  # 5-fold mean accuracy that each must reach
SEED = 0
MISTAKE = "activation-derivative-wrong-formula"
SUBMISSION = """import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = (delta2 @ W2) * (1 - z1**2)
    return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a1, delta2.sum(axis=0))]
"""


def main() -> int:
    """Do it all; progress on standard error, reports on standard output and in out/; Ctrl-C is one sentence."""
    return guarded("demo", _demo)


def _demo() -> int:
    if STUDENT.exists() and STUDENT.read_bytes() != SUBMISSION.encode():
        raise ValueError(f"{STUDENT} is there and is none of the demo's; start it in another folder")
    check_output()
    start = perf_counter()
    verdict = _verify()
    trained = [_train(name, least) for name, least in TRAINED.items()]
    judged = _judge_submission()
    for name in ("guess-two", "guess-three"):
        _show(story_document(name), OUT / f"{name}.md")
    put(f"\nAll of it took {perf_counter() - start:.0f} s; the reports are in {OUT}/.\n")
    return verify_exit_code(verdict) or judged or (0 if all(trained) else 1)


def _verify() -> Verdict:
    names = default_networks()
    tell(f"verifying {len(names)} networks ...")
    found = [verify_network(name, seed=SEED) for name in progress(names, label="verifying", quiet=False)]
    for suffix in ("md", "html", "json"):
        write(verify_document(found, seed=SEED, verbose=True), OUT / f"verification.{suffix}")
    show(verify_document(found, seed=SEED))
    verdict = overall(found)
    if verdict is Verdict.MISMATCH:
        tell(contradiction(found))
    return verdict


def _train(name: str, least: float) -> bool:
    """Five folds of a preset on its own data; whether the mean accuracy is what it should be."""
    tell(f"training {name}, five folds ...")
    preset = PRESETS[name]
    table = preset.table()
    assert table is not None  # both have data of their own
    scores = cross_validate(preset.spec, table, rng=np.random.default_rng(SEED), settings=preset.settings, folds=5)
    _show(folds_document(preset, scores), OUT / f"{name}.md")
    return float(np.mean([fold["accuracy"] for fold in scores])) >= least


def _judge_submission() -> int:
    """Judge a wrong submission as ``gradcheck validate`` does; 0 where it was found wrong for the right reason."""
    tell("judging a submission with a mistake in it ...")
    write_atomically(STUDENT, SUBMISSION.encode())
    found = validate(STUDENT, network="3-4:tanh-2", seed=SEED)
    _show(found.report("student"), OUT / "validation.html")
    if found.exit_code == ExitCode.FAULT:
        return ExitCode.FAULT
    return 0 if [diagnosis["id"] for diagnosis in found.to_dict()["diagnoses"]] == [MISTAKE] else 1


def _show(document: Document, path: Path) -> None:
    write(document, path)
    show(document)


if __name__ == "__main__":
    sys.exit(main())
