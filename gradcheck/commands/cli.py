"""The command line: which commands there are, and what every one of them does about errors. Loads no NumPy by itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from gradcheck.commands.shared.broken import Broken, unless_broken
from gradcheck.commands.shared.interruption import Interruption, interruptible
from gradcheck.commands.shared.streams import put, sentence, standard_streams, tell
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.version import __version__

# name -> (module with add_arguments(parser) and run(arguments) -> exit code, what it does). The module is imported only
# when its command is given.
COMMANDS: dict[str, tuple[str, str]] = {
    "verify": ("gradcheck.commands.verify", "verify networks: witnesses that share no formula, every pair compared"),
    "derive": ("gradcheck.commands.derive", "derive backpropagation for a network, with its proof and with numbers"),
    "validate": ("gradcheck.commands.validate", "judge a submission: safely run, compared with the proof, explained"),
    "explain": ("gradcheck.commands.explain", "explain one mistake: both formulas, why, small numbers, where it hides"),
    "train": ("gradcheck.commands.train", "train a network on a CSV file and keep the best parameters"),
    "predict": ("gradcheck.commands.predict", "predict new rows with a trained network"),
    "recheck": ("gradcheck.commands.recheck", "check a certificate again, by an independent short routine"),
    "qualify": ("gradcheck.commands.qualify", "plant every mistake in a network: who catches how many, ours and peers' rules"),
    "doctor": ("gradcheck.commands.doctor", "what works here: versions, levels of isolation tried now, what is missing"),
    "networks": ("gradcheck.commands.networks", "what names exist: presets, activations, costs, mistakes"),
}

INTERRUPTED = "interrupted; nothing was left half-written"

_EPILOG = """exit codes: 0 everything matched (a kink counts as matched; inaccurate too, unless --strict), 1 a mismatch,
2 misuse, or a file or stream that cannot be written, 3 inconclusive and nothing worse, 4 the checker's own fault (in verify
every mismatch), 130 interrupted (143 terminated). A reader of a pipe that has seen enough changes none of them.
gradcheck COMMAND --help tells the options of one command."""


class Parser(argparse.ArgumentParser):
    """A parser whose words go through our streams: a full disk is noticed, a stranger's word is harmless."""

    def print_help(self, file: Any = None) -> None:
        """Print the help; OSError or ValueError where standard output takes nothing."""
        if file is None:
            put(self.format_help())
        else:
            super().print_help(file)

    def error(self, message: str) -> NoReturn:
        """Tell how it is used and what is wrong, and end with the exit code of misuse."""
        tell(*self.format_usage().splitlines(), f"{self.prog}: error: {message}")
        sys.exit(ExitCode.MISUSE)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        return guarded("", lambda: _without_command(words))
    return guarded(words[0], lambda: _run(words[0], words[1:]))


def guarded(name: str, work: Callable[[], int]) -> int:
    """Do the work and return its exit code; whatever goes wrong is a sentence on standard error, never a traceback."""
    prefix = f"gradcheck {name}".strip()
    with standard_streams(), interruptible() as interruption:
        try:
            with interruption:
                code = _ended(lambda: unless_broken(work), interruption)
        except KeyboardInterrupt:
            tell(INTERRUPTED)
            return interruption.exit_code
        except (ValueError, OSError) as error:  # the user's: every one of ours is a sentence that says what to try
            first, *more = sentence(error)
            tell(f"{prefix}: {first}", *more)
            return ExitCode.MISUSE
        except MemoryError:
            tell(f"{prefix}: this machine has not enough memory for it; try a smaller network or fewer rows")
            return ExitCode.MISUSE
        except Exception as error:
            if os.environ.get("GRADCHECK_DEBUG"):
                raise
            if isinstance(error, Broken):
                tell(f"{prefix}: {error}")
                return ExitCode.FAULT
            from gradcheck.judge.verdicts import CheckerFault

            told = "my witnesses contradict each other" if isinstance(error, CheckerFault) else type(error).__name__
            tell(
                f"{prefix}: the checker's own fault: {told}: {error}",
                "Set GRADCHECK_DEBUG=1 to see where, and please report it.",
            )
            return ExitCode.FAULT
    return code if interruption.number is None else interruption.exit_code


def _ended(work: Callable[[], int], interruption: Interruption) -> int:
    """Do the work; what a library makes of a signal that came within it (an error of its own) is the signal all the same."""
    try:
        return work()
    except BaseException as error:  # groups of exceptions and SystemExit, too
        if interruption.number is not None:
            raise KeyboardInterrupt from error
        raise


def _without_command(words: list[str]) -> int:
    """``--help``, ``--version``, or a word that is no command."""
    parser = Parser(
        prog="gradcheck",
        usage="gradcheck COMMAND [options]",
        description="Is this gradient right, and if not, why not? Witnesses, a judge, and how to ask them.",
        epilog="commands:\n" + "\n".join(f"  {name:<12}{does}" for name, (_, does) in COMMANDS.items()) + f"\n\n{_EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    known, _ = parser.parse_known_args(words)
    if known.version:
        put(f"gradcheck {__version__}\n")
        return 0
    if known.command is None:
        parser.error(f"expected a command, one of {', '.join(COMMANDS)}")
    from difflib import get_close_matches

    close = get_close_matches(known.command, COMMANDS, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return parser.error(f"there is no command {known.command!r}, expected one of {', '.join(COMMANDS)}{guess}")


def _run(name: str, words: list[str]) -> int:
    module_name, does = COMMANDS[name]
    module = import_module(module_name)
    parser = Parser(
        prog=f"gradcheck {name}", description=module.__doc__ or does, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    arguments = parser.parse_args(words)
    try:
        code: int = module.run(arguments)
    except (ValueError, OSError) as error:
        from gradcheck.sentences.sentence import retold

        retold(error, getattr(arguments, "lang", "en"))
        raise
    return code
