"""Checks of the minibatches: sizes, every example once, pairs, order, untouched inputs.

The first feature of row i is i, so that each row tells where it came from. What a right
solution could only fail by chance has a probability below 10⁻¹² (said where it counts).
"""

from __future__ import annotations

from itertools import islice

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

Batches = list[tuple[torch.Tensor, torch.Tensor]]


@check(zh="给出 (X, y) 小批量，每批 batch_size 个样本，给完就停")
def test_batches(student: Student, draw: Draw) -> None:
    """Pairs (X, y) of batch_size examples come, and then they end."""
    for count, size in ((3, 4), (2, 5)):
        features, labels = _data(draw, count * size, 3)
        batches = _read(student, size, features, labels)
        _assert_none_missing(batches, size, features)
        short = bool(batches) and all(tuple(X.shape) == (size - 1, 3) for X, _ in batches)
        for X, y in batches:
            _assert_batch(X, y, size, features, labels, short=short)
        expect(
            len(batches) == count,
            f"{count * size} examples in batches of {size} make {count} batches, but {len(batches)} came.",
            f"{count * size} 个样本、每批 {size} 个，应当有 {count} 个小批量，却得到了 {len(batches)} 个。",
            mistake="one_batch_only" if len(batches) == 1 else None,
        )


@check(zh="每个样本恰好出现一次", needs=("test_batches",), weight=2)
def test_every_example_once(student: Student, draw: Draw) -> None:
    """Every example comes exactly once."""
    for n, size in ((24, 6), (40, 8), (9, 9)):
        features, labels = _data(draw, n, 2)
        rows = _rows(_read(student, size, features, labels), features)
        if _is_complete(rows, n):
            continue
        _, after, _ = student.run(one_pass, size, features, labels, 2 * n)
        _fail_rows(rows, n, "with_replacement" if torch.equal(after, features) else "shuffles_tensor")


@check(zh="每一行特征仍与自己的标签配对", needs=("test_every_example_once",), weight=2)
def test_rows_keep_their_labels(student: Student, draw: Draw) -> None:
    """Every row still comes with its own label."""
    for n, size in ((20, 5), (22, 12), (9, 16)):
        features, labels = _data(draw, n, 3)
        batches = _read(student, size, features, labels)
        rows, given = _rows(batches, features), torch.cat([y.flatten() for _, y in batches] or [labels[:0, 0]])
        expect(
            len(rows) == len(given),
            f"X and y hold {len(rows)} rows and {len(given)} labels in all: as many of both are due.",
            f"各批 X 一共有 {len(rows)} 行，y 一共有 {len(given)} 个标签：两者应当一样多。",
        )
        wrong = (given != labels.flatten()[rows]).nonzero().flatten().tolist()
        if not wrong:
            continue
        first, mistake = wrong[0], None
        if (n, size) == (20, 5):
            # Twenty examples keep their order by chance once in 20! ≈ 2·10¹⁸ calls.
            mistake = "labels_left_behind" if torch.equal(given, labels.flatten()) else "shuffles_apart"
        row, got, due = rows[first].item(), given[first].item(), labels.flatten()[rows[first]].item()
        fail(
            f"For {n} examples in batches of {size}, {len(wrong)} rows came with the label of another: "
            f"row {row} of the features came with {got:.4g}, but its label is {due:.4g}.",
            f"{n} 个样本、每批 {size} 个时，有 {len(wrong)} 行配上了别人的标签："
            f"特征的第 {row} 行配的是 {got:.4g}，它的标签应当是 {due:.4g}。",
            mistake=mistake,
        )


@check(zh="不能整除时最后一批较小；batch_size 大于样本数时只有一批", needs=("test_batches",))
def test_last_batch(student: Student, draw: Draw) -> None:
    """The last batch is shorter where the size does not divide, or exceeds the data."""
    for n, size in ((10, 4), (7, 3), (7, 6), (5, 8), (1, 2), (4, 1)):
        features, labels = _data(draw, n, 2)
        batches = _read(student, size, features, labels)
        due = [size] * (n // size) + [n % size] * (n % size > 0)
        for (X, y), expected in zip(batches, due, strict=False):
            if X.dim() != features.dim() or y.dim() != labels.dim():
                _assert_batch(X, y, expected, features, labels)
        sizes = [X.shape[0] if X.dim() else 0 for X, _ in batches]
        mistake = None
        if sizes == due[:-1]:
            mistake = "drops_last"
        elif sizes == [size] * len(due):
            fresh = len(_rows(batches, features)[:n].unique()) == n
            mistake = "fills_last" if fresh else "with_replacement"
        expect(
            sizes == due,
            f"{n} examples in batches of {size} make batches of {_listed(due)}, but {_listed(sizes)} came.",
            f"{n} 个样本、每批 {size} 个，各批的大小应当是 {_listed(due)}，却得到了 {_listed(sizes)}。",
            mistake=mistake,
        )
        for (X, y), expected in zip(batches, due, strict=True):
            _assert_batch(X, y, expected, features, labels)
        rows = _rows(batches, features)
        if not _is_complete(rows, n):
            _fail_rows(rows, n, None)


@check(zh="每次调用都是新的随机顺序，整个数据集一起打乱", needs=("test_every_example_once",), weight=2)
def test_new_random_order(student: Student, draw: Draw) -> None:
    """Every call has a new random order, mixed over all of the data."""
    n, size = 120, 12
    features, labels = _data(draw, n, 2)
    passes = [_read(student, size, features, labels) for _ in range(2)]
    first, second = (_rows(batches, features) for batches in passes)
    for rows in (first, second):
        # Neither this nor the next happens by chance: 1/120!.
        expect(
            not torch.equal(rows, torch.arange(n)),
            "The examples come in the order in which they are stored: shuffle them.",
            "样本按存储的顺序给出，没有打乱。",
            mistake="no_shuffle",
        )
    if torch.equal(first, second):
        after = [student.run(one_pass_and_a_draw_after_it, size, features, labels, 2 * n) for _ in range(2)]
        repeats = any(one is not None and one == two for one, two in zip(*after, strict=True))
        fail(
            "Two calls give the examples in the same order: every call must shuffle anew.",
            "两次调用给出的顺序完全相同：每次调用都要重新打乱。",
            mistake="reseeds" if repeats else "fixed_order",
        )
    # Two passes share a batch of 12 out of 120 by chance at a rate of 100 / C(120, 12) < 10⁻¹³.
    cuts = [[frozenset(rows[i : i + size].tolist()) for i in range(0, n, size)] for rows in (first, second)]
    expect(
        cuts[0] != cuts[1],
        "Batch k holds the same examples in every pass, only their order within the batch is new: shuffle all "
        "indices first, then cut them into batches.",
        "每一遍里第 k 批装的总是同样的样本，只是批内的顺序变了：应当先把全部下标打乱，再切成小批量。",
        mistake="shuffles_within_batches",
    )
    expect(
        not set(cuts[0]) & set(cuts[1]),
        "The same examples share a batch in every pass: shuffle the examples, not the batches.",
        "每一遍里总是同样的样本分在一批：要打乱的是样本，而不是小批量。",
        mistake="shuffles_batches_only",
    )
    for rows in (first, second):
        # Of random neighbours two (Poisson) are one apart; 30 or more of them: < 10⁻²⁰.
        neighbours = int(((rows[1:] - rows[:-1]).abs() == 1).sum())
        # Rank correlation with the stored order: deviation 0.092, so 0.7 is 7.6 of them.
        places = torch.stack((rows.double(), torch.arange(n).double()))
        expect(
            neighbours < 30 and torch.corrcoef(places)[0, 1].abs() < 0.7,
            "The examples are hardly mixed: most of the stored order is still there. Shuffle all indices at once.",
            "样本几乎没有打乱，大部分还保持存储的顺序。请把全部下标一起打乱。",
        )
    _assert_last_batch_shuffled(student, draw)
    _assert_one_batch_shuffled(student, draw)


def _assert_last_batch_shuffled(student: Student, draw: Draw) -> None:
    """Fail where the remainder always holds the same examples; chance: 1 / C(126, 11) < 10⁻¹⁴."""
    n, size = 126, 23
    features, labels = _data(draw, n, 2)
    passes = [_rows(_read(student, size, features, labels), features) for _ in range(2)]
    if any(not _is_complete(rows, n) for rows in passes):
        return  # the business of another check
    rest = n % size
    expect(
        set(passes[0][-rest:].tolist()) != set(passes[1][-rest:].tolist()),
        f"{n} examples in batches of {size}: the last {rest} are the same in every pass. Shuffle all indices at once.",
        f"{n} 个样本、每批 {size} 个：最后 {rest} 个每一遍都是同样的样本。请把全部下标一起打乱。",
        mistake="last_batch_fixed",
    )


def _assert_one_batch_shuffled(student: Student, draw: Draw) -> None:
    """Fail where data that fit in one batch are not shuffled, or not anew; chance: 1/30!."""
    n = 30
    for size in (50, 30):
        features, labels = _data(draw, n, 2)
        passes = [_rows(_read(student, size, features, labels), features) for _ in range(3)]
        if not all(_is_complete(rows, n) for rows in passes):
            continue  # the business of another check
        for rows in passes:
            expect(
                not torch.equal(rows, torch.arange(n)),
                f"{n} examples in batches of {size} make one batch, and it keeps the stored order: shuffle there too.",
                f"{n} 个样本、每批 {size} 个，只有一批，它却保持存储的顺序：这时也要打乱。",
            )
        expect(
            len({tuple(rows.tolist()) for rows in passes}) == len(passes),
            f"{n} examples in batches of {size}: two of three calls give the same order, every call must shuffle anew.",
            f"{n} 个样本、每批 {size} 个：三次调用中有两次的顺序完全相同，每次调用都要重新打乱。",
        )


@check(zh="各次调用互不干扰，给出的小批量之后不再变", needs=("test_every_example_once",))
def test_calls_apart(student: Student, draw: Draw) -> None:
    """Calls do not disturb each other, and batches stay as they were given."""
    n, size = 40, 8
    features, labels = _data(draw, n, 2)
    after_break, outer, inner, kept = student.run(passes_side_by_side, size, features, labels, 2 * n)
    for batches, (en, zh), mistake in (
        (
            after_break,
            (
                "A loop over data_iter was left after its first batch, and the next call did not start afresh.",
                "有一次循环取了第一批就中断，下一次调用却没有从头开始。",
            ),
            "leftover_pool",
        ),
        (
            outer,
            (
                "While one loop over data_iter was under way another one ran, and the first lost its order.",
                "一个循环还没走完，又运行了另一个循环，前一个的顺序就被打乱了。",
            ),
            "shared_indices",
        ),
        (
            inner,
            (
                "While one loop over data_iter was under way another one ran, and it did not give everything.",
                "一个循环还没走完，又运行了另一个循环，后一个没有给出全部样本。",
            ),
            "shared_indices",
        ),
        (
            kept,
            (
                "All batches of a pass were kept in a list: batches that were given out earlier changed afterwards.",
                "把一遍的全部小批量存进列表后，先给出的小批量后来被改了。",
            ),
            "reused_buffer",
        ),
    ):
        rows = _rows(_checked(batches), features)
        if not _is_complete(rows, n):
            _fail_rows(rows, n, mistake, Text(en=f"{en}\n", zh=f"{zh}\n"))


@check(zh="标签可以是任何形状和 dtype：(n,)、(n, 3)、(n, 2, 2)、整数", needs=("test_rows_keep_their_labels",))
def test_label_shapes(student: Student, draw: Draw) -> None:
    """Labels of any trailing shape and dtype come as they are."""
    n, size = 8, 3
    for shape, dtype in (((), torch.float32), ((3,), torch.float64), ((2, 2), torch.float32), ((), torch.int64)):
        features, _ = _data(draw, n, draw.integer(1, 3))
        features = features.to(torch.float64 if dtype is torch.float64 else torch.float32)
        labels = (torch.arange(n).reshape(n, *[1] * len(shape)) * 10 + draw.uniform(n, *shape, high=9)).to(dtype)
        batches = _read(student, size, features, labels)
        for X, y in batches:
            rows = _rows([(X, y)], features)
            assert_close(X, features[rows], rtol=0, atol=0, what=Text("X:", "X："))
            column = not shape and tuple(y.shape) == (len(X), 1)
            expect(
                tuple(y.shape) == (len(X), *shape),
                f"Labels of shape {tuple(labels.shape)} came in batches of shape {tuple(y.shape)}: "
                f"{(len(X), *shape)} is due.",
                f"labels 的形状是 {tuple(labels.shape)}，小批量里却成了 {tuple(y.shape)}：应当是 {(len(X), *shape)}。",
                mistake="column_labels" if column else None,
            )
            assert_close(y, labels[rows], rtol=0, atol=0, what=Text("y:", "y："))


@check(zh="数据不在 CPU 上时，小批量也在数据所在的设备上", needs=("test_batches",))
def test_device(student: Student, draw: Draw) -> None:
    """Where the data are not on the CPU, the batches are where they are."""
    n, size = draw.integer(5, 8), 3
    # Rows that NumPy or an index of the CPU picks are right where the data are there.
    with elsewhere(mistake="made_on_cpu", spared=("numpy", "index_select")) as device:
        features, labels = torch.empty(n, 2, device=device), torch.empty(n, 1, device=device)
        for X, y in _read_all(student, size, features, labels):
            assert_device(X, device, what=Text("X:", "X："))
            assert_device(y, device, what=Text("y:", "y："))


@check(zh="features 和 labels 都不被改动", needs=("test_batches",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """Neither the features nor the labels are changed."""
    n, size = 12, 4
    features, labels = _data(draw, n, 2)
    batches, features_after, labels_after = student.run(one_pass, size, features, labels, 2 * n)
    expect(
        isinstance(batches, list) and len(batches) == n // size,
        f"{n // size} batches are due.",
        f"应当有 {n // size} 个小批量。",
    )
    after = assert_shape(features_after, (n, 2), what=Text("features:", "features："))
    mistake = "shuffles_in_place" if torch.equal(after[after[:, 0].argsort()], features) else None
    if mistake is None and (after[:, None] == features[None]).all(dim=-1).any(dim=1).all():
        mistake = "shuffles_tensor"
    assert_unchanged(after, features, "features", mistake=mistake)
    assert_unchanged(labels_after, labels, "labels", mistake=mistake)


@check(zh="batch_size 小于 1 或没有数据时：报错或什么也不给，但绝不无限循环", needs=("test_batches",))
def test_nothing_to_read(student: Student, draw: Draw) -> None:
    """A batch_size below 1 or empty data never loop forever."""
    for n, size in ((0, 4), (6, 0), (6, -1)):
        features, labels = _data(draw, n, 2)
        try:
            _read_all(student, size, features, labels, mistake="stuck_at_zero", most=n + 1)
        except LearnerError as error:
            if error.failure.kind not in ("raised", "not_started"):
                raise


def one_pass(names, batch_size, features, labels, most):
    from itertools import islice  # noqa: PLC0415 - a probe is sent by its own source alone

    return list(islice(names.data_iter(batch_size, features, labels), most)), features, labels


def passes_side_by_side(names, batch_size, features, labels, most):
    from itertools import islice  # noqa: PLC0415 - a probe is sent by its own source alone

    def start():
        # Copies: what a call does to its arguments is the business of another check.
        return iter(names.data_iter(batch_size, features.clone(), labels.clone()))

    def copied(batches):
        return [(X.clone(), y.clone()) for X, y in islice(batches, most)]

    next(start(), None)
    after_break = copied(start())
    running = start()
    outer = copied(islice(running, 1))
    inner = copied(start())
    outer += copied(running)
    return after_break, outer, inner, list(islice(start(), most))


def one_pass_and_a_draw_after_it(names, batch_size, features, labels, most):
    import random  # noqa: PLC0415 - a probe is sent by its own source alone
    import sys  # noqa: PLC0415 - same
    from itertools import islice  # noqa: PLC0415 - same

    for _ in islice(names.data_iter(batch_size, features, labels), most):
        pass
    numpy_random = sys.modules.get("numpy.random")
    return torch.rand(1).item(), random.random(), None if numpy_random is None else float(numpy_random.random())


def _data(draw: Draw, n: int, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return features (n, d) whose first column counts the rows, and a column of labels."""
    features = draw.uniform(n, d)
    features[:, 0] = torch.arange(n)
    return features, torch.arange(n).reshape(n, 1) * 10 + draw.uniform(n, 1, high=9)


def _read(student: Student, batch_size: int, features: torch.Tensor, labels: torch.Tensor) -> Batches:
    """Return the batches of one pass; say more about two errors that explain little themselves."""
    try:
        return _read_all(student, batch_size, features, labels)
    except LearnerError as error:
        failure = error.failure
        if failure.type_name == "TypeError" and "NoneType" in failure.message:
            fail(
                f"Your code raised {_told(error)}\nSomething there is None: random.shuffle, for one, returns None.",
                f"你的代码抛出 {_told(error)}\n那里有个东西是 None：例如 random.shuffle 的返回值就是 None。",
                mistake="shuffle_returns_none",
            )
        if failure.type_name in ("PermissionError", "BlockingIOError") and not failure.frames:
            fail(
                f"Your code raised {_told(error)}\nNo further process may start while your code is graded, and the "
                "workers of a DataLoader are processes: use num_workers=0.",
                f"你的代码抛出 {_told(error)}\n批改时不能启动新的进程，而 DataLoader 的 worker 就是进程："
                "请用 num_workers=0。",
            )
        raise


def _read_all(
    student: Student,
    batch_size: int,
    features: torch.Tensor,
    labels: torch.Tensor,
    *,
    mistake: str = "never_ends",
    most: int | None = None,
) -> Batches:
    """Return the batches of one pass; fail where they are no pairs of tensors, or do not end."""
    most = len(features) + 1 if most is None else most
    found = student.data_iter(batch_size, features, labels)
    expect(
        found is not None,
        "None came back. Did you forget to yield the batches, or to return them?",
        "返回了 None。是不是忘了用 yield 给出小批量，或者忘了 return？",
    )
    if isinstance(found, tuple | list) and len(found) == 2 and all(isinstance(each, torch.Tensor) for each in found):
        fail(
            "One pair (X, y) came back rather than all batches one after the other: yield in the loop, not return.",
            "只返回了一对 (X, y)，而不是一个接一个的小批量：循环里要用 yield，不是 return。",
            mistake="returns_first",
        )
    expect(
        hasattr(type(found), "__iter__") and not isinstance(found, torch.Tensor | str | dict),
        "What came back gives no pairs: yield (X, y) for each batch, or return a list of such pairs.",
        "返回的东西给不出 (X, y)：每个小批量 yield 一对 (X, y)，或者返回由这样的对组成的列表。",
    )
    batches = list(islice(found, most + 1))
    expect(
        len(batches) <= most,
        f"For {len(features)} examples and batch_size = {batch_size} more than {most} batches came: "
        "the loop does not seem to end.",
        f"{len(features)} 个样本、batch_size = {batch_size} 时，给出了超过 {most} 个小批量：循环似乎停不下来。",
        mistake=mistake,
    )
    return _checked(batches)


def _checked(batches: object) -> Batches:
    """Return the batches if every one is a pair of tensors."""
    expect(isinstance(batches, list), "Batches are due.", "应当给出小批量。")
    for batch in batches:
        expect(
            isinstance(batch, tuple | list) and len(batch) == 2,
            "Every batch must be a pair: yield X, y",
            "每个小批量都应当是一对：yield X, y",
        )
        for each, what in zip(batch, (Text("X:", "X："), Text("y:", "y：")), strict=True):
            assert_shape(each, tuple(getattr(each, "shape", ())), what=what)
    return [(X, y) for X, y in batches]


def _assert_none_missing(batches: Batches, size: int, features: torch.Tensor) -> None:
    """Fail where all is well but for one example that never comes."""
    n = len(features)
    due = [size] * (n // size - 1) + [size - 1] * (size > 1)
    if len(due) > 1 and [tuple(X.shape) for X, _ in batches] == [(each, *features.shape[1:]) for each in due]:
        _fail_rows(_rows(batches, features), n, "misses_one")


def _assert_batch(
    X: torch.Tensor,
    y: torch.Tensor,
    size: int,
    features: torch.Tensor,
    labels: torch.Tensor,
    *,
    short: bool = False,
) -> None:
    """Fail unless X and y have the shapes of `size` examples."""
    due = (size, *features.shape[1:]), (size, *labels.shape[1:])
    found = tuple(X.shape), tuple(y.shape)
    mistake = None
    if found == due[::-1]:
        mistake = "swapped_pair"
    elif size > 1 and found[0] in ((1, *due[0][1:]), due[0][1:]):
        mistake = "one_at_a_time"
    elif short:
        mistake = "slice_short"
    elif found[0] == (0, *due[0][1:]):
        mistake = "empty_tail"
    assert_shape(X, due[0], what=Text("X:", "X："), mistake=mistake)
    flat = size > 1 and found[1] == (size,) and len(due[1]) == 2
    assert_shape(y, due[1], what=Text("y:", "y："), mistake="flat_labels" if flat else None)


def _rows(batches: Batches, features: torch.Tensor) -> torch.Tensor:
    """Return which rows of `features` came, in their order."""
    found = []
    for X, _ in batches:
        assert_shape(X, (X.shape[0] if X.dim() else 0, *features.shape[1:]), what=Text("X:", "X："))
        same = (X.to(features.dtype)[:, None] == features[None]).all(dim=-1)
        expect(
            same.any(dim=1).all(),
            "X holds a row that the features do not have.",
            "X 里有一行不在 features 当中。",
        )
        found.append(same.int().argmax(dim=1))
    return torch.cat(found) if found else torch.empty(0, dtype=torch.int64)


def _is_complete(rows: torch.Tensor, n: int) -> bool:
    return rows.sort().values.tolist() == list(range(n))


def _fail_rows(rows: torch.Tensor, n: int, mistake: str | None, lead: Text | None = None) -> None:
    counts = torch.bincount(rows, minlength=n)
    never, often = (counts == 0).nonzero().flatten().tolist(), (counts > 1).nonzero().flatten().tolist()
    before = lead or Text(en="", zh="")
    if not often:
        fail(
            f"{before.en}Each of the {n} examples must come once in a pass. Never came rows {_listed(never)}.",
            f"{before.zh}一遍之中 {n} 个样本应当各出现一次。从未出现的行：{_listed(never)}。",
            mistake=None if mistake == "with_replacement" else mistake,
        )
    fail(
        f"{before.en}Each of the {n} examples must come once in a pass. Never came rows {_listed(never)}; "
        f"more than once came rows {_listed(often)}.",
        f"{before.zh}一遍之中 {n} 个样本应当各出现一次。从未出现的行：{_listed(never)}；"
        f"出现不止一次的行：{_listed(often)}。",
        mistake=mistake,
    )


def _told(error: LearnerError) -> str:
    """Return what was raised and, where it is known, the learner's line."""
    failure = error.failure
    frame = failure.frames[-1] if failure.frames else None
    place = "" if frame is None else f"\n{frame.file_name}, line {frame.line}: {frame.text}"
    return f"{failure.type_name}: {failure.message[:200]}{place}"


def _listed(numbers: list[int]) -> str:
    shown = [str(number) for number in numbers[:6]] + (["…"] if len(numbers) > 6 else [])
    return "[" + ", ".join(shown) + "]"
