import numpy as np
from layer_utils import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss


class TwoLayerNet:
    def __init__(self, input_dim, hidden_dim, num_classes):
        self.params = {
            "W1": np.random.randn(input_dim, hidden_dim), "b1": np.zeros(hidden_dim),
            "W2": np.random.randn(hidden_dim, num_classes), "b2": np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        z, c1 = affine_forward(X, self.params["W1"], self.params["b1"])
        h, cr = relu_forward(z)
        s, c2 = affine_forward(h, self.params["W2"], self.params["b2"])
        loss, ds = softmax_loss(s, y)
        grads = {}
        dh, grads["W2"], grads["b2"] = affine_backward(ds, c2)
        dz = relu_backward(dh, cr)
        _, grads["W1"], grads["b1"] = affine_backward(dz, c1)
        return loss, grads
