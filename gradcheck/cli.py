"""The command line: which commands there are, and what every one of them does about errors. Loads no NumPy by itself."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from gradcheck.version import __version__

# name -> (module with add_arguments(parser) and run(arguments) -> exit code, what it does). The module is imported only
# when its command is given.
COMMANDS: dict[str, tuple[str, str]] = {
    "verify": ("gradcheck.verify_command", "verify networks: witnesses that share no formula, every pair compared"),
    "derive": ("gradcheck.derive_command", "derive backpropagation for a network, with its proof and with numbers"),
    "validate": ("gradcheck.validate_command", "judge a submission: safely run, compared with the proof, explained"),
    "train": ("gradcheck.train_command", "train a network on a CSV file and keep the best parameters"),
    "predict": ("gradcheck.predict_command", "predict new rows with a trained network"),
    "recheck": ("gradcheck.recheck_command", "check a certificate again, by an independent short routine"),
    "qualify": ("gradcheck.qualify_command", "plant every mistake in a network: who catches how many, ours and peers' rules"),
    "doctor": ("gradcheck.doctor_command", "what works here: versions, levels of isolation tried now, what is missing"),
    "networks": ("gradcheck.networks_command", "what names exist: presets, activations, costs, mistakes"),
}

EXIT_MISUSE, EXIT_FAULT, EXIT_INTERRUPTED = 2, 4, 130
INTERRUPTED = "interrupted; nothing was left half-written"

_EPILOG = """exit codes: 0 everything matched (a kink counts as matched; inaccurate too, unless --strict), 1 a mismatch,
2 misuse, 3 inconclusive and nothing worse, 4 the checker's own fault (in verify every mismatch), 130 interrupted.
gradcheck COMMAND --help tells the options of one command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        return _without_command(words)
    try:
        return _run(words[0], words[1:])
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        _give_up_output()
        return 0


def _without_command(words: list[str]) -> int:
    """``--help``, ``--version``, or a word that is no command."""
    parser = argparse.ArgumentParser(
        prog="gradcheck",
        usage="gradcheck COMMAND [options]",
        description="Is this gradient right, and if not, why not? Witnesses, a judge, and how to ask them.",
        epilog="commands:\n" + "\n".join(f"  {name:<12}{does}" for name, (_, does) in COMMANDS.items()) + f"\n\n{_EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gradcheck {__version__}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    known, _ = parser.parse_known_args(words)
    if known.command is None:
        parser.error(f"expected a command, one of {', '.join(COMMANDS)}")
    from difflib import get_close_matches

    close = get_close_matches(known.command, COMMANDS, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    parser.error(f"there is no command {known.command!r}, expected one of {', '.join(COMMANDS)}{guess}")


def _run(name: str, words: list[str]) -> int:
    module_name, does = COMMANDS[name]
    module = import_module(module_name)
    parser = argparse.ArgumentParser(
        prog=f"gradcheck {name}", description=module.__doc__ or does, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    arguments = parser.parse_args(words)
    try:
        code: int = module.run(arguments)
    except BrokenPipeError:
        raise
    except (ValueError, OSError) as error:  # the user's: every one of ours is a sentence that says what to try
        print(f"gradcheck {name}: {_sentence(error)}", file=sys.stderr)
        _give_up_output()
        return EXIT_MISUSE
    except MemoryError:
        advice = "this machine has not enough memory for it; try a smaller network or fewer rows"
        print(f"gradcheck {name}: {advice}", file=sys.stderr)
        return EXIT_MISUSE
    except Exception as error:
        from gradcheck.verdicts import CheckerFault

        if os.environ.get("GRADCHECK_DEBUG"):
            raise
        told = "my witnesses contradict each other" if isinstance(error, CheckerFault) else type(error).__name__
        print(
            f"gradcheck {name}: the checker's own fault: {told}: {error}\n"
            "Set GRADCHECK_DEBUG=1 to see where, and please report it.",
            file=sys.stderr,
        )
        return EXIT_FAULT
    return code


def _give_up_output() -> None:
    """Let Python find nothing to complain about at its end where standard output takes no more."""
    if sys.stdout is None:  # it was closed from the start
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        where = error.filename or "standard output"
        return f"{where}: there is no space left to write it; free some, or name a file in another place"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, FileNotFoundError) and not error.filename and not _is_somewhere():
        return "the current directory is gone; change to one that exists, and try again"
    return str(error)


def _is_somewhere() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True
