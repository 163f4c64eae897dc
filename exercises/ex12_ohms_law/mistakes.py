"""Wrong fits of Ohm's law that learners make, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _descend(z, u, lr=0.5, steps=60):
    """Return slope and height of the line through (z, u), by gradient descent."""
    slope = z.new_zeros((), requires_grad=True)
    height = z.new_zeros((), requires_grad=True)
    for _ in range(steps):
        loss = ((z * slope + height - u) ** 2 / 2).mean()
        loss.backward()
        with torch.no_grad():
            slope -= lr * slope.grad
            height -= lr * height.grad
        slope.grad = height.grad = None
    return slope.detach(), height.detach()


def _standardised(current):
    """Return the flat currents with mean 0 and variance 1, and what they had before."""
    x = current.reshape(-1)
    return (x - x.mean()) / x.std(correction=0), x.mean(), x.std(correction=0)


@mistake(
    "fit_ohms_law",
    title=Text(en="The currents are not scaled", zh="没有缩放电流"),
    advice=Text(
        en="Around 0.001 the gradient of r is a millionth of that of c and r hardly moves; around 1000 it "
        "is a million times larger and everything turns into NaN. Descend on (I − mean) / std and "
        "convert the result back.",
        zh="电流在 0.001 左右时，r 方向上的曲率只有 c 的百万分之一，r 几乎不动；在 1000 左右时又大了百万"
        "倍，很快变成 NaN。请先换成 (I − 均值) / 标准差 再下降，最后把结果换算回来。",
    ),
)
def unscaled(current, voltage):
    slope, height = _descend(current.reshape(-1), voltage.reshape(-1), lr=0.1, steps=500)
    return slope.item(), height.item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The result is not converted back", zh="结果没有换算回去"),
    advice=Text(
        en="What descends on z = (I − mean) / std is the line over z. In terms of I: r = slope / std, c = "
        "height − r · mean.",
        zh="在 z = (I − 均值) / 标准差 上学到的是关于 z 的直线。换回 I：r = 斜率 / 标准差，c = 截距 − r · 均值。",
    ),
)
def not_scaled_back(current, voltage):
    z, _, _ = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    return slope.item(), height.item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The offset is not converted back", zh="偏移没有换算回去"),
    advice=Text(
        en="Subtracting the mean has moved the line sideways, so the height at z = 0 is that at I = mean: c "
        "= height − r · mean.",
        zh="减去均值相当于把直线左右平移，z = 0 处的高度对应的是 I = 均值：c = 截距 − r · 均值。",
    ),
)
def offset_not_scaled_back(current, voltage):
    z, _, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    return (slope / std).item(), height.item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The offset is shifted by the scaled slope", zh="换算偏移时用了缩放后的斜率"),
    advice=Text(
        en="c = height − r · mean needs r, the slope that was divided by std already.",
        zh="c = 截距 − r · 均值 里要用 r，也就是已经除以标准差的斜率。",
    ),
)
def offset_shifted_twice(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    return (slope / std).item(), (height - slope * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The resistance is multiplied by std", zh="电阻乘上了标准差"),
    advice=Text(
        en="z = I / std, so slope · z = (slope / std) · I: divide.",
        zh="z = I / 标准差，所以 斜率 · z = (斜率 / 标准差) · I：应当除，而不是乘。",
    ),
)
def scaled_wrong_way(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    r = slope * std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The voltages are standardised, too, and not converted back", zh="电压也做了标准化，却没有换算回去"),
    advice=Text(
        en="Only the inputs need scaling: the loss is a bowl of the same form whatever the voltages are. If "
        "you scale them, multiply slope and height by their std and add their mean.",
        zh="只需要缩放输入：不管电压多大，损失的形状都一样。如果也缩放了电压，斜率和截距都要乘上电压的标"
        "准差，截距再加上它的均值。",
    ),
)
def voltage_scaled(current, voltage):
    z, mean, std = _standardised(current)
    u, _, _ = _standardised(voltage)
    slope, height = _descend(z, u)
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The offset is missing", zh="没有偏移"),
    advice=Text(
        en="u = I · r forces the line through the origin. Learn c as a second parameter.",
        zh="u = I · r 会让直线过原点。c 是第二个要学的参数。",
    ),
)
def no_offset(current, voltage):
    x, u = current.reshape(-1), voltage.reshape(-1)
    z = x / (x * x).mean().sqrt()
    w = torch.zeros_like(z[0], requires_grad=True)
    for _ in range(60):
        ((z * w - u) ** 2 / 2).mean().backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
        w.grad = None
    return (w / (x * x).mean().sqrt()).item(), 0.0


@mistake(
    "fit_ohms_law",
    title=Text(en="The line is pulled to the origin", zh="截距是按过原点的斜率算的"),
    advice=Text(
        en="r = mean(u) / mean(I) is the line from the origin to the middle of the readings. Let gradient "
        "descent find r and c together.",
        zh="r = 电压均值 / 电流均值 只是从原点到读数中心的连线。r 和 c 要一起用梯度下降来学。",
    ),
)
def through_origin(current, voltage):
    x, u = current.reshape(-1), voltage.reshape(-1)
    r = u.mean() / x.mean()
    return r.item(), (u.mean() - r * x.mean()).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="r and c come back in the wrong order", zh="r 和 c 的返回顺序反了"),
    advice=Text(
        en="The order is: return r, c",
        zh="返回的顺序是：return r, c",
    ),
)
def swapped_results(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    r = slope / std
    return (height - r * mean).item(), r.item()


@mistake(
    "fit_ohms_law",
    title=Text(en="Current and voltage have changed places", zh="电流和电压弄反了"),
    advice=Text(
        en="The voltage is predicted from the current: u = I · r + c. The other way round gives the "
        "conductance, 1 / r.",
        zh="是用电流预测电压：u = I · r + c。反过来得到的是电导，即 1 / r。",
    ),
)
def axes_swapped(current, voltage):
    z, mean, std = _standardised(voltage)
    slope, height = _descend(z, current.reshape(-1))
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="Tensors come back, not floats", zh="返回的是张量，而不是浮点数"),
    advice=Text(
        en="r.item() is the number alone, without device and graph.",
        zh="r.item() 才是单纯的数值，不带设备和计算图。",
    ),
)
def tensors_returned(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1))
    r = slope / std
    return r, height - r * mean


@mistake(
    "fit_ohms_law",
    title=Text(en="Readings (n,) and (n, 1) broadcast to (n, n)", zh="(n,) 和 (n, 1) 的读数广播成了 (n, n)"),
    advice=Text(
        en="A column minus a flat tensor pairs every current with every voltage, and the best line for that "
        "is flat: r = 0. Bring both into one shape first, reshape(-1).",
        zh="一列减去一维张量，会让每个电流和每个电压都配一次对，这时最好的直线是水平线：r = 0。请先把两"
        "者变成同样的形状：reshape(-1)。",
    ),
)
def shapes_broadcast(current, voltage):
    mean, std = current.mean(), current.std(correction=0)
    slope, height = _descend((current - mean) / std, voltage)
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="Only readings (n, 1) work", zh="只能处理 (n, 1) 的读数"),
    advice=Text(
        en="torch.matmul of (n,) with (1, 1) raises. Make columns yourself: current.reshape(-1, 1), "
        "voltage.reshape(-1, 1).",
        zh="(n,) 和 (1, 1) 不能做 torch.matmul。请自己变成列：current.reshape(-1, 1)、voltage.reshape(-1, 1)。",
    ),
)
def columns_only(current, voltage):
    mean, std = current.mean(), current.std(correction=0)
    z = (current - mean) / std
    w = current.new_zeros(1, 1, requires_grad=True)
    b = current.new_zeros(1, requires_grad=True)
    for _ in range(60):
        ((torch.matmul(z, w) + b - voltage.reshape(-1, 1)) ** 2 / 2).mean().backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
            b -= 0.5 * b.grad
        w.grad = b.grad = None
    r = w.detach() / std
    return r.item(), (b.detach() - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The descent stops too early", zh="下降停得太早"),
    advice=Text(
        en="After five steps with a small learning rate the line is still on its way. On standardised "
        "currents a rate of 0.5 and some dozen steps are enough; print the loss, and go on until it "
        "stands still.",
        zh="学习率小，又只走了几步，直线还在半路上。电流标准化之后，学习率取 0.5，几十步就够了；把损失打"
        "印出来，直到它不再下降为止。",
    ),
)
def too_few_steps(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1), lr=0.1, steps=20)
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The gradients are never cleared", zh="梯度从不清零"),
    advice=Text(
        en="backward() adds to what .grad holds, so the line swings around the best one and never settles. "
        "Clear r.grad and c.grad in every step.",
        zh="backward() 会把梯度累加到 .grad 上，直线会在最优处来回摆动，停不下来。每一步都要把 r.grad 和 c.grad 清零。",
    ),
)
def never_cleared(current, voltage):
    z, mean, std = _standardised(current)
    u = voltage.reshape(-1)
    slope, height = z.new_zeros((), requires_grad=True), z.new_zeros((), requires_grad=True)
    for _ in range(60):
        ((z * slope + height - u) ** 2 / 2).mean().backward()
        with torch.no_grad():
            slope -= 0.5 * slope.grad
            height -= 0.5 * height.grad
    r = slope.detach() / std
    return r.item(), (height.detach() - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The steps overshoot until all is NaN", zh="步子越跨越大，最后全是 NaN"),
    advice=Text(
        en="Most often the losses are added up: the gradient of a sum grows with the number of readings, so "
        "take .mean(). Else the learning rate is too large, or the scale is no measure of the currents: the "
        "mean of currents of both signs is near zero, their std is not.",
        zh="最常见的原因是损失求了和：求和的梯度会随读数的个数变大，请用 .mean()。否则就是学习率太大，或者缩放"
        "的尺度不对：电流有正有负时均值接近零，不能当尺度，标准差才行。",
    ),
)
def summed_loss(current, voltage):
    z, mean, std = _standardised(current)
    u = voltage.reshape(-1)
    slope, height = z.new_zeros((), requires_grad=True), z.new_zeros((), requires_grad=True)
    for _ in range(500):
        ((z * slope + height - u) ** 2 / 2).sum().backward()
        with torch.no_grad():
            slope -= 0.1 * slope.grad
            height -= 0.1 * height.grad
        slope.grad = height.grad = None
    r = slope.detach() / std
    return r.item(), (height.detach() - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The steps go uphill", zh="方向反了，走的是上坡"),
    advice=Text(
        en="The gradient points to where the loss grows: subtract it.",
        zh="梯度指向损失增大的方向：应当减去它。",
    ),
)
def ascent(current, voltage):
    z, mean, std = _standardised(current)
    slope, height = _descend(z, voltage.reshape(-1), lr=-0.5)
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The numbers of the article come back", zh="返回的是文章里的数"),
    advice=Text(
        en="r = 3.3 and c = 2.2 belong to one set of readings. Learn them from the arguments.",
        zh="r = 3.3、c = 2.2 只是文章那一组读数的结果。请从传入的数据里学出来。",
    ),
)
def article_answer(current, voltage):
    return 3.3, 2.2


@mistake(
    "fit_ohms_law",
    title=Text(en="The currents are scaled in place", zh="原地缩放了电流"),
    advice=Text(
        en="-= and /= write into the caller's readings. Write z = (current − mean) / std, which makes a new tensor.",
        zh="`-=` 和 `/=` 会写进调用者的读数。请写 z = (current − 均值) / 标准差，它会生成新的张量。",
    ),
)
def scaled_in_place(current, voltage):
    mean, std = current.mean(), current.std(correction=0)
    current -= mean
    current /= std
    slope, height = _descend(current.reshape(-1), voltage.reshape(-1))
    r = slope / std
    return r.item(), (height - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The currents are divided by a number that fits one unit", zh="用一个固定的数来缩放电流"),
    advice=Text(
        en="What is right for currents around 1000 is wrong around 0.001. Take the scale from the readings: "
        "their std, or their largest size.",
        zh="适合 1000 左右的数，到 0.001 左右就不对了。缩放的尺度要从读数里取：标准差，或者最大的绝对值。",
    ),
)
def divided_by_number(current, voltage):
    slope, height = _descend(current.reshape(-1) / 1000, voltage.reshape(-1))
    return (slope / 1000).item(), height.item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The parameters are made on the CPU", zh="参数建在了 CPU 上"),
    advice=Text(
        en="torch.zeros(1) without a device lies on the CPU, and readings on a GPU cannot meet it. Write "
        "device=current.device, or torch.zeros_like.",
        zh="torch.zeros(1) 不写 device 就建在 CPU 上，GPU 上的读数没法和它运算。请写"
        " device=current.device，或者用 torch.zeros_like。",
    ),
)
def made_on_cpu(current, voltage):
    z, mean, std = _standardised(current)
    u = voltage.reshape(-1)
    slope, height = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    for _ in range(60):
        ((z * slope + height - u) ** 2 / 2).mean().backward()
        with torch.no_grad():
            slope -= 0.5 * slope.grad
            height -= 0.5 * height.grad
        slope.grad = height.grad = None
    r = slope.detach() / std
    return r.item(), (height.detach() - r * mean).item()


@mistake(
    "fit_ohms_law",
    title=Text(en="The parameters are float32, whatever the readings", zh="不管读数是什么 dtype，参数都是 float32"),
    advice=Text(
        en="A matrix product of float64 readings with float32 parameters raises. Make the parameters in current.dtype.",
        zh="float64 的读数不能和 float32 的参数做矩阵乘法。请用 current.dtype 建参数。",
    ),
)
def always_single(current, voltage):
    z, mean, std = _standardised(current)
    z, u = z.reshape(-1, 1), voltage.reshape(-1, 1)
    w = torch.zeros(1, 1, device=z.device, requires_grad=True)
    b = torch.zeros(1, device=z.device, requires_grad=True)
    for _ in range(60):
        ((z @ w + b - u) ** 2 / 2).mean().backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
            b -= 0.5 * b.grad
        w.grad = b.grad = None
    r = w.detach() / std
    return r.item(), (b.detach() - r * mean).item()
