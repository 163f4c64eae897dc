"""Checks of Planck's law: values, kinds of temperature, both ends of the spectrum; and of the thermometer."""

from __future__ import annotations

import math

import torch

from grader.judge import (
    Draw,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    fail,
)

PLANCK, LIGHT, BOLTZMANN = 6.62607015e-34, 299_792_458.0, 1.380649e-23
SECOND = PLANCK * LIGHT / BOLTZMANN  # hc/k, in m K
# Constants with four digits pass (0.3% at hc/λkT = 13), c = 3e8 (0.7%) does not.
ROUGH = 5e-3


def due(wavelength: torch.Tensor, temperature: torch.Tensor | float) -> torch.Tensor:
    """Return the right radiances."""
    return 2 * PLANCK * LIGHT**2 / wavelength**5 / torch.expm1(SECOND / (wavelength * temperature))


def spaced(low: float, high: float, count: int) -> torch.Tensor:
    """Return wavelengths in equal ratios from `low` to `high`, the ends exact."""
    between = torch.linspace(math.log(low), math.log(high), count, dtype=torch.float64).exp()
    between[0], between[-1] = low, high
    return between


def star(draw: Draw) -> float:
    """Return a temperature, any ratio as likely as another."""
    return math.exp(draw.number(math.log(1000.0), math.log(30_000.0)))


def at(wavelength: torch.Tensor, temperature: float) -> Text:
    """Return from where to where the wavelengths go."""
    if not wavelength.numel():
        return Text(f"No wavelength, T = {temperature:.6g} K:", f"没有波长，T = {temperature:.6g} K 时：")
    low, high = wavelength.min().item(), wavelength.max().item()
    return Text(
        f"spectral_radiance at T = {temperature:.6g} K for λ from {low:.4g} m to {high:.4g} m:",
        f"spectral_radiance 在 T = {temperature:.6g} K、λ 从 {low:.4g} m 到 {high:.4g} m 时：",
    )


@check(zh="每个波长的辐射亮度都符合普朗克定律")
def test_values(student: Student, draw: Draw) -> None:
    """Every wavelength has the radiance of Planck's law."""
    for _ in range(2):
        temperature = star(draw)
        # hc/λkT from below the peak (4.97) to far above; 13 is always there, where a wrong exponent shows most.
        x = torch.cat([draw.uniform(6, low=0.3, high=12.0, dtype=torch.float64), torch.tensor([0.3, 4.97, 13.0])])
        wavelength = SECOND / (x.double() * temperature)
        right = due(wavelength, temperature)
        found = student.spectral_radiance(wavelength, temperature)
        assert_close(found, right, rtol=ROUGH, atol=0.0, what=at(wavelength, temperature))


@check(zh="波长形状任意，温度可以是数，也可以是能与波长广播的张量", needs=("test_values",))
def test_shapes(student: Student, draw: Draw) -> None:
    """Wavelengths come in any shape, and the temperature as a number or as a tensor that broadcasts."""
    kelvin = draw.integer(3000, 9000)
    for shape in ((1,), (2, 3), (5, 1)):
        wavelength = draw.uniform(*shape, low=4e-7, high=2e-6, dtype=torch.float64)
        right = due(wavelength, kelvin)
        found = student.spectral_radiance(wavelength, kelvin)
        assert_close(found, right, rtol=ROUGH, atol=0.0, what=at(wavelength, kelvin))
    wavelength = draw.uniform(5, low=4e-7, high=2e-6, dtype=torch.float64)
    column = draw.uniform(3, 1, low=3000.0, high=9000.0, dtype=torch.float64)
    for temperature, en, zh in (
        (torch.tensor(float(kelvin)), "a tensor without dimensions", "0 维张量"),
        (column[0, 0].clone().requires_grad_(), "a tensor that requires grad", "需要梯度的张量"),
        (column, "a column of shape (3, 1)", "形状为 (3, 1) 的列"),
    ):
        right = due(wavelength, temperature.detach())
        what = Text(f"With wavelengths of shape (5,) and {en} as temperature:", f"波长形状为 (5,)、温度是{zh}时：")
        assert_close(student.spectral_radiance(wavelength, temperature), right, rtol=ROUGH, atol=0.0, what=what)


@check(zh="从 10 nm 到 1 m、从 100 K 到 40000 K，结果处处有限且正确", needs=("test_values",), weight=2)
def test_extremes(student: Student, draw: Draw) -> None:
    """From 10 nm to 1 m and from 100 K to 40,000 K every radiance is finite and right."""
    wavelength = spaced(1e-8, 1.0, 65)
    for temperature in (100.0, 40_000.0, star(draw)):
        right = due(wavelength, temperature)
        found = assert_shape(
            student.spectral_radiance(wavelength, temperature), (65,), what=at(wavelength, temperature)
        )
        bad = ~found.isfinite()
        if bad.any():
            where, value = wavelength[bad][0].item(), found[bad][0].item()
            x = SECOND / (where * temperature)
            fail(
                f"At λ = {where:.4g} m and T = {temperature:.6g} K, where hc/λkT = {x:.4g}, the radiance is {value}; "
                f"due is {right[bad][0].item():.4g}.",
                f"λ = {where:.4g} m、T = {temperature:.6g} K 时（hc/λkT = {x:.4g}），得到的辐射亮度是 {value}，"
                f"应为 {right[bad][0].item():.4g}。",
            )
        # Where exp(hc/λkT) overflows, at 709, zero is as good as the 1e-284 that is left. In the ultraviolet the
        # fourth digit of a constant counts seven hundredfold.
        assert_close(found, right, rtol=0.25, atol=1e-270, what=at(wavelength, temperature))


@check(zh="波长很长时有效数字不丢失（float64、expm1）", needs=("test_values",))
def test_digits(student: Student, draw: Draw) -> None:
    """At long wavelengths no digits are lost."""
    temperature = draw.number(30_000.0, 40_000.0)
    wavelength = draw.uniform(32, low=0.7, high=1.0, dtype=torch.float64)
    right = due(wavelength, temperature)
    found = student.spectral_radiance(wavelength, temperature)
    assert_close(found, right, rtol=ROUGH, atol=0.0, what=at(wavelength, temperature))
    # Other digits of the constants are a factor common to all, but for 2e-11. exp(x) − 1 is wrong by up to 3e-10 (less
    # than a sixth of that 32 times over happens never), float32 by 1e-7, a detour through logarithms by 1e-13.
    factor = (found / right).mean()
    what = at(wavelength, temperature)
    more = Text(
        f"{what.en} hc/λkT is about {SECOND / temperature:.2g}, and exp of it minus 1 has few digits left.",
        f"{what.zh}hc/λkT 约为 {SECOND / temperature:.2g}，先取 exp 再减 1 就没剩几位有效数字了。",
    )
    off = (found / (right * factor) - 1).abs().max()
    named = "exp_minus_one" if off < 1e-9 else "through_single"
    assert_close(found, right * factor, rtol=5e-11, atol=0.0, what=more, mistake=named)


@check(zh="spectral_radiance 不改动参数", needs=("test_values",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """spectral_radiance changes neither argument."""
    wavelength = draw.uniform(6, low=4e-7, high=2e-6, dtype=torch.float64)
    temperature = draw.uniform(6, low=3000.0, high=9000.0, dtype=torch.float64)
    before = wavelength.clone(), temperature.clone()
    student.spectral_radiance(wavelength, temperature)
    assert_unchanged(wavelength, before[0], "wavelength", requires_grad=False, mistake="in_place")
    assert_unchanged(temperature, before[1], "temperature", requires_grad=False, mistake="in_place")


@check(zh="结果留在波长所在的设备上", needs=("test_values",))
def test_device(student: Student) -> None:
    """The radiance stays on the device of the wavelengths."""
    with elsewhere(mistake="on_cpu") as device:
        wavelength = torch.empty(5, dtype=torch.float64, device=device)
        assert_device(student.spectral_radiance(wavelength, 5000.0), device)


def judge_fit(student: Student, draw: Draw, wavelength: torch.Tensor, temperature: float) -> None:
    """Fail unless the temperature is found from readings with 1% of noise.

    A least-squares fit is off by 0.02 to 0.15% (one sigma, measured for logarithms and for radiances compared as
    they are, over these windows), so that 1% is seven sigmas at the worst: one false rejection in 10¹¹ fits.
    """
    noise = draw.normal(len(wavelength), std=0.01, dtype=torch.float64)
    radiance = due(wavelength, temperature) * (1 + noise)
    low, high = wavelength.min().item() * 1e9, wavelength.max().item() * 1e9
    found = student.fit_temperature(wavelength, radiance)
    what = Text(
        f"fit_temperature for a star of {temperature:.0f} K, from {len(wavelength)} readings between {low:.0f} and "
        f"{high:.0f} nm (1% is allowed):",
        f"fit_temperature：{temperature:.0f} K 的恒星，{low:.0f} 到 {high:.0f} nm 之间的 {len(wavelength)} 个读数"
        "（允许误差 1%）：",
    )
    assert_close(found, temperature, rtol=0.01, atol=0.0, what=what)


def window(draw: Draw) -> torch.Tensor:
    """Return wavelengths from the ultraviolet to the infrared, equally spaced."""
    low, high = draw.number(1e-7, 1.5e-7), draw.number(1.6e-6, 2e-6)
    return torch.linspace(low, high, draw.integer(100, 150), dtype=torch.float64)


@check(zh="由一颗普通恒星的光谱求出温度，误差不超过 1%", weight=2)
def test_one_star(student: Student, draw: Draw) -> None:
    """The temperature of an ordinary star comes out within 1%, as a float."""
    judge_fit(student, draw, window(draw), draw.choice((draw.number(4200, 5300), draw.number(6300, 8000))))


@check(zh="从 3000 K 到 30000 K 的恒星，误差都不超过 1%", needs=("test_one_star",), weight=2)
def test_cold_and_hot_stars(student: Student, draw: Draw) -> None:
    """Stars from 3,000 K to 30,000 K come out within 1%."""
    for temperature in (3000.0, 30_000.0, draw.number(10_000, 20_000)):
        judge_fit(student, draw, window(draw), temperature)


@check(zh="只有可见光、或读数顺序打乱时也能求出温度", needs=("test_one_star",))
def test_other_windows(student: Student, draw: Draw) -> None:
    """Visible light alone will do, and the readings may come in any order."""
    visible = torch.linspace(3.8e-7, 7.5e-7, draw.integer(90, 120), dtype=torch.float64)
    for temperature in (draw.number(3000, 4000), draw.number(20_000, 30_000)):
        judge_fit(student, draw, visible, temperature)
    wavelength = window(draw)
    order = draw.uniform(len(wavelength)).argsort()
    judge_fit(student, draw, wavelength[order], draw.number(4000, 12_000))


@check(zh="fit_temperature 不改动读数", needs=("test_one_star",))
def test_readings_stay(student: Student, draw: Draw) -> None:
    """fit_temperature changes neither argument."""
    wavelength = window(draw)
    radiance = due(wavelength, draw.number(4000, 8000))
    before = wavelength.clone(), radiance.clone()
    student.fit_temperature(wavelength, radiance)
    assert_unchanged(wavelength, before[0], "wavelength", requires_grad=False, mistake="readings_changed")
    assert_unchanged(radiance, before[1], "radiance", requires_grad=False, mistake="readings_changed")
