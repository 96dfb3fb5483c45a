"""Why a submission gave no answer: the kinds of fault, and what to look for."""

SENTENCES = {
    "told": "{kind}: {words}",
    "kind-syntax": "syntax",
    "kind-import": "import",
    "kind-missing-function": "missing-function",
    "kind-wrong-shape": "wrong-shape",
    "kind-wrong-type": "wrong-type",
    "kind-not-finite": "not-finite",
    "kind-exception": "exception",
    "kind-timeout": "timeout",
    "kind-memory": "memory",
    "kind-crash": "crash",
    "kind-exit": "exit",
    "kind-output-limit": "output-limit",
    "kind-forbidden": "forbidden",
    "kind-protocol": "protocol",
    "kind-unreadable": "unreadable",
    "kind-not-offered": "not-offered",
    "kind-not-followed": "not-followed",
    "kind-machine": "machine",
    "kind-sandbox": "sandbox",
    "advice-syntax": "Python cannot read the file: look at the line, and at the one before it",
    "advice-import": "only the standard library, NumPy and the files that were handed in can be imported here",
    "advice-missing-function": "where it is another contract's file, name that with --contract",
    "advice-wrong-shape": "print the shapes along the backward pass: each gradient has the shape of its parameter",
    "advice-wrong-type": "print what the function returns, just before it does",
    "advice-not-finite": "look for a division by zero, a logarithm of zero, or an exponential of a large number",
    "advice-exception": "run the file on a small example and look at the line",
    "advice-timeout": "look for a loop that does not end; nothing should train or wait when the file is imported",
    "advice-memory": "look for an array that grows",
    "advice-crash": "the interpreter itself ended: look for endless recursion or ctypes",
    "advice-exit": "remove sys.exit, exit and quit",
    "advice-output-limit": "remove the print in the inner loop",
    "advice-forbidden": "a gradient needs no files, no processes and no network: remove what asks for them",
    "advice-protocol": "the file wrote where only the judge writes: remove what touches file descriptors",
    "advice-machine": (
        "this is not the submission's fault, and no points are lost: run it again when less is going on here"
    ),
    "advice-unreadable": "hand in a .py file, a .ipynb notebook, or a folder or ordinary .zip archive of such files",
    "advice-sandbox": "this is not the submission's fault: gradcheck doctor tells what is missing",
    "advice-not-offered": "see the message",
    "advice-not-followed": "see the message",
    "why-shapes": (
        "In A @ B each row of A is multiplied with each column of B: A needs as many columns as B has rows, (m, k) and "
        "(k, n), and the result is (m, n). Write the shape of each array under its name. What you want is known: a delta "
        "has the shape of its layer's outputs, a gradient that of its parameter. Turn the array that does not fit (.T), "
        "or change the two. A sum or product entry by entry needs equal shapes, or 1."
    ),
    "why-not-finite": (
        "A nan is made by 0/0, inf - inf, 0 * inf, or the logarithm of a negative number; an inf by a division by 0, ln 0, "
        "or exp of a large number. Whatever is computed from a nan is nan as well. So only the first one matters: it is "
        "made in the line that is marked."
    ),
    "hint-shapes": "print the shapes on both sides of it: is one of them to be transposed?",
    "hint-unpacked": "print what is unpacked there: how many parts it has, and of which shapes",
    "hint-name": "it is used before it is set, or misspelled",
    "hint-recursion": "it calls itself without an end",
    "hint-arguments": "it was called with params, x, y: compute the others inside",
    "only-level-c": (
        "only level C is to be had here ({meaning}); accept it with --accept-no-isolation"
    ),
    "layers-only": (
        "the file defines layer functions, and no gradient of a whole network; they are judged by --contract layers"
    ),
    "other-functions": "the answer named functions that are none of the contract layers",
    "no-functions": "the answer named none of the layer functions that the file defines",
    "process-ended": "the process of the submission has ended",
    "printed-too-much": "more than 16 MiB were printed",
    "slept": "no answer within {seconds:g} seconds, all calls together: it waited without computing (a sleep, a lock, a read)",
    "computed": (
        "no answer within {seconds:g} seconds, all calls together: seconds of computing, whatever else this "
        "machine had to do"
    ),
    "unasked-bytes": "bytes came that nobody had asked for",
    "other-form": "the answer was not in the form agreed upon",
    "held-up": "{why}; of its {seconds:g} seconds of computing it has used {spent:.1f}",
    "held-stopped": "its process is stopped, from outside",
    "held-disk": "its process waits for a disk: is this machine short of memory, or is the disk away?",
    "held-no-processor": "this machine is too busy: its process hardly got a processor",
    "held-untold": "no answer came, and it cannot be told whether for want of a processor",
    "killed-from-outside": "its process was killed from outside ({why})",
    "out-of-memory": "is this machine out of memory?",
    "shut-down": "is this machine being shut down?",
    "terminal-closed": "was its terminal closed?",
    "channel-closed": "the channel of results was closed",
    "killed-perhaps-by-itself": (
        "its process was killed from outside ({why}), or by its own code, which this level of isolation does "
        "not prevent"
    ),
    "foreign-call": "the process ended itself: with an exit code above 127, or by a system call of a foreign kind",
    "crashed": "the process crashed ({signal})",
    "ended-itself": "the process ended itself (exit code {code})",
    "no-known-contract": "the answer named no known contract",
    "other-contract": "the answer named another contract than the one asked for",
    "lambda-written": "lambda is written in the file: it cannot be asked about another",
    "not-known-finite": "on exact numbers {name} is not known to be finite",
    "layer-not-finite": "{name} gave a number that is not finite",
    "entry-not-finite": "{name} is not a finite number",
    "needs-posix": "isolation needs a POSIX system; on Windows use WSL 2",
    "level-tried": "{level} ({layers}): {reason}",
    "not-stopped": "not stopped: {names}",
    "seconds": "seconds is {seconds}, expected a number above 0",
    "memory": "memory_mib is {mib}, expected at least 256: NumPy itself takes half of that",
    "not-installed": "{name} is not installed, so no submission can be allowed to use it",
    "no-level": "no level of isolation could start: {reasons:;}",
    "unknown-level": "there is no level {level}, expected one of {levels}",
    "self-test-unfinished": "the self-test did not finish: {fault}",
    "self-test-unprepared": "the self-test could not be prepared: {error}",
    "interpreter-not-started": "the confined interpreter could not be started: {error}",
    "no-bubblewrap": "bubblewrap is not installed, and the level asked for needs it",
    "interpreter-silent": "no answer from the confined interpreter ({how})",
    "other-control": "the control computation gave another result",
    "other-python": "another Python or NumPy answered: {python}, {numpy}",
    "not-refused": "not refused although it should be: {names}",
    "could-not-start": "isolation ({layers}) could not start: {reasons:;}",
}
