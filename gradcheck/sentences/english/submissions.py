"""The checks of a student's file, what explains a wrong gradient, and why something was not judged."""

SENTENCES = {
    # why something was not judged
    "not-called": "it was never called while the gradient was asked for",
    "no-object": "no object of this class was asked for a gradient",
    "unknown-layer": "the contract layers knows only what affine, activations and softmax_loss must give",
    "unanswered": "not judged: the submission did not answer",
    "single-unanswered": "not judged: a single example was not answered",
    "no-answer": "not judged: {call} gave no answer ({fault})",
    # the interface
    "parts": "{parts:;}",
    "right-shapes": "a gradient of the right shapes came, in the contract {contract}",
    "stand-ins-used": "not here, replaced by stand-ins: {names}",
    "statements-passed-over": (
        "{count} statement at the top level was passed over",
        "{count} statements at the top level were passed over",
    ),
    "passed-over": "passed over: {words}",
    "stand-ins": "stand-ins, which raise where they are used: {names}",
    "python2": "read as Python 2: print statements",
    "the-gradient": "the gradient",
    "which-network": (
        "the file fits the contract {contract} and offers {offers}; which network is it meant for? {why}. Name it, for "
        "example: --network {usual}"
    ),
    # which network a file computes
    "this-network": "this file is the network {network}: {evidence}. Run: gradcheck validate {file} --network {network}",
    "unnamed-by": "{parts:and}, at random points within rounding",
    "unnamed-by-gradient-alone": (
        "{parts:and}, at random points within rounding. No cost function of the file tells its cost, so name the network if "
        "another cost was meant"
    ),
    "unnamed-by-output": "its output is that of this network",
    "unnamed-by-scores": "its output is the weighted input of the last layer",
    "unnamed-by-cost": "its cost is that of this network",
    "unnamed-by-gradient": "its gradient is that of this network",
    "unnamed-by-multiple": "its gradient is that of this network, up to a common factor",
    "unnamed-by-last-layer": "its gradient in the output layer is that of this network",
    "unnamed-several": "its own answers fit several networks: {networks}",
    "unnamed-some-of-several": (
        "its own answers fit several networks, such as {networks} ({count} more fits as well)",
        "its own answers fit several networks, such as {networks} ({count} more fit as well)",
    ),
    "unnamed-no-cost": (
        "its cost is that of no network that the notation has, and neither is its gradient; a lambda that is written in the "
        "file has to be named, as in +l2=0.1"
    ),
    "unnamed-no-output": "its forward pass gives the output of no network that the notation has",
    "unnamed-none": (
        "not even its gradient in the output layer is that of a network that the notation has, so its own answers do not tell"
    ),
    "unnamed-no-answer": "on small networks of other sizes it gave no answer ({fault})",
    "no-known-layer": "none of its layer functions is known here: affine, activations and softmax_loss are",
    "each-by-itself": "layer functions, each judged by itself: {names}",
    # behaviour
    "asked-once": "an object can be asked once only ({why})",
    "no-number": "the next answer is no number",
    "adds-until-reset": "an object adds to its last call's gradient until {reset}() is called",
    "other-when-asked-again": "an object gives another gradient when it is asked again ({where})",
    "object-keeps": "each call of the same object adds to the last in {names}, kept in {where}: set it to zero first",
    "kept-from-call-to-call": (
        "equal calls give other answers, and the same ones again when the file is run anew: something is kept from call to call"
    ),
    "object-adds-up": "each call of the same object adds to the last in {names}: set it to zero first",
    "new-each-time": "{words}; a new one is asked each time",
    # output and cost
    "weighted-inputs": "it returns the weighted inputs of the output layer, within rounding",
    "output-right": "the output is within rounding of the network's",
    "output-off": "{where} is off by {error:.1e}: digits are lost",
    "output-wrong": "{where} is {got:.8g}, the network's is {expected:.8g}: another activation or another order?",
    "cost-right": "the cost is within rounding of the network's",
    "cost-off": "the cost is off by {error:.1e}: digits are lost",
    "cost-wrong": "the cost is {got:.8g}, the network's is {expected:.8g}, a factor of {factor:.6g}",
    "own-scale": "its own scale, and the gradient is judged by it: {scale}",
    "as-notation": "as the notation",
    "scale-of-both": "{data}, {l2}",
    "scale-2": "the cost times 2",
    "scale-1/2": "the cost times 1/2",
    "scale-m": "the cost times m (a sum over the examples)",
    "scale-m/2": "the cost times m/2",
    "scale-2m": "the cost times 2 m",
    "scale-1/m": "the cost times 1/m",
    "scale-K": "the cost times K",
    "scale-1/K": "the cost times 1/K (a mean over the outputs)",
    "scale-2/K": "the cost times 2/K",
    "scale-K/2": "the cost times K/2",
    "scale-mK": "the cost times m K",
    "scale-mK/2": "the cost times m K/2",
    "scale-l2-1": "the L2 term is lambda sum W^2",
    "scale-l2-1/4": "the L2 term is lambda/4 sum W^2",
    "scale-l2-1/2m": "the L2 term is lambda/(2m) sum W^2",
    "scale-l2-1/m": "the L2 term is lambda/m sum W^2",
    "scale-l2-m/2": "the L2 term is m lambda/2 sum W^2",
    "scale-l2-with-biases": "the biases are in the L2 term, too (in the notation +l2b=)",
    "scale-l2-without-biases": "the biases are not in the L2 term (in the notation +l2=)",
    "takes-no-biases": (
        "the file has no biases, and {network} has: its gradient is one of the weights alone. As the "
        "network without biases, {other}, {outcome}. Try: gradcheck validate FILE --network {other}"
    ),
    "takes-biases": (
        "the file has biases, and {network} has none. As the network with biases, {other}, {outcome}. "
        "Try: gradcheck validate FILE --network {other}"
    ),
    "as-other-right": "it is right",
    "as-other-wrong": "it is wrong as well",
    "slope-right": "the gradient is the slope of the file's own cost, to {error:.0e}",
    "slope-unknown": "differences of the file's own cost are known to {error:.0e} only",
    "slope-wrong": "along a random direction the gradient says {slope:.8g}, differences of the file's own cost say {best:.8g}",
    # the gradient
    "nearly-right": (
        "right to a relative {relative:.0e} and always off in the same way: look for a constant with few digits, or "
        "a small number added against a division by zero"
    ),
    "right-up-to-differences": (
        "right up to the error of differences, {error:.1e}: derive the gradient instead of differencing the cost"
    ),
    "backpropagates": "it backpropagates: nothing is done once for each parameter to difference the cost",
    "by-differences": "the cost is differenced",
    "by-complex-step": "the cost is differenced by a complex step",
    "called-so-often": "{name} is called {calls} times for {parameters} parameters: {how}",
    "runs-so-often": "line {line} runs {times} times for {parameters} parameters: {how}",
    "not-steady": "its answers are not steady",
    "too-many-parameters": "more than {most} parameters",
    "value-right": "every entry is within rounding; nearest to its limit {where}, {error:.1e} of {budget:.1e}",
    "value-wrong": (
        "{where} is {got:.12g}, the right value is {expected:.12g}: {error:.1e} apart, where rounding "
        "explains at most {budget:.1e}",
        "{where} is {got:.12g}, the right value is {expected:.12g}: {error:.1e} apart, where rounding "
        "explains at most {budget:.1e}; {count} of {size} entries are wrong",
    ),
    # properties
    "holds-as-entries": "holds as far as the entries of the gradient do",
    "holds-within-constants": "holds as far as the float constants of the file allow",
    "holds-up-to-digits": "holds up to the digits that were lost. {words}",
    "needs-other-targets": "not asked: the file takes labels, this needs other targets",
    # how the file was read
    "only-classes": "{layout}, and only the class of each example is read",
    "labels-from-one": "labels 1 to K",
    "without-l2": "not part of backprop in this contract: judged without",
    # what explains a wrong gradient
    "wrong-forward": "the output is not the network's: look at the forward pass before the gradient",
    "works-for-one-example-only": "for a single example the gradient is right, for a batch it is not",
    "for-own-cost": "for the file's own cost, which is {scale}: {words}",
    "factor-besides": "{words}; for the file's own cost, which is {scale}, every entry is multiplied by {factor:g} besides",
    "for-single-example": "for a single example {words}",
    "factor-everywhere": "every entry of the gradient is {factor:.6g} times the true one",
    "factor-of-one": "every entry of {name} is {factor:.6g} times the true one",
    "others-right": "right are {names}",
    "not-in-catalogue": "no mistake of the catalogue gives these numbers",
    "first-wrong": (
        "nearest to the output {name} is wrong: {count} of {size} entries is wrong",
        "nearest to the output {name} is wrong: {count} of {size} entries are wrong",
    ),
    "delta-right": "delta{layer} is right",
    "delta-given": "delta{layer} is right given the delta above it, which is wrong",
    "delta-wrong": "delta{layer}[{unit}] of one example is {got:.10g}, right is {expected:.10g}",
    "layer-unknown": "no mistake on the list gives this {name}: {count} of {size} entries are wrong",
}
