"""The spectrum of a star with the learner's Planck curve at the temperature that their fit found."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

PLANCK, LIGHT, BOLTZMANN = 6.62607015e-34, 299_792_458.0, 1.380649e-23
READINGS, NOISE = 32, 0.01


def plot(student: Student, draw: Draw) -> Plot:
    """Draw readings of a star between 4,500 K and 9,000 K, and the curve of the temperature that is found."""
    truth = draw.number(4500.0, 9000.0)
    wavelength = torch.linspace(1.5e-7, 2e-6, READINGS, dtype=torch.float64)
    right = 2 * PLANCK * LIGHT**2 / wavelength**5 / torch.expm1(PLANCK * LIGHT / (wavelength * BOLTZMANN * truth))
    readings = right * (1 + draw.normal(READINGS, std=NOISE, dtype=torch.float64))
    found = float(student.fit_temperature(wavelength, readings.clone()))
    fine = torch.linspace(1.5e-7, 2e-6, 4 * READINGS, dtype=torch.float64)
    nanometres, brightness = 1e9, 1e-12
    return Plot(
        title=Text(
            f"A star of {truth:.0f} K; you find {found:.0f} K", f"一颗 {truth:.0f} K 的恒星，你求出 {found:.0f} K"
        ),
        x_label=Text("wavelength in nm", "波长（nm）"),
        y_label=Text("radiance in kW / (m² sr nm)", "辐射亮度，kW / (m² sr nm)"),
        series=(
            line(
                fine * nanometres,
                student.spectral_radiance(fine, found) * brightness,
                label=Text("your curve at your temperature", "你的曲线（取你求出的温度）"),
            ),
            points(wavelength * nanometres, readings * brightness, label=Text("readings", "读数")),
        ),
    )
