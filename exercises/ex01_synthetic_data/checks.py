"""Checks of the synthetic data: shapes, formula, distributions, fresh draws, dtype and device.

The data are random, so statistics decide. Every bound lies at least 7 standard
deviations from what is due (by Chernoff's bound): no check rejects a right solution more
often than once in 10⁹ gradings.
"""

from __future__ import annotations

import math

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_device,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

STD = 0.01
SIGMAS = 7.0
WITHIN_ONE, BEYOND_TWO = math.erf(1 / math.sqrt(2)), 1 - math.erf(math.sqrt(2))
FEATURES = Text(en="The features:", zh="特征 features：")
LABELS = Text(en="The labels:", zh="标签 labels：")


@check(zh="返回 (n, d) 的特征和 (n, 1) 的标签")
def test_shapes(student: Student, draw: Draw) -> None:
    """The features have shape (n, d) and the labels (n, 1)."""
    for d in (2, 3, 1):
        n = draw.integer(5, 9)
        features, labels = _pair(student.synthetic_data(_weights(draw, d), _bias(draw), n))
        _assert_shapes(features, labels, n, d)


@check(zh="标签由 Xw + b 算出，用的是传入的 w 和 b", needs=("test_shapes",), weight=2)
def test_labels_follow_w_and_b(student: Student, draw: Draw) -> None:
    """The labels are Xw + b for the w and b that are passed."""
    asked = [(_weights(draw, d), _bias(draw)) for d in (3, 3, 1)]
    fits = []
    for w, b in asked:
        before = w.clone()
        features, labels = _pair(student.synthetic_data(w, b, 200))
        assert_unchanged(w, before, "w")
        _assert_shapes(features, labels, 200, len(w))
        fits.append(_Fit(features, labels))
    for (w, b), fit in reversed(tuple(zip(asked, fits, strict=True))):
        # Noise of the wrong size is the business of another check: the bound grows with it.
        bound = max(0.08, 8 * fit.spread * math.sqrt(4 / 200))
        if fit.spread < 1.5 and fit.distance(w, b) < bound:
            continue
        shown, due = _numbers(fit.w), _numbers(w)
        mistake = None
        if torch.allclose(fits[0].w, fits[1].w, atol=0.08) and abs(fits[0].b - fits[1].b) < 0.08:
            mistake = "ignores_arguments"
        elif fit.spread < 1.5 and fit.distance(w, 0.0) < bound:
            mistake = "no_bias"
        fail(
            f"For w = {due} and b = {b:.4g} the labels that came back fit w = {shown} and b = {fit.b:.4g}, "
            f"and scatter by {fit.spread:.3g} around that: they must be Xw + b and a little noise.",
            f"w = {due}、b = {b:.4g} 时，返回的标签拟合出 w = {shown}、b = {fit.b:.4g}，"
            f"离散程度为 {fit.spread:.3g}：标签应当等于 Xw + b 加上很小的噪声。",
            mistake=mistake,
        )


@check(zh="特征服从标准正态分布，每个数都独立抽取")
def test_features_are_standard_normal(student: Student, draw: Draw) -> None:
    """The features are standard normal, each number drawn on its own."""
    n, d = 400, 12
    features, _ = _pair(student.synthetic_data(_weights(draw, d), _bias(draw), n))
    numbers = assert_shape(features, (n, d), what=FEATURES).double()
    _assert_finite(numbers, "features")
    uniform = numbers.min() >= 0 and numbers.max() <= 1 and numbers.std() > 0.2
    _assert_normal(numbers, 1.0, Text(en="features", zh="特征"), mistake="uniform_features" if uniform else None)
    # A few float32 draws in 4,800 may coincide, forty-eight never do.
    expect(
        len(numbers.unique()) > 0.99 * n * d,
        f"Of {n * d} features only {len(numbers.unique())} differ: draw every number, not one row or column for all.",
        f"{n * d} 个特征里只有 {len(numbers.unique())} 个不同的值：每个数都要单独抽取，不要让所有行或所有列共用。",
    )
    between = torch.corrcoef(numbers.T).fill_diagonal_(0).abs().max().item()
    expect(
        between < 8 / math.sqrt(n),
        f"Two columns of the features go together (correlation {between:.3g}): draw them independently.",
        f"特征的两列相关（相关系数 {between:.3g}）：各列应当独立抽取。",
    )
    for column in numbers.T:
        lag, together = _dependence(column[None])
        # At 8.5 deviations Chernoff's bound is e⁻³² for one lag of one column: 10⁻¹⁰ for all.
        expect(
            together < 8.5 / math.sqrt(n),
            f"The features of examples that lie {lag} {'row' if lag == 1 else 'rows'} apart go together (correlation {together:.3g} in absolute "
            "value): draw every number on its own, without sorting, repeating or mirroring.",
            f"相隔 {lag} 行的样本，特征之间相关（相关系数的绝对值为 {together:.3g}）：每个数都要单独抽取，"
            "不要排序、重复或取相反数。",
        )


@check(zh="每个样本都有自己的噪声：正态分布，均值 0，标准差 0.01", needs=("test_labels_follow_w_and_b",), weight=2)
def test_noise(student: Student, draw: Draw) -> None:
    """Every example has its own noise: normal, mean 0, standard deviation 0.01."""
    n, noises, inputs = 600, [], []
    for _ in range(5):
        w, b = _weights(draw, 2), _bias(draw)
        features, labels = _pair(student.synthetic_data(w.clone(), b, n))
        _assert_shapes(features, labels, n, 2)
        noises.append(_noise(features, labels, w, b))
        inputs.append(features.double())
    noise = torch.cat(noises)
    spread = max(part.std().item() for part in noises)
    if spread < 2e-5:
        offset = max(part.mean().abs().item() for part in noises)
        expect(
            offset > 2e-5,
            "The labels are Xw + b exactly: add normal noise of standard deviation 0.01.",
            "标签恰好等于 Xw + b：还要加上标准差为 0.01 的正态噪声。",
            mistake="no_noise",
        )
        fail(
            f"All labels of one call are off Xw + b by the same number ({noises[0][0].item():.4g}): "
            "draw the noise for every example.",
            f"同一次调用里所有标签与 Xw + b 都差同一个数（{noises[0][0].item():.4g}）：每个样本都要有自己的噪声。",
            mistake="shared_noise",
        )
    _assert_normal(noise, STD, Text(en="noise y − Xw − b", zh="噪声 y − Xw − b"), mistake=_name_noise(noise))
    parts = torch.stack(noises)
    lag, together = _dependence(parts)
    expect(
        together < 8.5 / math.sqrt(len(noise)),
        f"The noise of examples that lie {lag} {'row' if lag == 1 else 'rows'} apart goes together (correlation {together:.3g} in absolute "
        "value): draw a number of its own for every example.",
        f"相隔 {lag} 行的样本，噪声之间相关（相关系数的绝对值为 {together:.3g}）：每个样本都要单独抽取自己的噪声。",
    )
    for column in range(2):
        _, together = _dependence(parts, torch.stack([each[:, column] for each in inputs]))
        expect(
            together < 8.5 / math.sqrt(len(noise)),
            f"The noise goes with the features (correlation {together:.3g} in absolute value): draw it independently "
            "of them.",
            f"噪声与特征相关（相关系数的绝对值为 {together:.3g}）：噪声应当独立于特征抽取。",
        )


@check(zh="每次调用都重新抽取，而且不重置全局随机种子")
def test_fresh_draws(student: Student, draw: Draw) -> None:
    """Every call draws anew, and the global generator is not reseeded."""
    w, b, n = _weights(draw, 3), _bias(draw), 16
    first, second, kept, after = student.run(two_calls_in_a_row, w, b, n)
    *_, other_after = student.run(two_calls_in_a_row, w, b, n)
    repeats = any(one is not None and one == two for one, two in zip(after, other_after, strict=True))
    reseeded = not kept or repeats
    mistake = "reseeds" if reseeded else "seeds_its_own"
    (features, labels), (again, labels_again) = _pair(first), _pair(second)
    for each in (features, again):
        assert_shape(each, (n, 3), what=FEATURES)
    expect(
        (features == again).double().mean() < 0.5,
        "Two calls in a row return the same features: every call must draw new ones.",
        "连续两次调用返回了相同的特征：每次调用都应当重新抽取。",
        mistake=mistake,
    )
    if labels.numel() == labels_again.numel() == n:
        noise, noise_again = _noise(features, labels, w, b), _noise(again, labels_again, w, b)
        # Rounding of a label is below 1e-5; sixteen pairs of fresh noises all this close: 10⁻³⁰ or less.
        expect(
            noise.std() < 1e-4 or (noise - noise_again).abs().max() > 1e-4,
            "Two calls in a row add the same noise: every call must draw it anew.",
            "连续两次调用加上了相同的噪声：每次调用都应当重新抽取。",
            mistake=mistake,
        )
    expect(
        not repeats,
        "The function reseeds a global generator, so all that the program draws afterwards repeats itself.",
        "函数重置了全局随机数生成器的种子，程序之后抽取的随机数都会重复。",
        mistake="reseeds",
    )
    expect(
        not reseeded,
        "The function reseeds a global generator, so the seed that the caller set has no say in what is drawn "
        "afterwards: leave the global generators to the caller.",
        "函数重置了全局随机数生成器的种子，调用者设好的种子从此不起作用：全局生成器的种子应由调用者决定。",
        mistake="reseeds",
    )


@check(zh="b 可以是数、0 维张量或只有一个元素的张量", needs=("test_labels_follow_w_and_b",))
def test_bias_forms(student: Student, draw: Draw) -> None:
    """The bias may be a number, a 0-d tensor or a tensor of one element."""
    n = 60
    for shape in (None, (), (1,)):
        w, number = _weights(draw, 2), _bias(draw)
        b = number if shape is None else torch.full(shape, number)
        before = None if shape is None else b.clone()
        features, labels = _pair(student.synthetic_data(w.clone(), b, n))
        if shape is not None:
            assert_unchanged(b, before, "b")
        _assert_shapes(features, labels, n, 2)
        noise = _noise(features, labels, w, number)
        form_en = "a float" if shape is None else f"a tensor of shape {shape}"
        form_zh = "浮点数" if shape is None else f"形状为 {shape} 的张量"
        expect(
            noise.mean().abs() < max(0.08, 8 * noise.std().item() / math.sqrt(n)),
            f"Where b is {form_en}, the labels are off Xw + b by {noise.mean().item():.4g} on average.",
            f"b 是{form_zh}时，标签与 Xw + b 平均相差 {noise.mean().item():.4g}。",
        )


@check(zh="两个结果的 dtype 都与 w 相同，即使 b 是 float64", needs=("test_labels_follow_w_and_b",))
def test_dtype_of_w(student: Student, draw: Draw) -> None:
    """Both results have the dtype of w, also where b is float64."""
    number, n = _bias(draw), 30
    noisy, silent = False, None
    for dtype, b in (
        (torch.float32, number),
        (torch.float64, number),
        (torch.float64, torch.tensor(number, dtype=torch.float64)),
        (torch.float64, torch.tensor([number], dtype=torch.float64)),
        (torch.float32, torch.tensor(number, dtype=torch.float64)),
        (torch.float32, torch.tensor([number], dtype=torch.float64)),
    ):
        w = _weights(draw, 3).to(dtype)
        try:
            features, labels = _pair(student.synthetic_data(w, b, n))
        except LearnerError as error:
            if not any(word in error.failure.message for word in ("dtype", "scalar type")):
                raise
            fail(
                f"With w in {_name(dtype)} your code raised {_told(error)}",
                f"w 是 {_name(dtype)} 时，你的代码抛出 {_told(error)}",
                mistake="ignores_dtype" if dtype is torch.float64 else None,
            )
        _assert_shapes(features, labels, n, 3)
        kind = "a float" if isinstance(b, float) else f"{_name(b.dtype)} {tuple(b.shape)}"
        kind_zh = "浮点数" if isinstance(b, float) else f"{_name(b.dtype)} {tuple(b.shape)}"
        for result, name in ((features, "features"), (labels, "labels")):
            widened = name == "labels" and dtype is torch.float32 and not isinstance(b, float)
            expect(
                result.dtype == dtype,
                f"w is {_name(dtype)} and b is {kind}, but the {name} are {_name(result.dtype)}: return "
                f"{_name(dtype)}.",
                f"w 是 {_name(dtype)}，b 是 {kind_zh}，但 {name} 是 {_name(result.dtype)}：应当返回 {_name(dtype)}。",
                mistake="wide_bias" if widened else "ignores_dtype",
            )
        noise = _noise(features, labels, w, number)
        mean, spread = noise.mean().item(), noise.std().item()
        # Noise of the wrong size is the business of another check: the bound grows with it.
        expect(
            abs(mean) < max(0.08, 8 * spread / math.sqrt(n)),
            f"Where w is {_name(dtype)} and b is {kind}, the labels are off Xw + b by {mean:.4g} on average.",
            f"w 是 {_name(dtype)}、b 是 {kind_zh} 时，标签与 Xw + b 平均相差 {mean:.4g}。",
        )
        if spread > 2e-5:
            noisy = True
        else:
            silent = silent or (_name(dtype), kind, kind_zh)
    if noisy and silent is not None:
        fail(
            f"Where w is {silent[0]} and b is {silent[1]}, the labels have no noise of their own, though elsewhere "
            "they do.",
            f"w 是 {silent[0]}、b 是 {silent[2]} 时，标签没有各自的噪声，其他情况下却有。",
        )


@check(zh="在 w 所在的设备上抽取", needs=("test_shapes",))
def test_device_of_w(student: Student, draw: Draw) -> None:
    """The data are drawn on the device of w."""
    with elsewhere(mistake="ignores_device") as device:
        features, labels = _pair(student.synthetic_data(torch.empty(3, device=device), _bias(draw), 4))
        for result, what in ((features, FEATURES), (labels, LABELS)):
            assert_device(result, device, what=what)
    _assert_shapes(features, labels, 4, 3)


@check(zh="只要一个样本、甚至零个样本时也能工作", needs=("test_shapes",))
def test_few_examples(student: Student, draw: Draw) -> None:
    """One example works, and so do none."""
    for n in (1, 0):
        for d in (1, 3):
            try:
                features, labels = _pair(student.synthetic_data(_weights(draw, d), _bias(draw), n))
            except LearnerError as error:
                for words, mistake in (
                    (("ambiguous", "cannot reshape"), "guessed_columns"),
                    (("non-empty", "at least one array"), "stacks_nothing"),
                ):
                    if n == 0 and any(word in error.failure.message for word in words):
                        fail(
                            f"For num_examples = 0 your code raised {_told(error)}",
                            f"num_examples = 0 时，你的代码抛出 {_told(error)}",
                            mistake=mistake,
                        )
                raise
            _assert_shapes(features, labels, n, d)
            for result, name in ((features, "features"), (labels, "labels")):
                expect(
                    result.isfinite().all(),
                    f"For num_examples = {n} the {name} hold NaN or infinite values.",
                    f"num_examples = {n} 时，{name} 里有 NaN 或无穷大。",
                )
            expect(
                n == 0 or features.any(),
                "For num_examples = 1 all features are 0: draw them, and leave them as drawn (no mean to subtract).",
                "num_examples = 1 时，特征全是 0：抽取之后保持原样，不要减去均值。",
            )
    _assert_singles(student, draw)


def _assert_singles(student: Student, draw: Draw) -> None:
    """Fail where many calls for one example give other data than one call for many.

    What is wrong with both is the business of other checks.
    """
    w, b, n = _weights(draw, 3), _bias(draw), 300
    features, labels = _pair(student.run(one_example_many_times, w, b, n))
    _assert_shapes(features, labels, n, 3)
    many = _pair(student.synthetic_data(w.clone(), b, n))
    _assert_shapes(*many, n, 3)
    for result, name in ((features, "features"), (labels, "labels")):
        _assert_finite(result, name)
    noise, usual = _noise(features, labels, w, b), _noise(*many, w, b)
    mean, spread, due = noise.mean().item(), noise.std().item(), usual.std().item()
    # That all calls draw the same is the business of another check, too.
    fresh = len(features.unique()) > 0.9 * features.numel() and (spread > 2e-5 or abs(mean) < 2e-5)
    if fresh and abs(many[0].double().std().item() - 1) < 0.1:
        what = Text(en="features drawn one example at a time", zh="每次只抽一个样本时，特征")
        _assert_normal(features.double(), 1.0, what, mistake=None)
    expect(
        not fresh or abs(mean - usual.mean().item()) < max(0.08, 8 * (spread + due) / math.sqrt(n)),
        f"For num_examples = 1 the labels are off Xw + b by {mean:.4g} on average.",
        f"num_examples = 1 时，标签与 Xw + b 平均相差 {mean:.4g}。",
    )
    # Both spreads deviate by 4%, so this is 8 deviations of their ratio.
    expect(
        not fresh or due < 2e-5 or abs(math.log(max(spread, 1e-9) / due)) < 0.5,
        f"For num_examples = 1 the noise has standard deviation {spread:.3g}, for num_examples = {n} {due:.3g}: "
        "it must not depend on how many examples are drawn.",
        f"num_examples = 1 时噪声的标准差是 {spread:.3g}，num_examples = {n} 时是 {due:.3g}：它不应当随样本数变化。",
    )


def one_example_many_times(names, w, b, times):
    pairs = [names.synthetic_data(w, b, 1) for _ in range(times)]
    return torch.cat([pair[0] for pair in pairs]), torch.cat([pair[1] for pair in pairs])


def two_calls_in_a_row(names, w, b, n):
    import random  # noqa: PLC0415 - a probe is sent by its own source alone
    import sys  # noqa: PLC0415 - same

    numpy_random = sys.modules.get("numpy.random")
    owners = [(random, "seed", "setstate")]
    if numpy_random is not None:
        owners.append((numpy_random, "seed", "set_state"))
    seeded, originals = set(), []

    def watch(owner, name, note):
        original = getattr(owner, name)
        originals.append((owner, name, original))

        def watched(*args, **kwargs):
            note(owner.__name__)
            return original(*args, **kwargs)

        setattr(owner, name, watched)

    before = torch.initial_seed()
    try:
        for owner, seed, restore in owners:
            watch(owner, seed, seeded.add)
            # Whoever puts the state back that was there leaves the generator to the caller.
            watch(owner, restore, seeded.discard)
        first, second = names.synthetic_data(w, b, n), names.synthetic_data(w, b, n)
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)
    kept = torch.initial_seed() == before and not seeded
    after = (torch.rand(1).item(), random.random(), None if numpy_random is None else float(numpy_random.random()))
    return first, second, kept, after


def _weights(draw: Draw, d: int) -> torch.Tensor:
    """Return weights between 1.5 and 4 in size, so that no term can hide in the noise."""
    signs = torch.tensor([draw.choice((-1.0, 1.0)) for _ in range(d)])
    return draw.uniform(d, low=1.5, high=4.0) * signs


def _bias(draw: Draw) -> float:
    return draw.choice((-1.0, 1.0)) * draw.number(3.0, 6.0)


def _pair(value: object) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the two tensors that came back."""
    expect(
        value is not None,
        "None came back. Return the features and the labels: return features, labels",
        "返回了 None。请返回特征和标签：return features, labels",
    )
    expect(
        isinstance(value, tuple | list) and len(value) == 2,
        "Two tensors are due: return features, labels",
        "应当返回两个张量：return features, labels",
    )
    for each, what in zip(value, (FEATURES, LABELS), strict=True):
        assert_shape(each, tuple(getattr(each, "shape", ())), what=what)
    return value[0], value[1]


def _assert_shapes(features: torch.Tensor, labels: torch.Tensor, n: int, d: int) -> None:
    shapes = tuple(features.shape), tuple(labels.shape)
    mistake = None
    if shapes == ((n, 1), (n, d)) and d > 1:
        mistake = "swapped_results"
    elif shapes[0] == (d, n) and d != n:
        mistake = "transposed_features"
    elif len(shapes[0]) == 2 and shapes[0][0] == n and shapes[0][1] != d:
        mistake = "ignores_arguments"
    assert_shape(features, (n, d), what=FEATURES, mistake=mistake)
    if n > 1 and shapes[1] == (n,):
        mistake = "flat_labels"
    elif n > 1 and shapes[1] in ((n, n), (n * n,), (n * n, 1)):
        mistake = "noise_broadcasts"
    elif n > 1 and d > 1 and shapes[1] in ((n, d), (n * d,), (n * d, 1)):
        mistake = "no_sum"
    assert_shape(labels, (n, 1), what=LABELS, mistake=mistake)


def _assert_finite(numbers: torch.Tensor, name: str) -> None:
    expect(
        numbers.isfinite().all(),
        f"The {name} hold NaN or infinite values.",
        f"{name} 里有 NaN 或无穷大。",
    )


class _Fit:
    """The line that fits the data best: weights, bias, and how the labels scatter around it."""

    def __init__(self, features: torch.Tensor, labels: torch.Tensor) -> None:
        _assert_finite(features, "features")
        _assert_finite(labels, "labels")
        self._features = features.double()
        design = torch.cat((self._features, torch.ones(len(features), 1, dtype=torch.float64)), dim=1)
        found = torch.linalg.pinv(design) @ labels.double()
        self._line = (design @ found).flatten()
        self.w, self.b = found[:-1, 0], found[-1].item()
        self.spread = (labels.double().flatten() - self._line).std().item()

    def distance(self, w: torch.Tensor, b: float) -> float:
        """Return how far, in root mean square, this line is from Xw + b."""
        return (self._line - self._features @ w.double() - b).square().mean().sqrt().item()


def _noise(features: torch.Tensor, labels: torch.Tensor, w: torch.Tensor, b: float) -> torch.Tensor:
    """Return what the labels hold beyond Xw + b, in float64."""
    return labels.double().flatten() - (features.double() @ w.double() + b)


def _dependence(one: torch.Tensor, other: torch.Tensor | None = None) -> tuple[int, float]:
    """Return the distance in rows at which two series go together most, and the size of their correlation.

    One row for each call; the rows of a call are taken as a circle. Without `other` a
    series is compared with itself.
    """
    scaled = [(each - each.mean()) / each.std().clamp_min(1e-12) for each in (one, one if other is None else other)]
    waves = [torch.fft.rfft(each) for each in scaled]
    found = torch.fft.irfft(waves[0].conj() * waves[1], n=one.shape[-1]).sum(dim=0).abs() / one.numel()
    if other is None:
        found[0] = 0
    lag = int(found.argmax())
    return min(lag, one.shape[-1] - lag), found[lag].item()


def _name_noise(noise: torch.Tensor) -> str | None:
    """Return the id of the mistake that makes noise of this size."""
    spread = noise.std().item()
    if noise.min() > -1e-4 and noise.max() < STD + 1e-4 and spread < STD / 2 and noise.mean() > STD / 4:
        return "uniform_noise"
    for size, mistake in ((1.0, "unscaled_noise"), (STD**0.5, "noise_root"), (STD**2, "noise_squared")):
        if abs(spread / size - 1) < 0.15:
            return mistake
    return None


def _assert_normal(numbers: torch.Tensor, std: float, what: Text, *, mistake: str | None) -> None:
    """Fail unless the numbers have the mean, the spread and the shares of N(0, std²)."""
    size, scaled = numbers.numel(), numbers.abs() / std
    mean, spread = numbers.mean().item(), numbers.std().item()
    expect(
        abs(spread / std - 1) < SIGMAS / math.sqrt(2 * size),
        f"The standard deviation of the {what.en} is {spread:.4g}, but {std:g} is due.",
        f"{what.zh}的标准差是 {spread:.4g}，应当是 {std:g}。",
        mistake=mistake,
    )
    expect(
        abs(mean) < SIGMAS * std / math.sqrt(size),
        f"The mean of the {what.en} is {mean:.4g}, but 0 is due.",
        f"{what.zh}的均值是 {mean:.4g}，应当是 0。",
        mistake=mistake,
    )
    inside, outside = (scaled < 1).double().mean().item(), (scaled > 2).double().mean().item()
    expect(
        abs(inside - WITHIN_ONE) < SIGMAS * math.sqrt(WITHIN_ONE * (1 - WITHIN_ONE) / size)
        and abs(outside - BEYOND_TWO) < SIGMAS * math.sqrt(BEYOND_TWO * (1 - BEYOND_TWO) / size),
        f"The distribution of the {what.en} is not normal: {inside:.1%} lie within one standard deviation (68.3% are due) "
        f"and {outside:.1%} beyond two (4.6% are due).",
        f"{what.zh}不是正态分布：一个标准差以内占 {inside:.1%}（应当是 68.3%），两个标准差以外占 "
        f"{outside:.1%}（应当是 4.6%）。",
        mistake=mistake,
    )


def _told(error: LearnerError) -> str:
    """Return what was raised and, where it is known, the learner's line."""
    failure = error.failure
    frame = failure.frames[-1] if failure.frames else None
    place = "" if frame is None else f"\n{frame.file_name}, line {frame.line}: {frame.text}"
    return f"{failure.type_name}: {failure.message[:200]}{place}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _numbers(values: torch.Tensor) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in values.tolist()) + ")"
