import numpy as np
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 1, 1, 0]]).T
W_a = 2 * np.random.random((3, 4)) - 1
W_b = 2 * np.random.random((4, 1)) - 1
for j in range(20000):
    l1 = 1 / (1 + np.exp(-(np.dot(X, W_a))))
    l2 = 1 / (1 + np.exp(-(np.dot(l1, W_b))))
    db = (y - l2) * (l2 * (1 - l2))
    da = db.dot(W_b.T)
    W_b += l1.T.dot(db)
    W_a += X.T.dot(da)
print("Output:", l2)
