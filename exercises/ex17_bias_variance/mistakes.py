"""Wrong features, fits and diagnoses that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _powers(x, first, last):
    return x.reshape(-1, 1) ** torch.arange(first, last + 1, device=x.device)


def _solve(X, y, penalty):
    mean_x, mean_y = X.mean(0), y.mean(0)
    X, y = X - mean_x, y - mean_y
    w = torch.linalg.solve(X.T @ X + penalty * torch.eye(X.shape[1], dtype=X.dtype, device=X.device), X.T @ y)
    return w, mean_y - mean_x @ w


@mistake(
    "polynomial_features",
    title=Text(en="There is a column of ones", zh="多了一列 1"),
    advice=Text(
        en="x⁰ is the intercept, which ridge adds by itself, unpenalised. Begin with x¹: degree columns, not degree + 1.",
        zh="x⁰ 就是截距，ridge 自己会加，而且不受惩罚。从 x¹ 开始：共 degree 列，而不是 degree + 1 列。",
    ),
)
def with_ones(x, degree):
    return _powers(x, 0, degree)


@mistake(
    "polynomial_features",
    title=Text(en="The powers begin at 0", zh="次数从 0 数起"),
    advice=Text(
        en="range(degree) and arange(degree) run from 0 to degree − 1. Powers 1 to degree are due: range(1, degree + 1).",
        zh="range(degree) 和 arange(degree) 是从 0 到 degree − 1。需要的是 1 到 degree：range(1, degree + 1)。",
    ),
)
def powers_from_zero(x, degree):
    return _powers(x, 0, degree - 1)


@mistake(
    "polynomial_features",
    title=Text(en="The highest power is missing", zh="少了最高次"),
    advice=Text(
        en="range(1, degree) ends before degree. Write range(1, degree + 1).",
        zh="range(1, degree) 不包含 degree。请写 range(1, degree + 1)。",
    ),
)
def one_short(x, degree):
    return torch.cat([_powers(x, 1, degree - 1), x.new_zeros(x.numel(), 0)], dim=1)


@mistake(
    "polynomial_features",
    title=Text(en="The features are transposed", zh="特征矩阵转置了"),
    advice=Text(
        en="One row for each number, one column for each power: (n, degree). Stack along dim=1.",
        zh="每个数一行，每个次数一列：(n, degree)。请沿 dim=1 堆叠。",
    ),
)
def features_transposed(x, degree):
    return _powers(x, 1, degree).T


@mistake(
    "polynomial_features",
    title=Text(en="The powers run backwards", zh="次数排反了"),
    advice=Text(
        en="numpy.vander begins with the highest power. Here x¹ is the first column and x^degree the last.",
        zh="numpy.vander 从最高次开始排。这里第一列是 x¹，最后一列是 x^degree。",
    ),
)
def descending(x, degree):
    return _powers(x, 1, degree).flip(1)


@mistake(
    "polynomial_features",
    title=Text(en="Multiples of x instead of powers", zh="用了 x 的倍数，而不是幂"),
    advice=Text(
        en="x · k is a straight line whatever k is, and adds nothing new to x. A power is x ** k.",
        zh="不管 k 是多少，x · k 都还是一条直线，没有带来新的东西。幂是 x ** k。",
    ),
)
def multiples(x, degree):
    return x.reshape(-1, 1) * torch.arange(1, degree + 1, device=x.device)


@mistake(
    "polynomial_features",
    title=Text(en="Powers by logarithm fail for negative numbers", zh="用对数求幂，遇到负数就出错"),
    advice=Text(
        en="exp(k · log x) is NaN where x is negative, and so is torch.pow with a fractional exponent. Use x ** k with an "
        "integer k.",
        zh="x 为负时 exp(k · log x) 是 NaN，用小数指数的 torch.pow 也一样。请用整数 k 的 x ** k。",
    ),
)
def by_logarithm(x, degree):
    return torch.exp(torch.log(x.reshape(-1, 1)) * torch.arange(1, degree + 1, device=x.device))


@mistake(
    "polynomial_features",
    title=Text(en="x is overwritten", zh="改写了 x"),
    advice=Text(
        en="`power *= x` and mul_ write into the caller's numbers where power began as x itself. Begin with x.clone(), "
        "or write power = power * x.",
        zh="如果 power 一开始就是 x 本身，`power *= x` 和 mul_ 会写进调用者的数据。请从 x.clone() 开始，或者写 power = power * x。",
    ),
)
def x_overwritten(x, degree):
    original, power, columns = x.clone(), x, []
    for _ in range(degree):
        columns.append(power.clone().reshape(-1))
        power *= original
    return torch.stack(columns, dim=1)


@mistake(
    "polynomial_features",
    title=Text(en="The features are float32 whatever x is", zh="不管 x 是什么类型，特征都是 float32"),
    advice=Text(
        en="torch.zeros(n, degree) and float() make float32, and half of the digits of float64 are lost. "
        "Compute with x itself, or give dtype=x.dtype.",
        zh="torch.zeros(n, degree) 和 float() 得到的是 float32，float64 会丢掉一半有效数字。请直接用 x 计算，或者写上 dtype=x.dtype。",
    ),
)
def features_single(x, degree):
    return _powers(x.float(), 1, degree)


@mistake(
    "polynomial_features",
    title=Text(en="It makes its tensors on the CPU", zh="在 CPU 上新建张量"),
    advice=Text(
        en="torch.arange, torch.eye and torch.ones lie on the CPU unless they are told otherwise: add device=x.device.",
        zh="torch.arange、torch.eye、torch.ones 默认都在 CPU 上：请加上 device=x.device。",
    ),
)
def cpu_tensors(x, degree):
    return x.reshape(-1, 1) ** torch.arange(1, degree + 1)


@mistake(
    "ridge",
    title=Text(en="The intercept is penalised too", zh="截距也受了惩罚"),
    advice=Text(
        en="With a column of ones and weight_decay on the whole diagonal, b is drawn to zero, and the fit depends on where y has "
        "its origin. Take the means off X and y first, or leave the diagonal's entry for b at zero.",
        zh="如果加一列 1，又让 weight_decay 占满整条对角线，b 就会被拉向零，拟合结果会随 y 的原点而变。"
        "请先把 X 和 y 各减去均值，或者让对角线上 b 的那一项为零。",
    ),
)
def intercept_penalised(X, y, weight_decay):
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    eye = torch.eye(A.shape[1], dtype=X.dtype, device=X.device)
    # Without a penalty the tiny one keeps equations that have no single answer solvable.
    both = torch.linalg.solve(A.T @ A + max(weight_decay, 1e-9) * eye, A.T @ y)
    return both[:-1], both[-1]


@mistake(
    "ridge",
    title=Text(en="weight_decay has no effect", zh="weight_decay 没起作用"),
    advice=Text(
        en="This is plain least squares. Add weight_decay to the diagonal: (XᵀX + weight_decay · I) w = Xᵀy, with X and y centred.",
        zh="这只是普通的最小二乘。请在对角线上加 weight_decay：(XᵀX + weight_decay · I) w = Xᵀy，其中 X 和 y 都已减去均值。",
    ),
)
def decay_ignored(X, y, weight_decay):
    mean_x, mean_y = X.mean(0), y.mean(0)
    w = torch.linalg.pinv(X - mean_x) @ (y - mean_y)
    return w, mean_y - mean_x @ w


@mistake(
    "ridge",
    title=Text(en="The loss is a mean instead of a sum", zh="损失用了平均，而不是求和"),
    advice=Text(
        en="‖y − Xw − b‖² adds up the squares. Divided by n, the penalty weighs n times as much.",
        zh="‖y − Xw − b‖² 是平方和。如果除以 n，惩罚的分量就成了 n 倍。",
    ),
)
def mean_loss(X, y, weight_decay):
    return _solve(X, y, weight_decay * len(X))


@mistake(
    "ridge",
    title=Text(en="The penalty is twice too strong", zh="惩罚重了一倍"),
    advice=Text(
        en="There is no ½ before the squared error here, so the 2 of both derivatives cancels: XᵀX + weight_decay · I.",
        zh="这里的平方误差前面没有 ½，两边求导得到的 2 会消掉：XᵀX + weight_decay · I。",
    ),
)
def half_loss(X, y, weight_decay):
    return _solve(X, y, 2 * weight_decay)


@mistake(
    "ridge",
    title=Text(en="The penalty is half as strong as it should be", zh="惩罚轻了一半"),
    advice=Text(
        en="weight_decay / 2 · ‖w‖² is what torch.optim means by weight_decay beside a loss with ½. Here neither has a half.",
        zh="weight_decay / 2 · ‖w‖² 是 torch.optim 的写法，配的是带 ½ 的损失。这里两处都没有 ½。",
    ),
)
def half_penalty(X, y, weight_decay):
    return _solve(X, y, weight_decay / 2)


@mistake(
    "ridge",
    title=Text(en="weight_decay is squared", zh="weight_decay 被平方了"),
    advice=Text(
        en="Where the penalty is written as further rows of X, those are √weight_decay · I: the square of the row is the penalty.",
        zh="如果把惩罚写成 X 的附加行，那几行应当是 √weight_decay · I：行的平方才是惩罚。",
    ),
)
def decay_squared(X, y, weight_decay):
    return _solve(X, y, weight_decay**2)


@mistake(
    "ridge",
    title=Text(en="The penalty is subtracted", zh="惩罚项的符号反了"),
    advice=Text(
        en="The gradient of weight_decay · ‖w‖² adds to XᵀX: XᵀX + weight_decay · I. With a minus large weights are rewarded.",
        zh="weight_decay · ‖w‖² 的梯度是加到 XᵀX 上的：XᵀX + weight_decay · I。写成减号，反而奖励大的权重。",
    ),
)
def penalty_subtracted(X, y, weight_decay):
    return _solve(X, y, -weight_decay)


@mistake(
    "ridge",
    title=Text(en="There is no intercept", zh="没有截距"),
    advice=Text(
        en="b is part of the model: without it the line must go through the origin. Centre X and y; then b = ȳ − x̄ w.",
        zh="b 是模型的一部分，没有它，直线就只能过原点。请把 X 和 y 减去均值，然后 b = ȳ − x̄ w。",
    ),
)
def no_intercept(X, y, weight_decay):
    eye = torch.eye(X.shape[1], dtype=X.dtype, device=X.device)
    w = torch.linalg.solve(X.T @ X + max(weight_decay, 1e-9) * eye, X.T @ y)
    return w, y.new_zeros(1)


@mistake(
    "ridge",
    title=Text(en="b is the mean of y", zh="b 直接取了 y 的均值"),
    advice=Text(
        en="That is right only where the features have mean zero. The plane passes through the mean point: b = ȳ − x̄ w.",
        zh="只有特征的均值为零时才是这样。拟合的平面要经过均值点：b = ȳ − x̄ w。",
    ),
)
def b_is_mean(X, y, weight_decay):
    return _solve(X, y, weight_decay)[0], y.mean(0)


@mistake(
    "ridge",
    title=Text(en="The features are standardised before they are penalised", zh="先标准化了特征，再施加惩罚"),
    advice=Text(
        en="Divided by their standard deviations, the features get other penalties than ‖w‖² asks for. Take off the means only.",
        zh="特征除以标准差之后，各个权重受到的惩罚就不是 ‖w‖² 所要求的了。只减均值，不要除以标准差。",
    ),
)
def standardised(X, y, weight_decay):
    scale = X.std(0, correction=0)
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    w, b = _solve(X / scale, y, weight_decay)
    return w / scale.reshape(-1, 1), b


@mistake(
    "ridge",
    title=Text(en="The first weight is not penalised", zh="第一个权重没有受惩罚"),
    advice=Text(
        en="Only b is free, and X holds no column of ones: every weight is penalised. If you add ones, mind on which side.",
        zh="只有 b 不受惩罚，而 X 里没有全 1 的列：每个权重都要惩罚。如果你加了一列 1，注意加在哪一边。",
    ),
)
def first_weight_free(X, y, weight_decay):
    penalty = torch.full((X.shape[1],), float(weight_decay), dtype=X.dtype, device=X.device)
    penalty[0] = 1e-6
    mean_x, mean_y = X.mean(0), y.mean(0)
    w = torch.linalg.solve((X - mean_x).T @ (X - mean_x) + penalty.diag(), (X - mean_x).T @ (y - mean_y))
    return w, mean_y - mean_x @ w


@mistake(
    "ridge",
    title=Text(en="w is flat", zh="w 成了一维"),
    advice=Text(
        en="w is a column, (d, 1), so that X @ w is a column like y. Leave out flatten() and squeeze().",
        zh="w 是一列，形状 (d, 1)，这样 X @ w 才和 y 一样是一列。不要 flatten() 或 squeeze()。",
    ),
)
def w_flat(X, y, weight_decay):
    w, b = _solve(X, y, weight_decay)
    return w.flatten(), b


@mistake(
    "ridge",
    title=Text(en="b does not have the shape (1,)", zh="b 的形状不是 (1,)"),
    advice=Text(
        en="y.mean() over everything gives (), keepdim=True gives (1, 1). y.mean(dim=0) of a column gives (1,).",
        zh="对全部元素 y.mean() 得到的是 ()，keepdim=True 得到 (1, 1)。对一列用 y.mean(dim=0) 得到 (1,)。",
    ),
)
def b_shape(X, y, weight_decay):
    w, b = _solve(X, y, weight_decay)
    return w, b.reshape(())


@mistake(
    "ridge",
    title=Text(en="b comes before w", zh="先返回了 b"),
    advice=Text(en="Return the pair (w, b), the weights first.", zh="返回 (w, b)，权重在前。"),
)
def pair_swapped(X, y, weight_decay):
    return _solve(X, y, weight_decay)[::-1]


@mistake(
    "ridge",
    title=Text(en="X or y is changed in place", zh="原地修改了 X 或 y"),
    advice=Text(
        en="X -= X.mean(0) centres the caller's own data. Write X = X - X.mean(0), which makes a new tensor.",
        zh="X -= X.mean(0) 改的是调用者自己的数据。请写 X = X - X.mean(0)，它会生成新的张量。",
    ),
)
def centred_in_place(X, y, weight_decay):
    mean_x, mean_y = X.mean(0), y.mean(0)
    X -= mean_x
    y -= mean_y
    w = _solve(X, y, weight_decay)[0]
    return w, mean_y - mean_x @ w


@mistake(
    "ridge",
    title=Text(en="The fit is computed in float32", zh="用 float32 计算拟合"),
    advice=Text(
        en="float() loses half of the digits of float64 data. Compute in the dtype of X.",
        zh="float() 会让 float64 的数据丢掉一半有效数字。请用 X 的 dtype 计算。",
    ),
)
def ridge_single(X, y, weight_decay):
    w, b = _solve(X.float(), y.float(), weight_decay)
    return w.to(X.dtype), b.to(X.dtype)


@mistake(
    "diagnose",
    title=Text(en="An error that just meets the target counts as above it", zh="恰好达到目标的误差被当成超过"),
    advice=Text(
        en="Only what is above the target is too much: write >, not >=.",
        zh="超过目标才算多：请写 >，不要写 >=。",
    ),
)
def at_target(train_error, validation_error, target_error):
    if train_error >= target_error:
        return "high bias"
    return "high variance" if validation_error >= target_error else "good"


@mistake(
    "diagnose",
    title=Text(en="The validation error is looked at first", zh="先看了验证误差"),
    advice=Text(
        en="A model that misses even its training data also fails on new data. So ask for bias first: "
        "only a model that has learnt its own data can overfit.",
        zh="连训练数据都没学好的模型，在新数据上当然也不行。所以要先判断偏差：只有学会了训练数据，才谈得上过拟合。",
    ),
)
def variance_first(train_error, validation_error, target_error):
    if validation_error > target_error:
        return "high variance"
    return "high bias" if train_error > target_error else "good"


@mistake(
    "diagnose",
    title=Text(en="The gap is compared with the target", zh="拿两个误差之差和目标比较"),
    advice=Text(
        en="Here the validation error itself is compared with the target, not its distance from the training error.",
        zh="这里要和目标比较的是验证误差本身，而不是它与训练误差之差。",
    ),
)
def gap_compared(train_error, validation_error, target_error):
    if train_error > target_error:
        return "high bias"
    return "high variance" if validation_error - train_error > target_error else "good"


@mistake(
    "diagnose",
    title=Text(en="The target is not used for the validation error", zh="判断验证误差时没有用目标"),
    advice=Text(
        en="A validation error above the training error is normal. It is high variance only where it is above the target.",
        zh="验证误差比训练误差大是正常的，只有超过目标才是高方差。",
    ),
)
def errors_compared(train_error, validation_error, target_error):
    if train_error > target_error:
        return "high bias"
    return "high variance" if validation_error > train_error else "good"


@mistake(
    "diagnose",
    title=Text(en="Bias and variance have changed places", zh="偏差和方差写反了"),
    advice=Text(
        en="A large training error is underfitting, high bias; a large validation error alone is overfitting, high variance.",
        zh="训练误差大是欠拟合，即高偏差；只有验证误差大才是过拟合，即高方差。",
    ),
)
def words_swapped(train_error, validation_error, target_error):
    if train_error > target_error:
        return "high variance"
    return "high bias" if validation_error > target_error else "good"


@mistake(
    "diagnose",
    title=Text(en="The words are others than those asked for", zh="返回的不是要求的那几个词"),
    advice=Text(
        en='Exactly one of three strings is due: "high bias", "high variance" or "good", in lower case, with a space.',
        zh='必须恰好是三个字符串之一："high bias"、"high variance" 或 "good"，小写，中间是空格。',
    ),
)
def other_words(train_error, validation_error, target_error):
    if train_error > target_error:
        return "high_bias"
    return "high_variance" if validation_error > target_error else "good"
