"""What the confined process may say of a file: of its contract, of what it returns, and of what it raises."""

SENTENCES = {
    # what a file defines
    "no-function": "the file defines no function {name}",
    "no-layers": "the file defines no affine_backward, no NAME_backward and no softmax_loss",
    "no-loss-class": "the file defines no class with a method loss(X, y)",
    "no-network-class": "the file defines no class Network with a method backprop",
    "not-defined": "the file does not define it",
    "forward-gives-cost": "the forward function returns the cost",
    "no-contract": (
        "no contract fits the file: {found}{hint} Define backward(params, x, y) -> [(dW, db), ...], or what another "
        "contract asks for (gradcheck networks lists them)"
    ),
    "defines": "it defines {names}",
    "defines-nothing": "it defines no function or class",
    "no-hint": ".",
    "other-arguments": "; {function} would have to take (params, x, y), or what the file's forward(params, x) returns.",
    "misspelled": "; is {name} meant to be {meant}?",
    "class-of-its-own": (
        "; nobody can know where its class {name} keeps parameters and gradients: write a function backward(params, "
        "x, y) that builds a {name} and returns its gradients, or ask for an adapter."
    ),
    "no-parameters-kept": "no class of the file keeps the parameters of such a network, as far as their shapes tell",
    "no-biases": (
        "an object of {name} keeps the weights of this network and no biases: that is another network, in which every "
        "layer computes z = W a alone; its notation ends in +nobias"
    ),
    "no-biases-in-loop": (
        "the loop in {name} changes the weights of this network and no biases: that is another network, in which every layer "
        "computes z = W a alone; its notation ends in +nobias"
    ),
    "wrap-these-lines": (
        "the file trains in a loop at its top level, and nobody can tell which of its names are data and parameters: make a "
        "function of lines {first} to {last}, with what it needs as its arguments. {function}"
    ),
    "code": "{text}",
    "has-biases": "{name} has biases, too, and the network has none",
    "fit-starts-anew": (
        "{call} begins with parameters of its own each time, so that nobody can give it others: a class that makes them when "
        "it is made, or a method for one step alone, can be judged"
    ),
    "cannot-be-set": "the array that holds {name} cannot be replaced",
    "kept-elsewhere": "the object keeps its parameters in a place that nobody sees as well",
    "update-too-small": (
        "one step changes the parameters by so little that their rounding hides the gradient: return the gradient, or take a "
        "larger learning rate"
    ),
    "made-too-slowly": "to make an object of {name} takes too long",
    "update-normalised": (
        "one step moves every parameter by the same amount, as Adam does: no gradient can be read off it; return the gradient"
    ),
    "update-not-proportional": (
        "what {calls} changes is not proportional to the learning rate: it makes more than one step, so no gradient can be "
        "read off it"
    ),
    "too-many-steps": "{calls} computes for too long: it makes more than one step, and nothing tells it to make one",
    # what it returns
    "returns": "{name} should return {what}, got {got}",
    "returns-so-many": ("{name} should return {count} result, got {got}", "{name} should return {count} results, got {got}"),
    "expected-pairs": "expected a list of (dW, db), one pair a layer, got {got}",
    "expected-so-many-weights": "expected {count} arrays dW, one a layer (the network has no biases), got {got}",
    "has-bias-column": "this contract has the biases in the first column of Theta, and the network has none",
    "expected-so-many-pairs": (
        "expected {count} pair (dW, db), one a layer, got {got}",
        "expected {count} pairs (dW, db), one a layer, got {got}",
    ),
    "dict-lacks": "the returned dict lacks {missing}; it has {there}",
    "nothing": "nothing",
    "inventory": "{type} of {count}: {parts}",
    "none": "None (is a return missing?)",
    "generator": "a generator (yield where return was meant?)",
    "coroutine": "a coroutine (async def where def was meant?)",
    "array-of-shape": "{type} of shape {shape}",
    "a-type": "{type}",
    "one-hidden-layer": "nnCostFunction has one hidden layer, the network has {count}",
    "step-takes-batch": "a step takes a batch",
    "adapters-y": "the adapter's y is {y}, expected 'one-hot' or 'labels'",
    "params-dict": "{name} should be a dict with W1, b1, ..., got {got}",
    "params-lack": "{name} lacks {missing}: the network has {layers} layers",
    "params-beyond": "{name} holds {others} as well: the network has {layers} layers",
    "arrays-by-layer": "{name} should hold one array a layer, {count}, got {got}",
    "one-array-a-layer": "{name} should hold one array a layer, got {got}",
    "other-layers": "{name} holds {arrays} arrays, the network has {layers} layers",
    # arrays
    "shape": "{name} has shape {got}, expected {expected}",
    "shape-transposed": "{name} has shape {got}, expected {expected}: transposed?",
    "shape-over-all-entries": "{name} has shape {got}, expected {expected}: summed over all entries?",
    "shape-flattened": "{name} has shape {got}, expected {expected}: flattened?",
    "shape-not-summed": "{name} has shape {got}, expected {expected}: not summed over the batch?",
    "shape-wrong-axis": (
        "{name} has shape {got}, expected {expected}: summed over the wrong axis, or not summed over the batch?"
    ),
    "shape-reversed": "{name} has shape {got}, expected {expected}: the layers in reverse order, the last one first?",
    "not-finite": "{name} is {value}, expected a finite number",
    "expected-number": "{name} has shape {got}, expected a single number",
    "not-plain": "{name} is a {type}, expected a plain numpy array; try np.array({name})",
    "expected-array": "{name} is {got}, expected an array of numbers",
    "complex": "{name} is complex; a gradient is real: take the real or the imaginary part that you mean",
    "expected-floats": "{name} holds {dtype}, expected floats",
    "no-array": "{name} is no array of numbers: {error}",
    # what it raises
    "raised": "{type}: {words}",
    "raised-at": "{what}, at `{code}`",
    "cannot-be-printed": "(its message cannot be printed)",
    "statement": "{file} line {line}: {why}",
    "trains": "it trains, which is not needed",
    "stand-in": "{name} is not here: it was imported, but it cannot be used",
    "never-here": "{name} is not available to a submission: the gradient is to be derived by hand",
    "no-module": "No module named '{name}': {why}",
    "comes-with-python": (
        "{words}; that is the {name} which comes with Python or NumPy, not the file {file}: give that another name"
    ),
    "is-notebook": "{file} is a notebook, and Python imports no notebooks: hand in a .py file for {name}",
    "dot-in-name": "the file {file} has a dot in its name, which an import takes for a folder: call it {name}.py",
    "other-name": "the file {file} is there, but by this name only {name}.py would be imported",
    "saved-as": "the file is saved as {encoding}, which Python does not read: save it as UTF-8",
    "null-bytes": "the file holds null bytes: is it a Python file, saved as UTF-8?",
    "no-encoding": "{encoding} is no encoding of Python source: save the file as UTF-8",
    "not-in-encoding": "a character that is not {encoding}: save the file as UTF-8, or name its encoding in the first line",
    "bad-character": "the code holds a character that Python does not read ({error})",
    "too-deep": (
        "something in the file is nested too deeply, or too large, to be read: split an expression of thousands of "
        "parts"
    ),
    "cannot-follow": "{why}",
    # how the file lays out what it takes and gives
    "layout-W-out-in": "(n_out, n_in)",
    "layout-W-in-out": "(n_in, n_out)",
    "layout-W-vector": "(n_in,)",
    "layout-b-flat": "(n_out,)",
    "layout-b-column": "(n_out, 1)",
    "layout-b-row": "(1, n_out)",
    "layout-b-number": "a number",
    "layout-batch-rows": "rows",
    "layout-batch-columns": "columns",
    "layout-batch-single": "one example at a time",
    "layout-y-one-hot": "(m, n_out)",
    "layout-y-labels": "labels",
    "layout-y-labels from 1": "labels 1 to K",
    "layout-y-column": "labels in a column",
    "layout-y-column from 1": "labels 1 to K in a column",
    "layout-y-vector": "(m,)",
    "free-factor": (
        "read off an update of the parameters: a factor that all of them share belongs to its learning rate, and is not judged"
    ),
    "layout-params-pairs": "[(W, b), ...]",
    "layout-params-dict": "{{'W1': ..., 'b1': ...}}",
    "layout-params-lists": "([W, ...], [b, ...])",
    "layout-params-flat": "[W1, b1, ...]",
    "layout-params-dicts": "[{{'W': ..., 'b': ...}}, ...]",
    "layout-params-object": "kept by an object",
    "layout-params-named": "arguments of their own",
    "layout-params-unrolled": "unrolled row by row",
    "layout-params-unrolled F": "unrolled column by column (order='F')",
    "layout-gives-by-name": "a dict by name",
    "keeps": "{names}: not of this network, left as the class makes them",
}
