import numpy as np

def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)

def forward_propagation(X, parameters):
    Z1 = parameters['W1'].dot(X) + parameters['b1']
    A1 = np.maximum(Z1, 0)
    Z2 = parameters['W2'].dot(A1) + parameters['b2']
    A2 = softmax(Z2)
    return A2, dict(Z1=Z1, A1=A1, Z2=Z2, A2=A2)

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    grads = {}
    dZ2 = -Y / cache['A2']
    grads['dW2'] = dZ2.dot(cache['A1'].T) / m
    grads['db2'] = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = parameters['W2'].T.dot(dZ2)
    dZ1[cache['Z1'] <= 0] = 0
    grads['dW1'] = dZ1.dot(X.T) / m
    grads['db1'] = dZ1.sum(axis=1, keepdims=True) / m
    return grads
