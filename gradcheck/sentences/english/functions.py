"""What `check_grad` and its kin say."""

SENTENCES = {
    "another-way": (
        "run with error bounds the code goes another way than on floats: it may ask for the type of a number or read its "
        "bytes"
    ),
    "numeric-gradient": "the gradient calls the function {calls_of_f} times: it differences it",
    "the-formula": "the formula, computed with 50 digits",
    "computed-in": "computed in {name}: a unit roundoff of {u:.1g}",
    "iterates": "as far as rounding shows it: the function iterates until a number is below {tolerance:.1g}",
    "within-constants": "as far as the float constants of the code allow",
    "but-for": "right but for {places:and}",
    "jumps": "the function jumps here: its branches have different values",
    "but-for-digits": "right but for {places:and}: {digits:.0f} digits are left in the worst entry",
    "equal-within-constants": "equal as far as the float constants of the code allow",
    "within-budget": "every entry is within its rounding budget",
    "stopped-early": (
        "{entry} is {error:.1e} off, and computed with 50 digits, the two formulas differ; the function iterates until a "
        "number is below {tolerance:.1g}, and so differs from its limit by about as much"
    ),
    "proven-wrong": (
        "{entry} is {got:.17g}, the true derivative is {expected:.17g}: rounding could explain that, but computed with "
        "50 digits, the two formulas differ"
    ),
    "by-convention": (
        "{entry} is {got:.12g}: each comparison by itself allows it, as a backward pass chooses by convention (relu'(0) "
        "= 0 everywhere, say); no point nearby has all of these sides at once"
    ),
    "evaluations": (
        "{calls} evaluations of f; an error vector of norm {detectable:.1e} would have been seen with probability 1 - "
        "{missed:g}"
    ),
    "rows-together": "the rows of the Jacobian were judged together, in a sum with random weights",
    "some-directions": (
        "some directions were taken instead of every entry: differences would take about {time}, max_seconds is "
        "{max_seconds:g}"
    ),
    "asked-for": "differences were asked for",
    "value-unknown": "with error bounds the value of the function is not known",
    "not-by-decisions": "it differs from the derivative of the code as it stands, but {why}",
    "not-finite": "the derivative is not finite at this point, or balls cannot tell (0/0, sqrt at 0)",
    "in-part": "{most}, in part {rest}",
    "gradient-is-none": "the gradient is None: is a return missing?",
    "take-the-second": "; if it returns (cost, gradient), take the second",
    "other-structure": "the gradient has the parts {names}; expected {wanted}, the structure of x{guess}",
    "truth-values": "d{name} holds truth values, read as 0 and 1; return floats",
    "other-shape": "d{name} has shape {got}, expected {expected}{guess}",
    "not-a-finite-number": "d{name}{index} is {value}, expected a finite number",
    "guess-axis": ": an axis of length 1 too many or too few? try .reshape({shape})",
    "guess-transposed": ": transposed?",
    "guess-flattened": ": flattened?",
    "guess-summed": ": summed over all entries?",
    "guess-not-summed": ": not summed over the first axis?",
    "few-directions": "directions is {directions}, expected at least {fewest}: fewer miss too much",
    "witness-directions-and": "directions, wrong entries by {witness}",
    "a-kink": "the function has a kink here",
    "wrong-along": (
        "along a random direction of d{name} the derivative is {expected:.12g}, the gradient gives {got:.12g}: "
        "{error:.1e} apart, where the measurement explains {budget:.1e}; which entries are wrong was not found in time"
    ),
    "seen-along": "an error vector of norm {detectable:.1e} would have been seen with probability 1 - {missed:g}",
    "digits-of-differences": "{digits:.0f} digits are left; the gradient differences the function",
    "digits-of-largest": "{digits:.0f} digits of the largest entry are left, as many as {format} holds",
    "right-as-far-as-of-it": "right as far as {format} shows: {left}; an error of {seen:.1g} of it would have been seen",
    "cannot-tell-roundings": "{left}; differences cannot tell its roundings from a mistake of that size",
    "format-could-explain": "{told}; {format} could explain that, but computed with 50 digits, the two formulas differ",
    "compute-in-float64": "{left}; compute in float64",
    "points-the-other-way": "{told}; as a whole it points the other way, which no format explains",
    "too-few-digits": "{left}: too few to see whether the formula is right",
    "seen-of-largest": "; an error of {seen:.1g} of the largest entry would have been seen",
    "right-as-far-as": "right as far as {format} shows: {left}{shown}",
    "swapped": "is the derivative by {other}: are the parts in another order?",
    "jvp-needs-one-array": "f returned a {type}; check_jvp needs a function that returns one array",
    "along-a-tangent": "{name} along a tangent",
    "adjoint": "sum(v * jvp) is {left:.12g}, sum(vjp * t) is {right:.12g}",
    "part-of-other-shape": "d{name} has shape {got}, expected {expected}",
    "order-not-finite": "f is not finite beside x along this direction",
    "order-linear": "f is linear along this direction: its model is exact to rounding",
    "order-few-steps": "too few steps lie above rounding",
    "order-right": "the remainder vanishes with order {order:.2f}: 2 or more is right",
    "order-wrong": "the remainder vanishes with order {order:.2f} only: the gradient is not that of f, or f has a kink here",
    "order-neither": "the remainder's order {order:.2f} is neither 1 nor 2",
    "column-second": "... - h grad d",
    "column-central": "central difference - grad d",
    "column-rounding": "rounding",
    "title-convergence": "Convergence",
    "certificate-needs": "a certificate needs the gradient of one number, decided by balls; this was decided by {decided}",
    "not-followed-any-more": "the function cannot be followed any more: {error}",
    "a-jacobian": "a Jacobian",
    "nothing": "nothing",
    "x-changed-structure": "x changed its structure during the call",
    "would-have-been-seen": "; a relative error of {detectable:.1e} would have been seen",
    "decided-by": "decided by: {witness}{seen}",
    "not-by": "not by {name}: {reason}",
    "right-parts": "; right: {names}",
    "look-first": "look first at: {entry}{spared}",
    "subject": "{grad} as the gradient of {f}",
    "f-not-finite": "f(x) is not finite at this point; choose another",
    "as-x": "structure, shapes and types are those of x",
    "spoilt": "f gives another value once the gradient was asked: the gradient changes what f reads",
    "random": "f differs between equal calls: no gradient is right or wrong for it; fix its seed, or take out what changes",
    "undecided-smooth": "undecided: {tie}; smooth there all the same",
    "undecided-kink": "undecided: {tie}; a kink",
    "witness-formula": "{witness} formula",
    "witness-value": "{witness} value, rounding budget",
    "witness-value-of": "{witness} value, rounding budget of {format}",
    "directions": "directions",
    "differences": "differences",
    "certified": "certified",
    "certified-bits": "certified ({bits} bits)",
    "changed-in-place": (
        "the {name} is changed in place: the check hands over copies, a caller who needs it afterwards does not"
    ),
    "likewise": "; likewise {names}",
    "glance": "d{name} {told}{likewise}",
    "at-this-point": "{told} (at this point)",
    "wrong-entries": (
        "{names} is wrong, found with {calls} evaluations; the worst is {got:.12g}, the true derivative is {expected:.12g}",
        "{names} are wrong, found with {calls} evaluations; the worst is {got:.12g}, the true derivative is {expected:.12g}",
    ),
    "in-outputs": "{told}; so in {alike} of {outputs} outputs",
    "days": "{count:.0f} days",
    "hours": "{count:.1f} hours",
    "minutes": "{count:.0f} minutes",
    "seconds": "{count:.0f} seconds",
    "digits-of-format": (
        "{digits} digit is left, as many as {format} holds",
        "{digits} digits are left, as many as {format} holds",
    ),
    "complex-step": "complex step",
    "order": "{verdict}: {message}",
    "wrong-in-outputs": "{told}; {wrong} of {size} entries are wrong, in {alike} of {outputs} outputs",
}
