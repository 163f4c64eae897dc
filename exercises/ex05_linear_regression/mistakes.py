"""Wrong linear models that learners write, each with what to say about it."""

# ruff: noqa: N801, ARG002 - a mistake's id is its name, and it may forget an argument

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from grader.judge import Text, mistake

_LAYER = nn.Linear(1, 1)


@mistake(
    "LinearRegression",
    title=Text(en="The bias is missing", zh="没有偏置"),
    advice=Text(
        en="A line through the origin cannot learn y = 5x + 7. nn.Linear has a bias unless you pass bias=False; "
        "by hand, add a second nn.Parameter of shape (out_features,).",
        zh="过原点的直线学不到 y = 5x + 7。只要不传 bias=False，nn.Linear 就带偏置；"
        "自己写的话，再加一个形状为 (out_features,) 的 nn.Parameter。",
    ),
)
class no_bias(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features, bias=False)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The sizes are fixed at 1", zh="大小被写死成 1"),
    advice=Text(
        en="nn.Linear(1, 1) ignores what the caller asks for. Pass on the arguments: nn.Linear(in_features, "
        "out_features).",
        zh="nn.Linear(1, 1) 不理会调用者要的大小。请把参数传下去：nn.Linear(in_features, out_features)。",
    ),
)
class fixed_sizes(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="out_features is ignored", zh="忽略了 out_features"),
    advice=Text(
        en="The model always makes one output. Pass out_features on as well: nn.Linear(in_features, out_features).",
        zh="模型总是只有一个输出。out_features 也要传下去：nn.Linear(in_features, out_features)。",
    ),
)
class one_output(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="in_features and out_features are swapped", zh="in_features 和 out_features 写反了"),
    advice=Text(
        en="nn.Linear takes the size of the input first: nn.Linear(in_features, out_features). With 1 and 1 the "
        "swap does not show.",
        zh="nn.Linear 先写输入的大小：nn.Linear(in_features, out_features)。两者都是 1 时看不出写反了。",
    ),
)
class swapped_sizes(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(out_features, in_features)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The weight is stored transposed", zh="权重存成了转置"),
    advice=Text(
        en="x @ W with W of shape (in_features, out_features) computes the same line, but PyTorch keeps one row "
        "for each output: "
        "store W as (out_features, in_features) and write x @ W.T + b, so that a state_dict fits nn.Linear.",
        zh="用形状 (in_features, out_features) 的 W 写 x @ W 也能算出同样的结果，但 PyTorch 约定每个输出占一行："
        "请把 W 存成 (out_features, in_features)，写 x @ W.T + b，这样 state_dict 才和 nn.Linear 通用。",
    ),
)
class transposed_weight(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="The weight is not transposed in the product", zh="相乘时权重没有转置"),
    advice=Text(
        en="The weight has one row for each output, (out_features, in_features), so x (n, in_features) meets "
        "its transpose: "
        "x @ W.T + b.",
        zh="权重的每一行对应一个输出，形状是 (out_features, in_features)，所以 x (n, in_features) "
        "要和它的转置相乘：x @ W.T + b。",
    ),
)
class untransposed(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="The weight is one number", zh="权重只是一个数"),
    advice=Text(
        en="A weight of shape (1,) and x * w work for one feature and one output only. "
        "Use a matrix (out_features, in_features) and a matrix product: x @ W.T + b.",
        zh="形状为 (1,) 的权重和 x * w 只适用于一个特征、一个输出。"
        "请用 (out_features, in_features) 的矩阵和矩阵乘法：x @ W.T + b。",
    ),
)
class flat_weight(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.w * x + self.b


@mistake(
    "LinearRegression",
    title=Text(en="One bias serves all outputs", zh="所有输出共用一个偏置"),
    advice=Text(
        en="A bias of shape (1,) shifts every output by the same amount. Each output has its own: shape "
        "(out_features,).",
        zh="形状为 (1,) 的偏置让所有输出平移同样的量。每个输出都有自己的偏置：形状是 (out_features,)。",
    ),
)
class one_bias(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.weight.T + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="Tensors in place of parameters", zh="用了普通张量，不是参数"),
    advice=Text(
        en="A plain tensor, even with requires_grad=True, is not registered: parameters(), state_dict() and "
        ".to() do not see it. What register_buffer() keeps is saved and moved, but never trained. "
        "Wrap it: self.weight = nn.Parameter(torch.randn(out_features, in_features)).",
        zh="普通张量即使写了 requires_grad=True 也不会被注册：parameters()、state_dict() 和 .to() 都看不到它。"
        "register_buffer() 登记的张量会被保存和移动，但不会被训练。"
        "请包一层：self.weight = nn.Parameter(torch.randn(out_features, in_features))。",
    ),
)
class plain_tensors(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = torch.randn(out_features, in_features, requires_grad=True)
        self.bias = torch.zeros(out_features, requires_grad=True)

    def forward(self, x):
        return x @ self.weight.T + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="The layer hides in a list", zh="层藏在列表里"),
    advice=Text(
        en="A Python list or dict hides its layers and parameters from nn.Module. Assign them to attributes of self, "
        "or use nn.Sequential, nn.ModuleList or nn.ParameterList.",
        zh="放进 Python 列表或字典的层和参数，nn.Module 是看不到的。请直接赋给 self 的属性，"
        "或者用 nn.Sequential、nn.ModuleList、nn.ParameterList。",
    ),
)
class layers_in_list(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.layers = [nn.Linear(in_features, out_features)]

    def forward(self, x):
        return self.layers[0](x)


@mistake(
    "LinearRegression",
    title=Text(en="The layer is made in forward", zh="在 forward 里新建层"),
    advice=Text(
        en="A layer that forward makes starts from new random numbers at every call and forgets all training. "
        "Make it once in __init__, keep it on self, and only use it in forward.",
        zh="在 forward 里新建的层每次调用都从新的随机数开始，学到的东西全部丢失。"
        "请在 __init__ 里建一次，存到 self 上，forward 只负责使用它。",
    ),
)
class made_in_forward(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.sizes = in_features, out_features

    def forward(self, x):
        linear = nn.Linear(*self.sizes)
        return linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The output has lost its last dimension", zh="输出少了最后一维"),
    advice=Text(
        en="squeeze() or flatten() turns (n, 1) into (n,), and a loss against labels (n, 1) then broadcasts to "
        "(n, n). "
        "Return (…, out_features) as the layer makes it.",
        zh="squeeze() 或 flatten() 把 (n, 1) 变成 (n,)，再和 (n, 1) 的标签求损失就会广播成 (n, n)。"
        "请原样返回层给出的 (…, out_features)。",
    ),
)
class squeezed(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x).squeeze(-1)


@mistake(
    "LinearRegression",
    title=Text(en="An activation follows the line", zh="线性层后面多了激活函数"),
    advice=Text(
        en="relu() cuts off all that is below zero. Linear regression ends with the line itself: return the "
        "layer's output.",
        zh="relu() 会截掉所有负值。线性回归到直线为止：直接返回线性层的输出。",
    ),
)
class relu_output(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x).relu()


@mistake(
    "LinearRegression",
    title=Text(en="The graph is cut in forward", zh="forward 里切断了计算图"),
    advice=Text(
        en="detach(), .data, torch.tensor(…) and torch.no_grad() in forward leave backward() nothing to follow. "
        "Return the layer's output as it is; whoever only predicts calls the model under torch.no_grad().",
        zh="forward 里的 detach()、.data、torch.tensor(…) 和 torch.no_grad() 会让 backward() 无路可走。"
        "请原样返回层的输出；只做预测的人会自己在 torch.no_grad() 下调用模型。",
    ),
)
class graph_cut(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x).detach()


@mistake(
    "LinearRegression",
    title=Text(en="A parameter does not learn", zh="有参数学不动"),
    advice=Text(
        en="No gradient reaches it: look for requires_grad=False, or for .data or detach() where forward uses it. "
        "Parameters require grad by default.",
        zh="梯度传不到它：检查有没有写 requires_grad=False，或者在 forward 里对它用了 .data 或 detach()。"
        "参数默认就是要求梯度的。",
    ),
)
class frozen(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.linear.bias.requires_grad_(False)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="All models share one layer", zh="所有模型共用一个层"),
    advice=Text(
        en="A layer made at the top of the file, in the class body or as a default argument exists once for all "
        "models: "
        "training one changes the others. Make it in __init__.",
        zh="在文件顶层、类体里或默认参数里建的层只有一份，所有模型共用：训练一个，其他的也变了。请在 __init__ 里新建。",
    ),
)
class shared_layer(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = _LAYER.float()

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The input is cast to float32", zh="把输入强行转成 float32"),
    advice=Text(
        en="x.float() in forward breaks a model that was moved to float64 with .double(). "
        "Leave the input alone: its dtype is the caller's business.",
        zh="forward 里的 x.float() 会让用 .double() 转成 float64 的模型出错。不要改动输入：它的 dtype 由调用者决定。",
    ),
)
class casts_input(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x.float())


@mistake(
    "LinearRegression",
    title=Text(en="A view of the weight is kept from the start", zh="一开始就存下了权重的视图"),
    advice=Text(
        en="What __init__ derives from a parameter, such as self.weight.T, stays behind when .to() or .double() "
        "replaces the numbers. Derive it in forward, at each call.",
        zh="在 __init__ 里由参数得到的张量（如 self.weight.T）不会跟着 .to() 或 .double() 更新。请在 forward "
        "里每次现算。",
    ),
)
class stale_copy(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))
        self.transposed = self.weight.T

    def forward(self, x):
        return x @ self.transposed + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="The parameters are float64", zh="参数是 float64"),
    advice=Text(
        en="PyTorch models are float32. float64 comes from NumPy (torch.from_numpy keeps it: add .float()), from "
        "torch.set_default_dtype(torch.float64) or from a dtype= argument.",
        zh="PyTorch 模型默认用 float32。float64 可能来自 NumPy（torch.from_numpy 会保留它，请加上 .float()）、"
        "torch.set_default_dtype(torch.float64)，或者某个 dtype= 参数。",
    ),
)
class numpy_double(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features, dtype=torch.float64))
        self.bias = nn.Parameter(torch.zeros(out_features, dtype=torch.float64))

    def forward(self, x):
        return functional.linear(x, self.weight, self.bias)


@mistake(
    "LinearRegression",
    title=Text(en="Only matrices are accepted", zh="只接受矩阵"),
    advice=Text(
        en="torch.mm, .t(), a loop over the rows and x.view(len(x), -1) count on exactly two dimensions. "
        "The operator @ (torch.matmul) and nn.Linear take any batch shape.",
        zh="torch.mm、.t()、逐行循环和 x.view(len(x), -1) 都只能处理恰好两维。"
        "运算符 @（torch.matmul）和 nn.Linear 接受任意形状的批量。",
    ),
)
class rows_only(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return torch.mm(x, self.weight.T) + self.bias


@mistake(
    "LinearRegression",
    title=Text(en="The batch is flattened to rows", zh="批量被压成了行"),
    advice=Text(
        en="x.reshape(-1, in_features) forgets the leading dimensions. Leave the shape of x alone: nn.Linear "
        "and @ keep it.",
        zh="x.reshape(-1, in_features) 丢掉了前面的维度。不要改 x 的形状：nn.Linear 和 @ 会保留它。",
    ),
)
class flattens_batch(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.in_features = in_features

    def forward(self, x):
        return self.linear(x.reshape(-1, self.in_features))


@mistake(
    "LinearRegression",
    title=Text(en="super().__init__() is missing", zh="漏掉了 super().__init__()"),
    advice=Text(
        en="nn.Module keeps its parameters in tables that its own __init__ makes. "
        "Begin your __init__ with super().__init__().",
        zh="nn.Module 用来登记参数的表是在它自己的 __init__ 里建立的。请在你的 __init__ 第一行写 super().__init__()。",
    ),
)
class no_super(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The class is not an nn.Module", zh="类没有继承 nn.Module"),
    advice=Text(
        en="Without class LinearRegression(nn.Module): there are no parameters(), no state_dict() and no .to(), "
        "and calling the model does not reach forward.",
        zh="没有写 class LinearRegression(nn.Module):，就没有 parameters()、state_dict() 和 .to()，"
        "调用模型也不会走到 forward。",
    ),
)
class not_a_module:
    def __init__(self, in_features=1, out_features=1):
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The layer waits for its first batch", zh="层要等第一个批量才有参数"),
    advice=Text(
        en="nn.LazyLinear makes its weight in the first forward, from whatever comes in, and in_features is ignored. "
        "The size is known here: use nn.Linear(in_features, out_features).",
        zh="nn.LazyLinear 到第一次 forward 才按输入建立权重，in_features 不起作用。"
        "这里大小是已知的：请用 nn.Linear(in_features, out_features)。",
    ),
)
class lazy_layer(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.LazyLinear(out_features)

    def forward(self, x):
        return self.linear(x)


@mistake(
    "LinearRegression",
    title=Text(en="The parameters were never given numbers", zh="参数没有初始值"),
    advice=Text(
        en="torch.empty and torch.Tensor(n) hand out memory as it is, with anything in it, NaN and 1e38 as well. "
        "Use torch.randn or torch.zeros, or fill it with nn.init.",
        zh="torch.empty 和 torch.Tensor(n) 只分配内存，里面可能是任何值，包括 NaN 和 1e38。"
        "请用 torch.randn、torch.zeros，或者用 nn.init 填上初始值。",
    ),
)
class never_initialised(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features))

    def forward(self, x):
        return functional.linear(x, self.weight, self.bias)


@mistake(
    "LinearRegression",
    title=Text(en="The output is random", zh="输出是随机的"),
    advice=Text(
        en="Noise, dropout or a layer that forward makes anew: the same input must give the same output. "
        "Noise belongs to the data, not to the model.",
        zh="forward 里有噪声、dropout 或临时新建的层：同样的输入必须得到同样的输出。噪声属于数据，不属于模型。",
    ),
)
class random_output(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return self.dropout(self.linear(x))


@mistake(
    "LinearRegression",
    title=Text(en="The output depends on the mode", zh="输出随模式而变"),
    advice=Text(
        en="After model.eval() or under torch.no_grad() forward must compute the same. Do not ask for self.training "
        "or torch.is_grad_enabled(): rounding and squeezing are up to the caller.",
        zh="调用 model.eval() 之后或在 torch.no_grad() 里，forward 的结果应当不变。不要判断 self.training 或 "
        "torch.is_grad_enabled()：取整、去掉维度是调用者的事。",
    ),
)
class mode_dependent(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        y = self.linear(x)
        return y if self.training else y.squeeze()


@mistake(
    "LinearRegression",
    title=Text(en="forward creates its tensor on the CPU", zh="forward 在 CPU 上新建了张量"),
    advice=Text(
        en="model.to(device) moves parameters and buffers, but torch.ones(…) in forward, or a tensor that is only kept in self, "
        "lies on the CPU all the same. Pass device=x.device, or add the bias without a column of ones. Leave out .cuda() and "
        ".numpy() on the way.",
        zh="model.to(device) 只移动参数和缓冲区，forward 里的 torch.ones(…)、只存在 self 里的普通张量仍在 CPU 上。"
        "请写 device=x.device；其实直接加偏置就行，不需要补一列 1。中途也不要用 .cuda() 和 .numpy()。",
    ),
)
class made_on_cpu(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        ones = torch.ones(*x.shape[:-1], 1, dtype=x.dtype)
        both = torch.cat([self.weight, self.bias.reshape(-1, 1)], dim=1)
        return torch.cat([x, ones], dim=-1) @ both.T
