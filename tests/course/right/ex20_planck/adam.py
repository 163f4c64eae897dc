"""A beginner's way: Adam on log T, squared differences of logarithms, exact constants by hand."""

import math

import torch

h = 6.62607015e-34
c = 2.99792458e8
k = 1.380649e-23


def spectral_radiance(wavelength, temperature):
    a = 2 * h * c**2 / wavelength**5
    b = torch.expm1((h * c) / (wavelength * k * temperature))
    return a / b


def fit_temperature(wavelength, radiance):
    log_t = torch.tensor([math.log(5000.0)], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([log_t], lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        pred = spectral_radiance(wavelength, torch.exp(log_t))
        loss = torch.nn.functional.mse_loss(torch.log(pred), torch.log(radiance))
        loss.backward()
        optimizer.step()
    return float(torch.exp(log_t))
