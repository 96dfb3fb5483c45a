# network: 3-4-2
import cPickle, sys
import numpy as np


class Network(object):
	def __init__(self, sizes):
		self.weights = [np.random.randn(o, i) for i, o in zip(sizes, sizes[1:])]
		self.biases = [np.zeros((o, 1)) for o in sizes[1:]]

	def backprop(self, x, y):
		acts = [x]
		for w, b in zip(self.weights, self.biases)[:]:
			acts.append(1.0 / (1.0 + np.exp(-np.dot(w, acts[-1]) - b)))
		delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
		nabla_b, nabla_w = [delta], [np.dot(delta, acts[-2].T)]
		for l in xrange(2, len(acts)):
			delta = np.dot(self.weights[-l + 1].T, delta) * acts[-l] * (1 - acts[-l])
			nabla_b.insert(0, delta)
			nabla_w.insert(0, np.dot(delta, acts[-l - 1].T))
		return nabla_b, nabla_w

	def load(self, name):
		try:
			self.weights = cPickle.load(open(name))
		except IOError, e:
			print >>sys.stderr, "cannot load", e
			raise ValueError, "no file"


if __name__ == "__main__":
        print "done",
