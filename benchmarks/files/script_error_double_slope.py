import numpy as np
np.random.seed(1)
X = np.array([[0,0,1],[0,1,1],[1,0,1],[1,1,1]])
y = np.array([[0],[1],[1],[0]])
w0 = 2*np.random.random((3,4)) - 1
w1 = 2*np.random.random((4,1)) - 1
b0 = np.zeros((1,4))
b1 = np.zeros((1,1))
alpha = 0.5
def nonlin(x, deriv=False):
    if deriv:
        return x*(1-x)
    return 1/(1+np.exp(-x))
for j in range(60000):
    l1 = nonlin(np.dot(X, w0) + b0)
    l2 = nonlin(np.dot(l1, w1) + b1)
    l2_error = y - l2
    if j % 10000 == 0:
        print("Error:" + str(np.mean(np.abs(l2_error))))
    l2_delta = l2_error*nonlin(l2, deriv=True)
    l1_delta = l2_delta.dot(w1.T) * nonlin(nonlin(l1), deriv=True)
    w1 += alpha * l1.T.dot(l2_delta)
    b1 += alpha * l2_delta.sum(axis=0, keepdims=True)
    w0 += alpha * X.T.dot(l1_delta)
    b0 += alpha * l1_delta.sum(axis=0, keepdims=True)
