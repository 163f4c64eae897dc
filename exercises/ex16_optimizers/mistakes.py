"""Wrong optimisers that learners write, each with what to say about it."""

from __future__ import annotations

import weakref

import torch

from grader.judge import Text, mistake


@mistake(
    "momentum_step",
    title=Text(en="The parameter itself never changes", zh="参数本身没有变"),
    advice=Text(
        en="`param = param - …` and `return param - …` make a new tensor; the caller still holds the old one. "
        "Change it in place: param.sub_(…) or param -= ….",
        zh="`param = param - …` 和 `return param - …` 得到的是新张量，调用者手里还是旧的。"
        "请原地修改：param.sub_(…) 或 param -= …。",
    ),
)
@torch.no_grad()
def not_in_place(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    return param - lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="Nothing is remembered from step to step", zh="步与步之间什么也没有记住"),
    advice=Text(
        en="A local variable is gone after the call, and `state = {…}` only binds the name to a new dict. "
        'Write into the dict that you were given: state["…"] = ….',
        zh='局部变量在调用结束后就没了，`state = {…}` 只是让名字指向一个新字典。请写进传入的那个字典：state["…"] = …。',
    ),
)
@torch.no_grad()
def nothing_kept(param, grad, state, lr, momentum=0.9):
    velocity = momentum * state.get("v", 0) + grad
    state = {"v": velocity}
    param -= lr * velocity


@mistake(
    "momentum_step",
    title=Text(en="It climbs instead of descending", zh="方向反了：在上坡"),
    advice=Text(
        en="The gradient points uphill, so a step subtracts: p ← p − lr · …. "
        "add_(…, alpha=lr) adds; alpha=-lr subtracts.",
        zh="梯度指向上坡，所以更新要做减法：p ← p − lr · …。add_(…, alpha=lr) 是加，alpha=-lr 才是减。",
    ),
)
@torch.no_grad()
def ascent(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    param += lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="The velocity is an average of the gradients", zh="把速度写成了梯度的滑动平均"),
    advice=Text(
        en="(1 − momentum) · grad belongs to Adam's mean. torch.optim.SGD adds the whole gradient: v ← momentum · v + grad, "
        "so with 0.9 steps grow up to tenfold.",
        zh="(1 − momentum) · grad 是 Adam 里均值的写法。torch.optim.SGD 加的是整个梯度：v ← momentum · v + grad，"
        "所以 momentum=0.9 时步子最多会变成 10 倍。",
    ),
)
@torch.no_grad()
def averaged_velocity(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + (1 - momentum) * grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="The learning rate is inside the velocity", zh="学习率乘进了速度里"),
    advice=Text(
        en="With v ← momentum · v + lr · grad an old learning rate lives on in v. torch.optim.SGD keeps it outside: "
        "v ← momentum · v + grad, p ← p − lr · v. Both agree only while lr stays the same.",
        zh="写成 v ← momentum · v + lr · grad，旧的学习率就会留在 v 里。torch.optim.SGD 把它放在外面："
        "v ← momentum · v + grad，p ← p − lr · v。只有 lr 一直不变时两者才相同。",
    ),
)
@torch.no_grad()
def lr_in_velocity(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + lr * grad
    param -= state["v"]


@mistake(
    "momentum_step",
    title=Text(en="This is Nesterov's momentum", zh="写成了 Nesterov 动量"),
    advice=Text(
        en="grad + momentum · v looks one step ahead; torch.optim.SGD does that only with nesterov=True. Step along v.",
        zh="grad + momentum · v 是往前多看一步，torch.optim.SGD 只在 nesterov=True 时才这样。这里就沿 v 走。",
    ),
)
@torch.no_grad()
def nesterov(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    param -= lr * (grad + momentum * state["v"])


@mistake(
    "momentum_step",
    title=Text(en="The step uses the velocity of the step before", zh="用的是上一步的速度"),
    advice=Text(
        en="Bring the velocity up to date first, then move by it: otherwise the first step goes nowhere "
        "and every later one is late.",
        zh="先更新速度，再用它移动参数：否则第一步原地不动，后面每一步都慢一拍。",
    ),
)
@torch.no_grad()
def velocity_too_old(param, grad, state, lr, momentum=0.9):
    velocity = state.get("v", torch.zeros_like(param))
    param -= lr * velocity
    state["v"] = momentum * velocity + grad


@mistake(
    "momentum_step",
    title=Text(en="The stored velocity is spoiled in place", zh="原地运算改坏了存着的速度"),
    advice=Text(
        en="mul_ writes into the tensor in state, so the next step starts from lr · v. Use lr * v, "
        "or param.sub_(v, alpha=lr).",
        zh="mul_ 会写进 state 里的张量，下一步就成了从 lr · v 出发。请用 lr * v，或者 param.sub_(v, alpha=lr)。",
    ),
)
@torch.no_grad()
def velocity_spoiled(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    param -= state["v"].mul_(lr)


@mistake(
    "momentum_step",
    title=Text(en="grad itself is kept in state", zh="把 grad 本身存进了 state"),
    advice=Text(
        en="The caller fills the same .grad again before the next step, and what you kept changes with it. "
        "Keep a copy, grad.clone(), or add grad to a tensor of your own.",
        zh="下一步之前，调用者会往同一个 .grad 里写新的梯度，你存的东西也就跟着变了。"
        "请存副本 grad.clone()，或者把 grad 加到自己的张量上。",
    ),
)
@torch.no_grad()
def grad_kept(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state["v"] + grad if state else grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="grad is changed", zh="改动了 grad"),
    advice=Text(
        en="Methods that end in _ and `grad += …` write into the caller's gradient. "
        "Compute something new: grad + …, grad * ….",
        zh="以 _ 结尾的方法和 `grad += …` 会写进调用者的梯度。请算出新的张量：grad + …、grad * …。",
    ),
)
@torch.no_grad()
def grad_changed(param, grad, state, lr, momentum=0.9):
    grad += momentum * state.get("v", 0)
    state["v"] = grad.clone()
    param -= lr * grad


@mistake(
    "momentum_step",
    title=Text(en="grad is cleared", zh="清空了 grad"),
    advice=Text(
        en="Clearing was sgd's task in exercise 4. Here grad stays as it is: the training loop clears it, "
        "as with optimizer.zero_grad().",
        zh="清空梯度是练习 4 里 sgd 的事。这里 grad 要保持原样：由训练循环来清空，就像 optimizer.zero_grad() 那样。",
    ),
)
@torch.no_grad()
def grad_cleared(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    param -= lr * state["v"]
    grad.zero_()


@mistake(
    "momentum_step",
    title=Text(en="The memory hangs on the parameter, not in state", zh="记忆挂在参数上，而不在 state 里"),
    advice=Text(
        en="An attribute of the tensor, or a dict of your own by id(param), outlives the state: "
        "a caller who starts anew with an empty state gets old numbers. Keep everything in state.",
        zh="挂在张量上的属性，或者自己按 id(param) 建的字典，寿命比 state 长：调用者换一个空的 state 重新开始时，"
        "得到的还是旧的数。请把一切都存在 state 里。",
    ),
)
@torch.no_grad()
def on_parameter(param, grad, state, lr, momentum=0.9):
    param.velocity = momentum * getattr(param, "velocity", 0) + grad
    param -= lr * param.velocity


# In a learner's worker a module's variables begin anew with each check. Replayed in one
# process they would not: so the two below forget once the first parameter is gone.
_SHARED = {}


def _shared(param):
    if _SHARED.get("first", lambda: None)() is None:
        _SHARED.clear()
        _SHARED["first"] = weakref.ref(param)
    return _SHARED


@mistake(
    "momentum_step",
    title=Text(en="All parameters share one memory", zh="所有参数共用一份记忆"),
    advice=Text(
        en="A module's variable, or a mutable default argument, is one for all parameters: the weight's velocity "
        "drags the bias along. Each parameter comes with its own state: use that.",
        zh="模块级变量或可变的默认参数，是所有参数共用的：权重的速度会拖着偏置一起走。每个参数都带着自己的 state，请用它。",
    ),
)
@torch.no_grad()
def shared_memory(param, grad, state, lr, momentum=0.9):
    memory = _shared(param)
    memory["v"] = momentum * memory.get("v", 0) + grad
    param -= lr * memory["v"]


@mistake(
    "adam_step",
    title=Text(en="All parameters share one step count", zh="所有参数共用一个步数"),
    advice=Text(
        en="With a global t two parameters count twice as fast, and a new state does not begin at 1. "
        "Count in state, as everything else.",
        zh="全局的 t 遇到两个参数就数得快一倍，换了新的 state 也不会从 1 开始。步数也要存在 state 里。",
    ),
)
@torch.no_grad()
def shared_count(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    memory = _shared(param)
    memory["t"] = t = memory.get("t", 0) + 1
    m, s = _means(grad, state, betas)
    param -= lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps)


def _means(grad, state, betas):
    state["m"] = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    state["s"] = betas[1] * state.get("s", 0) + (1 - betas[1]) * grad**2
    return state["m"], state["s"]


def _count(state):
    state["t"] = state.get("t", 0) + 1
    return state["t"]


@mistake(
    "momentum_step",
    title=Text(en="A leaf that requires grad cannot be changed", zh="需要梯度的叶子张量改不了"),
    advice=Text(
        en="Autograd refuses to let a leaf change while it is recording. Take the step inside `with torch.no_grad():`, "
        "or put @torch.no_grad() above the function.",
        zh="autograd 在记录时不允许原地修改叶子张量。请把更新写进 `with torch.no_grad():`，"
        "或者在函数上面加 @torch.no_grad()。",
    ),
)
def no_no_grad(param, grad, state, lr, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="The parameter no longer requires grad", zh="参数不再需要梯度"),
    advice=Text(
        en="detach_() and requires_grad_(False) end the training of the caller's tensor. "
        "`with torch.no_grad():` lets you change it and leaves it trainable.",
        zh="detach_() 和 requires_grad_(False) 会让调用者的张量从此无法训练。"
        "用 `with torch.no_grad():` 就能修改它，又不影响它继续训练。",
    ),
)
def frozen(param, grad, state, lr, momentum=0.9):
    param.requires_grad_(False)
    state["v"] = momentum * state.get("v", 0) + grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="Autograd stays switched off", zh="autograd 一直关着"),
    advice=Text(
        en="torch.set_grad_enabled(False) as a plain call holds for the rest of the program. "
        "`with torch.no_grad():` ends by itself.",
        zh="直接调用 torch.set_grad_enabled(False)，之后整个程序都不再记录。`with torch.no_grad():` 会自动恢复。",
    ),
)
def grad_left_off(param, grad, state, lr, momentum=0.9):
    torch.set_grad_enabled(False)
    state["v"] = momentum * state.get("v", 0) + grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="It makes its tensor on the CPU", zh="在 CPU 上新建张量"),
    advice=Text(
        en="torch.zeros(param.shape) lies on the CPU wherever the parameter lies. torch.zeros_like(param) follows its device and dtype.",
        zh="不管参数在哪个设备上，torch.zeros(param.shape) 都建在 CPU 上。torch.zeros_like(param) 会跟随参数的设备和 dtype。",
    ),
)
@torch.no_grad()
def cpu_buffers(param, grad, state, lr, momentum=0.9):
    if not state:
        state["v"] = torch.zeros(param.shape, dtype=param.dtype)
    state["v"] = momentum * state["v"] + grad
    param -= lr * state["v"]


@mistake(
    "momentum_step",
    title=Text(en="The state is float32 whatever the parameter is", zh="不管参数是什么类型，state 都是 float32"),
    advice=Text(
        en="torch.zeros(shape) and float() make float32, which loses half of the digits of a float64 parameter. "
        "torch.zeros_like(param) has its dtype.",
        zh="torch.zeros(shape) 和 float() 得到的是 float32，float64 的参数会丢掉一半有效数字。torch.zeros_like(param) 的 dtype 与参数相同。",
    ),
)
@torch.no_grad()
def single_buffers(param, grad, state, lr, momentum=0.9):
    if not state:
        state["v"] = torch.zeros(param.shape, device=param.device)
    state["v"].mul_(momentum).add_(grad)
    param -= lr * state["v"]


@mistake(
    "rmsprop_step",
    title=Text(en="alpha defaults to the article's 0.09", zh="alpha 的默认值用了文章里的 0.09"),
    advice=Text(
        en="torch.optim.RMSprop has alpha=0.99. The article's 0.09, most likely a slip for 0.9, keeps so little of the past "
        "that each element just moves by about lr in the direction of its sign.",
        zh="torch.optim.RMSprop 的 alpha 是 0.99。文章里的 0.09 多半是 0.9 的笔误：它几乎不保留过去，"
        "每个元素只是按符号走大约 lr 那么远。",
    ),
)
@torch.no_grad()
def article_alpha(param, grad, state, lr, alpha=0.09, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    param -= lr * grad / (state["s"].sqrt() + eps)


@mistake(
    "rmsprop_step",
    title=Text(en="eps is inside the root (rmsprop_step)", zh="eps 放进了根号里（rmsprop_step）"),
    advice=Text(
        en="torch.optim.RMSprop takes the root first and adds eps to it: grad / (√s + eps), that is s.sqrt() + eps. "
        "Under the root 1e-8 acts like 1e-4.",
        zh="torch.optim.RMSprop 先开方再加 eps：grad / (√s + eps)，也就是 s.sqrt() + eps。放在根号里，1e-8 就相当于 1e-4。",
    ),
)
@torch.no_grad()
def eps_in_root(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    param -= lr * grad / (state["s"] + eps).sqrt()


@mistake(
    "rmsprop_step",
    title=Text(en="There is no eps in the denominator", zh="分母里没有 eps"),
    advice=Text(
        en="An element whose gradient has always been zero divides 0 by √0, which is NaN, and NaN stays. "
        "Divide by √s + eps.",
        zh="如果某个元素的梯度一直是零，就成了 0 除以 √0，得到 NaN，而且再也回不来。请除以 √s + eps。",
    ),
)
@torch.no_grad()
def no_eps(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    param -= lr * grad / state["s"].sqrt()


@mistake(
    "rmsprop_step",
    title=Text(en="alpha and 1 − alpha have changed places", zh="alpha 和 1 − alpha 写反了"),
    advice=Text(
        en="alpha is the share of the past: s ← alpha · s + (1 − alpha) · grad². With 0.99 little of today goes in.",
        zh="alpha 是过去所占的比例：s ← alpha · s + (1 − alpha) · grad²。alpha=0.99 时，当前这一步只占一点点。",
    ),
)
@torch.no_grad()
def alpha_swapped(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = (1 - alpha) * state.get("s", 0) + alpha * grad**2
    param -= lr * grad / (state["s"].sqrt() + eps)


@mistake(
    "rmsprop_step",
    title=Text(en="The squares are added up, not averaged", zh="平方只累加，没有取平均"),
    advice=Text(
        en="s ← alpha · s + grad² lacks the factor (1 − alpha), and s ← s + grad² is Adagrad, whose steps only shrink. "
        "RMSprop takes a running mean: s ← alpha · s + (1 − alpha) · grad².",
        zh="s ← alpha · s + grad² 漏了 (1 − alpha)；s ← s + grad² 则是 Adagrad，步子只会越来越小。"
        "RMSprop 用的是滑动平均：s ← alpha · s + (1 − alpha) · grad²。",
    ),
)
@torch.no_grad()
def squares_added(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + grad**2
    param -= lr * grad / (state["s"].sqrt() + eps)


@mistake(
    "rmsprop_step",
    title=Text(en="The root is missing (rmsprop_step)", zh="忘了开方（rmsprop_step）"),
    advice=Text(
        en="s is a mean of squares; its root has the size of a gradient. Divide by s.sqrt() + eps, not by s + eps.",
        zh="s 是平方的平均，开方之后才和梯度同一量级。请除以 s.sqrt() + eps，而不是 s + eps。",
    ),
)
@torch.no_grad()
def no_root(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    param -= lr * grad / (state["s"] + eps)


@mistake(
    "rmsprop_step",
    title=Text(en="RMSprop is given Adam's bias correction", zh="给 RMSprop 加上了 Adam 的偏差修正"),
    advice=Text(
        en="Only Adam divides by 1 − βᵗ. torch.optim.RMSprop uses s as it is, so its first steps are long.",
        zh="只有 Adam 才除以 1 − βᵗ。torch.optim.RMSprop 直接用 s，所以开头几步比较大。",
    ),
)
@torch.no_grad()
def rmsprop_corrected(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    unbiased = state["s"] / (1 - alpha ** _count(state))
    param -= lr * grad / (unbiased.sqrt() + eps)


@mistake(
    "rmsprop_step",
    title=Text(en="The stored mean is spoiled in place", zh="原地运算改坏了存着的平均值"),
    advice=Text(
        en="sqrt_() and add_() write into the tensor in state, so the next step averages roots. "
        "Use s.sqrt() + eps, which makes a new one.",
        zh="sqrt_() 和 add_() 会写进 state 里的张量，下一步就在对方根求平均了。请用 s.sqrt() + eps，它会生成新的张量。",
    ),
)
@torch.no_grad()
def mean_spoiled(param, grad, state, lr, alpha=0.99, eps=1e-8):
    state["s"] = alpha * state.get("s", 0) + (1 - alpha) * grad**2
    param -= lr * grad / state["s"].sqrt_().add_(eps)


@mistake(
    "adam_step",
    title=Text(en="Adam without bias correction", zh="Adam 没有做偏差修正"),
    advice=Text(
        en="Both means start at zero and are too small at first: divide them by 1 − β1ᵗ and 1 − β2ᵗ, t counting from 1. "
        "Without it the first steps are about three times too long.",
        zh="两个平均值都从零开始，起初偏小：要分别除以 1 − β1ᵗ 和 1 − β2ᵗ，t 从 1 数起。不修正的话，开头几步大约长三倍。",
    ),
)
@torch.no_grad()
def no_correction(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    param -= lr * m / (s.sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="Only one of the two means is corrected", zh="只修正了两个平均值中的一个"),
    advice=Text(
        en="The mean of grad² starts at zero as well, and lags far longer with β2 = 0.999: "
        "divide it by 1 − β2ᵗ, the mean of grad by 1 − β1ᵗ.",
        zh="grad² 的平均值也从零开始，而且 β2 = 0.999 时偏小的时间更长：它要除以 1 − β2ᵗ，grad 的平均值除以 1 − β1ᵗ。",
    ),
)
@torch.no_grad()
def square_uncorrected(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    param -= lr * (m / (1 - betas[0] ** _count(state))) / (s.sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="One beta corrects both means", zh="两个平均值用了同一个 β 来修正"),
    advice=Text(
        en="Each mean is corrected by the beta that it was made with: that of grad by 1 − β1ᵗ, that of grad² by 1 − β2ᵗ.",
        zh="平均值是用哪个 β 算的，就用哪个 β 修正：grad 的用 1 − β1ᵗ，grad² 的用 1 − β2ᵗ。",
    ),
)
@torch.no_grad()
def one_beta_corrects(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    share = 1 - betas[0] ** _count(state)
    param -= lr * (m / share) / ((s / share).sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="The step count stays at 1", zh="步数一直是 1"),
    advice=Text(
        en='t must grow with every call, and live in state: state["t"] = state.get("t", 0) + 1. '
        "With t = 1 for ever both means stay ten and a thousand times too large.",
        zh='每次调用 t 都要加一，并存在 state 里：state["t"] = state.get("t", 0) + 1。'
        "t 一直是 1 的话，两个平均值会一直被放大 10 倍和 1000 倍。",
    ),
)
@torch.no_grad()
def not_counted(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    param -= lr * (m / (1 - betas[0])) / ((s / (1 - betas[1])).sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="The step count starts at 0", zh="步数从 0 数起"),
    advice=Text(
        en="1 − β⁰ is zero, and dividing by it gives inf or NaN. Count first, then correct: t is 1 in the first step.",
        zh="1 − β⁰ 等于零，除以它会得到 inf 或 NaN。先计数再修正：第一步的 t 是 1。",
    ),
)
@torch.no_grad()
def counts_from_zero(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    t = _count(state) - 1
    param -= lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="The corrected means are stored", zh="把修正后的平均值存了回去"),
    advice=Text(
        en="The running means themselves go on uncorrected; m̂ and ŝ are made anew for each step. "
        "Watch for /= and div_, which write into state.",
        zh="滑动平均本身要一直保持未修正的样子，m̂ 和 ŝ 每一步另外计算。注意 /= 和 div_ 会写进 state。",
    ),
)
@torch.no_grad()
def corrected_stored(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    t = _count(state)
    m /= 1 - betas[0] ** t
    s /= 1 - betas[1] ** t
    param -= lr * m / (s.sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="β1 and β2 have changed places", zh="β1 和 β2 写反了"),
    advice=Text(
        en="betas = (β1, β2): the first is for the mean of grad (0.9), the second for that of grad² (0.999).",
        zh="betas = (β1, β2)：第一个用于 grad 的平均（0.9），第二个用于 grad² 的平均（0.999）。",
    ),
)
@torch.no_grad()
def betas_swapped(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas[::-1])
    t = _count(state)
    param -= lr * (m / (1 - betas[1] ** t)) / ((s / (1 - betas[0] ** t)).sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="eps is inside the root (adam_step)", zh="eps 放进了根号里（adam_step）"),
    advice=Text(
        en="torch.optim.Adam takes the root first and adds eps to it: √ŝ + eps. Under the root 1e-8 acts like 1e-4.",
        zh="torch.optim.Adam 先开方再加 eps：√ŝ + eps。放在根号里，1e-8 就相当于 1e-4。",
    ),
)
@torch.no_grad()
def adam_eps_in_root(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    t = _count(state)
    param -= lr * (m / (1 - betas[0] ** t)) / (s / (1 - betas[1] ** t) + eps).sqrt()


@mistake(
    "adam_step",
    title=Text(en="eps is added before the correction", zh="eps 加在了偏差修正之前"),
    advice=Text(
        en="With (√s + eps) / √(1 − β2ᵗ) the correction enlarges eps too. torch.optim.Adam corrects first: √ŝ + eps.",
        zh="写成 (√s + eps) / √(1 − β2ᵗ)，连 eps 也被修正放大了。torch.optim.Adam 是先修正：√ŝ + eps。",
    ),
)
@torch.no_grad()
def eps_before_correction(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    m, s = _means(grad, state, betas)
    t = _count(state)
    param -= lr * (m / (1 - betas[0] ** t)) * (1 - betas[1] ** t) ** 0.5 / (s.sqrt() + eps)


@mistake(
    "adam_step",
    title=Text(en="The second mean is not of squares", zh="第二个平均值没有取平方"),
    advice=Text(
        en="β2's mean is that of grad², element by element. A mean of |grad| measures size in another way: "
        "that is not Adam.",
        zh="β2 的平均值是逐元素的 grad² 的平均。对 |grad| 求平均是另一种度量，那不是 Adam。",
    ),
)
@torch.no_grad()
def not_squared(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    state["m"] = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    state["s"] = betas[1] * state.get("s", 0) + (1 - betas[1]) * grad.abs()
    t = _count(state)
    param -= lr * (state["m"] / (1 - betas[0] ** t)) / (state["s"] / (1 - betas[1] ** t) + eps)
