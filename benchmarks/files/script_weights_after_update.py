# coding: utf-8
import numpy as np

veri = np.array([[0.1, 0.9, 0.4], [0.7, 0.2, 0.6], [0.3, 0.3, 0.8], [0.9, 0.5, 0.1], [0.2, 0.6, 0.6]])
hedef = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [1, 1]], dtype=float)
gizli_agirlik = np.random.randn(3, 4)
gizli_yanlilik = np.random.randn(4)
cikis_agirlik = np.random.randn(4, 2)
cikis_yanlilik = np.random.randn(2)
ogrenme = 0.2

for tur in range(3000):
    gizli = 1 / (1 + np.exp(-(veri.dot(gizli_agirlik) + gizli_yanlilik)))
    cikis = 1 / (1 + np.exp(-(gizli.dot(cikis_agirlik) + cikis_yanlilik)))
    hata = (cikis - hedef) * cikis * (1 - cikis)
    cikis_agirlik -= ogrenme * gizli.T.dot(hata)
    cikis_yanlilik -= ogrenme * hata.sum(axis=0)
    gizli_hata = hata.dot(cikis_agirlik.T) * gizli * (1 - gizli)
    gizli_agirlik -= ogrenme * veri.T.dot(gizli_hata)
    gizli_yanlilik -= ogrenme * gizli_hata.sum(axis=0)
