import numpy as np
rng = np.random.default_rng(0)
N, D, H, C = 30, 4, 6, 3
X = rng.normal(size=(N, D))
labels = rng.integers(0, C, size=N)
params = {
    "W1": rng.normal(size=(D, H)) * np.sqrt(2 / D), "b1": np.zeros(H),
    "W2": rng.normal(size=(H, C)) * np.sqrt(2 / H), "b2": np.zeros(C),
}
step_size = 0.1
losses = []
for it in range(200):
    h = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = h @ params["W2"] + params["b2"]
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    losses.append(-np.log(probs[range(N), labels]).mean())
    dscores = probs
    dscores[range(N), labels] -= 1
    dscores /= N
    grads = {"W2": h.T @ dscores, "b2": dscores.sum(axis=0)}
    dh = dscores @ params["W2"].T
    dh[h <= 0] = 0
    grads["W1"] = X.T @ dh
    grads["b1"] = dh.sum(axis=0)
    for k in params:
        params[k] -= step_size * grads[k]
