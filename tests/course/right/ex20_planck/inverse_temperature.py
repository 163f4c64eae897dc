"""1/T as the parameter, which makes the ultraviolet linear; SGD with the slope's own size as step."""

import torch

h, c, k = 6.62607015e-34, 2.99792458e8, 1.380649e-23


def spectral_radiance(wavelength: torch.Tensor, temperature) -> torch.Tensor:
    # Photon energy over thermal energy; numerator and denominator may both underflow or overflow in safety.
    ratio = (h * c / k) / wavelength / temperature
    return (2 * h * c * c) * torch.reciprocal(wavelength**5) * torch.reciprocal(torch.expm1(ratio))


def fit_temperature(wavelength: torch.Tensor, radiance: torch.Tensor) -> float:
    beta = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)  # 10,000 K / T
    for _ in range(200):
        residual = spectral_radiance(wavelength, 1e4 / beta).log() - radiance.log()
        (jacobian,) = torch.autograd.grad(residual.sum(), beta, retain_graph=True)
        (slope,) = torch.autograd.grad((residual**2).sum() / 2, beta)
        with torch.no_grad():
            beta -= slope * len(residual) / jacobian**2 / 2
            beta.clamp_(0.1, 10)
    return (1e4 / beta).detach().numpy().item()
