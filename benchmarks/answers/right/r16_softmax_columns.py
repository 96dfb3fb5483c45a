import numpy as np

def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)

def forward_propagation(X, parameters):
    Z1 = parameters['W1'].dot(X) + parameters['b1']
    A1 = np.maximum(Z1, 0)
    A2 = softmax(parameters['W2'].dot(A1) + parameters['b2'])
    return A2, dict(Z1=Z1, A1=A1, A2=A2)

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache['A2'] - Y
    dZ1 = parameters['W2'].T.dot(dZ2)
    dZ1[cache['A1'] == 0] = 0
    return {'dW2': dZ2.dot(cache['A1'].T) / m, 'db2': dZ2.mean(axis=1, keepdims=True),
            'dW1': dZ1.dot(X.T) / m, 'db1': dZ1.mean(axis=1, keepdims=True)}
