"""Answers that only look right: patched judges, subclasses, constants, odd tensors."""

# ruff: noqa: E501 - files under test are written in long lines

from __future__ import annotations

import pytest

from grader.model import Status
from tests.hostile.verdicts import Verdict, caught

PATCHES = """
import builtins, sys, types, torch
true = lambda *a, **k: True
nothing = lambda *a, **k: None
torch.allclose = torch.equal = true
torch.isclose = lambda *a, **k: torch.tensor(True)
torch.testing.assert_close = nothing
torch.Tensor.__eq__ = torch.Tensor.__bool__ = torch.Tensor.all = true
builtins.all = builtins.any = builtins.isinstance = true
for name in ("pytest", "grader", "grader.judge", "grader.judge.compare", "_pytest.assertion"):
    fake = types.ModuleType(name)
    fake.assert_close = fake.assert_shape = fake.main = nothing
    sys.modules[name] = fake
def double(x):
    return x
"""


def test_patched_judges(verdict: Verdict) -> None:
    """Patching torch, builtins and pytest in the worker changes no verdict."""
    report = verdict(PATCHES)
    assert not report.passed
    assert report.status in (Status.FAILED, Status.CRASHED, Status.ERROR)


def test_patched_torch_alone(verdict: Verdict) -> None:
    """Patched comparisons of torch change no verdict."""
    source = PATCHES.replace("builtins.all = builtins.any = builtins.isinstance = true\n", "")
    caught(verdict(source.replace("torch.Tensor.__bool__ = torch.Tensor.all = ", "")), Status.FAILED, "called: double")


SUBCLASS = """
import torch
class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True
    def __eq__(self, other):
        return True
    __hash__ = torch.Tensor.__hash__
    def __bool__(self):
        return True
def double(x):
    return %s
"""


@pytest.mark.parametrize(
    "value", ["x.as_subclass(Agreeable)", "torch.zeros(0).as_subclass(Agreeable)", "(2 * x).as_subclass(Agreeable)"]
)
def test_tensor_subclass(verdict: Verdict, value: str) -> None:
    """A subclass of Tensor does not cross the wall, even with the right numbers."""
    caught(verdict(SUBCLASS % value), Status.FAILED, "Agreeable", "subclass")


@pytest.mark.parametrize(
    "value",
    [
        "x * float('nan')",
        "torch.full_like(x, float('inf'))",
        "torch.zeros_like(x)",
        "torch.ones(4, 3)",
        "x",
        "x.detach()",
        "torch.empty_like(x)",
        "torch.zeros(0)",
        "torch.zeros(())",
        "2 * x[:1]",
    ],
)
def test_wrong_values(verdict: Verdict, value: str) -> None:
    """NaN, infinities, constants, the input itself and too few elements are wrong."""
    caught(verdict(f"import torch\ndef double(x):\n    return {value}\n"), Status.FAILED, "called: double")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("None", "None came back"),
        ("True", "came back"),
        ("'2x'", "came back"),
        ("(2 * x).numpy()", "NumPy"),
        ("[2 * x]", "came back"),
        ("(2 * i for i in x)", "generator"),
        ("lambda: 2 * x", "function"),
        ("double", "function"),
        ("torch", "module"),
        ("type('Liar', (), {'__class__': torch.Tensor})()", "Liar"),
        ("10 ** 5000", "came back"),
        ("-(10 ** 30)", "came back"),
        ("complex(1, float('nan'))", "came back"),
        ("{x: 2 * x}", "came back"),
        ("{1, 2}", "came back"),
        ("b'bytes' * 1000", "came back"),
        ("'\\ud800'", "came back"),
        ("'\\x1b]0;title\\x07'", "came back"),
    ],
)
def test_something_else_for_a_tensor(verdict: Verdict, value: str, words: str) -> None:
    """What is no tensor is shown as what it is, and fails."""
    caught(verdict(f"import torch\ndef double(x):\n    x = x.detach()\n    return {value}\n"), Status.FAILED, words)


ODD_TENSORS = [
    "x.to_sparse()",
    "torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)",
    "(2 * x).to(torch.complex64)",
    "(2 * x).to('meta')",
    "torch.empty(2**40, device='meta')",
    "torch.zeros(1).expand(10**12)",
    "torch.nested.nested_tensor([x, x])",
    "torch.as_strided(x, (4, 3), (0, 0))",
    "(2 * x).half()",
    "(2 * x).to(torch.float8_e4m3fn)",
    "torch.zeros(4, 3, dtype=torch.uint64)",
    "torch.zeros(4, 3, dtype=torch.bool)",
    "(2 * x).to_mkldnn()",
    "torch.nn.UninitializedParameter()",
    "torch.nn.parameter.Buffer(x)",
    "torch.zeros(*[1] * 64)",
    "torch.conj(torch.zeros(4, 3, dtype=torch.complex64))",
    "torch.empty(4, 3, dtype=torch.bits8)",
    "torch._C._functorch._wrap_for_grad(x, 1)",
    "torch.zeros(4, 0, 3)",
]


@pytest.mark.parametrize("value", ODD_TENSORS)
def test_odd_tensors(verdict: Verdict, value: str) -> None:
    """Sparse, quantised, complex, meta, nested and endless tensors fail, each with a message."""
    report = verdict(f"import torch\ndef double(x):\n    x = x.detach()\n    return {value}\n")
    assert not report.passed
    assert report.status in (Status.FAILED, Status.ERROR, Status.CRASHED, Status.TIMEOUT)
    assert report.checks[0].message


@pytest.mark.parametrize("value", ["torch.nn.Parameter(2 * x)", "(2 * x).clone().requires_grad_()", "2 * x.detach()"])
def test_a_graph_of_ones_own(verdict: Verdict, value: str) -> None:
    """Right numbers without the graph to x pass the values and fail the gradient."""
    report = verdict(f"import torch\ndef double(x):\n    return {value}\n".replace("2 * x)", "2 * x.detach())"))
    assert not report.passed
    assert report.checks[0].status is Status.PASSED


@pytest.mark.parametrize(
    "source",
    [
        "def double(x):\n    loop = []\n    loop.append(loop)\n    return loop\n",
        "def double(x):\n    loop = {}\n    loop[1] = loop\n    return loop\n",
        "def double(x):\n    deep = []\n    for _ in range(100000):\n        deep = [deep]\n    return deep\n",
        "def double(x):\n    return [x] * 10**5\n",
    ],
)
def test_endless_nesting(verdict: Verdict, source: str) -> None:
    """Cyclic, deep and vast lists are refused."""
    report = verdict(source)
    assert not report.passed
    assert report.status in (Status.ERROR, Status.CRASHED, Status.TIMEOUT, Status.FAILED)


def test_a_reply_over_the_limit(verdict: Verdict) -> None:
    """A result larger than a reply may be is refused by name."""
    caught(verdict("import torch\ndef double(x):\n    return torch.zeros(20 << 20)\n"), Status.ERROR, "over the limit")


def test_shrunken_arguments(verdict: Verdict) -> None:
    """Emptying the arguments does not make an empty answer right."""
    source = "def double(x):\n    x.data = x.data[:0]\n    return x * 2\n"
    assert not verdict(source).passed


def test_zeroed_arguments(verdict: Verdict) -> None:
    """Zeroing the arguments does not make zeros right."""
    source = "def double(x):\n    result = 0 * x\n    x.data.zero_()\n    return result\n"
    assert not verdict(source).passed


def test_a_forged_gradient(verdict: Verdict) -> None:
    """A gradient that the function writes into its argument does not count as one that was computed."""
    source = (
        "import torch\ndef double(x):\n    y = 2 * x.detach() + 0 * x\n"
        "    if x.requires_grad:\n        x.grad = torch.full_like(x, 2.0)\n    return y\n"
    )
    assert not verdict(source).passed


@pytest.mark.parametrize(
    "name", ["__reduce__", "__reduce_ex__", "__getstate__", "__len__", "__iter__", "__str__", "__repr__"]
)
def test_hostile_protocols(verdict: Verdict, name: str) -> None:
    """Objects that answer Python's protocols with code run none of it in the judge."""
    source = f"import os\nclass Trap:\n    def {name}(self, *args):\n        return (os._exit, (0,))\ndef double(x):\n    return Trap()\n"
    caught(verdict(source), Status.FAILED, "Trap")


def test_a_lying_class(verdict: Verdict) -> None:
    """A metaclass whose __name__ raises or lies costs the learner the check, nobody the report."""
    source = (
        "class Meta(type):\n    @property\n    def __name__(cls):\n        raise ValueError\n"
        "class Liar(metaclass=Meta):\n    pass\ndef double(x):\n    return Liar()\n"
    )
    assert not verdict(source).passed
    assert not verdict(source.replace("raise ValueError", "return 7")).passed


def test_a_class_that_claims_to_be_a_tensor(verdict: Verdict) -> None:
    """An object whose __class__ is Tensor is not taken for one."""
    source = "import torch\nclass Liar:\n    __class__ = torch.Tensor\ndef double(x):\n    return Liar()\n"
    assert not verdict(source).passed


def test_breaking_the_server(verdict: Verdict) -> None:
    """Replaced streams, modules, import hooks and built-ins break at most the learner's own process."""
    for line in (
        "sys.stdout = sys.stderr = None",
        "sys.stdout = object()",
        "sys.modules.clear()",
        "sys.meta_path.clear(); sys.path_hooks.clear()",
        "sys.settrace(lambda *a: 1 / 0)",
        "sys.setprofile(lambda *a: 1 / 0)",
        "sys.excepthook = None",
        "builtins.__import__ = None",
        "builtins.type = builtins.len = builtins.tuple = lambda *a: 1 / 0",
        "torch.Tensor.detach = torch.Tensor.shape = None",
        "torch._C.DisableTorchFunctionSubclass = None",
        "torch.autograd.grad = lambda *a, **k: [None]",
        "gc.disable(); gc.set_threshold(1)",
    ):
        source = f"import builtins, gc, sys, torch\n{line}\ndef double(x):\n    return x\n"
        report = verdict(source)
        assert not report.passed, line
