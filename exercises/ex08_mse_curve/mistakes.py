"""Wrong loss curves that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _errors(xs, ys, weights):
    """Return the error of each weight on each example, (k, n)."""
    return weights[:, None] * xs - ys


@mistake(
    "mse_curve",
    title=Text(en="The squares are added up, not averaged", zh="平方误差只求了和，没有取平均"),
    advice=Text(
        en="The mean is the sum divided by the number of examples: otherwise twice the data means twice the loss. "
        "Use mean(), or divide by len(xs).",
        zh="均方误差要把总和除以样本数，否则数据翻倍，损失也翻倍。请用 mean()，或者除以 len(xs)。",
    ),
)
def sum_taken(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).sum(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="There is a half too many", zh="多了一个 ½"),
    advice=Text(
        en="The squared loss of exercise 3 has a ½; the mean squared error has none. Leave out the / 2.",
        zh="练习 3 的平方损失带 ½，均方误差不带。请去掉 / 2。",
    ),
)
def half_taken(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1) / 2


@mistake(
    "mse_curve",
    title=Text(en="The errors are not squared", zh="误差没有平方"),
    advice=Text(
        en="Without the square, errors of opposite signs cancel, and the loss falls below zero. Square each error: ** 2.",
        zh="不平方的话，正负误差会互相抵消，损失还会小于零。请把每个误差平方：** 2。",
    ),
)
def not_squared(xs, ys, weights):
    return _errors(xs, ys, weights).mean(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="It is the variance of the errors", zh="算成了误差的方差"),
    advice=Text(
        en="var() measures the errors from their own mean, so errors that are all equally wrong count nothing. Square "
        "them as they are, then average.",
        zh="var() 量的是误差到它们自己平均值的距离，大家错得一样多时就成了零。应当直接把误差平方，再取平均。",
    ),
)
def variance_taken(xs, ys, weights):
    return _errors(xs, ys, weights).var(dim=1, correction=0)


@mistake(
    "mse_curve",
    title=Text(en="The mean is squared, not the errors", zh="先取平均再平方了"),
    advice=Text(
        en="Square first, then average: in the mean of the bare errors, opposite signs have cancelled already.",
        zh="应当先平方、再取平均：直接对误差取平均，正负误差已经互相抵消了。",
    ),
)
def mean_squared(xs, ys, weights):
    return _errors(xs, ys, weights).mean(dim=1) ** 2


@mistake(
    "mse_curve",
    title=Text(en="Absolute errors in place of squared ones", zh="用了绝对值，而不是平方"),
    advice=Text(
        en="abs() gives the mean absolute error, whose curve has kinks in place of a round bottom. Square: ** 2.",
        zh="abs() 得到的是平均绝对误差，它的曲线是折线，没有圆滑的谷底。请平方：** 2。",
    ),
)
def absolute(xs, ys, weights):
    return _errors(xs, ys, weights).abs().mean(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="A square root is taken at the end", zh="最后多开了一次平方根"),
    advice=Text(
        en="sqrt() (or a norm) makes the root mean squared error. The mean squared error itself is asked for.",
        zh="开方（或者用 norm）得到的是均方根误差。这里要的就是均方误差本身。",
    ),
)
def root_taken(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1).sqrt()


@mistake(
    "mse_curve",
    title=Text(en="The mean is taken over the weights", zh="对权重取了平均"),
    advice=Text(
        en="One error for each weight is due, so the examples are averaged away and the weights stay. In a (k, n) table "
        "that is mean(dim=1).",
        zh="每个权重要有一个误差，所以被平均掉的是样本，留下的是权重。对 (k, n) 的表来说就是 mean(dim=1)。",
    ),
)
def mean_over_weights(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=0)


@mistake(
    "mse_curve",
    title=Text(en="Everything is averaged into one number", zh="全都平均成了一个数"),
    advice=Text(
        en="mean() without dim, and mse_loss by default, average over weights as well. Name the direction of the "
        "examples: mean(dim=1).",
        zh="不写 dim 的 mean()，以及默认的 mse_loss，会连权重一起平均。请指明样本那一维：mean(dim=1)。",
    ),
)
def one_number(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean()


@mistake(
    "mse_curve",
    title=Text(en="The mean is missing: a whole table comes back", zh="没有取平均：返回了整张表"),
    advice=Text(
        en="There is a row for each weight now. Average over the examples: mean(dim=1).",
        zh="现在每个权重有一整行。请对样本取平均：mean(dim=1)。",
    ),
)
def table_returned(xs, ys, weights):
    return _errors(xs, ys, weights) ** 2


@mistake(
    "mse_curve",
    title=Text(en="The result is a column", zh="结果是一列"),
    advice=Text(
        en="keepdim=True keeps the averaged direction as a 1. The shape due is (k,): leave it out.",
        zh="keepdim=True 会把被平均掉的那一维留成 1。要求的形状是 (k,)：请去掉它。",
    ),
)
def column_returned(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1, keepdim=True)


@mistake(
    "mse_curve",
    title=Text(en="Weights and examples share one direction", zh="权重和样本挤在了同一维"),
    advice=Text(
        en="Every weight meets every example, so they need a direction each, and ys runs along with xs. A column of weights "
        "does it: weights[:, None] * xs - ys has shape (k, n).",
        zh="每个权重都要和每个样本算一遍，所以两者要各占一维，而 ys 与 xs 在同一维。把权重变成一列即可："
        "weights[:, None] * xs - ys 的形状是 (k, n)。",
    ),
)
def paired_up(xs, ys, weights):
    return (weights * xs - ys) ** 2


@mistake(
    "mse_curve",
    title=Text(en="The sum is divided by the number of weights", zh="总和除以了权重的个数"),
    advice=Text(
        en="It is the examples that are averaged: divide by len(xs), not by len(weights).",
        zh="取平均的是样本：应当除以 len(xs)，而不是 len(weights)。",
    ),
)
def divides_by_weights(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).sum(dim=1) / len(weights)


@mistake(
    "mse_curve",
    title=Text(en="The number of examples is fixed at 3", zh="样本数被写死成 3"),
    advice=Text(
        en="The article divides by 3 because it has three examples. Divide by len(xs), or use mean().",
        zh="文章除以 3，是因为它恰好有三个样本。请除以 len(xs)，或者用 mean()。",
    ),
)
def always_three(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).sum(dim=1) / 3


@mistake(
    "mse_curve",
    title=Text(en="The sum is divided by n − 1", zh="总和除以了 n − 1"),
    advice=Text(
        en="n − 1 belongs to the sample variance (torch.var). The mean divides by n; with one example n − 1 would be zero.",
        zh="n − 1 是样本方差（torch.var）用的。平均要除以 n；只有一个样本时，n − 1 就是零了。",
    ),
)
def one_less(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).sum(dim=1) / (len(xs) - 1)


@mistake(
    "mse_curve",
    title=Text(en="The sum is not reset for the next weight", zh="换权重时没有把总和清零"),
    advice=Text(
        en="Each weight's sum begins at zero: set it inside the loop over the weights, or every loss holds all those before.",
        zh="每个权重的总和都要从零开始：请在遍历权重的循环里清零，否则每个损失都包含了前面所有的损失。",
    ),
)
def never_reset(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1).cumsum(dim=0)


@mistake(
    "mse_curve",
    title=Text(en="Only the last example counts", zh="只算了最后一个样本"),
    advice=Text(
        en="The loop over the examples overwrites its result. Add the losses up (+=) and divide at the end.",
        zh="遍历样本的循环每次都覆盖了结果。请累加（+=），最后再除以样本数。",
    ),
)
def last_example(xs, ys, weights):
    return _errors(xs, ys, weights)[:, -1] ** 2


@mistake(
    "mse_curve",
    title=Text(en="Only the first example counts", zh="只算了第一个样本"),
    advice=Text(
        en="A return inside the loop over the examples ends it after the first one. Go through all, then average.",
        zh="在遍历样本的循环里 return，第一个样本之后就结束了。请遍历完所有样本再取平均。",
    ),
)
def first_example(xs, ys, weights):
    return _errors(xs, ys, weights)[:, 0] ** 2


@mistake(
    "mse_curve",
    title=Text(en="The article's own sweep comes back", zh="返回的是文章自己的那一组权重"),
    advice=Text(
        en="np.arange(0.0, 4.1, 0.1) is what the article tried. Here the caller says which weights: use `weights`.",
        zh="np.arange(0.0, 4.1, 0.1) 是文章试的权重。这里由调用者决定：请使用参数 `weights`。",
    ),
)
def own_sweep(xs, ys, weights):
    return (_errors(xs, ys, torch.linspace(0.0, 4.0, 41, dtype=xs.dtype, device=xs.device)) ** 2).mean(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="The numbers of the article are built in", zh="把文章的数据写死了"),
    advice=Text(
        en="x = 1, 2, 3 and y = 2, 4, 6 are only the example. Compute with the arguments `xs` and `ys`.",
        zh="x = 1, 2, 3 和 y = 2, 4, 6 只是例子。请用参数 `xs` 和 `ys` 来计算。",
    ),
)
def article_data(xs, ys, weights):
    return 14 / 3 * (weights - 2) ** 2


@mistake(
    "mse_curve",
    title=Text(en="Only the smallest loss comes back", zh="只返回了最小的损失"),
    advice=Text(
        en="The whole curve is asked for, a loss for each weight. The caller looks for its minimum.",
        zh="要的是整条曲线，每个权重一个损失。最小值由调用者去找。",
    ),
)
def minimum_only(xs, ys, weights):
    losses = (_errors(xs, ys, weights) ** 2).mean(dim=1)
    return losses.min() if len(losses) else losses


@mistake(
    "mse_curve",
    title=Text(en="A list of numbers in place of a tensor", zh="返回了列表，而不是张量"),
    advice=Text(
        en="The article fills a list. Return a tensor: torch.stack of the losses, or no loop over the weights at all.",
        zh="文章把结果放进列表。这里要返回张量：用 torch.stack 把损失拼起来，或者干脆不写对权重的循环。",
    ),
)
def list_returned(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1).tolist()


@mistake(
    "mse_curve",
    title=Text(en="The weights come back too", zh="把权重也一起返回了"),
    advice=Text(
        en="The caller has the weights already. Return the losses alone.",
        zh="权重调用者本来就有。只返回损失即可。",
    ),
)
def pair_returned(xs, ys, weights):
    return weights, (_errors(xs, ys, weights) ** 2).mean(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="No weights raise an error", zh="没有权重时报错"),
    advice=Text(
        en="torch.stack and torch.cat refuse an empty list. weights[:, None] * xs needs no special case: "
        "with k = 0 the table is (0, n) and its mean over the examples (0,).",
        zh="torch.stack 和 torch.cat 不接受空列表。weights[:, None] * xs 不用特殊处理：k = 0 时表的形状是 (0, n)，"
        "对样本取平均得到 (0,)。",
    ),
)
def empty_raises(xs, ys, weights):
    return torch.stack([((w * xs - ys) ** 2).mean() for w in weights])


@mistake(
    "mse_curve",
    title=Text(en="The result is always float32", zh="结果总是 float32"),
    advice=Text(
        en="torch.tensor([…]), torch.zeros(k) and float() make float32, which holds half of the digits of float64. "
        "Compute with the tensors as they are, or pass dtype=weights.dtype.",
        zh="torch.tensor([…])、torch.zeros(k) 和 float() 都是 float32，有效数字只有 float64 的一半。"
        "请直接用原来的张量计算，或者写明 dtype=weights.dtype。",
    ),
)
def always_single(xs, ys, weights):
    return (_errors(xs, ys, weights) ** 2).mean(dim=1).float()


@mistake(
    "mse_curve",
    title=Text(en="The inputs are multiplied in place", zh="原地乘了输入"),
    advice=Text(
        en="`xs *= w` writes into the caller's tensor, so the next weight multiplies what the one before has left. "
        "Write w * xs, which makes a new tensor.",
        zh="`xs *= w` 会写进调用者的张量，下一个权重乘的就是上一个权重留下的结果。请写 w * xs，它会生成新的张量。",
    ),
)
def inputs_in_place(xs, ys, weights):
    losses = torch.empty_like(weights)
    for i in range(len(weights)):
        xs *= weights[i]
        losses[i] = ((xs - ys) ** 2).mean()
    return losses


@mistake(
    "mse_curve",
    title=Text(en="The labels are changed in place", zh="原地修改了 ys"),
    advice=Text(
        en="`-=`, `*=` and methods that end in _ write into the caller's tensor, and the next call computes with that. "
        "Use w * xs - ys, which makes a new one.",
        zh="`-=`、`*=` 和以 _ 结尾的方法会写进调用者的张量，下一次调用用的就是改过的数。"
        "请用 w * xs - ys，它会生成新的张量。",
    ),
)
def labels_in_place(xs, ys, weights):
    ys.neg_()
    return ((weights[:, None] * xs + ys) ** 2).mean(dim=1)


@mistake(
    "mse_curve",
    title=Text(en="A tensor is made on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.zeros(k) lies on the CPU, and a GPU's tensor cannot be added to it. Start from torch.zeros_like(weights), "
        "or pass device=weights.device. And .numpy() works on the CPU only: call .cpu() first.",
        zh="torch.zeros(k) 建在 CPU 上，GPU 上的张量不能和它相加。请用 torch.zeros_like(weights)，"
        "或者写明 device=weights.device。.numpy() 也只能用于 CPU：要先 .cpu()。",
    ),
)
def made_on_cpu(xs, ys, weights):
    total = torch.zeros(len(weights), dtype=weights.dtype)
    for x, y in zip(xs, ys, strict=True):
        total = total + (weights * x - y) ** 2
    return total / len(xs)
