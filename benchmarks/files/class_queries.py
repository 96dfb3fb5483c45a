import numpy as np



class Net:

    def __init__(self, n_in, n_hid, n_out, learningrate):
        self.inodes = n_in
        self.hnodes = n_hid
        self.onodes = n_out
        self.w_in = np.random.normal(0.0, pow(self.inodes, -0.5), (self.hnodes, self.inodes))
        self.w_out = np.random.normal(0.0, pow(self.hnodes, -0.5), (self.onodes, self.hnodes))
        self.lr = learningrate
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T
        hidden_outputs = self.activation_function(np.dot(self.w_in, inputs))
        final_outputs = self.activation_function(np.dot(self.w_out, hidden_outputs))
        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.w_out.T, output_errors * final_outputs * (1.0 - final_outputs))
        self.w_out += self.lr * np.dot((output_errors * final_outputs * (1.0 - final_outputs)), np.transpose(hidden_outputs))
        self.w_in += self.lr * np.dot((hidden_errors * hidden_outputs), np.transpose(inputs))
