"""Radiances compared as they are, scaled by the brightest reading; a parameter in an nn.Module; plain descent."""

import torch
from torch import nn

H, C, K = 6.626e-34, 2.998e8, 1.381e-23


def spectral_radiance(wavelength, temperature):
    x = H * C / (wavelength * K * temperature)
    return 2 * H * C**2 * wavelength**-5 * torch.exp(-x) / -torch.expm1(-x)


class Star(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_t = nn.Parameter(torch.tensor(9.2, dtype=torch.float64))

    def forward(self, wavelength):
        return spectral_radiance(wavelength, self.log_t.exp())


def fit_temperature(wavelength, radiance):
    star, scale = Star(), radiance.max()
    optimiser = torch.optim.Rprop(star.parameters(), lr=0.05)
    for _ in range(150):
        loss = nn.MSELoss()(star(wavelength) / scale, radiance / scale)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return star.log_t.detach().exp().item()
