"""Wrong second derivatives that learners write, each with what to say about it."""

from __future__ import annotations

import torch

from grader.judge import Text, mistake


def _flat(y):
    """Tell whether nothing leads from y back to anything: a number, or a tensor without a graph."""
    return not isinstance(y, torch.Tensor) or not y.requires_grad


def _slope(y, x, *, graph=True):
    """Return dy/dx as the reference does."""
    if _flat(y):
        return torch.zeros_like(x)
    return torch.autograd.grad(
        y.sum(), x, create_graph=graph, retain_graph=True, allow_unused=True, materialize_grads=True
    )[0]


def _recorded(x):
    """Return x, or a copy that requires grad."""
    return x if x.requires_grad else x.detach().requires_grad_()


@mistake(
    "second_derivative",
    title=Text(en="The first derivative carries no graph", zh="一阶导数没有计算图"),
    advice=Text(
        en="By default grad() records nothing of its own work, and retain_graph=True only keeps the buffers of f's "
        "graph. Compute the first derivative with create_graph=True.",
        zh="默认情况下 grad() 不会记录求导过程本身，retain_graph=True 也只是保留 f 的计算图的缓冲区。"
        "求一阶导数时要写 create_graph=True。",
    ),
)
def retain_graph_only(f, x):
    due = _slope(_slope(f(r := _recorded(x)), r), r)
    if _flat(due) or not x.requires_grad:
        return due  # elsewhere the same error has other causes
    (first,) = torch.autograd.grad(f(x).sum(), x, retain_graph=True)
    return torch.autograd.grad(first.sum(), x)[0]


@mistake(
    "second_derivative",
    title=Text(en="f is called where autograd is off", zh="在 autograd 关闭时调用了 f"),
    advice=Text(
        en="Under torch.no_grad() nothing is recorded, whatever create_graph says: f(x) itself has no graph. "
        "Leave no_grad() out here.",
        zh="在 torch.no_grad() 里什么都不会被记录，写了 create_graph=True 也没用：f(x) 本身就没有计算图。"
        "这里不要用 no_grad()。",
    ),
)
def under_no_grad(f, x):
    due = _slope(_slope(f(r := _recorded(x)), r), r)
    if _flat(due) or not x.requires_grad:
        return due  # elsewhere the same error has other causes
    with torch.no_grad():
        (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
        return torch.autograd.grad(first.sum(), x, create_graph=True)[0]


@mistake(
    "second_derivative",
    title=Text(en="A missing graph is always taken for zero", zh="只要没有计算图就当成零"),
    advice=Text(
        en="Without create_graph=True no first derivative requires grad, so the guard for linear functions answers "
        "zero for every f. Compute the first derivative with create_graph=True.",
        zh="没有 create_graph=True，任何一阶导数都不需要梯度，于是为线性函数写的判断对所有 f 都返回零。"
        "求一阶导数时要写 create_graph=True。",
    ),
)
def zero_everywhere(f, x):
    first = _slope(f(r := _recorded(x)), r, graph=not x.requires_grad)
    return _slope(first, r)


@mistake(
    "second_derivative",
    title=Text(en="f(x) is differentiated a second time", zh="对 f(x) 求了两次导"),
    advice=Text(
        en="Both calls of grad() start from f(x), whose graph the first one used up. retain_graph=True would only give "
        "f′ again: differentiate what the first grad() returned, computed with create_graph=True.",
        zh="两次 grad() 都从 f(x) 出发，而它的计算图在第一次之后就释放了。加上 retain_graph=True 也只会再得到一次 f′："
        "应当对第一次 grad() 的返回值求导，并且求它时写上 create_graph=True。",
    ),
)
def graph_freed(f, x):
    x = _recorded(x)
    y = f(x)
    if _flat(y):
        return torch.zeros_like(x)
    torch.autograd.grad(y.sum(), x)
    return torch.autograd.grad(y.sum(), x)[0]


@mistake(
    "second_derivative",
    title=Text(en="A tuple is returned", zh="返回了元组"),
    advice=Text(
        en="torch.autograd.grad returns a tuple, one gradient for each input. Take the first: [0].",
        zh="torch.autograd.grad 返回的是元组，每个输入对应一个梯度。请取第一个：[0]。",
    ),
)
def tuple_returned(f, x):
    x = _recorded(x)
    return (_slope(_slope(f(x), x), x),)


@mistake(
    "second_derivative",
    title=Text(en="This is the first derivative", zh="返回的是一阶导数"),
    advice=Text(
        en="Differentiating f(x) a second time gives f′ again. Differentiate the tensor that the first grad() returned.",
        zh="对 f(x) 再求一次导，得到的还是 f′。应当对第一次 grad() 返回的张量求导。",
    ),
)
def first_derivative(f, x):
    x = _recorded(x)
    y = f(x)
    _slope(y, x)
    return _slope(y, x)


@mistake(
    "second_derivative",
    title=Text(en="The first derivative is squared", zh="把一阶导数平方了"),
    advice=Text(
        en="d²f/dx² is the derivative of the derivative; (df/dx)² is another thing. Differentiate f′ once more.",
        zh="d²f/dx² 是导数的导数，不是 (df/dx)²。请对 f′ 再求一次导。",
    ),
)
def first_squared(f, x):
    x = _recorded(x)
    return _slope(f(x), x) ** 2


@mistake(
    "second_derivative",
    title=Text(en="f′ and f″ are added up in .grad", zh="f′ 和 f″ 在 .grad 里累加了"),
    advice=Text(
        en="backward() adds to x.grad, where f′ still lies when f″ arrives. torch.autograd.grad returns the "
        "derivative and touches no .grad.",
        zh="backward() 会往 x.grad 上累加，f″ 到来时 f′ 还在里面。torch.autograd.grad 直接返回导数，不碰任何 .grad。",
    ),
)
def accumulated(f, x):
    x = _recorded(x)
    held, x.grad = x.grad, None
    y = f(x)
    if _flat(y):
        return torch.zeros_like(x)
    y.sum().backward(create_graph=True)
    if not _flat(x.grad):
        x.grad.sum().backward(create_graph=True)
    result, x.grad = x.grad, held
    return result


@mistake(
    "second_derivative",
    title=Text(en="The mean is differentiated, not the sum", zh="求导的是均值，而不是和"),
    advice=Text(
        en="mean() divides every derivative by the number of elements. Each element depends on its own x only, so "
        "sum() gives every derivative as it is.",
        zh="mean() 会把每个导数都除以元素个数。每个元素只依赖自己的 x，用 sum() 得到的才是原原本本的导数。",
    ),
)
def mean_taken(f, x):
    x = _recorded(x)
    y = f(x)
    first = _slope(y if _flat(y) else y.mean(), x)
    return _slope(first if _flat(first) else first.mean(), x)


@mistake(
    "second_derivative",
    title=Text(en="The second derivatives are added up", zh="把各处的二阶导数加在了一起"),
    advice=Text(
        en="Sum what you differentiate, not what you return: the result has one element for each of x.",
        zh="求和的是要求导的量，不是返回值：结果的每个元素对应 x 的一个元素。",
    ),
)
def summed(f, x):
    x = _recorded(x)
    return _slope(_slope(f(x), x), x).sum()


@mistake(
    "second_derivative",
    title=Text(en="The whole Hessian is returned", zh="返回了整个海森矩阵"),
    advice=Text(
        en="For an elementwise f all but the diagonal of the Hessian is zero. Return the diagonal, in the shape of x.",
        zh="f 是逐元素的，海森矩阵除对角线外都是零。请返回对角线，形状与 x 相同。",
    ),
)
def full_hessian(f, x):
    second = _slope(_slope(f(x), x), x) if x.requires_grad else _slope(_slope(f(r := _recorded(x)), r), r)
    return second.flatten().diag().reshape(*x.shape, *x.shape)


@mistake(
    "second_derivative",
    title=Text(en="A tensor of many elements is differentiated without a sum", zh="没有求和就对多元素张量求导"),
    advice=Text(
        en="grad() starts from one number. Differentiate f(x).sum(), or pass torch.ones_like(y) as grad_outputs.",
        zh="grad() 要从一个标量出发。请对 f(x).sum() 求导，或者把 torch.ones_like(y) 作为 grad_outputs 传进去。",
    ),
)
def no_sum(f, x):
    x = _recorded(x)
    y = f(x)
    for _ in range(2):
        if _flat(y):
            return torch.zeros_like(x)
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    return y


@mistake(
    "second_derivative",
    title=Text(en="x is expected to require grad", zh="默认 x 需要梯度"),
    advice=Text(
        en="A plain x is on no graph, so nothing can be differentiated with respect to it. Work on "
        "x.detach().requires_grad_() if x does not require grad.",
        zh="普通的 x 不在计算图里，无法对它求导。如果 x 不需要梯度，就改用 x.detach().requires_grad_()。",
    ),
)
def x_without_grad(f, x):
    y = f(x)
    if not isinstance(y, torch.Tensor) or (x.requires_grad and not y.requires_grad):
        return torch.zeros_like(x)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True, allow_unused=True, materialize_grads=True)
    return _slope(first, x)


@mistake(
    "second_derivative",
    title=Text(en="The caller's x is switched to requires_grad", zh="把调用者的 x 改成了需要梯度"),
    advice=Text(
        en="x.requires_grad_() changes the caller's tensor for good. Switch a copy: x.detach().requires_grad_().",
        zh="x.requires_grad_() 改动的是调用者的张量，而且不会自动恢复。请对副本操作：x.detach().requires_grad_()。",
    ),
)
def switches_grad_on(f, x):
    x.requires_grad_()
    return _slope(_slope(f(x), x), x)


@mistake(
    "second_derivative",
    title=Text(en="x.grad is written to", zh="改动了 x.grad"),
    advice=Text(
        en="backward() writes into x.grad, which belongs to the caller. torch.autograd.grad returns the derivative "
        "instead.",
        zh="backward() 会写入 x.grad，而它属于调用者。torch.autograd.grad 则是直接把导数返回给你。",
    ),
)
def fills_grad(f, x):
    x = _recorded(x)
    y = f(x)
    for _ in range(2):
        if _flat(y):
            return torch.zeros_like(x)
        x.grad = None
        y.sum().backward(create_graph=True)
        y = torch.zeros_like(x) if x.grad is None else x.grad
    return y


@mistake(
    "second_derivative",
    title=Text(en="More than one dimension is not foreseen", zh="没有考虑一维以外的形状"),
    advice=Text(
        en="A loop over x meets numbers only if x is 1-d. Differentiate the sum instead, which needs no loop; or "
        "loop over x.reshape(-1) and bring the result back into x.shape.",
        zh="只有一维的 x，循环取出来的才是单个数。可以改为对和求导，不必循环；"
        "也可以遍历 x.reshape(-1)，最后把结果变回 x.shape。",
    ),
)
def one_dim_only(f, x):
    found = []
    for point in _recorded(x):
        y = f(point)
        if not _flat(y) and y.dim():
            y = torch.autograd.grad(y, point)  # of several elements: an error
        found.append(_slope(_slope(y, point), point))
    return torch.stack(found)


@mistake(
    "second_derivative",
    title=Text(en="The shape of x is lost", zh="丢掉了 x 的形状"),
    advice=Text(
        en="After flatten() the result is 1-d. Bring it back: .reshape(x.shape).",
        zh="flatten() 之后结果是一维的。最后要变回去：.reshape(x.shape)。",
    ),
)
def flattened(f, x):
    x = _recorded(x).flatten()
    return _slope(_slope(f(x), x), x)


@mistake(
    "second_derivative",
    title=Text(en="Finite differences are only near the truth", zh="差商只是近似"),
    advice=Text(
        en="(f(x+h) − 2f(x) + f(x−h)) / h² subtracts nearly equal numbers and loses most digits. Autograd "
        "differentiates exactly: use it twice.",
        zh="(f(x+h) − 2f(x) + f(x−h)) / h² 是几乎相等的数相减，大部分有效数字都丢了。autograd 的求导是精确的：请用它求两次。",
    ),
)
def finite_differences(f, x):
    h = 1e-4
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2 + torch.zeros_like(x)


@mistake(
    "second_derivative",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="float() loses half of the digits of a float64 tensor. Compute in the dtype that you are given.",
        zh="float() 会让 float64 张量丢掉一半的有效数字。请用输入的 dtype 计算。",
    ),
)
def always_single(f, x):
    x = _recorded(x).float()
    return _slope(_slope(f(x), x), x)


@mistake(
    "second_derivative",
    title=Text(en="Everything is turned into float64", zh="把一切都转成了 float64"),
    advice=Text(
        en="The result is due in the dtype of x. Leave out double(), or go back with .to(x.dtype).",
        zh="结果的 dtype 应与 x 相同。去掉 double()，或者最后用 .to(x.dtype) 转回来。",
    ),
)
def always_double(f, x):
    x = _recorded(x).double()
    return _slope(_slope(f(x), x), x)


@mistake(
    "second_derivative",
    title=Text(en="A linear f raises an error", zh="遇到线性函数就报错"),
    advice=Text(
        en="The slope of a line does not depend on x, so it requires no grad and cannot be differentiated. "
        "If not first.requires_grad: return torch.zeros_like(x). See allow_unused, too.",
        zh="直线的斜率与 x 无关，它不需要梯度，也就无法再求导。如果 first.requires_grad 为假，就返回 "
        "torch.zeros_like(x)。另外请了解 allow_unused 参数。",
    ),
)
def linear_raises(f, x):
    x = _recorded(x)
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x, create_graph=True)[0]


@mistake(
    "second_derivative",
    title=Text(en="A slope whose graph lacks x raises an error", zh="一阶导数的计算图里没有 x 时报错"),
    advice=Text(
        en="A trainable weight makes the slope require grad although x does not occur in it. Pass allow_unused=True, "
        "and materialize_grads=True for zeros instead of None.",
        zh="可训练的权重会让斜率需要梯度，尽管其中并没有 x。请传入 allow_unused=True；再加上 materialize_grads=True，"
        "得到的就是零而不是 None。",
    ),
)
def unused_raises(f, x):
    x = _recorded(x)
    first = _slope(f(x), x)
    if not first.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(first.sum(), x, create_graph=True)[0]


@mistake(
    "second_derivative",
    title=Text(en="A constant made of a trainable weight raises an error", zh="由可训练权重得到的常数会报错"),
    advice=Text(
        en="f(x) may require grad although x does not occur in it. Pass allow_unused=True and materialize_grads=True "
        "to the first grad(), too, not only to the second.",
        zh="f(x) 可能需要梯度，其中却没有 x。不仅第二次 grad()，第一次也要传入 allow_unused=True 和 "
        "materialize_grads=True。",
    ),
)
def constant_unused_raises(f, x):
    x = _recorded(x)
    y = f(x)
    if _flat(y):
        return torch.zeros_like(x)
    return _slope(torch.autograd.grad(y.sum(), x, create_graph=True)[0], x)


@mistake(
    "second_derivative",
    title=Text(en="A second derivative without a graph is taken for zero", zh="把没有计算图的二阶导数当成零"),
    advice=Text(
        en="The second derivative of x² is the constant 2: it needs no graph, and it is not zero. Ask for the graph of "
        "what you differentiate (f(x) and f′), not of f″.",
        zh="x² 的二阶导数是常数 2：它可以没有计算图，但不是零。要检查有没有计算图的是被求导的量（f(x) 和 f′），"
        "而不是 f″。",
    ),
)
def graphless_is_zero(f, x):
    x = _recorded(x)
    second = _slope(_slope(f(x), x), x)
    return torch.zeros_like(x) if _flat(second) else second


@mistake(
    "second_derivative",
    title=Text(en="The zeros have another dtype than x", zh="全零张量的 dtype 与 x 不同"),
    advice=Text(
        en="torch.zeros(x.shape) is float32 whatever x is. torch.zeros_like(x) takes over shape, dtype and device.",
        zh="不管 x 是什么类型，torch.zeros(x.shape) 都是 float32。torch.zeros_like(x) 会沿用 x 的形状、dtype 和设备。",
    ),
)
def zeros_retyped(f, x):
    x = _recorded(x)
    first = _slope(f(x), x)
    other = torch.float32 if x.dtype is torch.float64 else torch.float64
    return torch.zeros(x.shape, dtype=other) if _flat(first) else _slope(first, x).to(x.dtype)


@mistake(
    "second_derivative",
    title=Text(en="None is returned in place of zeros", zh="返回了 None，而不是零"),
    advice=Text(
        en="allow_unused=True makes grad() answer None where x does not occur. Pass materialize_grads=True as well, "
        "or turn None into torch.zeros_like(x).",
        zh="有了 allow_unused=True，如果计算图里没有 x，grad() 会返回 None。请同时传入 materialize_grads=True，"
        "或者把 None 换成 torch.zeros_like(x)。",
    ),
)
def none_returned(f, x):
    x = _recorded(x)
    first = _slope(f(x), x)
    if not first.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(first.sum(), x, create_graph=True, allow_unused=True)[0]


@mistake(
    "second_derivative",
    title=Text(en="A single zero is returned for all elements", zh="所有元素只返回了一个零"),
    advice=Text(
        en="Where f is linear or constant, every element of x still has its second derivative: torch.zeros_like(x).",
        zh="即使 f 是线性函数或常数，x 的每个元素也各有一个二阶导数：请返回 torch.zeros_like(x)。",
    ),
)
def bare_zero(f, x):
    x = _recorded(x)
    first = _slope(f(x), x)
    return _slope(first, x) if first.requires_grad else torch.tensor(0.0)


@mistake(
    "second_derivative",
    title=Text(en="A constant f raises an error", zh="遇到常数函数就报错"),
    advice=Text(
        en="Of a constant f not even the first derivative has a graph to follow: ask f(x).requires_grad before "
        "the first grad(), not only before the second.",
        zh="常数函数连求一阶导数的计算图都没有：不仅第二次求导之前，第一次 grad() 之前也要先看 f(x).requires_grad。",
    ),
)
def constant_raises(f, x):
    x = _recorded(x)
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return _slope(first, x)


@mistake(
    "second_derivative",
    title=Text(en="A plain number from f raises an error", zh="f 返回普通数字时报错"),
    advice=Text(
        en="A constant f may return 3.0, which has neither sum() nor requires_grad. Ask isinstance(y, torch.Tensor) "
        "first, or use torch.as_tensor(f(x)).",
        zh="常数函数可能返回 3.0，它既没有 sum()，也没有 requires_grad。先判断 isinstance(y, torch.Tensor)，"
        "或者用 torch.as_tensor(f(x))。",
    ),
)
def number_raises(f, x):
    x = _recorded(x)
    y = f(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return _slope(_slope(y, x), x)


@mistake(
    "second_derivative",
    title=Text(en="The result carries no graph", zh="结果没有计算图"),
    advice=Text(
        en="The second grad() needs create_graph=True too (and no detach() after it), or nobody can differentiate "
        "your result.",
        zh="第二次 grad() 也要写 create_graph=True（之后不要 detach()），否则别人无法对你的结果继续求导。",
    ),
)
def graph_dropped(f, x):
    x = _recorded(x)
    return _slope(_slope(f(x), x), x).detach()


@mistake(
    "second_derivative",
    title=Text(en="The result is cut off from the caller's x", zh="结果与调用者的 x 断开了"),
    advice=Text(
        en="detach() makes a new leaf; the graph of the result begins there, not at the x that you were given. "
        "Detach only an x that does not require grad.",
        zh="detach() 会得到一个新的叶子张量，结果的计算图从它开始，而不是从传进来的 x 开始。"
        "只有 x 不需要梯度时才用 detach()。",
    ),
)
def cut_from_x(f, x):
    x = x.detach().requires_grad_()
    return _slope(_slope(f(x), x), x)


@mistake(
    "second_derivative",
    title=Text(en="It creates its tensor on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.ones(x.shape) lies on the CPU, and for x on a GPU grad() refuses it. torch.ones_like(x) takes over shape, "
        "dtype and device; or differentiate the sum, which needs no weights. Leave out .cuda() and .numpy() on the way.",
        zh="torch.ones(x.shape) 建在 CPU 上，x 在 GPU 上时 grad() 不接受它。torch.ones_like(x) 会沿用 x 的形状、dtype 和设备；"
        "也可以对和求导，那就不需要这个张量。中途也不要用 .cuda() 和 .numpy()。",
    ),
)
def made_on_cpu(f, x):
    x = _recorded(x)
    y = f(x)
    if _flat(y) or y.shape != x.shape:
        return torch.zeros_like(x)
    ones = torch.ones(x.shape, dtype=x.dtype)
    for _ in range(2):
        if _flat(y):
            return torch.zeros_like(x)
        (y,) = torch.autograd.grad(y, x, ones, create_graph=True, allow_unused=True, materialize_grads=True)
    return y
