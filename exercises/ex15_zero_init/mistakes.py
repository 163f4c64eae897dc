"""Wrong starts of a net, and wrong counts of its units, each with what to say about it."""

from __future__ import annotations

import torch
from torch import nn

from grader.judge import Text, mistake

STD = 0.01


def _trainable(*tensors):
    return tuple(tensor.detach().requires_grad_() for tensor in tensors)


def _right(num_inputs, num_hidden):
    W1, W2 = torch.randn(num_hidden, num_inputs) * STD, torch.randn(1, num_hidden) * STD
    return W1, torch.zeros(num_hidden), W2, torch.zeros(1)


@mistake(
    "init_params",
    title=Text(en="The weights begin at zero", zh="权重从零开始"),
    advice=Text(
        en="With zeros every hidden unit computes the same and gets the same gradient, so all of them stay one. "
        "Draw the weights: torch.randn(…) * 0.01.",
        zh="权重全是零，每个隐藏单元算的都一样，得到的梯度也一样，永远等于一个单元。请随机抽取权重：torch.randn(…) * 0.01。",
    ),
)
def zeros(num_inputs, num_hidden):
    _, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(torch.zeros(num_hidden, num_inputs), b1, torch.zeros_like(W2), b2)


@mistake(
    "init_params",
    title=Text(en="All weights begin at the same number", zh="所有权重都从同一个数开始"),
    advice=Text(
        en="A constant is as symmetric as zero: the units move, but all of them alike. The rows of W1 must differ.",
        zh="常数和零一样对称：各个单元会动，但动得一模一样。W1 的各行必须不同。",
    ),
)
def constant(num_inputs, num_hidden):
    _, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(torch.full((num_hidden, num_inputs), STD), b1, torch.full_like(W2, STD), b2)


@mistake(
    "init_params",
    title=Text(en="Hidden units share a row", zh="有隐藏单元用了相同的行"),
    advice=Text(
        en="repeat() and expand() copy one random row for several units, which then never part. "
        "Draw all num_hidden · num_inputs numbers: torch.randn(num_hidden, num_inputs).",
        zh="repeat() 和 expand() 把同一行随机数复制给了几个单元，它们永远分不开。"
        "请抽取全部 num_hidden · num_inputs 个数：torch.randn(num_hidden, num_inputs)。",
    ),
)
def same_row(num_inputs, num_hidden):
    _, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable((torch.randn(1, num_inputs) * STD).repeat(num_hidden, 1), b1, W2, b2)


@mistake(
    "init_params",
    title=Text(en="The weights are a hundred times too large", zh="权重大了一百倍"),
    advice=Text(
        en="torch.randn has standard deviation 1, which drives tanh into its flat ends. Multiply by 0.01.",
        zh="torch.randn 的标准差是 1，会把 tanh 推到两端平坦的地方。请乘以 0.01。",
    ),
)
def unscaled(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1 / STD, b1, W2 / STD, b2)


@mistake(
    "init_params",
    title=Text(en="0.01 is taken for the variance", zh="把 0.01 当成了方差"),
    advice=Text(
        en="torch.normal and normal_ take the standard deviation, not its square: pass 0.01 itself, not its root 0.1.",
        zh="torch.normal 和 normal_ 要的是标准差，而不是方差：直接传 0.01，不要开方成 0.1。",
    ),
)
def variance_taken(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1 * 10, b1, W2 * 10, b2)


@mistake(
    "init_params",
    title=Text(en="The weights are uniform, not normal", zh="权重是均匀分布，而不是正态分布"),
    advice=Text(
        en="torch.rand and uniform_ draw uniformly. torch.randn (with an n), torch.normal and normal_ draw normal numbers.",
        zh="torch.rand 和 uniform_ 是均匀分布。正态分布要用 torch.randn（带 n）、torch.normal 或 normal_。",
    ),
)
def uniform(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(torch.rand_like(W1) * 0.02 - STD, b1, torch.rand_like(W2) * 0.02 - STD, b2)


@mistake(
    "init_params",
    title=Text(en="No weight is negative", zh="没有一个权重是负的"),
    advice=Text(
        en="torch.rand gives numbers from 0 to 1 only, and abs() loses the sign. The mean must be 0: torch.randn(…) * 0.01.",
        zh="torch.rand 只给出 0 到 1 的数，abs() 会丢掉符号。均值必须是 0：torch.randn(…) * 0.01。",
    ),
)
def all_positive(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(torch.rand_like(W1) * STD, b1, torch.rand_like(W2) * STD, b2)


@mistake(
    "init_params",
    title=Text(en="The weights are those of a new nn.Linear", zh="用了 nn.Linear 自带的初始化"),
    advice=Text(
        en="nn.Linear draws uniformly from ±1/√num_inputs. That is a good start too, but not this one: "
        "nn.init.normal_(layer.weight, std=0.01), and zeros_ for the bias.",
        zh="nn.Linear 从 ±1/√num_inputs 上均匀抽取。那也是不错的初始化，但不是这里要的："
        "请用 nn.init.normal_(layer.weight, std=0.01)，偏置用 zeros_。",
    ),
)
def layer_default(num_inputs, num_hidden):
    _, b1, _, b2 = _right(num_inputs, num_hidden)
    return _trainable(nn.Linear(num_inputs, num_hidden).weight, b1, nn.Linear(num_hidden, 1).weight, b2)


@mistake(
    "init_params",
    title=Text(en="Only W1 is random, W2 begins at zero", zh="只有 W1 是随机的，W2 从零开始"),
    advice=Text(
        en="The gradient reaches W1 through W2. Where W2 is zero, W1 gets nothing in the first step. Draw both.",
        zh="梯度要经过 W2 才能传到 W1。W2 是零，第一步 W1 就得不到梯度。两个都要随机抽取。",
    ),
)
def w2_zero(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1, torch.zeros_like(W2), b2)


@mistake(
    "init_params",
    title=Text(en="W2 is one number throughout", zh="W2 全是同一个数"),
    advice=Text(
        en="W2 is normal with standard deviation 0.01 as well: torch.randn(1, num_hidden) * 0.01.",
        zh="W2 同样服从标准差 0.01 的正态分布：torch.randn(1, num_hidden) * 0.01。",
    ),
)
def w2_constant(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1, torch.full_like(W2, STD), b2)


@mistake(
    "init_params",
    title=Text(en="The biases do not begin at zero", zh="偏置不是从零开始"),
    advice=Text(
        en="The weights break the symmetry already; the biases may begin at zero: torch.zeros(num_hidden).",
        zh="对称性已经由权重打破了，偏置从零开始就好：torch.zeros(num_hidden)。",
    ),
)
def biases_not_zero(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1 + torch.randn(num_hidden) * STD, W2, b2 + torch.randn(1) * STD)


@mistake(
    "init_params",
    title=Text(en="W1 is transposed", zh="W1 转置了"),
    advice=Text(
        en="W1 is (num_hidden, num_inputs), one row for each unit, as nn.Linear stores it.",
        zh="W1 的形状是 (num_hidden, num_inputs)，每个单元一行，与 nn.Linear 的存法相同。",
    ),
)
def transposed(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1.T.contiguous(), b1, W2, b2)


@mistake(
    "init_params",
    title=Text(en="W2 is a column", zh="W2 成了一列"),
    advice=Text(
        en="W2 has one row for its one output: (1, num_hidden), not (num_hidden, 1).",
        zh="W2 只有一个输出，所以只有一行：(1, num_hidden)，而不是 (num_hidden, 1)。",
    ),
)
def w2_column(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1, W2.T.contiguous(), b2)


@mistake(
    "init_params",
    title=Text(en="W2 is flat", zh="W2 成了一维"),
    advice=Text(
        en="W2 is a matrix with one row, (1, num_hidden): with a flat one the output loses a dimension.",
        zh="W2 是只有一行的矩阵 (1, num_hidden)；写成一维，输出就少了一个维度。",
    ),
)
def w2_flat(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1, W2.flatten(), b2)


@mistake(
    "init_params",
    title=Text(en="b2 has no dimension", zh="b2 没有维度"),
    advice=Text(
        en="torch.tensor(0.0) has shape (). b2 has one element in one dimension: torch.zeros(1).",
        zh="torch.tensor(0.0) 的形状是 ()。b2 是一维的，有一个元素：torch.zeros(1)。",
    ),
)
def scalar_bias(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, b1, W2, b2[0])


@mistake(
    "init_params",
    title=Text(en="The order is not W1, b1, W2, b2", zh="顺序不是 W1、b1、W2、b2"),
    advice=Text(
        en="Layer by layer: return W1, b1, W2, b2, not first the weights and then the biases.",
        zh="按层返回：W1, b1, W2, b2，而不是先权重后偏置。",
    ),
)
def order_swapped(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1, W2, b1, b2)


@mistake(
    "init_params",
    title=Text(en="The weights are float64", zh="权重是 float64"),
    advice=Text(
        en="NumPy draws float64, and a float32 batch cannot be multiplied with that. Add .float(), before requires_grad_().",
        zh="NumPy 抽出来的是 float64，不能和 float32 的输入相乘。请加上 .float()，而且要在 requires_grad_() 之前。",
    ),
)
def numpy_double(num_inputs, num_hidden):
    W1, b1, W2, b2 = _right(num_inputs, num_hidden)
    return _trainable(W1.double(), b1, W2.double(), b2)


@mistake(
    "init_params",
    title=Text(en="The parameters do not require grad", zh="参数不需要梯度"),
    advice=Text(
        en="Without requires_grad backward() does not reach them. Call requires_grad_() on all four, biases included.",
        zh="没有 requires_grad，backward() 就到不了它们。四个都要调用 requires_grad_()，偏置也不例外。",
    ),
)
def frozen(num_inputs, num_hidden):
    return _right(num_inputs, num_hidden)


@mistake(
    "init_params",
    title=Text(en="The weights are no leaves", zh="权重不是叶子张量"),
    advice=Text(
        en="torch.randn(…, requires_grad=True) * 0.01 is the result of a computation: gradients go to the tensor before it. "
        "Multiply first, then call requires_grad_().",
        zh="torch.randn(…, requires_grad=True) * 0.01 是一次运算的结果，梯度会落到运算之前的那个张量上。"
        "请先乘，再调用 requires_grad_()。",
    ),
)
def not_leaf(num_inputs, num_hidden):
    _, b1, _, b2 = _right(num_inputs, num_hidden)
    W1 = torch.randn(num_hidden, num_inputs, requires_grad=True) * STD
    W2 = torch.randn(1, num_hidden, requires_grad=True) * STD
    return W1, b1.requires_grad_(), W2, b2.requires_grad_()


@mistake(
    "init_params",
    title=Text(en="Every call draws the same numbers", zh="每次调用抽到的数都一样"),
    advice=Text(
        en="torch.manual_seed(…) inside the function starts the same sequence again, for every net and for all other code. "
        "Seed once, outside.",
        zh="在函数里调用 torch.manual_seed(…)，每次都从头开始同一串随机数，别处的代码也受影响。种子要在外面设一次。",
    ),
)
def reseeded(num_inputs, num_hidden):
    torch.manual_seed(42)
    return _trainable(*_right(num_inputs, num_hidden))


@mistake(
    "distinct_units",
    title=Text(en="All rows are counted", zh="数的是全部的行"),
    advice=Text(
        en="len(W1) is the number of units, equal or not. Count a row once however often it occurs: torch.unique(W1, dim=0).",
        zh="len(W1) 是单元的总数，不管相同与否。相同的行只数一次：torch.unique(W1, dim=0)。",
    ),
)
def rows_counted(W1):
    return len(W1)


@mistake(
    "distinct_units",
    title=Text(en="Only neighbouring rows are compared", zh="只比较了相邻的行"),
    advice=Text(
        en="Equal rows may stand anywhere. unique_consecutive, or a comparison with the row before, misses them; "
        "torch.unique sorts first.",
        zh="相同的行可能在任何位置。unique_consecutive，或者只和前一行比较，都会漏掉；torch.unique 会先排序。",
    ),
)
def neighbours_only(W1):
    return len(torch.unique_consecutive(W1.detach(), dim=0))


@mistake(
    "distinct_units",
    title=Text(en="Elements are counted instead of rows", zh="数的是元素，而不是行"),
    advice=Text(
        en="Without dim torch.unique flattens the matrix first. A unit is a whole row: dim=0.",
        zh="不写 dim，torch.unique 会先把矩阵展平。一个单元是一整行：dim=0。",
    ),
)
def elements_counted(W1):
    return len(torch.unique(W1.detach()))


@mistake(
    "distinct_units",
    title=Text(en="Columns are counted instead of rows", zh="数的是列，而不是行"),
    advice=Text(
        en="A row of W1 is a unit, a column an input. dim=0 compares rows, dim=1 columns.",
        zh="W1 的一行是一个单元，一列是一个输入。dim=0 比较行，dim=1 比较列。",
    ),
)
def columns_counted(W1):
    return torch.unique(W1.detach(), dim=1).shape[1]


@mistake(
    "distinct_units",
    title=Text(en="Only rows that occur once are counted", zh="只数了出现一次的行"),
    advice=Text(
        en="A row that occurs three times is one unit at work, not none: count every different row once.",
        zh="出现三次的行相当于一个单元，而不是零个：每种不同的行都数一次。",
    ),
)
def once_only(W1):
    return int((torch.unique(W1.detach(), dim=0, return_counts=True)[1] == 1).sum())


@mistake(
    "distinct_units",
    title=Text(en="Sums of rows are compared, not rows", zh="比较的是各行的和，而不是行本身"),
    advice=Text(
        en="Different rows may have the same sum or mean, [1, 2] and [2, 1] for example. Compare all elements.",
        zh="不同的行可能有相同的和或均值，比如 [1, 2] 和 [2, 1]。要比较所有元素。",
    ),
)
def sums_compared(W1):
    return len(set(W1.detach().double().sum(1).tolist()))


@mistake(
    "distinct_units",
    title=Text(en="The signs are lost", zh="丢掉了正负号"),
    advice=Text(
        en="Lengths, squares and absolute values do not tell r from −r, whose units answer with opposite signs. "
        "Compare the elements themselves.",
        zh="长度、平方和绝对值分不出 r 和 −r，而这两个单元的输出正好反号。请比较元素本身。",
    ),
)
def signs_lost(W1):
    return len(torch.unique(W1.detach().abs(), dim=0))


@mistake(
    "distinct_units",
    title=Text(en="Only the first column is looked at", zh="只看了第一列"),
    advice=Text(
        en="Two units may agree on one input and differ on the next. A unit is its whole row.",
        zh="两个单元可能在一个输入上相同，在下一个输入上不同。一个单元是它的整行。",
    ),
)
def first_column(W1):
    return len(set(W1[:, 0].tolist()))


@mistake(
    "distinct_units",
    title=Text(en="Rows that are merely close count as equal", zh="只是接近的行也被当成相同"),
    advice=Text(
        en="Weights begin near 0.01, so rounding to two digits, or a tolerance of 0.001, makes different units one. "
        "Compare exactly.",
        zh="权重一开始只有 0.01 左右，保留两位小数或者用 0.001 的容差，都会把不同的单元混为一个。请精确比较。",
    ),
)
def too_tolerant(W1):
    kept = []
    for row in W1.detach():
        if not any(torch.allclose(row, other, atol=1e-3) for other in kept):
            kept.append(row)
    return len(kept)


@mistake(
    "distinct_units",
    title=Text(en="A tensor is returned instead of an int", zh="返回的是张量，而不是 int"),
    advice=Text(
        en="A count made with sum() is a tensor. Take its number with .item(), or use len() or .shape[0].",
        zh="用 sum() 数出来的是张量。请用 .item() 取出数，或者用 len()、.shape[0]。",
    ),
)
def tensor_returned(W1):
    return torch.tensor(len(torch.unique(W1.detach(), dim=0)))
