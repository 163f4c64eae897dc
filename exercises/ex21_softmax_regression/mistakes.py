"""Wrong softmaxes, losses and models that learners write, each with what to say about it."""

# ruff: noqa: N801, ARG002 - an id names a mistake, which may forget an argument

from __future__ import annotations

import torch
from torch import nn

from grader.judge import Text, mistake

_LAYERS: dict[tuple[int, int], nn.Linear] = {}


@mistake(
    "softmax",
    title=Text(en="exp overflows", zh="exp 溢出"),
    advice=Text(
        en="exp(89) is inf in float32, and inf / inf is NaN. Take each row's largest logit off first: the probabilities stay "
        "the same, and the largest exp is 1.",
        zh="float32 的 exp(89) 就是 inf，inf / inf 是 NaN。先让每一行减去该行最大的 logit：概率不变，而最大的 exp 是 1。",
    ),
)
def overflows(logits):
    powers = logits.exp()
    return powers / powers.sum(dim=1, keepdim=True)


@mistake(
    "softmax",
    title=Text(en="All rows share one shift", zh="所有行减去了同一个最大值"),
    advice=Text(
        en="logits.max() is the largest of the whole batch: in a row far below it every exp is 0, and 0 / 0 is NaN. "
        "Each row needs its own: logits.amax(dim=1, keepdim=True).",
        zh="logits.max() 是整个批量的最大值：远低于它的那一行所有 exp 都是 0，0 / 0 是 NaN。"
        "每一行要用自己的最大值：logits.amax(dim=1, keepdim=True)。",
    ),
)
def one_shift(logits):
    powers = (logits - logits.max()).exp()
    return powers / powers.sum(dim=1, keepdim=True)


@mistake(
    "softmax",
    title=Text(en="The mean is taken off, not the largest", zh="减去的是平均值，不是最大值"),
    advice=Text(
        en="After the mean is taken off, the largest logit of a row may still be in the hundreds, and exp overflows. "
        "Take off the largest: amax.",
        zh="减去平均值之后，一行里最大的 logit 仍可能是几百，exp 还是会溢出。应当减去最大值：amax。",
    ),
)
def mean_shift(logits):
    powers = (logits - logits.mean(dim=1, keepdim=True)).exp()
    return powers / powers.sum(dim=1, keepdim=True)


@mistake(
    "softmax",
    title=Text(en="The logits are clamped", zh="把 logits 截断了"),
    advice=Text(
        en="clamp keeps exp finite and makes 1000 and 500 the same. Take each row's largest logit off instead.",
        zh="clamp 能让 exp 保持有限，却把 1000 和 500 变成了一样大。应当让每一行减去该行最大的 logit。",
    ),
)
def clamped(logits):
    return torch.softmax(logits.clamp(-80, 80), dim=1)


@mistake(
    "softmax",
    title=Text(en="NaN is replaced afterwards", zh="事后才替换 NaN"),
    advice=Text(
        en="nan_to_num hides the overflow and invents a probability. Take each row's largest logit off before exp.",
        zh="nan_to_num 只是掩盖了溢出，得到的概率是编造的。应当在 exp 之前让每一行减去该行最大的 logit。",
    ),
)
def nan_replaced(logits):
    powers = logits.exp()
    return (powers / powers.sum(dim=1, keepdim=True)).nan_to_num(1.0)


@mistake(
    "softmax",
    title=Text(en="The columns sum to 1, not the rows", zh="按列而不是按行归一化"),
    advice=Text(
        en="A row is an example, its entries are the classes: sum along dim=1.",
        zh="一行是一个样本，行内各项是各个类别：应当沿 dim=1 求和。",
    ),
)
def by_column(logits):
    return torch.softmax(logits, dim=0)


@mistake(
    "softmax",
    title=Text(en="The whole batch sums to 1", zh="对整个批量归一化"),
    advice=Text(
        en="sum() without dim adds up all rows. Every row has its own sum: sum(dim=1, keepdim=True).",
        zh="sum() 不写 dim 会把所有行加在一起。每一行要有自己的和：sum(dim=1, keepdim=True)。",
    ),
)
def whole_batch(logits):
    return torch.softmax(logits.flatten(), dim=0).reshape(logits.shape)


@mistake(
    "softmax",
    title=Text(en="keepdim is missing", zh="漏掉了 keepdim"),
    advice=Text(
        en="sum(dim=1) has shape (n,) and lies along the classes when (n, k) is divided by it. "
        "Write sum(dim=1, keepdim=True), which is a column (n, 1).",
        zh="sum(dim=1) 的形状是 (n,)，去除 (n, k) 时会沿着类别的方向对齐。请写 sum(dim=1, keepdim=True)，得到一列 (n, 1)。",
    ),
)
def no_keepdim(logits):
    powers = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return powers / powers.sum(dim=1)


@mistake(
    "softmax",
    title=Text(en="A sigmoid for each class", zh="每一类各用了一个 sigmoid"),
    advice=Text(
        en="Sigmoids of k logits are k answers to k yes-or-no questions and do not sum to 1. The classes share one total.",
        zh="k 个 logit 各取 sigmoid，是 k 个是非题的答案，加起来不等于 1。各类应当共用一个总和。",
    ),
)
def sigmoids(logits):
    return torch.sigmoid(logits)


@mistake(
    "softmax",
    title=Text(en="The logarithm of the softmax is returned", zh="返回的是 softmax 的对数"),
    advice=Text(
        en="log_softmax serves the loss. softmax returns probabilities: exp of it.",
        zh="log_softmax 是给损失用的。softmax 应当返回概率：再取一次 exp。",
    ),
)
def logarithm(logits):
    return torch.log_softmax(logits, dim=1)


@mistake(
    "softmax",
    title=Text(en="exp is missing", zh="漏掉了 exp"),
    advice=Text(
        en="z / Σ z is no softmax: it may be negative, and its sum zero. Exponentiate first.",
        zh="z / Σ z 不是 softmax：它可能为负，分母也可能为零。先取指数。",
    ),
)
def no_exp(logits):
    return logits / logits.sum(dim=1, keepdim=True)


@mistake(
    "softmax",
    title=Text(en="The logits are changed in place", zh="原地修改了 logits"),
    advice=Text(
        en="`-=` and methods that end in _ write into the caller's tensor. Write logits - …, which makes a new one.",
        zh="`-=` 和以 _ 结尾的方法会写进调用者的张量。请写 logits - …，它会生成新的张量。",
    ),
)
def in_place(logits):
    logits -= logits.amax(dim=1, keepdim=True)
    return torch.softmax(logits, dim=1)


@mistake(
    "softmax",
    title=Text(en="float64 is lost", zh="丢掉了 float64"),
    advice=Text(
        en=".float() halves the digits of a float64 tensor. Compute in the dtype that comes in.",
        zh=".float() 会让 float64 张量丢掉一半的有效数字。输入是什么 dtype 就用什么计算。",
    ),
)
def always_single(logits):
    return torch.softmax(logits.float(), dim=1)


@mistake(
    "softmax",
    title=Text(en="A tensor is made on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.zeros(…) and torch.empty(…) without device=logits.device lie on the CPU. "
        "Use torch.zeros_like(logits), or compute without it.",
        zh="torch.zeros(…)、torch.empty(…) 不写 device=logits.device 就建在 CPU 上。请用 torch.zeros_like(logits)，或者干脆不用。",
    ),
)
def on_cpu(logits):
    return torch.softmax(logits + torch.zeros(logits.shape, dtype=logits.dtype), dim=1)


@mistake(
    "cross_entropy",
    title=Text(en="The logarithm of a probability that is 0", zh="对等于 0 的概率取对数"),
    advice=Text(
        en="softmax(…) of −1000 is exactly 0, and log(0) is −inf. Compute the logarithm at once: "
        "z − max − log Σ exp(z − max), as torch.log_softmax does.",
        zh="−1000 的 softmax 恰好是 0，log(0) 是 −inf。请直接算对数：z − max − log Σ exp(z − max)，"
        "torch.log_softmax 就是这样做的。",
    ),
)
def log_of_softmax(logits, labels):
    return -torch.softmax(logits, dim=1).log().gather(1, labels.unsqueeze(1)).mean()


@mistake(
    "cross_entropy",
    title=Text(en="A small number is added against log(0)", zh="为避免 log(0) 加了一个小数"),
    advice=Text(
        en="log(p + 1e-8) and clamp(min=…) end at a loss of 18, where 2000 is due, and the gradient vanishes. "
        "Compute the logarithm at once: z − max − log Σ exp(z − max).",
        zh="log(p + 1e-8) 和 clamp(min=…) 最多给出 18 的损失，而应当是 2000，梯度也消失了。"
        "请直接算对数：z − max − log Σ exp(z − max)。",
    ),
)
def small_number_added(logits, labels):
    return -(torch.softmax(logits, dim=1) + 1e-8).log().gather(1, labels.unsqueeze(1)).mean()


@mistake(
    "cross_entropy",
    title=Text(en="log Σ exp overflows", zh="log Σ exp 溢出"),
    advice=Text(
        en="exp(1000) is inf. Take the row's largest logit off before exp, or use torch.logsumexp, which does.",
        zh="exp(1000) 是 inf。取 exp 之前先减去该行最大的 logit，或者用 torch.logsumexp，它已经这样做了。",
    ),
)
def sum_overflows(logits, labels):
    return (logits.exp().sum(dim=1).log() - logits.gather(1, labels.unsqueeze(1)).squeeze(1)).mean()


@mistake(
    "cross_entropy",
    title=Text(en="The losses are added up", zh="对损失求了和"),
    advice=Text(
        en="The mean over the rows is due, so that the step does not depend on the batch size. Article 004's "
        "size_average=False sums; here mean() is right.",
        zh="应当是各行的平均，这样步长才不随批量大小变化。文章 004 的 size_average=False 是求和；这里要用 mean()。",
    ),
)
def summed(logits, labels):
    return nn.functional.cross_entropy(logits, labels, reduction="sum")


@mistake(
    "cross_entropy",
    title=Text(en="One loss for each row is returned", zh="每行各返回了一个损失"),
    advice=Text(
        en="backward() starts from one number. Take the mean over the rows.",
        zh="backward() 要从一个数开始。请对各行取平均。",
    ),
)
def one_per_row(logits, labels):
    return nn.functional.cross_entropy(logits, labels, reduction="none")


@mistake(
    "cross_entropy",
    title=Text(en="The mean runs over the classes too", zh="连类别也一起平均了"),
    advice=Text(
        en="(one_hot * log_p).mean() divides by n · k. Only n rows have a loss: sum over the classes, then mean over the rows.",
        zh="(one_hot * log_p).mean() 除的是 n · k。损失只有 n 个：先对类别求和，再对行取平均。",
    ),
)
def mean_of_all(logits, labels):
    return nn.functional.cross_entropy(logits, labels) / logits.shape[1]


@mistake(
    "cross_entropy",
    title=Text(en="The minus is missing", zh="漏掉了负号"),
    advice=Text(
        en="log of a probability is negative. The loss is minus that: descent on the other would make the labels unlikely.",
        zh="概率的对数是负的，损失是它的相反数：否则下降会让正确的类别越来越不可能。",
    ),
)
def no_minus(logits, labels):
    return -nn.functional.cross_entropy(logits, labels)


@mistake(
    "cross_entropy",
    title=Text(en="Every row meets every label", zh="每一行都和所有标签相配了"),
    advice=Text(
        en="log_p[:, labels] takes the columns of all labels from every row, (n, n) numbers. One from each row: "
        "log_p[torch.arange(n), labels], or gather.",
        zh="log_p[:, labels] 从每一行取出所有标签的列，得到 (n, n)。每行只取一个："
        "log_p[torch.arange(n), labels]，或者用 gather。",
    ),
)
def all_pairs(logits, labels):
    return -torch.log_softmax(logits, dim=1)[:, labels].mean()


@mistake(
    "cross_entropy",
    title=Text(en="The number of classes is taken from the labels", zh="从标签推断类别数"),
    advice=Text(
        en="one_hot(labels) counts up to the largest label of the batch, which may lack the last classes. "
        "Take the number from the logits: one_hot(labels, logits.shape[1]).",
        zh="one_hot(labels) 只数到这个批量里最大的标签，最后几类可能没有出现。应当取 logits 的列数：one_hot(labels, logits.shape[1])。",
    ),
)
def counts_classes(logits, labels):
    hot = nn.functional.one_hot(labels).to(logits.dtype)
    return -(hot * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


@mistake(
    "cross_entropy",
    title=Text(en="The softmax is taken twice", zh="softmax 取了两次"),
    advice=Text(
        en="nn.functional.cross_entropy takes logits and applies the softmax itself. Given probabilities it squeezes them "
        "once more, and the loss never comes near zero.",
        zh="nn.functional.cross_entropy 接受 logits，自己会做 softmax。把概率传给它就等于又压了一次，损失永远到不了零。",
    ),
)
def softmax_twice(logits, labels):
    return nn.functional.cross_entropy(torch.softmax(logits, dim=1), labels)


@mistake(
    "cross_entropy",
    title=Text(en="The logits are taken for probabilities", zh="把 logits 当成了概率"),
    advice=Text(
        en="nll_loss and −log(…) expect (log-)probabilities. Put log_softmax between: logits may be negative.",
        zh="nll_loss 和 −log(…) 需要的是（对数）概率。中间要加 log_softmax：logits 可能是负的。",
    ),
)
def no_softmax(logits, labels):
    return nn.functional.nll_loss(logits, labels)


@mistake(
    "cross_entropy",
    title=Text(en="The logarithm has the base 2", zh="用了以 2 为底的对数"),
    advice=Text(
        en="log2 gives bits, 1.44 times as much, and a gradient as much longer. The loss has the natural logarithm: log.",
        zh="log2 得到的是比特，大了 1.44 倍，梯度也一样。损失用自然对数：log。",
    ),
)
def base_two(logits, labels):
    return nn.functional.cross_entropy(logits, labels) * 1.4426950408889634


@mistake(
    "cross_entropy",
    title=Text(en="The squared error is used", zh="用成了平方误差"),
    advice=Text(
        en="Squared differences to the one-hot label are bounded by 2, so that a hopelessly wrong answer has no gradient. "
        "The cross entropy is −log of the label's probability.",
        zh="与独热标签的平方差不超过 2，错得离谱时反而没有梯度。交叉熵是 −log(标签的概率)。",
    ),
)
def squared_error(logits, labels):
    hot = nn.functional.one_hot(labels, logits.shape[1])
    return ((torch.softmax(logits, dim=1) - hot) ** 2).sum(dim=1).mean()


@mistake(
    "cross_entropy",
    title=Text(en="A float is returned", zh="返回了 float"),
    advice=Text(
        en=".item() and float() drop the graph: backward() needs the tensor. Let the training loop take the number for the "
        "report.",
        zh=".item() 和 float() 会丢掉计算图，而 backward() 需要张量。要打印的数让训练循环去取。",
    ),
)
def returns_float(logits, labels):
    return nn.functional.cross_entropy(logits, labels).item()


@mistake(
    "cross_entropy",
    title=Text(en="The graph is cut", zh="计算图被切断"),
    advice=Text(
        en="detach(), .data, torch.no_grad() and torch.tensor(…) cut the loss off from the logits. Compute with the logits "
        "themselves.",
        zh="detach()、.data、torch.no_grad() 和 torch.tensor(…) 会让损失与 logits 断开。请直接用 logits 计算。",
    ),
)
def detached(logits, labels):
    return nn.functional.cross_entropy(logits.detach(), labels)


@mistake(
    "cross_entropy",
    title=Text(en="The loss changes its arguments", zh="损失函数改动了参数"),
    advice=Text(
        en="`-=` and methods that end in _ write into the caller's logits. Make a new tensor.",
        zh="`-=` 和以 _ 结尾的方法会写进调用者的 logits。请生成新的张量。",
    ),
)
def loss_in_place(logits, labels):
    loss = nn.functional.cross_entropy(logits, labels)
    with torch.no_grad():
        logits.sub_(logits.amax(dim=1, keepdim=True))
    return loss


@mistake(
    "cross_entropy",
    title=Text(en="float64 is lost in the loss", zh="损失丢掉了 float64"),
    advice=Text(
        en="one_hot(…).float() and logits.float() make float32 of it, and turning the result back brings no digit back. "
        "Use the dtype of the logits throughout: .to(logits.dtype).",
        zh="one_hot(…).float() 和 logits.float() 会把它变成 float32，最后再转回来，丢掉的位数也回不来。"
        "请始终用 logits 的 dtype：.to(logits.dtype)。",
    ),
)
def single_loss(logits, labels):
    return nn.functional.cross_entropy(logits.float(), labels)


@mistake(
    "cross_entropy",
    title=Text(en="The loss makes a tensor on the CPU", zh="损失函数在 CPU 上新建了张量"),
    advice=Text(
        en="torch.eye(k) and torch.zeros(n, k) without device=logits.device lie on the CPU. "
        "one_hot(labels, k), gather and zeros_like stay where the inputs are.",
        zh="torch.eye(k)、torch.zeros(n, k) 不写 device=logits.device 就建在 CPU 上。"
        "one_hot(labels, k)、gather 和 zeros_like 会留在输入所在的设备上。",
    ),
)
def loss_on_cpu(logits, labels):
    weights = torch.ones(logits.shape[1], dtype=logits.dtype)
    return -(torch.log_softmax(logits, dim=1) * weights).gather(1, labels.unsqueeze(1)).mean()


@mistake(
    "SoftmaxRegression",
    title=Text(en="forward returns probabilities", zh="forward 返回了概率"),
    advice=Text(
        en="The loss takes logits and applies the softmax itself; with one in forward it is taken twice, and learning crawls. "
        "Return the linear scores. Their argmax is the answer either way.",
        zh="损失函数接受 logits，自己会做 softmax；forward 里再做一次就重复了，学得极慢。请返回线性的分数，argmax 反正一样。",
    ),
)
class returns_probabilities(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return torch.softmax(self.linear(x), dim=1)


@mistake(
    "SoftmaxRegression",
    title=Text(en="forward returns log-probabilities", zh="forward 返回了对数概率"),
    advice=Text(
        en="log_softmax fits nn.NLLLoss, not a cross entropy that takes logits. Return the linear scores.",
        zh="log_softmax 是配 nn.NLLLoss 用的，而这里的交叉熵接受 logits。请返回线性的分数。",
    ),
)
class returns_logarithms(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return torch.log_softmax(self.linear(x), dim=1)


@mistake(
    "SoftmaxRegression",
    title=Text(en="forward returns the class", zh="forward 返回了类别"),
    advice=Text(
        en="argmax has no gradient and no shape (n, num_classes). Return the scores; the caller takes the argmax.",
        zh="argmax 没有梯度，形状也不是 (n, num_classes)。请返回分数，argmax 由调用者来取。",
    ),
)
class returns_class(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return self.linear(x).argmax(dim=1)


@mistake(
    "SoftmaxRegression",
    title=Text(en="A ReLU follows the scores", zh="分数后面接了 ReLU"),
    advice=Text(
        en="Logits may be negative: that is how a class is ruled out. Return x Wᵀ + b as it is.",
        zh="logits 可以是负的，负的就表示不太可能是这一类。请原样返回 x Wᵀ + b。",
    ),
)
class rectified(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return torch.relu(self.linear(x))


@mistake(
    "SoftmaxRegression",
    title=Text(en="There is no bias", zh="没有偏置"),
    advice=Text(
        en="Without a bias all classes score 0 at x = 0, however frequent each is. Leave bias=True, or add a parameter of "
        "shape (num_classes,).",
        zh="没有偏置，x = 0 时各类的分数都是 0，无论哪一类更常见。保留 bias=True，或者加一个形状为 (num_classes,) 的参数。",
    ),
)
class no_bias(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes, bias=False)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "SoftmaxRegression",
    title=Text(en="The sizes are fixed", zh="大小写死了"),
    advice=Text(
        en="The number of features and of classes comes in as an argument. Do not write 64 and 10 in the class.",
        zh="特征数和类别数是参数传进来的，不要在类里写死 64 和 10。",
    ),
)
class fixed_sizes(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "SoftmaxRegression",
    title=Text(en="Weight and bias are plain tensors", zh="权重和偏置是普通张量"),
    advice=Text(
        en="A tensor that is assigned to self is not registered: parameters() does not list it, and nothing trains it. "
        "Wrap it in nn.Parameter, or use nn.Linear.",
        zh="直接赋给 self 的张量不会被注册：parameters() 里没有它，也就无法训练。请用 nn.Parameter 包起来，或者用 nn.Linear。",
    ),
)
class plain_tensors(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.weight = (0.01 * torch.randn(num_classes, in_features)).requires_grad_()
        self.bias = torch.zeros(num_classes, requires_grad=True)

    def forward(self, x):
        return x @ self.weight.T.to(x.dtype) + self.bias.to(x.dtype)


@mistake(
    "SoftmaxRegression",
    title=Text(en="The layer is made in forward", zh="在 forward 里新建层"),
    advice=Text(
        en="Each call starts with new random numbers, so nothing is learnt. Make the layer once, in __init__.",
        zh="每次调用都是新的随机数，什么也学不到。层只在 __init__ 里建立一次。",
    ),
)
class made_in_forward(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.sizes = in_features, num_classes

    def forward(self, x):
        self.linear = nn.Linear(*self.sizes, dtype=x.dtype)
        return self.linear(x)


@mistake(
    "SoftmaxRegression",
    title=Text(en="The class is not an nn.Module", zh="类没有继承 nn.Module"),
    advice=Text(
        en="Write class SoftmaxRegression(nn.Module): without it there are no parameters(), and model(x) does not reach "
        "forward.",
        zh="请写 class SoftmaxRegression(nn.Module):，否则没有 parameters()，model(x) 也到不了 forward。",
    ),
)
class not_a_module:
    def __init__(self, in_features, num_classes):
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "SoftmaxRegression",
    title=Text(en="All models share one layer", zh="所有模型共用一个层"),
    advice=Text(
        en="A layer in a table of the module, in a default argument or in the class belongs to every instance. Make it in "
        "__init__, anew for each model.",
        zh="放在全局字典、默认参数或类里的层属于所有实例。请在 __init__ 里为每个模型新建。",
    ),
)
class shared_layer(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        layer = _LAYERS.setdefault((in_features, num_classes), nn.Linear(in_features, num_classes))
        self.linear = layer.float()

    def forward(self, x):
        return self.linear(x)


@mistake(
    "SoftmaxRegression",
    title=Text(en="The input is cast to float32", zh="把输入转成了 float32"),
    advice=Text(
        en="x.float() clashes with a model after .double() and loses digits. Leave the dtype of x alone.",
        zh="调用 .double() 之后，x.float() 会与参数冲突，还会丢精度。不要改 x 的 dtype。",
    ),
)
class casts_input(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return self.linear(x.float())


@mistake(
    "SoftmaxRegression",
    title=Text(en="The weights start too far from zero", zh="权重的初始值离零太远"),
    advice=Text(
        en="With large random weights the softmax is sure of itself before it has learnt anything, and descent takes long to "
        "unlearn that. Zeros, normal numbers with std 0.01 or nn.Linear's own start all do: this loss has one valley.",
        zh="随机权重太大，softmax 还没学就过于自信，要下降很久才能扭转。全零、标准差 0.01 的正态分布、nn.Linear 自带的初始值都行："
        "这个损失只有一个谷。",
    ),
)
class starts_far_off(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.weight = nn.Parameter(50 * torch.randn(num_classes, in_features))
        self.bias = nn.Parameter(torch.zeros(num_classes))

    def forward(self, x):
        return x @ self.weight.T + self.bias


@mistake(
    "SoftmaxRegression",
    title=Text(en="The scores do not reach the parameters", zh="分数没有连到参数"),
    advice=Text(
        en="detach(), .data or torch.no_grad() in forward cut the logits off: no gradient reaches weight and bias.",
        zh="forward 里的 detach()、.data 或 torch.no_grad() 切断了计算图：权重和偏置得不到梯度。",
    ),
)
class frozen(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return self.linear(x).detach()


@mistake(
    "SoftmaxRegression",
    title=Text(en="A part of the model stays on the CPU", zh="模型的一部分留在 CPU 上"),
    advice=Text(
        en="model.to(device) moves parameters and buffers only. A constant that forward needs goes through "
        "register_buffer, or is made with device=x.device.",
        zh="model.to(device) 只会移动参数和缓冲区。forward 里用到的常量请用 register_buffer 注册，或者用 device=x.device 创建。",
    ),
)
class stays_behind(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)
        self.offset = torch.zeros(num_classes)

    def forward(self, x):
        return self.linear(x) + self.offset
