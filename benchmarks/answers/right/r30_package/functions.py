import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def tanh_prime_from_a(a):
    return 1 - np.square(a)
