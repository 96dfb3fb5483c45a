# network: 4-5-3/bce+l2=0.5
import numpy as np
from scipy.special import expit


def pieces(params, input_size, hidden_size, num_labels, X, y):
    split = hidden_size * (input_size + 1)
    theta1 = params[:split].reshape(hidden_size, input_size + 1)
    theta2 = params[split:].reshape(num_labels, hidden_size + 1)
    a1 = np.insert(X, 0, 1, axis=1)
    a2 = np.insert(expit(a1 @ theta1.T), 0, 1, axis=1)
    return theta1, theta2, a1, a2, expit(a2 @ theta2.T)


def cost(params, input_size, hidden_size, num_labels, X, y, learning_rate):
    theta1, theta2, _, _, h = pieces(params, input_size, hidden_size, num_labels, X, y)
    J = -np.sum(y * np.log(h) + (1 - y) * np.log(1 - h)) / len(X)
    return J + learning_rate / (2 * len(X)) * (np.sum(theta1[:, 1:] ** 2) + np.sum(theta2[:, 1:] ** 2))


def gradient(params, input_size, hidden_size, num_labels, X, y, learning_rate):
    theta1, theta2, a1, a2, h = pieces(params, input_size, hidden_size, num_labels, X, y)
    m = len(X)
    d3 = h - y
    d2 = (d3 @ theta2)[:, 1:] * a2[:, 1:] * (1 - a2[:, 1:])
    delta1, delta2 = d2.T @ a1 / m, d3.T @ a2 / m
    delta1[:, 1:] += learning_rate / m * theta1[:, 1:]
    delta2[:, 1:] += learning_rate / m * theta2[:, 1:]
    return np.concatenate((delta1.ravel(), delta2.ravel()))
