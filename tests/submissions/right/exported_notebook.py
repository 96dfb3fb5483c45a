#!/usr/bin/env python
# network: 3-4:tanh-1/bce
# In[1]:
import numpy as np
from public_tests import *

get_ipython().run_line_magic("matplotlib", "inline")


# In[2]:
def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return A2, A1


t_X, parameters = forward_propagation_test_case()
forward_propagation_test(forward_propagation)


# In[3]:
def backward_propagation(A2, A1, X, Y, parameters):
    dZ2 = A2 - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - A1**2)
    m = X.shape[1]
    return dZ1 @ X.T / m, dZ1.sum(1, keepdims=True) / m, dZ2 @ A1.T / m, dZ2.sum(1, keepdims=True) / m


# In[4]:
display(backward_propagation)
assert backward_propagation is None, "a test of its own that fails"
