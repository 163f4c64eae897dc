"""Planck's law, and the temperature behind a measured spectrum."""

import math

import torch
from torch import Tensor

PLANCK = 6.62607015e-34  # h, in J s
LIGHT = 299_792_458.0  # c, in m/s
BOLTZMANN = 1.380649e-23  # k, in J/K


def spectral_radiance(wavelength: Tensor, temperature: Tensor | float) -> Tensor:
    """Return 2hc²/λ⁵ / (exp(hc/λkT) − 1), in W / (m² · sr · m)."""
    # The energy of a photon in units of the thermal energy: from 10⁻⁷ (radio) to 10⁴ (ultraviolet).
    x = PLANCK * LIGHT / (wavelength * BOLTZMANN * temperature)
    # expm1 keeps the digits of a small x; a large one gives inf, and the quotient is 0 as it should be.
    return 2 * PLANCK * LIGHT**2 / wavelength**5 / torch.expm1(x)


def fit_temperature(wavelength: Tensor, radiance: Tensor) -> float:
    """Return the temperature whose spectrum comes closest to the readings."""
    # log T stays positive whatever the step, and a step of 0.1 means 10% for any star.
    log_t = torch.tensor(math.log(10_000.0), dtype=torch.float64, requires_grad=True)
    # Readings that are wrong by 1% are wrong by 0.01 in the logarithm, from the faintest to the brightest.
    target = radiance.log()
    optimiser = torch.optim.LBFGS([log_t], line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = (spectral_radiance(wavelength, log_t.exp()).log() - target).square().mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    return log_t.exp().item()
