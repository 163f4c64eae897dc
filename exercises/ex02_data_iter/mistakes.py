"""Wrong minibatches that learners make, each with what to say about it."""

from __future__ import annotations

import random

import torch

from grader.judge import Text, mistake


def _batches(order, batch_size, features, labels):
    """Yield the batches of a given order, rightly."""
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="The examples are not shuffled", zh="样本没有打乱"),
    advice=Text(
        en="Minibatch SGD wants a random sample each time. Shuffle the indices before you slice them: "
        "torch.randperm(n), or random.shuffle on a list.",
        zh="小批量随机梯度下降每次都要随机取样。切片之前先打乱下标：torch.randperm(n)，或者对列表用 random.shuffle。",
    ),
)
def no_shuffle(batch_size, features, labels):
    return _batches(torch.arange(len(features)), batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="The last, shorter batch is dropped", zh="丢掉了最后一个较小的批量"),
    advice=Text(
        en="n // batch_size counts full batches only, and drop_last=True drops the rest. Walk range(0, n, "
        "batch_size): a slice over the end stops at the end.",
        zh="n // batch_size 只数满的批量，drop_last=True 也会丢掉剩下的。请用 range(0, n, batch_size)："
        "切片越过末尾会自动停住。",
    ),
)
def drops_last(batch_size, features, labels):
    order = torch.randperm(len(features))
    for i in range(len(features) // batch_size):
        batch = order[i * batch_size : (i + 1) * batch_size]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="The last batch is filled up with examples that came already", zh="用已经出现过的样本补满了最后一批"),
    advice=Text(
        en="Examples that come twice weigh double in that pass. Let the last batch be shorter.",
        zh="出现两次的样本在这一遍里权重就加倍了。最后一批小一些没有关系。",
    ),
)
def fills_last(batch_size, features, labels):
    order = torch.randperm(len(features))
    for start in range(0, len(features), batch_size):
        batch = order[torch.arange(start, start + batch_size) % len(order)]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="An empty batch comes last", zh="最后多出一个空的批量"),
    advice=Text(
        en="n // batch_size + 1 counts one batch too many where the size divides n, and its mean is NaN. range(0, n, "
        "batch_size) has the right count in both cases.",
        zh="能整除时，n // batch_size + 1 多算了一批，这批的平均值是 NaN。range(0, n, batch_size) 在两种情况下都正确。",
    ),
)
def empty_tail(batch_size, features, labels):
    order = torch.randperm(len(features))
    for i in range(len(features) // batch_size + 1):
        batch = order[i * batch_size : (i + 1) * batch_size]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="One example never comes", zh="有一个样本从不出现"),
    advice=Text(
        en="The indices of n examples are 0 to n − 1: range(n), torch.arange(n) or torch.randperm(n), not range(1, n) "
        "and not n − 1 of them.",
        zh="n 个样本的下标是 0 到 n − 1：请用 range(n)、torch.arange(n) 或 torch.randperm(n)，不要用 range(1, n)，"
        "也不要只取 n − 1 个。",
    ),
)
def misses_one(batch_size, features, labels):
    order = list(range(1, len(features)))
    random.shuffle(order)
    return _batches(order, batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="Each batch is one example short", zh="每个批量都少一个样本"),
    advice=Text(
        en="The end of a slice is not part of it: indices[i : i + batch_size] holds batch_size numbers, without a − 1.",
        zh="切片不包含终点：indices[i : i + batch_size] 恰好有 batch_size 个数，不用减 1。",
    ),
)
def slice_short(batch_size, features, labels):
    order = torch.randperm(len(features))
    for start in range(0, len(features), batch_size):
        batch = order[start : start + batch_size - 1]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="One example at a time", zh="一次只给一个样本"),
    advice=Text(
        en="batch_size is ignored. Take a slice of the shuffled indices, indices[i : i + batch_size], and step by "
        "batch_size.",
        zh="没有用到 batch_size。请取打乱后下标的一段 indices[i : i + batch_size]，每次前进 batch_size。",
    ),
)
def one_at_a_time(batch_size, features, labels):
    for i in torch.randperm(len(features)):
        yield features[i : i + 1], labels[i : i + 1]


@mistake(
    "data_iter",
    title=Text(en="return ends the loop at the first batch", zh="return 让循环在第一批就结束了"),
    advice=Text(
        en="return leaves the function for good. yield hands out one batch and goes on with the loop at the next.",
        zh="return 会直接离开函数。yield 交出一个批量，取下一个时再接着循环。",
    ),
)
def returns_first(batch_size, features, labels):
    order = torch.randperm(len(features))
    for start in range(0, len(features), batch_size):
        batch = order[start : start + batch_size]
        return features[batch], labels[batch]
    return None


@mistake(
    "data_iter",
    title=Text(en="Only one batch comes", zh="只给出了一个小批量"),
    advice=Text(
        en="yield belongs into the loop, without break or return after it: a yield behind the loop hands out the last "
        "batch alone.",
        zh="yield 要写在循环里面，后面不要 break 或 return；写在循环之后，就只会交出最后一批。",
    ),
)
def one_batch_only(batch_size, features, labels):
    for batch in _batches(torch.randperm(len(features)), batch_size, features, labels):
        yield batch
        break


@mistake(
    "data_iter",
    title=Text(en="None is used in place of the indices", zh="把 None 当成下标来用"),
    advice=Text(
        en="random.shuffle shuffles the list in place and returns None. Make the list first, shuffle it in a line of "
        "its own, and go on with the list.",
        zh="random.shuffle 原地打乱列表，返回值是 None。先建好列表，单独一行打乱，然后继续用这个列表。",
    ),
)
def shuffle_returns_none(batch_size, features, labels):
    order = random.shuffle(list(range(len(features))))
    for start in range(0, len(features), batch_size):
        batch = order[start : start + batch_size]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="The batches never end", zh="小批量没完没了"),
    advice=Text(
        en="data_iter is one pass over the data; the training loop starts it again for every epoch. Leave out while "
        "True.",
        zh="data_iter 只走一遍数据，训练循环每轮会重新调用它。请去掉 while True。",
    ),
)
def never_ends(batch_size, features, labels):
    while True:
        yield from _batches(torch.randperm(len(features)), max(batch_size, 1), features, labels)
        if not len(features):
            return


@mistake(
    "data_iter",
    title=Text(en="A batch_size of 0 loops forever", zh="batch_size 为 0 时无限循环"),
    advice=Text(
        en="start += batch_size gets nowhere where batch_size is 0. Raise a ValueError for batch_size < 1, or use "
        "range(0, n, batch_size), which refuses 0 by itself.",
        zh="batch_size 为 0 时，start += batch_size 原地不动。请在 batch_size < 1 时抛出 ValueError，"
        "或者用 range(0, n, batch_size)，步长为 0 时它自己会报错。",
    ),
)
def stuck_at_zero(batch_size, features, labels):
    order = torch.randperm(len(features))
    start = 0
    while start < len(features):
        batch = order[start : start + batch_size]
        yield features[batch], labels[batch]
        start += batch_size


@mistake(
    "data_iter",
    title=Text(en="Each batch is drawn from all examples again", zh="每一批都重新从全部样本里抽取"),
    advice=Text(
        en="randint, random.choices, or a new random.sample for each batch bring some examples twice and others "
        "never. Shuffle all indices once, then slice them.",
        zh="randint、random.choices，或者每批重新 random.sample，都会让有的样本出现两次，有的从不出现。"
        "先把全部下标打乱一次，再切片。",
    ),
)
def with_replacement(batch_size, features, labels):
    n = len(features)
    for start in range(0, n, batch_size):
        batch = torch.randint(n, (min(batch_size, n - start),))
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="Features and labels are shuffled apart", zh="特征和标签各打乱各的"),
    advice=Text(
        en="Two permutations tear the rows from their labels. Draw one, and index both with it.",
        zh="两个排列会把每一行和它的标签拆散。只生成一个排列，两边都用它来索引。",
    ),
)
def shuffles_apart(batch_size, features, labels):
    n = len(features)
    return _batches(torch.arange(n), batch_size, features[torch.randperm(n)], labels[torch.randperm(n)])


@mistake(
    "data_iter",
    title=Text(en="Only the features are shuffled", zh="只打乱了特征"),
    advice=Text(
        en="The labels still come in the stored order. Index them with the same shuffled indices as the features.",
        zh="标签还是按存储的顺序给出。请用和特征相同的打乱后的下标来索引标签。",
    ),
)
def labels_left_behind(batch_size, features, labels):
    n = len(features)
    return _batches(torch.arange(n), batch_size, features[torch.randperm(n)], labels)


@mistake(
    "data_iter",
    title=Text(en="The batches are shuffled, the examples are not", zh="打乱的是批量，不是样本"),
    advice=Text(
        en="The same examples share a batch in every epoch, so the batches are not random samples. Shuffle the "
        "indices first and cut them into batches afterwards.",
        zh="每一轮总是同样的样本在一批里，批量就不是随机样本了。先打乱下标，再切成批量。",
    ),
)
def shuffles_batches_only(batch_size, features, labels):
    n = len(features)
    starts = list(range(0, n, batch_size))
    random.shuffle(starts)
    # The short batch stays at the end, as it would with a list of full batches.
    starts.sort(key=lambda start: start + batch_size > n)
    for start in starts:
        yield features[start : start + batch_size], labels[start : start + batch_size]


@mistake(
    "data_iter",
    title=Text(en="Examples are shuffled within each batch only", zh="只在每一批内部打乱"),
    advice=Text(
        en="Batch k holds the same examples in every epoch, so the batches are not random samples. Shuffle all indices "
        "first and cut them into batches afterwards.",
        zh="每一轮第 k 批里都是同样的样本，批量就不是随机样本了。先打乱全部下标，再切成批量。",
    ),
)
def shuffles_within_batches(batch_size, features, labels):
    n = len(features)
    for start in range(0, n, batch_size):
        batch = start + torch.randperm(min(batch_size, n - start))
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="The examples of the last batch are always the same", zh="最后一批总是同样的样本"),
    advice=Text(
        en="The remainder was cut off before the shuffling. Shuffle all n indices, also where batch_size does not "
        "divide n, and let the last slice be shorter.",
        zh="打乱之前就把余下的样本切掉了。不能整除时也要把全部 n 个下标一起打乱，最后一段短一些即可。",
    ),
)
def last_batch_fixed(batch_size, features, labels):
    n = len(features)
    full = n - n % batch_size
    order = torch.cat((torch.randperm(full), torch.arange(full, n)))
    return _batches(order, batch_size, features, labels)


_SHARED: list[int] = []


@mistake(
    "data_iter",
    title=Text(en="All calls share one list of indices", zh="所有调用共用一个下标列表"),
    advice=Text(
        en="A list outside the function that each call shuffles changes under the loops that still read it. Make the "
        "indices inside the function.",
        zh="放在函数外、每次调用都打乱的列表，会影响还在读它的循环。请在函数里生成下标。",
    ),
)
def shared_indices(batch_size, features, labels):
    if len(_SHARED) != len(features):
        _SHARED[:] = range(len(features))
    random.shuffle(_SHARED)
    yield from _batches(_SHARED, batch_size, features, labels)


_POOL: list[int] = []


@mistake(
    "data_iter",
    title=Text(en="A call goes on with what the last one left", zh="接着用上一次调用剩下的样本"),
    advice=Text(
        en="Indices that are kept outside the function survive a break: the next epoch gets the rest only. Make them "
        "anew inside the function at every call.",
        zh="放在函数外的下标在 break 之后还留着：下一轮只能拿到剩下的。每次调用都要在函数里重新生成。",
    ),
)
def leftover_pool(batch_size, features, labels):
    n = len(features)
    if batch_size < 1:
        message = "batch_size must be at least 1"
        raise ValueError(message)
    if not _POOL or max(_POOL) >= n:
        _POOL[:] = torch.randperm(n).tolist()
    while _POOL:
        batch, _POOL[:] = _POOL[:batch_size], _POOL[batch_size:]
        yield features[batch], labels[batch]


@mistake(
    "data_iter",
    title=Text(en="Every batch is written into the same tensor", zh="每一批都写进同一个张量"),
    advice=Text(
        en="Whoever keeps a batch, in a list say, finds it overwritten by the next. Yield new tensors: "
        "features[batch] makes one.",
        zh="如果把小批量存起来（比如放进列表），它就会被下一批覆盖。请每次给出新的张量：features[batch] 就会新建一个。",
    ),
)
def reused_buffer(batch_size, features, labels):
    X, y = features[:batch_size].clone(), labels[:batch_size].clone()
    for rows, given in _batches(torch.randperm(len(features)), batch_size, features, labels):
        X[: len(rows)], y[: len(rows)] = rows, given
        yield X[: len(rows)], y[: len(rows)]


@mistake(
    "data_iter",
    title=Text(en="The global generator is reseeded in the function", zh="在函数里重置了全局随机种子"),
    advice=Text(
        en="manual_seed or random.seed inside the function gives every epoch the same order. Seed once, at the start "
        "of the program, or not at all.",
        zh="在函数里调用 manual_seed 或 random.seed，每一轮的顺序都一样。种子只在程序开头设一次，或者根本不设。",
    ),
)
def reseeds(batch_size, features, labels):
    torch.manual_seed(0)
    return _batches(torch.randperm(len(features)), batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="The order is the same at every call", zh="每次调用的顺序都一样"),
    advice=Text(
        en="A generator that is seeded inside the function starts anew at each call, and a permutation made outside "
        "never changes. Draw the permutation in the function, from a generator that goes on.",
        zh="在函数里设好种子的生成器每次都从头开始，在函数外生成的排列永远不变。请在函数里生成排列，"
        "并让生成器接着往下走。",
    ),
)
def fixed_order(batch_size, features, labels):
    generator = torch.Generator().manual_seed(0)
    return _batches(torch.randperm(len(features), generator=generator), batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="The caller's tensors are shuffled in place", zh="原地打乱了调用者的张量"),
    advice=Text(
        en="features[:] = … writes into the caller's data. Shuffle indices instead: features[batch] makes a new "
        "tensor.",
        zh="features[:] = … 会写进调用者的数据。请只打乱下标：features[batch] 会生成新的张量。",
    ),
)
def shuffles_in_place(batch_size, features, labels):
    n = len(features)
    order = torch.randperm(n)
    features[:], labels[:] = features[order], labels[order]
    yield from _batches(torch.arange(n), batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="random.shuffle on a tensor destroys rows", zh="对张量用 random.shuffle 会毁掉数据行"),
    advice=Text(
        en="It swaps x[i], x[j] = x[j], x[i], but rows of a tensor are views: after the first half of the swap both "
        "are the same. Shuffle a list of indices instead.",
        zh="它用 x[i], x[j] = x[j], x[i] 交换，但张量的行是视图：写完前一半，两行就相同了。请打乱下标的列表。",
    ),
)
def shuffles_tensor(batch_size, features, labels):
    random.shuffle(features)
    yield from _batches(torch.arange(len(features)), batch_size, features, labels)


@mistake(
    "data_iter",
    title=Text(en="The labels are flattened", zh="标签被压成了一维"),
    advice=Text(
        en="squeeze, flatten and reshape(-1) change the shape that the caller chose. Give labels[batch] as it is.",
        zh="squeeze、flatten、reshape(-1) 会改变调用者选定的形状。请原样给出 labels[batch]。",
    ),
)
def flat_labels(batch_size, features, labels):
    return _batches(torch.randperm(len(features)), batch_size, features, labels.flatten())


@mistake(
    "data_iter",
    title=Text(en="The labels are made into a column", zh="标签被强行变成一列"),
    advice=Text(
        en="reshape(-1, 1) is right for one kind of label only. Flat class labels, say, must stay flat: give "
        "labels[batch] as it is.",
        zh="reshape(-1, 1) 只适合一种标签。比如一维的类别标签就应当保持一维：请原样给出 labels[batch]。",
    ),
)
def column_labels(batch_size, features, labels):
    for X, y in _batches(torch.randperm(len(features)), batch_size, features, labels):
        yield X, y.reshape(-1, 1)


@mistake(
    "data_iter",
    title=Text(en="The pair is the wrong way round", zh="X 和 y 的顺序反了"),
    advice=Text(
        en="The training loop writes for X, y in data_iter(…): the features come first.",
        zh="训练循环写的是 for X, y in data_iter(…)：特征在前，标签在后。",
    ),
)
def swapped_pair(batch_size, features, labels):
    return _batches(torch.randperm(len(features)), batch_size, labels, features)


@mistake(
    "data_iter",
    title=Text(en="It creates its tensor on the CPU", zh="在 CPU 上新建了张量"),
    advice=Text(
        en="torch.empty(0, d) and torch.zeros(…) lie on the CPU, and torch.cat does not join them with rows of a GPU. "
        "Take the rows at once, features[rows], or pass device=features.device. Leave out .cuda() on the way.",
        zh="torch.empty(0, d)、torch.zeros(…) 建在 CPU 上，torch.cat 不能把它们和 GPU 上的行拼在一起。"
        "请一次取出所有行：features[rows]，或者写 device=features.device。中途也不要用 .cuda()。",
    ),
)
def made_on_cpu(batch_size, features, labels):
    order = torch.randperm(len(features)).tolist()
    for start in range(0, len(order), batch_size):
        X = torch.empty(0, *features.shape[1:], dtype=features.dtype)
        y = torch.empty(0, *labels.shape[1:], dtype=labels.dtype)
        for row in order[start : start + batch_size]:
            X, y = torch.cat([X, features[row : row + 1]]), torch.cat([y, labels[row : row + 1]])
        yield X, y
