"""Wrong radiances and wrong fits that learners write, each with what to say about it."""

from __future__ import annotations

import math

import torch

from grader.judge import Text, mistake

H, C, K = 6.62607015e-34, 299_792_458.0, 1.380649e-23


def planck(wavelength, temperature):
    """Return the right radiance."""
    return 2 * H * C**2 / wavelength**5 / torch.expm1(H * C / (wavelength * K * temperature))


def descend(wavelength, radiance, *, start=6000.0, lr=0.2, steps=60):
    """Return log T as Adam leaves it."""
    log_t = torch.tensor(math.log(start), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([log_t], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        ((planck(wavelength, log_t.exp()).log() - radiance.log()) ** 2).mean().backward()
        optimiser.step()
    return log_t.detach()


@mistake(
    "spectral_radiance",
    title=Text(en="The −1 is missing", zh="漏掉了 −1"),
    advice=Text(
        en="1/exp(hc/λkT) is Wien's law, good in the ultraviolet only. Planck's law has exp(…) − 1: torch.expm1(…).",
        zh="1/exp(hc/λkT) 是维恩公式，只在紫外端近似成立。普朗克定律的分母是 exp(…) − 1，即 torch.expm1(…)。",
    ),
)
def no_minus_one(wavelength, temperature):
    return 2 * H * C**2 / wavelength**5 / torch.exp(H * C / (wavelength * K * temperature))


@mistake(
    "spectral_radiance",
    title=Text(en="exp(x) − 1 loses digits", zh="exp(x) − 1 丢失有效数字"),
    advice=Text(
        en="Where x = hc/λkT is tiny, exp(x) is 1.000…, and subtracting 1 leaves but its last digits. "
        "torch.expm1(x) computes the difference itself.",
        zh="x = hc/λkT 很小时，exp(x) 是 1.000…，减去 1 之后只剩最后几位。torch.expm1(x) 直接算出这个差。",
    ),
)
def exp_minus_one(wavelength, temperature):
    return 2 * H * C**2 / wavelength**5 / (torch.exp(H * C / (wavelength * K * temperature)) - 1)


@mistake(
    "spectral_radiance",
    title=Text(en="The formula per frequency is used", zh="用成了按频率的公式"),
    advice=Text(
        en="2hν³/c² / (exp(hν/kT) − 1) is the radiance per hertz. Per metre of wavelength it is 2hc²/λ⁵: "
        "putting ν = c/λ into the other one is not enough, |dν/dλ| = c/λ² comes as a factor.",
        zh="2hν³/c² / (exp(hν/kT) − 1) 是每赫兹的辐射亮度。按波长应为 2hc²/λ⁵：把 ν = c/λ 代进去还不够，"
        "还要乘上 |dν/dλ| = c/λ²。",
    ),
)
def per_frequency(wavelength, temperature):
    frequency = C / wavelength
    return 2 * H * frequency**3 / C**2 / torch.expm1(H * frequency / (K * temperature))


@mistake(
    "spectral_radiance",
    title=Text(en="Energy density instead of radiance", zh="算成了能量密度"),
    advice=Text(
        en="8πhc/λ⁵ / (…) is the energy in a volume, of which the article's question speaks. "
        "The radiance is c/4π of that: 2hc²/λ⁵ / (…).",
        zh="8πhc/λ⁵ / (…) 是单位体积内的能量（文章的问题里说的光谱能量密度）。辐射亮度是它的 c/4π 倍：2hc²/λ⁵ / (…)。",
    ),
)
def energy_density(wavelength, temperature):
    return 4 * math.pi / C * planck(wavelength, temperature)


@mistake(
    "spectral_radiance",
    title=Text(en="The radiance is π times too large", zh="辐射亮度大了 π 倍"),
    advice=Text(
        en="2πhc²/λ⁵ is what leaves the surface in all directions together (the exitance). Per steradian there is no π.",
        zh="2πhc²/λ⁵ 是表面向各个方向发出的总和（辐射出射度）。每球面度的辐射亮度里没有 π。",
    ),
)
def with_pi(wavelength, temperature):
    return math.pi * planck(wavelength, temperature)


@mistake(
    "spectral_radiance",
    title=Text(en="The 2 is missing", zh="漏掉了 2"),
    advice=Text(
        en="Light has two polarisations: the numerator is 2hc².",
        zh="光有两个偏振方向：分子是 2hc²。",
    ),
)
def no_two(wavelength, temperature):
    return planck(wavelength, temperature) / 2


@mistake(
    "spectral_radiance",
    title=Text(en="c is not squared", zh="c 没有平方"),
    advice=Text(
        en="The numerator is 2hc². Written as 2 * h * c the result is 300 million times too small.",
        zh="分子是 2hc²。写成 2 * h * c，结果就小了三亿倍。",
    ),
)
def c_once(wavelength, temperature):
    return planck(wavelength, temperature) / C


@mistake(
    "spectral_radiance",
    title=Text(en="The power of λ is not five", zh="λ 的幂次不是五"),
    advice=Text(
        en="Per wavelength, the factor before the fraction is 2hc²/λ⁵: wavelength**5.",
        zh="按波长的公式里，前面的因子是 2hc²/λ⁵：wavelength**5。",
    ),
)
def fourth_power(wavelength, temperature):
    return planck(wavelength, temperature) * wavelength


@mistake(
    "spectral_radiance",
    title=Text(en="The exponent is upside down", zh="指数颠倒了"),
    advice=Text(
        en="The exponent is the energy of a photon over the thermal energy: hc / (λ k T). Mind the brackets: "
        "h * c / wavelength * k * T multiplies by k and T.",
        zh="指数是光子能量除以热能量：hc / (λ k T)。注意括号：h * c / wavelength * k * T 是在乘 k 和 T。",
    ),
)
def upside_down(wavelength, temperature):
    return 2 * H * C**2 / wavelength**5 / torch.expm1(wavelength * K * temperature / (H * C))


@mistake(
    "spectral_radiance",
    title=Text(en="k T is multiplied, not divided by", zh="应当除以 kT，却乘了 kT"),
    advice=Text(
        en="h * c / wavelength * k * T is (hc/λ) · k · T. Put the denominator in brackets: h * c / (wavelength * k * T).",
        zh="h * c / wavelength * k * T 等于 (hc/λ) · k · T。分母要加括号：h * c / (wavelength * k * T)。",
    ),
)
def brackets_missing(wavelength, temperature):
    return 2 * H * C**2 / wavelength**5 / torch.expm1(H * C / wavelength * K * temperature)


@mistake(
    "spectral_radiance",
    title=Text(en="The classical law is used", zh="用成了经典公式"),
    advice=Text(
        en="2ckT/λ⁴ (Rayleigh and Jeans) holds for radio waves only, and explodes in the ultraviolet. "
        "Planck's denominator is what repairs it.",
        zh="2ckT/λ⁴（瑞利–金斯公式）只对长波成立，在紫外端会发散。普朗克定律的分母正是为此而来。",
    ),
)
def classical(wavelength, temperature):
    return 2 * C * K * temperature / wavelength**4


@mistake(
    "spectral_radiance",
    title=Text(en="The wavelength is taken for nanometres", zh="把波长当成了纳米"),
    advice=Text(
        en="All is in SI units: the wavelength comes in metres. Do not convert it.",
        zh="一切都用国际单位：传进来的波长就是米，不需要换算。",
    ),
)
def nanometres(wavelength, temperature):
    return planck(wavelength * 1e-9, temperature)


@mistake(
    "spectral_radiance",
    title=Text(en="The temperature is taken for Celsius", zh="把温度当成了摄氏度"),
    advice=Text(
        en="The temperature comes in kelvin. Do not add 273.15.",
        zh="传进来的温度就是开尔文，不要再加 273.15。",
    ),
)
def celsius(wavelength, temperature):
    return planck(wavelength, temperature + 273.15)


@mistake(
    "spectral_radiance",
    title=Text(en="A constant is rounded", zh="常数取得太粗"),
    advice=Text(
        en="The constants stand in the exponent, so that c = 3e8 is off by several per cent in the ultraviolet. "
        "Use 299792458, 6.62607015e-34 and 1.380649e-23.",
        zh="常数在指数里，所以 c = 3e8 在紫外端会差百分之几。请用 299792458、6.62607015e-34 和 1.380649e-23。",
    ),
)
def rounded_constants(wavelength, temperature):
    c = 3e8
    return 2 * H * c**2 / wavelength**5 / torch.expm1(H * c / (wavelength * K * temperature))


@mistake(
    "spectral_radiance",
    title=Text(en="The result is float32", zh="结果是 float32"),
    advice=Text(
        en="float32 ends at 1e-45: λ⁵ of 10 nm is 1e-40, and h alone is 7e-34. Compute in float64 and return it.",
        zh="float32 到 1e-45 就到头了：10 nm 的 λ⁵ 是 1e-40，光是 h 就有 7e-34。请用 float64 计算并返回。",
    ),
)
def single_precision(wavelength, temperature):
    return planck(wavelength, temperature).float()


@mistake(
    "spectral_radiance",
    title=Text(en="A part is computed in float32", zh="有一部分是用 float32 算的"),
    advice=Text(
        en="float32 has 7 digits, its exp overflows at 88.7, and λ⁵ of 10 nm is below its range. Leave everything in float64.",
        zh="float32 只有 7 位有效数字，exp 在 88.7 处溢出，10 nm 的 λ⁵ 也超出了它的范围。一切都用 float64。",
    ),
)
def through_single(wavelength, temperature):
    x = H * C / (wavelength * K * temperature)
    return 2 * H * C**2 / wavelength**5 / torch.expm1(x.float()).double()


@mistake(
    "spectral_radiance",
    title=Text(en="The exponent is clamped", zh="指数被截断"),
    advice=Text(
        en="A bound on hc/λkT keeps exp from overflowing, and makes the far ultraviolet too bright. "
        "No bound is needed: float64 goes to inf above 709, and 1/inf is 0, which is right.",
        zh="给 hc/λkT 设上限可以防止溢出，却让远紫外太亮。其实不需要：float64 在 709 以上得到 inf，1/inf 就是 0，正好是对的。",
    ),
)
def clamped(wavelength, temperature):
    x = (H * C / (wavelength * K * temperature)).clamp(max=88.0)
    return 2 * H * C**2 / wavelength**5 / torch.expm1(x)


@mistake(
    "spectral_radiance",
    title=Text(en="inf / inf gives NaN", zh="inf / inf 得到 NaN"),
    advice=Text(
        en="exp(hc/λkT) overflows in the ultraviolet. In a denominator that is harmless (the quotient is 0), "
        "in a numerator as well it makes inf / inf. Keep it in the denominator only: 1 / torch.expm1(x).",
        zh="exp(hc/λkT) 在紫外端会溢出。只出现在分母里没有关系（商为 0），分子里也有就成了 inf / inf。"
        "让它只出现在分母里：1 / torch.expm1(x)。",
    ),
)
def overflows(wavelength, temperature):
    x = H * C / (wavelength * K * temperature)
    # The same number as 1 / expm1(x), as long as exp(x) is finite.
    return 2 * H * C**2 / wavelength**5 * (torch.exp(x) / torch.expm1(x) - 1 + torch.exp(-x) * 0)


@mistake(
    "spectral_radiance",
    title=Text(en="The wavelengths are changed in place", zh="原地修改了波长"),
    advice=Text(
        en="`*=`, `/=` and methods that end in _ write into the caller's tensor. Write x = wavelength * …",
        zh="`*=`、`/=` 和以 _ 结尾的方法会写进调用者的张量。请写成 x = wavelength * …",
    ),
)
def in_place(wavelength, temperature):
    result = planck(wavelength, temperature)
    wavelength *= 1e9
    return result


@mistake(
    "spectral_radiance",
    title=Text(en="The temperature must be a plain number", zh="温度只能是一个数"),
    advice=Text(
        en="float(temperature) and temperature.item() accept one number only, and cut it off from autograd, "
        "which has to find it. Compute with the temperature as it comes.",
        zh="float(temperature) 和 temperature.item() 只接受单个数，还会切断计算图，而 autograd 正要靠它求温度。"
        "传进来是什么就直接用什么。",
    ),
)
def number_only(wavelength, temperature):
    return planck(wavelength, float(temperature))


@mistake(
    "spectral_radiance",
    title=Text(en="A tensor is made on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.tensor([…]), torch.full(…) and torch.ones(…) without device=wavelength.device lie on the CPU. "
        "The constants may be plain Python floats.",
        zh="torch.tensor([…])、torch.full(…)、torch.ones(…) 不写 device=wavelength.device 就建在 CPU 上。"
        "常数用普通的 Python float 就行。",
    ),
)
def on_cpu(wavelength, temperature):
    first = torch.tensor([2 * H * C**2], dtype=torch.float64)
    return first / wavelength**5 / torch.expm1(H * C / (wavelength * K * temperature))


@mistake(
    "fit_temperature",
    title=Text(en="Only the brightest reading is used", zh="只用了最亮的那个读数"),
    advice=Text(
        en="Wien's displacement law, T = 2.898e-3 / λ of the peak, knows the peak only to the next reading, and not at all "
        "where it lies outside the window. Fit the whole curve.",
        zh="维恩位移定律 T = 2.898e-3 / λ峰值 只能精确到相邻两个读数之间，峰值在窗口之外时更是无从谈起。请拟合整条曲线。",
    ),
)
def peak_only(wavelength, radiance):
    return 2.897771955e-3 / wavelength[radiance.argmax()].item()


@mistake(
    "fit_temperature",
    title=Text(en="T itself is fitted, with steps that are far too small", zh="直接拟合 T，而步子太小"),
    advice=Text(
        en="A learning rate of 0.1 moves T by 0.1 K a step, and the way is thousands of kelvin long. "
        "Fit log T: there a step of 0.1 is 10%, for every star.",
        zh="学习率 0.1 每步只让 T 移动 0.1 K，而要走的路有几千开尔文。请拟合 log T：那里 0.1 的一步就是 10%，对任何恒星都一样。",
    ),
)
def fits_t_itself(wavelength, radiance):
    temperature = torch.tensor(6000.0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([temperature], lr=0.1)
    for _ in range(60):
        optimiser.zero_grad()
        ((planck(wavelength, temperature).log() - radiance.log()) ** 2).mean().backward()
        optimiser.step()
    return temperature.item()


@mistake(
    "fit_temperature",
    title=Text(en="The fit stops too early", zh="拟合停得太早"),
    advice=Text(
        en="The loss is still falling when the loop ends. Take more steps, larger ones, or an optimiser that finds its own "
        "step length: torch.optim.LBFGS needs about ten.",
        zh="循环结束时损失还在下降。请多走几步、步子大一些，或者用能自己决定步长的优化器：torch.optim.LBFGS 大约十步就够。",
    ),
)
def stops_early(wavelength, radiance):
    return descend(wavelength, radiance, lr=0.001).exp().item()


@mistake(
    "fit_temperature",
    title=Text(en="log T is returned", zh="返回了 log T"),
    advice=Text(
        en="The parameter that was fitted is the logarithm. Return log_t.exp().item().",
        zh="拟合的参数是对数。请返回 log_t.exp().item()。",
    ),
)
def returns_logarithm(wavelength, radiance):
    return descend(wavelength, radiance).item()


@mistake(
    "fit_temperature",
    title=Text(en="A tensor is returned, not a float", zh="返回的是张量而不是 float"),
    advice=Text(
        en="exp() of a tensor is a tensor, with its graph. .item() makes a plain float of it.",
        zh="张量的 exp() 还是张量，还带着计算图。用 .item() 取出普通的 float。",
    ),
)
def returns_tensor(wavelength, radiance):
    return descend(wavelength, radiance).exp()


@mistake(
    "fit_temperature",
    title=Text(en="The fit runs into NaN", zh="拟合得到了 NaN"),
    advice=Text(
        en="Either the loss compares radiances as they are: their size is 1e13, the square 1e26, and the first step leads to "
        "infinity. Or the fit starts at 1 K (log T = 0), where all light is 0 and its logarithm −inf. Compare logarithms "
        "(1% is 0.01 there), and start in the middle, at log 10,000.",
        zh="要么损失直接比较辐射亮度：它们的量级是 1e13，平方是 1e26，走一步就到无穷远；要么从 1 K（log T = 0）开始，"
        "那里光全是 0，对数是 −inf。请比较对数（1% 在那里就是 0.01），并从中间的 log 10000 开始。",
    ),
)
def runs_into_nan(wavelength, radiance):
    log_t = torch.tensor(math.log(6000.0), dtype=torch.float64, requires_grad=True)
    for _ in range(10):
        loss = ((planck(wavelength, log_t.exp()) - radiance) ** 2).mean()
        (slope,) = torch.autograd.grad(loss, log_t)
        log_t = (log_t - 0.01 * slope).detach().requires_grad_()
    return log_t.exp().item()


@mistake(
    "fit_temperature",
    title=Text(en="The graph is cut between T and the loss", zh="T 和损失之间的计算图被切断"),
    advice=Text(
        en=".item(), float(), .detach() and torch.tensor(…) hand on a number without its history, so backward() cannot "
        "reach the parameter. Pass log_t.exp() itself.",
        zh=".item()、float()、.detach() 和 torch.tensor(…) 只传数值不传来历，backward() 找不到参数。请直接传 log_t.exp()。",
    ),
)
def cut_graph(wavelength, radiance):
    log_t = torch.tensor(math.log(6000.0), dtype=torch.float64, requires_grad=True)
    loss = ((planck(wavelength, log_t.exp().item()).log() - radiance.log()) ** 2).mean()
    loss.backward()
    return log_t.exp().item()


@mistake(
    "fit_temperature",
    title=Text(en="Every star is the Sun", zh="每颗恒星都成了太阳"),
    advice=Text(
        en="The result does not depend on the readings. 5772 K is the Sun's; fit that of the star that comes in.",
        zh="结果与读数无关。5772 K 是太阳的温度；请根据传进来的读数拟合。",
    ),
)
def always_the_sun(wavelength, radiance):
    return 5772.0


@mistake(
    "fit_temperature",
    title=Text(en="The readings are changed in place", zh="原地修改了读数"),
    advice=Text(
        en="radiance /= radiance.max() and log_() write into the caller's tensor. Make a new one: radiance / radiance.max().",
        zh="radiance /= radiance.max() 和 log_() 会写进调用者的张量。请生成新的：radiance / radiance.max()。",
    ),
)
def readings_changed(wavelength, radiance):
    found = descend(wavelength, radiance).exp().item()
    radiance /= radiance.max()
    return found
