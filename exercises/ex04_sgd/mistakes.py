"""Wrong steps that learners take, each with what to say about it."""

# ruff: noqa: PLW2901 - `param -= …` inside a loop is how a learner takes the step

from __future__ import annotations

import torch

from grader.judge import Text, mistake


@mistake(
    "sgd",
    title=Text(en="The gradient is not divided by batch_size", zh="梯度没有除以 batch_size"),
    advice=Text(
        en="The losses of the batch were added up, so the gradient is a sum and every step is batch_size times "
        "too long. Divide it: lr * param.grad / batch_size.",
        zh="小批量的损失是求和的，梯度也就是和，每一步都长了 batch_size 倍。要除一下：lr * param.grad / batch_size。",
    ),
)
def no_division(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The step goes uphill", zh="方向反了，走的是上坡"),
    advice=Text(
        en="The gradient points to where the loss grows. Subtract it: -=, not +=.",
        zh="梯度指向损失增大的方向。应当减去它：用 -=，而不是 +=。",
    ),
)
def ascent(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param += lr * param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The learning rate is not used", zh="没有用学习率"),
    advice=Text(
        en="The mean gradient says which way and how steep; lr says how far to go. Multiply by it.",
        zh="平均梯度给出方向和陡峭程度，走多远由 lr 决定。别忘了乘上 lr。",
    ),
)
def no_lr(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The gradient is divided by the parameter's length", zh="除以的是参数的长度，而不是批量大小"),
    advice=Text(
        en="len(param) counts the weights, not the examples. The sum ran over the batch: divide by batch_size.",
        zh="len(param) 数的是权重个数，不是样本个数。求和是对小批量里的样本做的：请除以 batch_size。",
    ),
)
def divides_by_length(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / (len(param) if param.dim() else 1)
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="lr and batch_size are fixed numbers", zh="lr 和 batch_size 写死了"),
    advice=Text(
        en="The step always uses lr = 0.03 and batches of 10, the article's settings. Use the two arguments instead: "
        "a name at module level has no business here.",
        zh="每一步用的都是文章里的 lr = 0.03 和批量大小 10。请使用传进来的两个参数，不要依赖模块里的全局变量。",
    ),
)
def article_numbers(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= 0.03 * param.grad / 10
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The parameter is zeroed instead of its gradient", zh="清零的是参数，而不是梯度"),
    advice=Text(
        en="param.zero_() wipes out what was learnt. Clear the gradient: param.grad.zero_().",
        zh="param.zero_() 把学到的值抹掉了。要清零的是梯度：param.grad.zero_()。",
    ),
)
def parameter_zeroed(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / batch_size
            param.zero_()


@mistake(
    "sgd",
    title=Text(en="Only the first parameter steps", zh="只更新了第一个参数"),
    advice=Text(
        en="The loop ends after one round: a return (or break) is indented into it. Step every parameter.",
        zh="循环只跑了一轮：return（或 break）缩进到了循环里面。每个参数都要更新。",
    ),
)
def first_only(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is not None:
                param -= lr * param.grad / batch_size
                param.grad.zero_()
            return


@mistake(
    "sgd",
    title=Text(en="The last parameter does not step", zh="最后一个参数没有更新"),
    advice=Text(
        en="range(len(params) - 1) and params[:-1] leave one out: range ends before its bound. Write: for param in params.",
        zh="range(len(params) - 1) 和 params[:-1] 都会漏掉最后一个：range 本来就不含上界。请写：for param in params。",
    ),
)
def last_skipped(params, lr, batch_size):
    params = list(params)
    with torch.no_grad():
        for param in params[:-1]:
            if param.grad is not None:
                param -= lr * param.grad / batch_size
                param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="sgd contains yield, so nothing ran", zh="sgd 里有 yield，所以什么也没有执行"),
    advice=Text(
        en="A function with yield in it only makes a generator when it is called. Take the yield out: "
        "sgd changes the parameters and need not return anything.",
        zh="函数里只要有 yield，调用它就只会得到一个生成器，函数体并不执行。请去掉 yield：sgd 直接修改参数，不需要返回什么。",
    ),
)
def contains_yield(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / batch_size
            param.grad.zero_()
            yield param


@mistake(
    "sgd",
    title=Text(en="torch.no_grad() is missing", zh="缺少 torch.no_grad()"),
    advice=Text(
        en="Autograd forbids changing a leaf in place while it records. Put the update into `with torch.no_grad():`.",
        zh="autograd 正在记录时，不允许原地修改需要梯度的叶子张量。请把更新放进 `with torch.no_grad():`。",
    ),
)
def graph_recorded(params, lr, batch_size):
    for param in params:
        if param.grad is None:
            continue
        param -= lr * param.grad / batch_size
        param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The caller's own tensors do not move", zh="调用者手里的张量没有动"),
    advice=Text(
        en="Either no step is taken at all, or it goes into another tensor: `param = param - …` makes a new one, which has "
        "no .grad, and binds the local name to it. Change the caller's tensor in place: param -= …, or param.data = ….",
        zh="要么根本没有更新，要么更新写进了别的张量：`param = param - …` 会生成一个没有 .grad 的新张量，"
        "只是让局部变量名指向它。请原地修改调用者的张量：param -= …，或者 param.data = …。",
    ),
)
def rebound(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param = param - lr * param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The gradients are cleared, yet nothing moves", zh="梯度清空了，参数却没有动"),
    advice=Text(
        en="Step first, clear afterwards: a gradient that was zeroed before moves nothing. If your order is right, "
        "the step went into a new tensor (param = param - …): use param -= ….",
        zh="先更新，再清零：梯度一旦先清零，就什么也推不动了。如果顺序没错，那就是更新写进了新张量"
        "（param = param - …）：请改用 param -= …。",
    ),
)
def nothing_moves(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param.grad.zero_()
            param -= lr * param.grad / batch_size


@mistake(
    "sgd",
    title=Text(en="The gradients are not cleared", zh="梯度没有清空"),
    advice=Text(
        en="backward() adds to .grad, so the next step would still carry this one. End with param.grad.zero_() or "
        "param.grad = None, for every parameter.",
        zh="backward() 会往 .grad 上累加，下一步就会带着这一步的梯度。更新后对每个参数执行 param.grad.zero_() 或 "
        "param.grad = None。",
    ),
)
def not_cleared(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / batch_size


@mistake(
    "sgd",
    title=Text(en="Only the last gradient is cleared", zh="只清空了最后一个梯度"),
    advice=Text(
        en="param.grad.zero_() stands after the loop, where param is the last one. Indent it into the loop.",
        zh="param.grad.zero_() 写在了循环外面，此时 param 是最后一个参数。请把它缩进到循环里。",
    ),
)
def clears_last_only(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / batch_size
        if param.grad is not None:
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="A generator is walked through twice", zh="把生成器遍历了两遍"),
    advice=Text(
        en="A generator is used up after one loop, so the second finds nothing. Do all in one loop, or start with "
        "params = list(params).",
        zh="生成器遍历一遍就用完了，第二个循环里什么也没有。请在一个循环里做完，或者先写 params = list(params)。",
    ),
)
def loops_twice(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is not None:
                param -= lr * param.grad / batch_size
        for param in params:
            if param.grad is not None:
                param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="params is indexed like a list", zh="把 params 当成列表用下标访问"),
    advice=Text(
        en="len(params) and params[i] need a list, but model.parameters() is a generator. Write: for param in params.",
        zh="len(params) 和 params[i] 要求列表，而 model.parameters() 是生成器。请写：for param in params。",
    ),
)
def indexes(params, lr, batch_size):
    with torch.no_grad():
        for index in range(len(params)):
            if params[index].grad is None:
                continue
            params[index] -= lr * params[index].grad / batch_size
            params[index].grad.zero_()


@mistake(
    "sgd",
    title=Text(en="A weight and a bias are taken for granted", zh="假定参数只有权重和偏置两个"),
    advice=Text(
        en="w, b = params works for exactly two parameters. A model has any number of them: loop over params.",
        zh="w, b = params 只适用于恰好两个参数。模型的参数个数不定：请遍历 params。",
    ),
)
def two_params_only(params, lr, batch_size):
    w, b = params
    with torch.no_grad():
        for param in (w, b):
            if param.grad is not None:
                param -= lr * param.grad / batch_size
                param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="A parameter without a gradient raises an error", zh="遇到没有梯度的参数就报错"),
    advice=Text(
        en="A parameter that took no part in the loss has .grad None. Skip it: if param.grad is None: continue.",
        zh="没有参与损失计算的参数，其 .grad 是 None。跳过它：if param.grad is None: continue。",
    ),
)
def needs_gradient(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="A parameter without a gradient ends the loop", zh="遇到没有梯度的参数就结束了循环"),
    advice=Text(
        en="break and return give up on all parameters that follow. Go on with the next one: continue.",
        zh="break 和 return 会把后面的参数也一起放弃。应当用 continue 接着处理下一个。",
    ),
)
def stops_at_none(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                break
            param -= lr * param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="One parameter without a gradient stops all", zh="只要有一个参数没有梯度，就全都不更新"),
    advice=Text(
        en="Only the parameter whose .grad is None is to be left alone; all others take their step. "
        "Ask inside the loop: if param.grad is None: continue.",
        zh="只有 .grad 为 None 的那个参数保持原样，其余的照常更新。请在循环里判断：if param.grad is None: continue。",
    ),
)
def nothing_if_any_none(params, lr, batch_size):
    params = list(params)
    if any(param.grad is None for param in params):
        return
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="Autograd is switched off and stays off", zh="自动求导关掉后没有再打开"),
    advice=Text(
        en="torch.set_grad_enabled(False) holds for the whole program until it is undone: the next loss carries no graph. "
        "Use `with torch.no_grad():`, which ends by itself.",
        zh="torch.set_grad_enabled(False) 对整个程序一直有效，直到被撤销：下一个损失就没有计算图了。"
        "请用 `with torch.no_grad():`，它会自动恢复。",
    ),
)
def grad_left_off(params, lr, batch_size):
    torch.set_grad_enabled(False)
    for param in params:
        if param.grad is None:
            continue
        param -= lr * param.grad / batch_size
        param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="The parameters no longer require grad", zh="参数不再需要梯度"),
    advice=Text(
        en="requires_grad_(False) and detach_() silence the error for good: nothing will be learnt in the next step. "
        "Use `with torch.no_grad():`, which ends by itself.",
        zh="requires_grad_(False) 和 detach_() 虽然不再报错，却是一劳永逸地关掉了梯度：下一步什么也学不到。"
        "请用 `with torch.no_grad():`，它会自动恢复。",
    ),
)
def frozen(params, lr, batch_size):
    for param in params:
        if param.grad is None:
            continue
        param.requires_grad_(False)
        param -= lr * param.grad / batch_size
        param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="Everything is turned into float32", zh="把一切都转成了 float32"),
    advice=Text(
        en="float() and torch.tensor(number) are float32 and cost a float64 parameter half of its digits. "
        "Compute with the tensors as they are.",
        zh="float() 和 torch.tensor(数字) 都是 float32，会让 float64 的参数丢掉一半有效数字。"
        "直接用原来的张量计算即可。",
    ),
)
def always_single(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad.float() / batch_size
            param.grad.zero_()


@mistake(
    "sgd",
    title=Text(en="It creates its tensor on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.zeros(param.shape) lies on the CPU; a parameter on a GPU takes it neither as its gradient nor as a "
        "step. Use torch.zeros_like(param), param.grad.zero_() or param.grad = None, and leave out .cuda().",
        zh="torch.zeros(param.shape) 建在 CPU 上；参数在 GPU 上时，它既不能当梯度，也不能当步长用。"
        "请用 torch.zeros_like(param)、param.grad.zero_()，或者 param.grad = None；也不要用 .cuda()。",
    ),
)
def made_on_cpu(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            param -= lr * param.grad / batch_size
            param.grad = torch.zeros(param.shape, dtype=param.dtype)
