"""Wrong synthetic data that learners make, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _draw(w, *size):
    """Return standard normal numbers of the dtype and on the device of `w`."""
    return torch.randn(*size, dtype=w.dtype, device=w.device)


def _like(b, w):
    return torch.as_tensor(b, dtype=w.dtype, device=w.device)


@mistake(
    "synthetic_data",
    title=Text(en="There is no noise", zh="没有加噪声"),
    advice=Text(
        en="Labels that lie exactly on Xw + b are easier than any real data. Add 0.01 * torch.randn(…), one number "
        "for each example.",
        zh="恰好落在 Xw + b 上的标签比任何真实数据都简单。请加上 0.01 * torch.randn(…)，每个样本一个数。",
    ),
)
def no_noise(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="One noise for all examples", zh="所有样本共用一个噪声"),
    advice=Text(
        en="A single draw shifts all labels alike, as if b were another. The noise needs the size of the labels: "
        "num_examples numbers.",
        zh="只抽一个数会让所有标签一起平移，等于换了一个 b。噪声要和标签一样多：num_examples 个数。",
    ),
)
def shared_noise(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, 1)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(
        en="The noise has standard deviation 0.1: 0.01 was taken for the variance",
        zh="噪声的标准差成了 0.1：把 0.01 当成了方差",
    ),
    advice=Text(
        en="The second argument of torch.normal and the factor before torch.randn are standard deviations. Use 0.01, "
        "without a root.",
        zh="torch.normal 的第二个参数、torch.randn 前面乘的系数都是标准差。直接用 0.01，不要开方。",
    ),
)
def noise_root(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01**0.5 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(
        en="The noise has standard deviation 0.0001: 0.01 was squared", zh="噪声的标准差成了 0.0001：多平方了一次"
    ),
    advice=Text(
        en="torch.normal takes the standard deviation, not the variance. Pass 0.01 itself.",
        zh="torch.normal 要的是标准差，不是方差。直接传 0.01。",
    ),
)
def noise_squared(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01**2 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The noise has standard deviation 1", zh="噪声的标准差是 1"),
    advice=Text(
        en="torch.randn draws with standard deviation 1. Multiply by 0.01, or use torch.normal(0, 0.01, …).",
        zh="torch.randn 抽出的数标准差是 1。请乘以 0.01，或者用 torch.normal(0, 0.01, …)。",
    ),
)
def unscaled_noise(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The noise is uniform", zh="噪声是均匀分布"),
    advice=Text(
        en="torch.rand draws between 0 and 1, so the noise is never negative and lifts every label. Normal noise "
        "comes from torch.randn (with an n) or torch.normal.",
        zh="torch.rand 在 0 和 1 之间抽取，噪声永远不为负，会把所有标签抬高。正态噪声要用 torch.randn（有 n）或 "
        "torch.normal。",
    ),
)
def uniform_noise(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    noise = 0.01 * torch.rand(num_examples, dtype=w.dtype, device=w.device)
    return X, (X @ w + _like(b, w) + noise).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The features are uniform", zh="特征是均匀分布"),
    advice=Text(
        en="torch.rand draws between 0 and 1. Standard normal features come from torch.randn (with an n) or "
        "torch.normal(0, 1, …).",
        zh="torch.rand 在 0 和 1 之间均匀抽取。标准正态的特征要用 torch.randn（有 n）或 torch.normal(0, 1, …)。",
    ),
)
def uniform_features(w, b, num_examples):
    X = torch.rand(num_examples, len(w), dtype=w.dtype, device=w.device)
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The labels are flat", zh="标签是一维的"),
    advice=Text(
        en="X @ w is flat, (n,), because w is. Make a column of it before you return it: y.reshape(-1, 1). A flat y "
        "would broadcast against a column of predictions later.",
        zh="w 是一维的，所以 X @ w 也是一维的 (n,)。返回之前把它变成列：y.reshape(-1, 1)。"
        "否则之后和一列预测值相减会触发广播。",
    ),
)
def flat_labels(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)


@mistake(
    "synthetic_data",
    title=Text(en="A column of noise meets flat labels", zh="列形状的噪声加到了一维标签上"),
    advice=Text(
        en="(n,) plus (n, 1) broadcasts to (n, n). Draw the noise in the shape that the labels have at that moment: "
        "y.shape.",
        zh="(n,) 加 (n, 1) 会广播成 (n, n)。噪声要按标签此刻的形状抽取：y.shape。",
    ),
)
def noise_broadcasts(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples, 1)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="X * w is not added up", zh="X * w 没有求和"),
    advice=Text(
        en="* multiplies element by element and leaves d numbers for each example. The product of a matrix and a "
        "vector is X @ w (torch.matmul), which adds them up.",
        zh="* 是逐元素相乘，每个样本还剩 d 个数。矩阵乘向量要写 X @ w（torch.matmul），它会把这些数加起来。",
    ),
)
def no_sum(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, X * w + _like(b, w) + 0.01 * _draw(w, num_examples, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The bias b is missing", zh="漏掉了偏置 b"),
    advice=Text(
        en="The labels are Xw + noise. Add b, or the line always runs through the origin.",
        zh="现在的标签是 Xw + 噪声。请加上 b，否则直线总是经过原点。",
    ),
)
def no_bias(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="Fixed numbers are used in place of w and b", zh="没有用传入的 w 和 b，而是用了写死的数"),
    advice=Text(
        en="Globals such as true_w, or a width of 2 written down, work for one data set only. Take everything from "
        "the arguments; the number of features is len(w).",
        zh="像 true_w 这样的全局变量，或者写死的 2 列，只适合一个数据集。一切都从参数里取，特征数是 len(w)。",
    ),
)
def ignores_arguments(w, b, num_examples):
    true_w, true_b = torch.tensor([2, -3.4], dtype=w.dtype, device=w.device), 4.2
    X = _draw(w, num_examples, len(true_w))
    return X, (X @ true_w + true_b + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The features are transposed", zh="特征的行列颠倒了"),
    advice=Text(
        en="One row is one example: draw (num_examples, len(w)), not (len(w), num_examples).",
        zh="一行是一个样本：应当抽取 (num_examples, len(w))，而不是 (len(w), num_examples)。",
    ),
)
def transposed_features(w, b, num_examples):
    X = _draw(w, len(w), num_examples)
    return X, (w @ X + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="Labels and features are swapped", zh="标签和特征的顺序反了"),
    advice=Text(
        en="The caller writes features, labels = synthetic_data(…): return them in that order.",
        zh="调用者写的是 features, labels = synthetic_data(…)：请按这个顺序返回。",
    ),
)
def swapped_results(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(-1, 1), X


@mistake(
    "synthetic_data",
    title=Text(en="The global generator is reseeded in the function", zh="在函数里重置了全局随机种子"),
    advice=Text(
        en="manual_seed inside the function makes every call draw the same data, and everything drawn after it as "
        "well. Seed once, at the start of the program, or not at all.",
        zh="在函数里调用 manual_seed，每次调用抽到的数据都一样，之后抽取的随机数也会重复。种子只在程序开头设一次，"
        "或者根本不设。",
    ),
)
def reseeds(w, b, num_examples):
    torch.manual_seed(42)
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(
        en="Every call starts from the same seed, or reuses old draws",
        zh="每次调用都从同一个种子开始，或者重复使用旧的随机数",
    ),
    advice=Text(
        en="A generator that is made and seeded inside the function starts anew at each call, and numbers drawn "
        "outside it never change. Make a generator once, outside, and draw inside.",
        zh="在函数里新建并设好种子的生成器，每次调用都从头开始；在函数外抽好的数则永远不变。生成器要在函数外建一次，"
        "抽取放在函数里。",
    ),
)
def seeds_its_own(w, b, num_examples):
    generator = torch.Generator().manual_seed(42)
    X = torch.randn(num_examples, len(w), generator=generator).to(w)
    noise = 0.01 * torch.randn(num_examples, generator=generator).to(w)
    return X, (X @ w + _like(b, w) + noise).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The dtype of w is ignored", zh="没有理会 w 的 dtype"),
    advice=Text(
        en="torch.normal and torch.randn draw float32 unless they are told otherwise, and a float32 X cannot be "
        "multiplied with a float64 w; NumPy draws float64. Draw with dtype=w.dtype, or convert with .to(w.dtype).",
        zh="torch.normal 和 torch.randn 默认抽取 float32，而 float32 的 X 不能和 float64 的 w 相乘；"
        "NumPy 则抽取 float64。抽取时请写 dtype=w.dtype，或者用 .to(w.dtype) 转换。",
    ),
)
def ignores_dtype(w, b, num_examples):
    X = torch.normal(0, 1, (num_examples, len(w)), device=w.device)
    y = torch.matmul(X, w) + _like(b, w)
    y += torch.normal(0, 0.01, y.shape, device=w.device)
    return X, y.reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="A float64 b widens the labels", zh="float64 的 b 把标签变成了 float64"),
    advice=Text(
        en="float32 plus a float64 tensor of shape (1,) gives float64. Bring b to the dtype of w first: "
        "torch.as_tensor(b, dtype=w.dtype), or use float(b).",
        zh="float32 加上形状为 (1,) 的 float64 张量，结果是 float64。先把 b 变成 w 的 dtype："
        "torch.as_tensor(b, dtype=w.dtype)，或者用 float(b)。",
    ),
)
def wide_bias(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + b + 0.01 * _draw(w, num_examples)).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="The data are drawn on the CPU, wherever w is", zh="不管 w 在哪个设备上，都在 CPU 上抽取"),
    advice=Text(
        en="Once w lies on a GPU, a matrix that was drawn on the CPU cannot meet it. Draw with device=w.device.",
        zh="w 一旦放到 GPU 上，在 CPU 上抽取的矩阵就不能和它相乘。抽取时请写 device=w.device。",
    ),
)
def ignores_device(w, b, num_examples):
    X = torch.randn(num_examples, len(w), dtype=w.dtype)
    noise = 0.01 * torch.randn(num_examples, dtype=w.dtype)
    return X, (torch.mv(X, w) + torch.as_tensor(b, dtype=w.dtype) + noise).reshape(-1, 1)


@mistake(
    "synthetic_data",
    title=Text(en="reshape(n, -1) cannot guess the columns of no rows", zh="没有行时，reshape(n, -1) 猜不出列数"),
    advice=Text(
        en="Where n is 0, any number of columns would fit, so torch refuses. Say what you know: reshape(-1, 1) or "
        "reshape(n, 1).",
        zh="n 为 0 时任何列数都合适，torch 只好报错。把已知的列数写出来：reshape(-1, 1) 或 reshape(n, 1)。",
    ),
)
def guessed_columns(w, b, num_examples):
    X = _draw(w, num_examples, len(w))
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(num_examples, -1)


@mistake(
    "synthetic_data",
    title=Text(en="Stacking a list of rows fails where there are none", zh="没有样本时，torch.stack 空列表会报错"),
    advice=Text(
        en="torch.stack and torch.cat need at least one tensor. Draw the whole matrix at once with "
        "torch.randn(num_examples, len(w)): it is shorter, faster, and 0 rows are fine.",
        zh="torch.stack 和 torch.cat 至少要有一个张量。用 torch.randn(num_examples, len(w)) 一次抽出整个矩阵："
        "更短、更快，0 行也没问题。",
    ),
)
def stacks_nothing(w, b, num_examples):
    X = torch.stack([_draw(w, len(w)) for _ in range(num_examples)])
    return X, (X @ w + _like(b, w) + 0.01 * _draw(w, num_examples)).reshape(-1, 1)
