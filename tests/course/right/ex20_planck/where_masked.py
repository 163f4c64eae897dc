"""Branches on the size of the exponent, without expm1 where it cannot matter; descent with a shrinking step."""

import math

import torch

HC_K = 6.62607015e-34 * 299792458 / 1.380649e-23
TWO_HC2 = 2 * 6.62607015e-34 * 299792458**2


def spectral_radiance(wavelength, temperature):
    x = HC_K / wavelength / temperature
    small = torch.expm1(x.clamp(max=30))
    large = torch.exp(x.clamp(min=30))
    return TWO_HC2 / wavelength.pow(5) * torch.where(x < 30, 1 / small, 1 / large)


def fit_temperature(wavelength, radiance):
    theta = math.log(7000)
    step = 0.5
    previous = None
    while step > 1e-5:
        t = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
        error = (torch.log(spectral_radiance(wavelength, torch.exp(t))) - torch.log(radiance)).pow(2).sum()
        error.backward()
        sign = 1 if t.grad > 0 else -1
        if previous is not None and sign != previous:
            step /= 2
        previous = sign
        theta -= sign * step
    return math.exp(theta)
