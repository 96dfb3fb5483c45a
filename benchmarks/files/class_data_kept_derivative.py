import numpy as np


class Red:
    def __init__(self, entradas, salidas):
        self.X = entradas
        self.Y = salidas
        self.pesos1 = np.random.uniform(-1, 1, (entradas.shape[1], 4))
        self.sesgo1 = np.zeros(4)
        self.pesos2 = np.random.uniform(-1, 1, (4, salidas.shape[1]))
        self.sesgo2 = np.zeros(salidas.shape[1])

    def sigmoide(self, z, derivada=False):
        s = 1 / (1 + np.exp(-z))
        if derivada:
            return s * (1 - s)
        return s

    def adelante(self):
        self.oculta = self.sigmoide(self.X @ self.pesos1 + self.sesgo1)
        self.salida = self.sigmoide(self.oculta @ self.pesos2 + self.sesgo2)
        return self.salida

    def retropropagacion(self):
        error = self.Y - self.salida
        d2 = error * self.salida * (1 - self.salida)
        d1 = (d2 @ self.pesos2.T) * self.sigmoide(self.oculta, derivada=True)
        self.pesos2 += self.oculta.T @ d2
        self.sesgo2 += d2.sum(axis=0)
        self.pesos1 += self.X.T @ d1
        self.sesgo1 += d1.sum(axis=0)
