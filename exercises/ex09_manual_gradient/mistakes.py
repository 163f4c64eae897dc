"""Wrong gradients and descents that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _slope(x, y, w):
    """Return the right gradient."""
    return 2 * x * (x * w - y)


def _epoch(xs, ys, w, lr):
    """Return w after a right epoch."""
    for x, y in zip(xs, ys, strict=True):
        w = w - lr * _slope(x, y, w)
    return w


def _path(xs, ys, w, lr, epochs):
    """Return the right path."""
    path = []
    for _ in range(epochs):
        w = _epoch(xs, ys, w, lr)
        path.append(w)
    return path


@mistake(
    "gradient",
    title=Text(en="The 2 is missing", zh="漏掉了 2"),
    advice=Text(
        en="The derivative of a square is twice its root: 2 · (x·w − y) · x. Without the 2 every step is half as long.",
        zh="平方的导数有一个 2：2 · (x·w − y) · x。少了它，每一步都只走一半。",
    ),
)
def no_two(x, y, w):
    return x * (x * w - y)


@mistake(
    "gradient",
    title=Text(en="The inner derivative is missing", zh="漏掉了内层导数"),
    advice=Text(
        en="The chain rule multiplies by the derivative of what is inside the square: d(x·w − y)/dw = x.",
        zh="链式法则还要乘上括号里的导数：d(x·w − y)/dw = x。",
    ),
)
def no_inner(x, y, w):
    return 2 * (x * w - y)


@mistake(
    "gradient",
    title=Text(en="The derivative is taken over x", zh="对 x 求了导"),
    advice=Text(
        en="2 · w · (x·w − y) is the slope over x. What moves is w, so the inner derivative is x.",
        zh="2 · w · (x·w − y) 是对 x 的导数。要更新的是 w，所以内层导数是 x。",
    ),
)
def over_x(x, y, w):
    return 2 * w * (x * w - y)


@mistake(
    "gradient",
    title=Text(en="The sign is turned around", zh="符号反了"),
    advice=Text(
        en="2x(y − xw) points downhill already, and w − lr · gradient then climbs. The error is prediction minus "
        "truth: x·w − y.",
        zh="2x(y − xw) 本身已经指向下坡，再做 w − lr · gradient 就成了上坡。误差是预测减真实值：x·w − y。",
    ),
)
def sign_turned(x, y, w):
    return 2 * x * (y - x * w)


@mistake(
    "gradient",
    title=Text(en="The parentheses around the error are missing", zh="误差外面少了括号"),
    advice=Text(
        en="2 * x * x * w - y multiplies only the first term. Write 2 * x * (x * w - y).",
        zh="2 * x * x * w - y 只乘到了第一项。请写 2 * x * (x * w - y)。",
    ),
)
def no_parentheses(x, y, w):
    return 2 * x * x * w - y


@mistake(
    "gradient",
    title=Text(en="The loss comes back, not its slope", zh="返回的是损失，而不是斜率"),
    advice=Text(
        en="(x·w − y)² says how far off w is. Its derivative over w says which way to go: 2x(x·w − y).",
        zh="(x·w − y)² 说的是 w 偏了多少。它对 w 的导数才告诉我们往哪边走：2x(x·w − y)。",
    ),
)
def loss_returned(x, y, w):
    return (x * w - y) ** 2


@mistake(
    "gradient",
    title=Text(en="The error is added where it should be subtracted", zh="该减的地方写成了加"),
    advice=Text(
        en="The error of a prediction is x·w − y, not x·w + y: where w fits, it must be zero.",
        zh="预测的误差是 x·w − y，而不是 x·w + y：w 正好拟合时，误差应该是零。",
    ),
)
def plus_y(x, y, w):
    return 2 * x * (x * w + y)


@mistake(
    "gradient",
    title=Text(en="The error is squared", zh="误差又平方了一次"),
    advice=Text(
        en="Differentiating (x·w − y)² lowers the power by one: the error itself remains, 2x(x·w − y).",
        zh="对 (x·w − y)² 求导，次数减一，剩下的是误差本身：2x(x·w − y)。",
    ),
)
def still_squared(x, y, w):
    return 2 * x * (x * w - y) ** 2


@mistake(
    "gradient",
    title=Text(en="A difference quotient in place of the derivative", zh="用差商代替了导数"),
    advice=Text(
        en="(loss(w + h) − loss(w)) / h is off by about x²·h. The chain rule gives it exactly: 2x(x·w − y).",
        zh="(loss(w + h) − loss(w)) / h 会有约 x²·h 的误差。链式法则可以得到精确值：2x(x·w − y)。",
    ),
)
def difference_quotient(x, y, w):
    h = 1e-5
    return ((x * (w + h) - y) ** 2 - (x * w - y) ** 2) / h


@mistake(
    "descend",
    title=Text(en="The step in descend lacks the 2", zh="descend 里的更新漏掉了 2"),
    advice=Text(
        en="The step is lr · 2x(x·w − y), as gradient has it. Call gradient(x, y, w) rather than writing it out once "
        "more.",
        zh="每一步是 lr · 2x(x·w − y)，和 gradient 里的一样。请直接调用 gradient(x, y, w)，不要再写一遍。",
    ),
)
def half_step(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, lr / 2, epochs)


@mistake(
    "descend",
    title=Text(en="The gradients pile up within an epoch", zh="一轮之内梯度越加越多"),
    advice=Text(
        en="Each step takes the gradient of its own sample alone. A sum that grows from sample to sample uses the "
        "first ones again and again.",
        zh="每一步只用当前样本的梯度。一路累加的话，前面样本的梯度会被反复使用。",
    ),
)
def piles_up(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        total = 0.0
        for x, y in zip(xs, ys, strict=True):
            total += _slope(x, y, w)
            w = w - lr * total
        path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="w moves only once an epoch, by the sum of the gradients", zh="每一轮只按梯度之和更新一次"),
    advice=Text(
        en="The update belongs inside the loop over the samples: each gradient is taken at the w that the sample "
        "before has moved.",
        zh="更新要写在遍历样本的循环里：每个梯度都用上一个样本更新过的 w 来算。",
    ),
)
def sum_per_epoch(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        w = w - lr * sum(_slope(x, y, w) for x, y in zip(xs, ys, strict=True))
        path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="w moves only once an epoch, by the mean of the gradients", zh="每一轮只按平均梯度更新一次"),
    advice=Text(
        en="That is full-batch descent, which comes later. Here w is updated inside the loop, after every sample.",
        zh="那是全批量梯度下降，以后会讲。这里要在循环里，每个样本之后都更新 w。",
    ),
)
def mean_per_epoch(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        w = w - lr * sum(_slope(x, y, w) for x, y in zip(xs, ys, strict=True)) / len(xs)
        path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="w moves only once an epoch, on the last sample", zh="每一轮只用最后一个样本更新"),
    advice=Text(
        en="The update stands behind the loop over the samples, so it sees the last gradient alone. Move it into the "
        "loop.",
        zh="更新写在了遍历样本的循环后面，只用到最后一个梯度。请把它移到循环里面。",
    ),
)
def last_sample_only(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        w = w - lr * _slope(xs[-1], ys[-1], w)
        path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="w climbs", zh="w 在上坡"),
    advice=Text(
        en="The gradient points uphill. Subtract it: w = w - lr * gradient(x, y, w).",
        zh="梯度指向上坡，要减去它：w = w - lr * gradient(x, y, w)。",
    ),
)
def ascent(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, -lr, epochs)


@mistake(
    "descend",
    title=Text(en="The learning rate is left out", zh="没有乘学习率"),
    advice=Text(
        en="A whole gradient is far too long a step. Multiply it by lr.",
        zh="直接减去整个梯度，步子太大了。请乘上 lr。",
    ),
)
def no_lr(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, 1.0, epochs)


@mistake(
    "descend",
    title=Text(en="The learning rate is fixed at 0.01", zh="学习率被写死成 0.01"),
    advice=Text(
        en="0.01 is the article's choice. Use the argument lr.",
        zh="0.01 是文章里的取值。请使用参数 lr。",
    ),
)
def fixed_lr(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, 0.01, epochs)


@mistake(
    "descend",
    title=Text(en="The descent always starts at w = 1", zh="总是从 w = 1 出发"),
    advice=Text(
        en="1.0 is where the article starts. Here the caller says where: use the argument w.",
        zh="文章从 1.0 出发。这里由调用者决定从哪里出发：请使用参数 w。",
    ),
)
def fixed_start(xs, ys, w, lr, epochs):
    return _path(xs, ys, 1.0, lr, epochs)


@mistake(
    "descend",
    title=Text(en="The number of epochs is fixed at 10", zh="轮数被写死成 10"),
    advice=Text(
        en="The article prints 10 epochs. Use range(epochs).",
        zh="文章打印的是 10 轮。请写 range(epochs)。",
    ),
)
def fixed_epochs(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, lr, 10)


@mistake(
    "descend",
    title=Text(en="Nothing changes after the first epoch", zh="第一轮之后 w 就不变了"),
    advice=Text(
        en="Either w is set back to its start inside the loop over the epochs, or zip(xs, ys) was made outside it: a "
        "zip can be walked through only once. Set w before the loops, and zip inside the outer one.",
        zh="要么是在遍历轮数的循环里把 w 设回了初始值，要么是 zip(xs, ys) 建在了循环外面：zip 只能遍历一次。w 要在循环之前设好，zip 要写在外层循环里面。",
    ),
)
def first_epoch_only(xs, ys, w, lr, epochs):
    return [_epoch(xs, ys, w, lr) for _ in range(epochs)]


@mistake(
    "descend",
    title=Text(en="w is noted after every sample", zh="每个样本之后都记录了一次"),
    advice=Text(
        en="One number for each epoch is due: append after the inner loop has ended, at the indentation of the outer "
        "one.",
        zh="每一轮只要一个数：append 应写在内层循环结束之后，与外层循环体对齐。",
    ),
)
def every_step(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            w = w - lr * _slope(x, y, w)
            path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="w is noted before the epoch", zh="在一轮开始之前就记录了 w"),
    advice=Text(
        en="What is due is w after each epoch: append when the inner loop has ended.",
        zh="要的是每一轮之后的 w：请在内层循环结束之后再 append。",
    ),
)
def noted_before(xs, ys, w, lr, epochs):
    return [w, *_path(xs, ys, w, lr, epochs)][:epochs]


@mistake(
    "descend",
    title=Text(en="The start is among the numbers", zh="列表里多了起点"),
    advice=Text(
        en="The list has one number for each epoch: begin with an empty list, not with [w].",
        zh="每一轮对应一个数：列表一开始应当是空的，而不是 [w]。",
    ),
)
def start_included(xs, ys, w, lr, epochs):
    return [w, *_path(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="The last epoch is missing", zh="少了最后一轮"),
    advice=Text(
        en="range(1, epochs) and range(epochs - 1) are one short. Write range(epochs).",
        zh="range(1, epochs) 和 range(epochs - 1) 都少一轮。请写 range(epochs)。",
    ),
)
def one_short(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, lr, epochs)[:-1]


@mistake(
    "descend",
    title=Text(en="Only the last w comes back", zh="只返回了最后的 w"),
    advice=Text(
        en="The list holds w after each epoch; the caller wants to see the way, not only where it ends. Return the "
        "list.",
        zh="要的是每一轮之后的 w 组成的列表：调用者想看整个过程，而不只是终点。请返回列表。",
    ),
)
def last_only(xs, ys, w, lr, epochs):
    return [w, *_path(xs, ys, w, lr, epochs)][-1]


@mistake(
    "descend",
    title=Text(en="The function returns inside the loop", zh="在循环里就 return 了"),
    advice=Text(
        en="A return in the body of the loop over the epochs ends it in the first one. Return after the loop.",
        zh="return 写在遍历轮数的循环里，第一轮就结束了。请在循环之后再 return。",
    ),
)
def returns_early(xs, ys, w, lr, epochs):
    return _path(xs, ys, w, lr, min(epochs, 1))


@mistake(
    "descend",
    title=Text(en="Losses come back in place of weights", zh="返回的是损失，而不是权重"),
    advice=Text(
        en="The article prints the loss of each epoch; here the w of each epoch is due. Append w.",
        zh="文章每一轮打印的是损失；这里要的是每一轮之后的 w。请 append(w)。",
    ),
)
def losses_returned(xs, ys, w, lr, epochs):
    return [(xs[-1] * v - ys[-1]) ** 2 for v in _path(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="The prediction for 4 comes back in place of w", zh="返回的是对 4 的预测，而不是 w"),
    advice=Text(
        en="The article prints 4·w at the end. The list is due to hold w itself.",
        zh="文章最后打印的是 4·w。列表里应当放 w 本身。",
    ),
)
def predictions_returned(xs, ys, w, lr, epochs):
    return [4 * v for v in _path(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="The data of the article are built in", zh="把文章的数据写死了"),
    advice=Text(
        en="1, 2, 3 and 2, 4, 6 are only the example. Go through zip(xs, ys).",
        zh="1, 2, 3 和 2, 4, 6 只是例子。请遍历 zip(xs, ys)。",
    ),
)
def article_data(xs, ys, w, lr, epochs):
    return _path([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="The last sample is skipped", zh="漏掉了最后一个样本"),
    advice=Text(
        en="range(len(xs) - 1) ends one early. Go through zip(xs, ys).",
        zh="range(len(xs) - 1) 少了一个。请遍历 zip(xs, ys)。",
    ),
)
def skips_last(xs, ys, w, lr, epochs):
    return _path(xs[:-1], ys[:-1], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="The samples are taken in another order", zh="样本的顺序变了"),
    advice=Text(
        en="Shuffling is for minibatches. Here the samples are taken in their order, or the path is another one.",
        zh="打乱是小批量训练时做的。这里按给定的顺序遍历样本，顺序一变，走的路就不同了。",
    ),
)
def other_order(xs, ys, w, lr, epochs):
    return _path(xs[::-1], ys[::-1], w, lr, epochs)


@mistake(
    "descend",
    title=Text(en="The descent stops early", zh="提前停止了"),
    advice=Text(
        en="The caller asks for `epochs` numbers, even if w hardly moves any more. Leave out the break.",
        zh="调用者要的是 epochs 个数，哪怕 w 几乎不再变化。请去掉 break。",
    ),
)
def stops_early(xs, ys, w, lr, epochs):
    path = []
    for _ in range(epochs):
        before, w = w, _epoch(xs, ys, w, lr)
        path.append(w)
        if abs(w - before) < 1e-6:
            break
    return path


@mistake(
    "descend",
    title=Text(en="The lists are emptied", zh="把列表取空了"),
    advice=Text(
        en="pop() and remove() take the samples out of the caller's own lists. Only look at them: for x, y in "
        "zip(xs, ys).",
        zh="pop() 和 remove() 会把样本从调用者的列表里取走。只要看，不要取：for x, y in zip(xs, ys)。",
    ),
)
def lists_emptied(xs, ys, w, lr, epochs):
    pairs, path = [(xs.pop(0), ys.pop(0)) for _ in range(len(xs))], []
    for _ in range(epochs):
        for x, y in pairs:
            w = w - lr * _slope(x, y, w)
        path.append(w)
    return path


@mistake(
    "descend",
    title=Text(en="Tensors come back in place of floats", zh="返回的是张量，而不是浮点数"),
    advice=Text(
        en="This exercise needs no torch. Where you do use it, take float64, and .item() gives the plain number.",
        zh="这个练习用不到 torch。如果用了，请用 float64，并用 .item() 取出普通数字。",
    ),
)
def tensors_returned(xs, ys, w, lr, epochs):
    return [torch.tensor(v, dtype=torch.float64) for v in _path(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="The numbers are rounded", zh="结果被四舍五入了"),
    advice=Text(
        en="round() is for showing numbers. Return them with all their digits.",
        zh="round() 是显示用的。请原样返回，不要舍去位数。",
    ),
)
def rounded(xs, ys, w, lr, epochs):
    return [round(v, 4) for v in _path(xs, ys, w, lr, epochs)]


@mistake(
    "descend",
    title=Text(en="The numbers went through float32", zh="中途用了 float32"),
    advice=Text(
        en="torch.tensor(1.0) holds seven digits, a Python float sixteen. Compute with plain floats, or with "
        "dtype=torch.float64.",
        zh="torch.tensor(1.0) 只有七位有效数字，Python 浮点数有十六位。请用普通浮点数计算，或者写 dtype=torch.float64。",
    ),
)
def single_precision(xs, ys, w, lr, epochs):
    return [v.item() for v in _path(xs, ys, torch.tensor(float(w)), lr, epochs)]


@mistake(
    "descend",
    title=Text(en="A generator in place of a list", zh="写成了生成器，而不是列表"),
    advice=Text(
        en="yield makes the function a generator, which is no list and can be walked through only once. Append to a "
        "list and return it.",
        zh="函数里有 yield，得到的就是生成器：它不是列表，而且只能遍历一次。请把结果放进列表再返回。",
    ),
)
def yields(xs, ys, w, lr, epochs):
    yield from _path(xs, ys, w, lr, epochs)
