"""Wrong explicit solutions that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _with_ones(X):
    return torch.cat([X, torch.ones_like(X[:, :1])], dim=1)


def _pair(solution):
    return solution[:-1], solution[-1]


def _least_squares(A, y):
    return torch.linalg.pinv(A) @ y


def _right(X, y):
    return _pair(_least_squares(_with_ones(X), y))


@mistake(
    "normal_equation",
    title=Text(en="There is no bias", zh="没有偏置"),
    advice=Text(
        en="Without b the plane must go through the origin. Append a column of ones to X: its weight is b.",
        zh="没有 b，平面就只能过原点。请给 X 添一列 1，它的权重就是 b。",
    ),
)
def no_bias(X, y):
    return _least_squares(X, y), y.new_zeros(1)


@mistake(
    "normal_equation",
    title=Text(en="b is the mean of y", zh="b 直接取了 y 的均值"),
    advice=Text(
        en="With w from centred data the plane passes through the mean point: b = ȳ − x̄ w. That is ȳ only where x̄ is zero.",
        zh="用减去均值的数据求出 w 之后，平面经过均值点：b = ȳ − x̄ w。只有 x̄ 为零时它才等于 ȳ。",
    ),
)
def b_is_mean(X, y):
    return _right(X, y)[0], y.mean(0)


@mistake(
    "normal_equation",
    title=Text(en="Only y is centred", zh="只减去了 y 的均值"),
    advice=Text(
        en="Both must be measured from their means. If X keeps its own, w also has to make up for the offset.",
        zh="X 和 y 都要减去均值。如果 X 没有减，w 就还得去凑那个偏移。",
    ),
)
def only_y_centred(X, y):
    w = _least_squares(X, y - y.mean(0))
    return w, y.mean(0) - X.mean(0) @ w


@mistake(
    "normal_equation",
    title=Text(en="b has the wrong sign", zh="b 的符号反了"),
    advice=Text(
        en="From ȳ = x̄ w + b follows b = ȳ − x̄ w, not x̄ w − ȳ.",
        zh="由 ȳ = x̄ w + b 得 b = ȳ − x̄ w，而不是 x̄ w − ȳ。",
    ),
)
def b_sign(X, y):
    w, b = _right(X, y)
    return w, -b


@mistake(
    "normal_equation",
    title=Text(en="Each column is fitted by itself", zh="每一列单独拟合"),
    advice=Text(
        en="Covariance over variance is the slope of one feature alone. Features that go together share their effect: solve for "
        "all weights at once.",
        zh="协方差除以方差，是只有一个特征时的斜率。多个相关的特征会分担影响，所有权重要一起解。",
    ),
)
def each_column_alone(X, y):
    Xc, yc = X - X.mean(0), y - y.mean(0)
    w = ((Xc * yc).sum(0) / (Xc**2).sum(0)).reshape(-1, 1)
    return w, y.mean(0) - X.mean(0) @ w


@mistake(
    "normal_equation",
    title=Text(en="The weights belong to scaled features", zh="权重对应的是缩放过的特征"),
    advice=Text(
        en="If you divide a column by its standard deviation before solving, divide its weight by it afterwards.",
        zh="如果求解之前把某一列除以了标准差，求解之后它的权重也要除以同一个标准差。",
    ),
)
def scale_forgotten(X, y):
    scale = X.std(0, correction=0)
    w = _least_squares((X - X.mean(0)) / scale, y - y.mean(0))
    return w, y.mean(0) - X.mean(0) @ w


@mistake(
    "normal_equation",
    title=Text(en="Gradient descent stops too early", zh="梯度下降停得太早"),
    advice=Text(
        en="A fixed number of steps comes near the solution only if the features happen to suit the learning rate. "
        "Here the equations are solved at once: torch.linalg.lstsq.",
        zh="固定步数的梯度下降，只有特征的大小恰好合适时才接近答案。这里要一次解出方程：torch.linalg.lstsq。",
    ),
)
def descent_stopped(X, y):
    A = _with_ones(X)
    p = torch.zeros_like(A[:1].T)
    for _ in range(100):
        p = p - 0.01 * A.T @ (A @ p - y) / len(A)
    return _pair(p)


@mistake(
    "normal_equation",
    title=Text(en="A penalty bends the solution", zh="加了惩罚项，结果有偏"),
    advice=Text(
        en="XᵀX + 0.1 · I has an inverse, but it solves another problem: every weight is drawn to zero. "
        'For equal columns use torch.linalg.lstsq with driver="gelsd", or torch.linalg.pinv(A).',
        zh="XᵀX + 0.1 · I 虽然可逆，解的却是另一个问题：每个权重都被拉向零。"
        '有相同的列时，请用 torch.linalg.lstsq（driver="gelsd"）或 torch.linalg.pinv(A)。',
    ),
)
def penalty_added(X, y):
    A = _with_ones(X)
    eye = torch.eye(A.shape[1], dtype=A.dtype, device=A.device)
    return _pair(torch.linalg.solve(A.T @ A + 0.1 * eye, A.T @ y))


@mistake(
    "normal_equation",
    title=Text(en="The matrix has no inverse", zh="矩阵不可逆"),
    advice=Text(
        en="With two equal columns AᵀA is singular: inv() and solve() raise, or divide by rounding errors, as the old torch.pinverse does. Leave AᵀA alone and "
        'solve A · solution ≈ y by its singular values: torch.linalg.lstsq(A, y, driver="gelsd") or torch.linalg.pinv(A) @ y. '
        "If you do that and take the means off X first, do so in float64: rounded in float32, equal columns differ a little, "
        "and a solver in float64 takes the difference seriously.",
        zh="有两列相同时 AᵀA 是奇异的：inv() 和 solve() 要么报错，要么除以舍入误差（旧的 torch.pinverse 也一样）。不要用 AᵀA，直接用 A 的奇异值来解："
        'torch.linalg.lstsq(A, y, driver="gelsd") 或 torch.linalg.pinv(A) @ y。'
        "如果已经这样做，并且先减去了 X 的均值，请在 float64 下减：在 float32 下舍入之后，相同的列会有细微差别，"
        "float64 的求解会把这点差别当真。",
    ),
)
def inverse_taken(X, y):
    A = _with_ones(X)
    return _pair(torch.inverse(A.T @ A) @ (A.T @ y))


@mistake(
    "normal_equation",
    title=Text(en="The default driver of lstsq misjudges the rank", zh="lstsq 的默认 driver 判错了秩"),
    advice=Text(
        en="On the CPU torch.linalg.lstsq uses the driver gelsy, which is unreliable where columns are equal: now and then "
        'it takes the rank for too small (PyTorch issue 187411, in version 2.13). Write driver="gelsd".',
        zh="torch.linalg.lstsq 在 CPU 上默认用 gelsy。有相同的列时它不可靠：有时会把秩判得太小"
        '（PyTorch issue 187411，2.13 版仍是如此）。请写 driver="gelsd"。',
    ),
)
def gelsy_default(X, y):
    # What gelsy does depends on what lay in memory before; its usual slip, a rank too small by one, does not.
    U, S, Vh = torch.linalg.svd(_with_ones(X), full_matrices=False)
    rank = int((10 * torch.finfo(S.dtype).eps * S[0] < S).sum())
    rank -= rank < len(S)
    return _pair(Vh[:rank].T @ (U[:, :rank].T @ y / S[:rank, None]))


@mistake(
    "normal_equation",
    title=Text(en="The pseudo-inverse is taken of AᵀA", zh="对 AᵀA 求了伪逆"),
    advice=Text(
        en="AᵀA squares the ratio of large to small columns, and pinv cuts off what it takes for rounding: the small columns. "
        "Take it of A itself: torch.linalg.pinv(A) @ y.",
        zh="AᵀA 会把大列与小列之比平方，pinv 就把小列当成舍入误差截掉了。请对 A 本身求伪逆：torch.linalg.pinv(A) @ y。",
    ),
)
def pinv_of_square(X, y):
    A = _with_ones(X)
    return _pair(torch.linalg.pinv(A.T @ A, rtol=1e-6 if X.dtype == torch.float32 else 1e-14) @ (A.T @ y))


@mistake(
    "normal_equation",
    title=Text(en="w is flat", zh="w 成了一维"),
    advice=Text(
        en="w is a column, (d, 1), so that X @ w is a column like y. Leave out flatten() and squeeze().",
        zh="w 是一列，形状 (d, 1)，这样 X @ w 才和 y 一样是一列。不要 flatten() 或 squeeze()。",
    ),
)
def w_flat(X, y):
    w, b = _right(X, y)
    return w.flatten(), b


@mistake(
    "normal_equation",
    title=Text(en="b does not have the shape (1,)", zh="b 的形状不是 (1,)"),
    advice=Text(
        en="solution[-1] of a column (d + 1, 1) has shape (1,); solution[-1:] has (1, 1), and [-1, 0] none.",
        zh="对一列 (d + 1, 1) 来说，solution[-1] 的形状是 (1,)，solution[-1:] 是 (1, 1)，[-1, 0] 则没有维度。",
    ),
)
def b_shape(X, y):
    w, b = _right(X, y)
    return w, b.reshape(1, 1)


@mistake(
    "normal_equation",
    title=Text(en="b comes before w", zh="先返回了 b"),
    advice=Text(
        en="Return (w, b). If the column of ones stands first, so does b in the solution: take solution[1:] and solution[0].",
        zh="返回 (w, b)。如果全 1 的列在最前面，解里的 b 也在最前面：请取 solution[1:] 和 solution[0]。",
    ),
)
def pair_swapped(X, y):
    return _right(X, y)[::-1]


@mistake(
    "normal_equation",
    title=Text(en="w and b come back in one tensor", zh="w 和 b 放在了同一个张量里"),
    advice=Text(
        en="The solution with a column of ones holds both. Split it: the weights (d, 1), and b (1,).",
        zh="添了一列 1 之后，解里同时含有两者。请拆开：权重 (d, 1) 和 b (1,)。",
    ),
)
def not_split(X, y):
    return _least_squares(_with_ones(X), y)


@mistake(
    "normal_equation",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="float() loses half of the digits of float64 data. Compute in the dtype of X.",
        zh="float() 会让 float64 的数据丢掉一半有效数字。请用 X 的 dtype 计算。",
    ),
)
def always_single(X, y):
    w, b = _right(X.float(), y.float())
    return w.to(X.dtype), b.to(X.dtype)


@mistake(
    "normal_equation",
    title=Text(en="float32 data give a float64 result", zh="float32 的数据得到了 float64 的结果"),
    advice=Text(
        en="It is fine to solve in float64, but what comes back has the dtype of X: solution.to(X.dtype).",
        zh="用 float64 求解没有问题，但返回值的 dtype 要与 X 相同：solution.to(X.dtype)。",
    ),
)
def always_double(X, y):
    return _right(X.double(), y.double())


@mistake(
    "normal_equation",
    title=Text(en="X or y is changed in place", zh="原地修改了 X 或 y"),
    advice=Text(
        en="X -= X.mean(0) centres the caller's own data. Write X = X - X.mean(0), which makes a new tensor.",
        zh="X -= X.mean(0) 改的是调用者自己的数据。请写 X = X - X.mean(0)，它会生成新的张量。",
    ),
)
def centred_in_place(X, y):
    mean_x, mean_y = X.mean(0), y.mean(0)
    X -= mean_x
    y -= mean_y
    w = _least_squares(X, y)
    return w, mean_y - mean_x @ w


@mistake(
    "normal_equation",
    title=Text(en="The column of ones is on the CPU", zh="全 1 的列建在了 CPU 上"),
    advice=Text(
        en="torch.ones(n, 1) lies on the CPU wherever X lies. torch.ones_like(X[:, :1]) follows its device and dtype.",
        zh="不管 X 在哪个设备上，torch.ones(n, 1) 都在 CPU 上。torch.ones_like(X[:, :1]) 会跟随 X 的设备和 dtype。",
    ),
)
def cpu_ones(X, y):
    A = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)
    return _pair(_least_squares(A, y))
