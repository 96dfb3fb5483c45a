"""`check_network`: what a gradient function returned, how it behaves, and what its formula says apart from rounding."""

SENTENCES = {
    # what was returned
    "no-pair-with-dx": "with dx=True expected a pair (gradients, dx), got {got}",
    "lacks": "the returned dict lacks {missing}; it has {there}",
    "nothing": "nothing",
    "no-list": "expected a list of (dW, db), one pair a layer, got {got}; is a return missing?",
    "cost-first": "expected the gradients alone, got a pair (cost, gradients): return the second",
    "pairs": "expected {expected} pairs (dW, db), one a layer, got {got}",
    "no-pair": "expected a pair (dW{layer}, db{layer}) for layer {layer}, got {got}",
    "no-list-of-weights": "expected a list of dW, one a layer (the network has no biases), got {got}; is a return missing?",
    "weights": "expected {expected} arrays dW, one a layer (the network has no biases), got {got}",
    "pair-without-biases": "expected dW{layer} for layer {layer}: the network has no biases, hence no db{layer}; got {got}",
    "no-array": "d{key} is no array of numbers: {error}",
    "complex": "d{key} is complex; a gradient is real: take the real or the imaginary part that you mean",
    "no-floats": "d{key} holds {dtype}, expected floats",
    "shape": "d{key} has shape {got}, expected {expected}",
    "shape-transposed": "d{key} has shape {got}, expected {expected}: transposed?",
    "shape-flattened": "d{key} has shape {got}, expected {expected}: flattened?",
    "shape-summed": "d{key} has shape {got}, expected {expected}: summed over all entries?",
    "shape-each-example": "d{key} has shape {got}, expected {expected}: not summed over the batch?",
    "shape-wrong-axis": "d{key} has shape {got}, expected {expected}: summed over the wrong axis?",
    "not-finite": (
        "{name} is {value}, expected a finite number; did exp overflow (subtract the maximum first), or was something divided "
        "by zero?"
    ),
    "of-shape": "{type} of shape {shape}",
    # the formula, computed with many digits
    "formula-unknown": "could not be computed with 50 digits: {why}",
    "formula-different": "computed with 50 digits it differs from the derivative, by a relative {apart:.0e}",
    "formula-equal": "computed with 50 digits it is the derivative, to {digits} digits",
    "formula-equal-within": (
        "computed with 50 digits it is the derivative as far as its float constants allow, to {digits} digits"
    ),
    "the-formula": "the formula {words}",
    "decided-by-formula": (
        "decided by the formula computed with 50 digits; an error of {detectable:.1e} of the largest entry would have been seen"
    ),
    "decided-by-floats": "decided by the floats; an error of {detectable:.1e} of the largest entry would have been seen",
    # why it could not be computed with many digits
    "why-too-wide": "so many digits cancel in it that too few are certain",
    "why-kink": "there is a kink at this point",
    "why-near-kink": "units lie within rounding of a kink, where the formula may take either side",
    "why-constants": "its float constants leave too much open",
    "why-unsteady": "equal calls give different answers",
    "why-differences": "it takes differences of the cost",
    "why-large": "the network has {count:,} parameters",
    "why-something-else": "computed with 50 digits the gradient code returns something else than in floats: {error}",
    "why-other-shape": "computed with 50 digits d{key} has shape {got}, in floats {expected}",
    "why-constant": "d{key} is no function of what the code is given: its numbers were there before",
    "why-not-finite": "computed with 50 digits d{key} is not known to be finite",
    # what it says of a quantity
    "right": "the formula is right",
    "right-within": "the formula is right as far as its float constants allow",
    "right-and": "{right}; {words}",
    "right-elsewhere": "{words}; computed with 50 digits the code does something else, which is right",
    "off-by-small": "{words}; computed with 50 digits the formula is off by a relative {apart:.0e}: a small number added?",
    "different": (
        "rounding could explain the numbers of d{key} here, but computed with 50 digits the formula differs from the "
        "derivative, by a relative {apart:.0e}"
    ),
    # the command `networks`: what names exist
    "names": "Names",
    "notation": (
        "One line names a network: sizes joined by -, an activation after a size as :name, the cost after /, L2 after +l2=. "
        "For example "
    ),
    "notation-preset": ". A preset's name may stand wherever a notation may.",
    "presets": "Presets",
    "activations": "Activations",
    "costs": "Costs",
    "contracts": "Contracts",
    "mistakes": "Mistakes",
    "column-name": "name",
    "column-network": "network",
    "column-summary": "what it is",
    "column-outputs": "outputs",
    "column-default": "default",
    "column-needs": "a submission defines",
    "column-id": "id",
    "column-wrong": "wrong",
    "column-right": "right",
    "any": "any",
    "some": "{names}",
    "softmax-formula": "{formula}, output layer only",
    "pieces": "{above} for z > 0, {below} otherwise",
    "preset-logistic-regression": "no hidden layer: two iris species told apart by their petals",
    "preset-guess-two": "the guessing game for two: hints and yellow hat, no hidden layer",
    "preset-guess-three": "the guessing game for three: a girl, the hidden layer, between",
    "preset-xor": "exclusive or: four rows that need a hidden layer",
    "preset-d2l": "four inputs, five hidden units, three classes, weight decay",
    "preset-iris": "three species of iris by the lengths of sepals and petals",
    "preset-digits": "ten handwritten digits of 8 x 8 pixels",
    "needs-nielsen": "class Network(sizes) with backprop(x, y)",
    "needs-deeplearning-ai": "forward_propagation(X, parameters) and backward_propagation(parameters, cache, X, Y)",
    "needs-cs231n": "a class with params and loss(X, y)",
    "needs-layers": "affine_forward(x, w, b) and affine_backward(dout, cache), relu_backward, softmax_loss, ...",
    "needs-functions-in-out": "backward(params, x, y) as functions, with W (n_in, n_out)",
    # how long it will take, and a smaller question
    "long": "{network} has {parameters:,} parameters: about {time}; {smaller}, such as {narrower}",
    "smaller-verify": "narrower layers ask the same of every formula",
    "smaller-derive": "narrower layers have the same derivation",
    "smaller-validate": "up to twice that where it is wrong; narrower layers show the same mistakes",
    "smaller-check": "up to twice that where it is wrong; narrower layers show the same mistakes, and points=1 takes a third",
    "too-large": "{network} has {parameters:,} parameters: this would take about {time} and {gigabytes:.0f} GB; try narrower "
    "layers, such as {narrower}, whose formulas are the same",
    "all": "all of it takes about {time}; {smaller}",
    "fewer-networks": "name a network to verify that one alone",
    "fewer-pairs": "--pairs 100 plants fewer mistakes two at a time, and a network's name asks about that one alone",
    # its options
    "dtype": "dtype is {dtype}, expected float64 or float32: the formats whose rounding has a budget here",
    "points": "points is {points}, expected at least one point to check the gradient at",
    "beside-a-point": "{name} is {value} beside a point of your own: it says how to draw points; leave one of them out",
}
