"""Verify networks: for each of them the witnesses (symbolic, backprop, numeric, certified), every pair compared.

Without NETWORK: every preset, and a spread over all activations and costs, 0 to 4 hidden layers, with and without L2.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit, own_work, say
from gradcheck.commands.shared.progress import progress
from gradcheck.commands.shared.streams import tell
from gradcheck.commands.shared.workload import Task, announce, foretold
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.judge.verdicts import Verdict, exit_code
from gradcheck.sentences.sentence import LANGUAGES, Sentence, sentences_of, told
from gradcheck.verification.default_networks import default_networks
from reference_nets.examples.presets import resolve
from reference_nets.spec import NetworkSpec

if TYPE_CHECKING:
    from gradcheck.verification.verify import Verification
    from reference_nets.points import Point

_say = sentences_of("commands/options")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="a notation such as 3-4:tanh-2, or a preset's name")
    parser.add_argument("--point", metavar="FILE", type=Path, help="parameters and batch from an .npz or .json file")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random points (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="every network's quantities, pairs and properties, too")
    parser.add_argument("--strict", action="store_true", help="take inaccurate for wrong")
    parser.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="language of the report (default: %(default)s)")
    parser.add_argument("--certificate", metavar="FILE", type=Path, help="write the verdict with all that rechecks it")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Verify and report; raises ValueError for a bad notation or point, before any work."""
    check_report_options(arguments, reads=[arguments.point], writes=[arguments.certificate])
    specs = [resolve(name).spec for name in arguments.networks]
    if arguments.seed < 0:
        raise ValueError(_say("seed", seed=arguments.seed))
    if arguments.point and len(specs) != 1:
        raise ValueError(_say("point-of-one", count=len(specs)))
    if arguments.certificate and len(specs) != 1:
        raise ValueError(_say("certificate-of-one", count=len(specs)))
    return _verify(arguments, specs)


def _verify(arguments: argparse.Namespace, specs: Sequence[NetworkSpec]) -> int:
    """The work; what it takes is imported only now: help, and what is wrong with the options, are told at once."""
    from gradcheck.verification.report import overall, verify_document
    from gradcheck.verification.verify import check_range, check_size, verify_network
    from gradcheck.witnesses.points import load_point

    for spec in specs:
        check_size(spec)
    announce(Task.VERIFY, specs, quiet=arguments.quiet, language=arguments.lang)
    point = load_point(arguments.point, specs[0]) if arguments.point else None
    if point:
        check_range(specs[0], point)
    names = arguments.networks or default_networks()
    with own_work():
        verifications = [
            verify_network(name, seed=arguments.seed, point=point)
            for name in foretold(
                progress(names, label="verifying", quiet=arguments.quiet),
                len(names),
                "verify",
                Sentence("networks.fewer-networks"),
                quiet=arguments.quiet or len(specs) == 1,
                language=arguments.lang,
            )
        ]
        document = verify_document(
            verifications, seed=arguments.seed, verbose=arguments.verbose, language=arguments.lang
        )
    certify = partial(_certify, arguments, specs[0], point) if arguments.certificate else None
    emit(document, arguments, first=certify)
    verdict = overall(verifications)
    if verdict is Verdict.MISMATCH:
        tell(f"gradcheck verify: {told(contradiction(verifications), arguments.lang)}")
    if verdict is Verdict.INACCURATE:
        say(told(Sentence("verification.lost-digits"), arguments.lang), arguments)
    return verify_exit_code(verdict, strict=arguments.strict)


def verify_exit_code(verdict: Verdict, *, strict: bool = False) -> ExitCode:
    """The exit code; no gradient of a user's is in it, so that a mismatch is one among our own witnesses: our fault."""
    return ExitCode.FAULT if verdict is Verdict.MISMATCH else exit_code(verdict, strict=strict)


def contradiction(verifications: Sequence[Verification]) -> Sentence:
    """The sentence for witnesses that contradict each other."""
    wrong = [v for v in verifications if v.verdict is Verdict.MISMATCH]
    found = {"name": wrong[0].name, "trouble": wrong[0].trouble}
    if len(wrong) > 1:
        return Sentence("verification.fault-and-more", count=len(wrong) - 1, **found)
    return Sentence("verification.fault", **found)


def _certify(arguments: argparse.Namespace, spec: NetworkSpec, point: Point | None) -> None:
    """Write the certificate of the reference's gradient, at the point that was verified."""
    import numpy as np

    from gradcheck.networks.certificate import certificate, write_certificate
    from gradcheck.witnesses.points import safe_point
    from reference_nets.network import backward

    at = point or safe_point(spec, np.random.default_rng(arguments.seed))
    gradient = backward(spec, at.params, at.x, at.y)
    write_certificate(arguments.certificate, certificate(spec, at, gradient, seed=None if point else arguments.seed))
    written = Sentence("verification.certificate", path=str(arguments.certificate))
    say(told(written, arguments.lang), arguments)
