"""The checks of a student's file, what explains a wrong gradient, and why something was not judged."""

SENTENCES = {
    "not-called": "it was never called while the gradient was asked for",
    "no-object": "no object of this class was asked for a gradient",
    "unknown-layer": "the contract layers knows only what affine, activations and softmax_loss must give",
}
