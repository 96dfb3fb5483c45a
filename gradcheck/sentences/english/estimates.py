"""What differences say, and the word of the second witness."""

SENTENCES = {
    "h-vanishes": "h = {step} vanishes beside the entry {value}; try a larger h",
    "h": "h is {h}, expected a finite number > 0",
    "holds": "{name} holds {dtype}, expected floats; try {name}.astype(float)",
    "try-central": "f is not written for complex numbers; try central_difference",
    "dropped-imaginary": "f dropped the imaginary part on its way ({error}): {hint}",
    "failed-on-complex": "f failed on complex numbers ({error}): {hint}",
    "real-for-complex": "f returned the real number {result} for a complex x, so the imaginary part was lost: {hint}",
    "complex-for-real": "f returned the complex number {result} for a real x, expected a real one; try f(x).real",
    "array-for-number": (
        "f returned an array of shape {shape}, expected one number; difference one output at a time, or their sum "
        "weighted by a cotangent"
    ),
    "no-number": "f returned {result}, expected one number",
    "kink-apart": "a kink: each entry lies between the slopes that {method} see around it, but not all of them together",
    "kink": "a kink: the entries lie between the slopes that {method} see around it",
    "no-entries": "there are no entries",
    "mismatch": "{entry} is {got:.12g}, {method} give {expected:.12g} with an error of {error:.1e}",
    "cannot-tell": "{method} cannot tell: {entry} differs by {error:.1e}, their own error is {own:.1e}",
    "within": "every entry is within the estimated error of {method}",
    "second-nothing": "second witness: says nothing, because {why}",
    "second-no-slope": "finds no slope either",
    "second-agrees": "agrees to {digits} digits",
    "second": "second witness: a difference quotient along a random direction {far}",
    "range": "{low:.12g} .. {high:.12g}",
    "contradiction": (
        "along a random direction the certified derivative is {certified}, differences of the function's own values give "
        "{slope:.12g} +- {error:.1e}: my witnesses contradict each other; please report this, with the function"
    ),
    "why-noise": "its own error is as large as the derivative",
    "why-kink": "along the line the function has a kink nearer than floats can tell",
    "why-jump": "the function jumps at this point",
    "why-steps": "on floats the function is a staircase, or another one at each size of step",
    "why-state": "the function gives other values in equal calls",
    "why-no-values": "the function gives no finite numbers beside this point",
    "why-decisions": "the function depends on some entries by comparisons alone, in steps finer than floats show",
    "why-another-way": "with error bounds the code goes another way than on floats",
    "why-not-asked": "nothing certified was claimed",
}
