"""Wrong logistic models that learners write, each with what to say about it."""

# ruff: noqa: N801, ARG002 - a mistake's id is its name, and it may forget an argument

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from grader.judge import Text, mistake

_LAYER = nn.Linear(1, 1)


@mistake(
    "LogisticRegression",
    title=Text(en="The sigmoid is missing", zh="漏掉了 sigmoid"),
    advice=Text(
        en="x Wᵀ + b is any number, not a probability. Put it through torch.sigmoid. (Raw scores go with "
        "nn.BCEWithLogitsLoss; here the model returns probabilities for nn.BCELoss.)",
        zh="x Wᵀ + b 可以是任何数，不是概率。请再套一层 torch.sigmoid。（直接输出分数要配 nn.BCEWithLogitsLoss；"
        "这里模型返回概率，配 nn.BCELoss。）",
    ),
)
class returns_logits(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LogisticRegression",
    title=Text(en="Softmax over a single column", zh="对单独一列做 softmax"),
    advice=Text(
        en="Softmax shares 1 out among the columns, and a single column always gets all of it. For one column "
        "the right function is torch.sigmoid.",
        zh="softmax 把 1 分给各列，只有一列时它总是得到全部的 1。只有一列时应当用 torch.sigmoid。",
    ),
)
class softmax_of_one(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x).softmax(dim=-1)


@mistake(
    "LogisticRegression",
    title=Text(en="Softmax over the batch", zh="对整个批量做 softmax"),
    advice=Text(
        en="dim=0 runs over the examples, so that their probabilities compete and add up to 1. Each example has "
        "a probability of its own: torch.sigmoid.",
        zh="dim=0 是样本的方向，各个样本的概率会互相挤占、加起来等于 1。每个样本的概率互不相干：请用 torch.sigmoid。",
    ),
)
class softmax_over_batch(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x).softmax(dim=0)


@mistake(
    "LogisticRegression",
    title=Text(en="The probabilities are rounded to 0 and 1", zh="把概率取整成了 0 和 1"),
    advice=Text(
        en="A rounded output has no slope, so nothing can be learnt from it. Return the probability; deciding "
        "for a class comes after training.",
        zh="取整之后没有斜率，什么也学不到。请返回概率本身；判断类别是训练之后的事。",
    ),
)
class rounded(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).round()


@mistake(
    "LogisticRegression",
    title=Text(en="The sigmoid is taken twice", zh="做了两次 sigmoid"),
    advice=Text(
        en="The second sigmoid squeezes [0, 1] into [0.5, 0.73], so no example can ever look improbable. Apply "
        "it once.",
        zh="第二次 sigmoid 把 [0, 1] 压进 [0.5, 0.73]，模型再也给不出小概率。只做一次就够了。",
    ),
)
class sigmoid_twice(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(torch.sigmoid(self.linear(x)))


@mistake(
    "LogisticRegression",
    title=Text(en="1 / (1 + exp(−z)) overflows", zh="1 / (1 + exp(−z)) 溢出"),
    advice=Text(
        en="For z below −88 exp(−z) is infinite in float32. The value still comes out as 0, but its derivative "
        "is 0 · ∞ = NaN, and one step later so is every parameter. torch.sigmoid is the same function without "
        "the overflow.",
        zh="z 小于 −88 时，float32 的 exp(−z) 是无穷大。函数值碰巧还是 0，导数却是 0 · ∞ = NaN，"
        "再走一步所有参数都成了 NaN。torch.sigmoid 是同一个函数，但不会溢出。",
    ),
)
class naive_exp(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return 1 / (1 + torch.exp(-self.linear(x)))


@mistake(
    "LogisticRegression",
    title=Text(en="exp(z) / (1 + exp(z)) overflows", zh="exp(z) / (1 + exp(z)) 溢出"),
    advice=Text(
        en="For z above 88 exp(z) is infinite in float32, and ∞ / ∞ is NaN. torch.sigmoid is the same function "
        "without the overflow.",
        zh="z 大于 88 时，float32 的 exp(z) 是无穷大，∞ / ∞ 得到 NaN。torch.sigmoid 是同一个函数，但不会溢出。",
    ),
)
class exp_ratio(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        z = self.linear(x)
        return torch.exp(z) / (1 + torch.exp(z))


@mistake(
    "LogisticRegression",
    title=Text(en="torch.where hides the overflow only from the value", zh="torch.where 只挡住了函数值的溢出"),
    advice=Text(
        en="Both branches are computed, and the one that is not chosen still sends 0 · ∞ = NaN backward. Make "
        "the exponent harmless before exp (exp(−|z|) in both branches), or use torch.sigmoid.",
        zh="两个分支都会被计算，没选中的那个在反向传播时仍会传回 0 · ∞ = NaN。请在 exp "
        "之前就让指数不会溢出（两个分支都用 exp(−|z|)），或者直接用 torch.sigmoid。",
    ),
)
class where_trap(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        z = self.linear(x)
        return torch.where(z >= 0, 1 / (1 + torch.exp(-z)), torch.exp(z) / (1 + torch.exp(z)))


@mistake(
    "LogisticRegression",
    title=Text(en="The logarithm of the probability", zh="返回的是概率的对数"),
    advice=Text(
        en="F.logsigmoid gives log σ(z), which is never positive. nn.BCELoss takes the logarithm itself: return σ(z).",
        zh="F.logsigmoid 给出 log σ(z)，永远不是正数。nn.BCELoss 自己会取对数：请返回 σ(z)。",
    ),
)
class log_probability(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return functional.logsigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The sign of the exponent is wrong", zh="指数的符号错了"),
    advice=Text(
        en="1 / (1 + exp(z)) falls where it should rise: it is the probability of class 0. In σ(z) = 1 / (1 + "
        "exp(−z)) the exponent is negative.",
        zh="1 / (1 + exp(z)) 该升的时候在降：它是类别 0 的概率。σ(z) = 1 / (1 + exp(−z)) 的指数是负的。",
    ),
)
class wrong_sign(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(-self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="tanh in place of sigmoid", zh="用 tanh 代替了 sigmoid"),
    advice=Text(
        en="tanh runs from −1 to 1, and a probability from 0 to 1. Use torch.sigmoid.",
        zh="tanh 的范围是 −1 到 1，概率的范围是 0 到 1。请用 torch.sigmoid。",
    ),
)
class tanh_output(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.tanh(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The line is clamped to [0, 1]", zh="把直线截断到了 [0, 1]"),
    advice=Text(
        en="clamp() stays within [0, 1] too, but is not the sigmoid, and outside it has no slope to learn from. "
        "Use torch.sigmoid.",
        zh="clamp() 虽然也在 [0, 1] 内，但不是 sigmoid，而且两端没有斜率，学不动。请用 torch.sigmoid。",
    ),
)
class clamped_line(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x).clamp(0, 1)


@mistake(
    "LogisticRegression",
    title=Text(en="nn.Sigmoid is a layer, not a function", zh="nn.Sigmoid 是层，不是函数"),
    advice=Text(
        en="nn.Sigmoid(z) tries to build a layer from z. Build it first and then call it, nn.Sigmoid()(z), or "
        "use the function torch.sigmoid(z).",
        zh="nn.Sigmoid(z) 是在用 z 构造一个层。要先构造再调用：nn.Sigmoid()(z)，或者用函数 torch.sigmoid(z)。",
    ),
)
class sigmoid_class_called(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return nn.Sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The number of features is fixed at 1", zh="特征数被写死成 1"),
    advice=Text(
        en="nn.Linear(1, 1) ignores what the caller asks for. Pass the argument on: nn.Linear(in_features, 1).",
        zh="nn.Linear(1, 1) 不理会调用者给的特征数。请把参数传下去：nn.Linear(in_features, 1)。",
    ),
)
class fixed_features(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="One output for each class", zh="每个类别各有一个输出"),
    advice=Text(
        en="Two outputs with a softmax say the same thing twice: the second probability is one minus the first. "
        "Logistic regression has one output: nn.Linear(in_features, 1) and a sigmoid.",
        zh="两个输出加 softmax 是把同一件事说两遍：第二个概率就是 1 减第一个。逻辑回归只要一个输出："
        "nn.Linear(in_features, 1) 加 sigmoid。",
    ),
)
class two_outputs(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 2)

    def forward(self, x):
        return self.linear(x).softmax(dim=-1)


@mistake(
    "LogisticRegression",
    title=Text(en="The bias is missing", zh="没有偏置"),
    advice=Text(
        en="Without a bias the probability at x = 0 is always a half. nn.Linear has a bias unless you pass "
        "bias=False; by hand, add a second nn.Parameter of shape (1,).",
        zh="没有偏置，x = 0 处的概率永远是 0.5。只要不传 bias=False，nn.Linear 就带偏置；"
        "自己写的话，再加一个形状为 (1,) 的 nn.Parameter。",
    ),
)
class no_bias(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1, bias=False)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The weight is stored transposed", zh="权重存成了转置"),
    advice=Text(
        en="x @ W with W of shape (in_features, 1) computes the same line, but PyTorch keeps one row "
        "for each output: "
        "store W as (1, in_features) and write x @ W.T + b, so that a state_dict fits nn.Linear.",
        zh="用形状 (in_features, 1) 的 W 写 x @ W 也能算出同样的结果，但 PyTorch 约定每个输出占一行："
        "请把 W 存成 (1, in_features)，写 x @ W.T + b，这样 state_dict 才和 nn.Linear 通用。",
    ),
)
class transposed_weight(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, 1))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.sigmoid(x @ self.weight + self.bias)


@mistake(
    "LogisticRegression",
    title=Text(en="The weight is one number", zh="权重只是一个数"),
    advice=Text(
        en="A weight of shape (1,) and x * w work for one feature only. "
        "Use a matrix (1, in_features) and a matrix product: x @ W.T + b.",
        zh="形状为 (1,) 的权重和 x * w 只适用于一个特征。请用 (1, in_features) 的矩阵和矩阵乘法：x @ W.T + b。",
    ),
)
class flat_weight(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.sigmoid(self.w * x + self.b)


@mistake(
    "LogisticRegression",
    title=Text(en="Tensors in place of parameters", zh="用了普通张量，不是参数"),
    advice=Text(
        en="A plain tensor, even with requires_grad=True, is not registered: parameters(), state_dict() and "
        ".to() do not see it. What register_buffer() keeps is saved and moved, but never trained. "
        "Wrap it: self.weight = nn.Parameter(torch.randn(1, in_features)).",
        zh="普通张量即使写了 requires_grad=True 也不会被注册：parameters()、state_dict() 和 .to() 都看不到它。"
        "register_buffer() 登记的张量会被保存和移动，但不会被训练。"
        "请包一层：self.weight = nn.Parameter(torch.randn(1, in_features))。",
    ),
)
class plain_tensors(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = torch.randn(1, in_features, requires_grad=True)
        self.bias = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return torch.sigmoid(x @ self.weight.T + self.bias)


@mistake(
    "LogisticRegression",
    title=Text(en="The layer hides in a list", zh="层藏在列表里"),
    advice=Text(
        en="A Python list or dict hides its layers and parameters from nn.Module. Assign them to attributes of self, "
        "or use nn.Sequential, nn.ModuleList or nn.ParameterList.",
        zh="放进 Python 列表或字典的层和参数，nn.Module 是看不到的。请直接赋给 self 的属性，"
        "或者用 nn.Sequential、nn.ModuleList、nn.ParameterList。",
    ),
)
class layers_in_list(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.layers = [nn.Linear(in_features, 1)]

    def forward(self, x):
        return torch.sigmoid(self.layers[0](x))


@mistake(
    "LogisticRegression",
    title=Text(en="The layer is made in forward", zh="在 forward 里新建层"),
    advice=Text(
        en="A layer that forward makes starts from new random numbers at every call and forgets all training. "
        "Make it once in __init__, keep it on self, and only use it in forward.",
        zh="在 forward 里新建的层每次调用都从新的随机数开始，学到的东西全部丢失。"
        "请在 __init__ 里建一次，存到 self 上，forward 只负责使用它。",
    ),
)
class made_in_forward(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.in_features = in_features

    def forward(self, x):
        linear = nn.Linear(self.in_features, 1)
        return torch.sigmoid(linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The output has lost its last dimension", zh="输出少了最后一维"),
    advice=Text(
        en="squeeze() or flatten() turns (n, 1) into (n,), and nn.BCELoss then refuses labels (n, 1). "
        "Keep the last dimension of one.",
        zh="squeeze() 或 flatten() 把 (n, 1) 变成 (n,)，nn.BCELoss 就会拒绝 (n, 1) 的标签。请保留最后那个大小为 "
        "1 的维度。",
    ),
)
class squeezed(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).squeeze(-1)


@mistake(
    "LogisticRegression",
    title=Text(en="The graph is cut in forward", zh="forward 里切断了计算图"),
    advice=Text(
        en="detach(), .data, torch.tensor(…) and torch.no_grad() in forward leave backward() nothing to follow. "
        "Return the layer's output as it is; whoever only predicts calls the model under torch.no_grad().",
        zh="forward 里的 detach()、.data、torch.tensor(…) 和 torch.no_grad() 会让 backward() 无路可走。"
        "请原样返回层的输出；只做预测的人会自己在 torch.no_grad() 下调用模型。",
    ),
)
class graph_cut(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).detach()


@mistake(
    "LogisticRegression",
    title=Text(en="A parameter does not learn", zh="有参数学不动"),
    advice=Text(
        en="No gradient reaches it: look for requires_grad=False, or for .data or detach() where forward uses it. "
        "Parameters require grad by default.",
        zh="梯度传不到它：检查有没有写 requires_grad=False，或者在 forward 里对它用了 .data 或 detach()。"
        "参数默认就是要求梯度的。",
    ),
)
class frozen(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)
        self.linear.bias.requires_grad_(False)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="All models share one layer", zh="所有模型共用一个层"),
    advice=Text(
        en="A layer made at the top of the file, in the class body or as a default argument exists once for all "
        "models: "
        "training one changes the others. Make it in __init__.",
        zh="在文件顶层、类体里或默认参数里建的层只有一份，所有模型共用：训练一个，其他的也变了。请在 __init__ 里新建。",
    ),
)
class shared_layer(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = _LAYER.float()

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The input is cast to float32", zh="把输入强行转成 float32"),
    advice=Text(
        en="x.float() in forward breaks a model that was moved to float64 with .double(). "
        "Leave the input alone: its dtype is the caller's business.",
        zh="forward 里的 x.float() 会让用 .double() 转成 float64 的模型出错。不要改动输入：它的 dtype 由调用者决定。",
    ),
)
class casts_input(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x.float()))


@mistake(
    "LogisticRegression",
    title=Text(en="A view of the weight is kept from the start", zh="一开始就存下了权重的视图"),
    advice=Text(
        en="What __init__ derives from a parameter, such as self.weight.T, stays behind when .to() or .double() "
        "replaces the numbers. Derive it in forward, at each call.",
        zh="在 __init__ 里由参数得到的张量（如 self.weight.T）不会跟着 .to() 或 .double() 更新。请在 forward "
        "里每次现算。",
    ),
)
class stale_copy(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, in_features))
        self.bias = nn.Parameter(torch.zeros(1))
        self.transposed = self.weight.T

    def forward(self, x):
        return torch.sigmoid(x @ self.transposed + self.bias)


@mistake(
    "LogisticRegression",
    title=Text(en="The parameters are float64", zh="参数是 float64"),
    advice=Text(
        en="PyTorch models are float32. float64 comes from NumPy (torch.from_numpy keeps it: add .float()), from "
        "torch.set_default_dtype(torch.float64) or from a dtype= argument.",
        zh="PyTorch 模型默认用 float32。float64 可能来自 NumPy（torch.from_numpy 会保留它，请加上 .float()）、"
        "torch.set_default_dtype(torch.float64)，或者某个 dtype= 参数。",
    ),
)
class numpy_double(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, in_features, dtype=torch.float64))
        self.bias = nn.Parameter(torch.zeros(1, dtype=torch.float64))

    def forward(self, x):
        return torch.sigmoid(functional.linear(x, self.weight, self.bias))


@mistake(
    "LogisticRegression",
    title=Text(en="Only matrices are accepted", zh="只接受矩阵"),
    advice=Text(
        en="torch.mm, .t(), a loop over the rows and x.view(len(x), -1) count on exactly two dimensions. "
        "The operator @ (torch.matmul) and nn.Linear take any batch shape.",
        zh="torch.mm、.t()、逐行循环和 x.view(len(x), -1) 都只能处理恰好两维。"
        "运算符 @（torch.matmul）和 nn.Linear 接受任意形状的批量。",
    ),
)
class rows_only(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, in_features))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.sigmoid(torch.mm(x, self.weight.T) + self.bias)


@mistake(
    "LogisticRegression",
    title=Text(en="The batch is flattened to rows", zh="批量被压成了行"),
    advice=Text(
        en="x.reshape(-1, in_features) forgets the leading dimensions. Leave the shape of x alone: nn.Linear "
        "and @ keep it.",
        zh="x.reshape(-1, in_features) 丢掉了前面的维度。不要改 x 的形状：nn.Linear 和 @ 会保留它。",
    ),
)
class flattens_batch(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)
        self.in_features = in_features

    def forward(self, x):
        return torch.sigmoid(self.linear(x.reshape(-1, self.in_features)))


@mistake(
    "LogisticRegression",
    title=Text(en="super().__init__() is missing", zh="漏掉了 super().__init__()"),
    advice=Text(
        en="nn.Module keeps its parameters in tables that its own __init__ makes. "
        "Begin your __init__ with super().__init__().",
        zh="nn.Module 用来登记参数的表是在它自己的 __init__ 里建立的。请在你的 __init__ 第一行写 super().__init__()。",
    ),
)
class no_super(nn.Module):
    def __init__(self, in_features=1):
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The class is not an nn.Module", zh="类没有继承 nn.Module"),
    advice=Text(
        en="Without class LogisticRegression(nn.Module): there are no parameters(), no state_dict() and no .to(), "
        "and calling the model does not reach forward.",
        zh="没有写 class LogisticRegression(nn.Module):，就没有 parameters()、state_dict() 和 .to()，"
        "调用模型也不会走到 forward。",
    ),
)
class not_a_module:
    def __init__(self, in_features=1):
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The layer waits for its first batch", zh="层要等第一个批量才有参数"),
    advice=Text(
        en="nn.LazyLinear makes its weight in the first forward, from whatever comes in, and in_features is ignored. "
        "The size is known here: use nn.Linear(in_features, 1).",
        zh="nn.LazyLinear 到第一次 forward 才按输入建立权重，in_features 不起作用。"
        "这里大小是已知的：请用 nn.Linear(in_features, 1)。",
    ),
)
class lazy_layer(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.LazyLinear(1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@mistake(
    "LogisticRegression",
    title=Text(en="The parameters were never given numbers", zh="参数没有初始值"),
    advice=Text(
        en="torch.empty and torch.Tensor(n) hand out memory as it is, with anything in it, NaN and 1e38 as well. "
        "Use torch.randn or torch.zeros, or fill it with nn.init.",
        zh="torch.empty 和 torch.Tensor(n) 只分配内存，里面可能是任何值，包括 NaN 和 1e38。"
        "请用 torch.randn、torch.zeros，或者用 nn.init 填上初始值。",
    ),
)
class never_initialised(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, in_features))
        self.bias = nn.Parameter(torch.empty(1))

    def forward(self, x):
        return torch.sigmoid(functional.linear(x, self.weight, self.bias))


@mistake(
    "LogisticRegression",
    title=Text(en="The output is random", zh="输出是随机的"),
    advice=Text(
        en="Noise, dropout or a layer that forward makes anew: the same input must give the same output. "
        "Noise belongs to the data, not to the model.",
        zh="forward 里有噪声、dropout 或临时新建的层：同样的输入必须得到同样的输出。噪声属于数据，不属于模型。",
    ),
)
class random_output(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return torch.sigmoid(self.dropout(self.linear(x)))


@mistake(
    "LogisticRegression",
    title=Text(en="The output depends on the mode", zh="输出随模式而变"),
    advice=Text(
        en="After model.eval() or under torch.no_grad() forward must compute the same. Do not ask for self.training "
        "or torch.is_grad_enabled(): deciding for a class is up to the caller.",
        zh="调用 model.eval() 之后或在 torch.no_grad() 里，forward 的结果应当不变。不要判断 self.training 或 "
        "torch.is_grad_enabled()：判断类别是调用者的事。",
    ),
)
class mode_dependent(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        y = torch.sigmoid(self.linear(x))
        return y if self.training else (y > 0.5).float()


@mistake(
    "LogisticRegression",
    title=Text(en="The clamp begins too late", zh="截断的界限太宽"),
    advice=Text(
        en="exp(−z) overflows in float32 from z = −88.7, so a bound of 100 still lets NaN into the gradient. "
        "Clamp at 80 or less (but well above 14), or use torch.sigmoid.",
        zh="z 到 −88.7 时 float32 的 exp(−z) 就溢出了，界限取 100 时梯度里仍会出现 NaN。"
        "请截断到 80 以内（但要明显大于 14），或者直接用 torch.sigmoid。",
    ),
)
class clamped_too_far(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return 1 / (1 + torch.exp(-self.linear(x).clamp(-100, 100)))


@mistake(
    "LogisticRegression",
    title=Text(en="The clamp begins too early", zh="截断得太早"),
    advice=Text(
        en="Where clamp() cuts, the gradient is zero: an example that is confidently wrong teaches nothing any more. "
        "torch.sigmoid needs no clamp, and nn.BCELoss guards its logarithms itself.",
        zh="clamp() 截断的地方梯度为零：错得最厉害的样本反而学不到任何东西。torch.sigmoid 不需要截断，"
        "nn.BCELoss 自己会保护对数。",
    ),
)
class clamped_too_tight(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x).clamp(-11, 11))


@mistake(
    "LogisticRegression",
    title=Text(en="forward creates its tensor on the CPU", zh="forward 在 CPU 上新建了张量"),
    advice=Text(
        en="model.to(device) moves parameters and buffers, but torch.zeros(…) in forward, or a tensor that is only kept in self, "
        "lies on the CPU all the same. Use torch.zeros_like(z), or pass device=x.device. Leave out .cuda() and .numpy() on "
        "the way.",
        zh="model.to(device) 只移动参数和缓冲区，forward 里的 torch.zeros(…)、只存在 self 里的普通张量仍在 CPU 上。"
        "请用 torch.zeros_like(z)，或者写 device=x.device。中途也不要用 .cuda() 和 .numpy()。",
    ),
)
class made_on_cpu(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        z = self.linear(x)
        return torch.cat([torch.zeros(z.shape, dtype=z.dtype), z], dim=-1).softmax(dim=-1)[..., 1:]
