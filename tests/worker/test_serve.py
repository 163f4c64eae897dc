"""Serving a learner's module: what is called, what comes back, what is kept."""

from __future__ import annotations

import builtins
import linecache
import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader.worker.serve import Server
from grader.worker.tensors import build_tensor, tensor_value
from grader.worker.wire import (
    EXITED,
    GRAPH,
    LOADING,
    MISSING,
    NOT_STARTED,
    RAISED,
    Advance,
    Call,
    Differentiate,
    Exhausted,
    Failure,
    Finish,
    FunctionValue,
    Gradients,
    Load,
    MapValue,
    ObjectValue,
    Reply,
    Run,
    SequenceValue,
    Success,
    TensorValue,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "ex99_served.py"


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """Put back what loading a module changes in a process that a worker would have to itself."""
    modules, finders = set(sys.modules), list(sys.meta_path)
    state = torch.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one
    yield
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    linecache.cache.pop(FILE, None)
    torch.set_rng_state(state[0])
    random.setstate(state[1])
    np.random.set_state(state[2])  # noqa: NPY002 - the global one


def load(source: str, *siblings: Path, seed: int = 0) -> Server:
    """Return a server of a module with this source."""
    server = Server([str(path) for path in siblings])
    assert server.handle(Load(1, source.encode(), FILE, seed)) == Success(1, None)
    return server


def call(server: Server, name: str, *args: Value, seed: int = 0, handle: int = 0, **kwargs: Value) -> Reply:
    """Call a name of the module, or a method of a handle."""
    return server.handle(Call(2, name, args, tuple(kwargs.items()), seed, handle))


def value(reply: Reply) -> Any:
    """Return the value of a reply that must be a success."""
    assert isinstance(reply, Success), reply
    return reply.value


def numbers(found: object) -> Any:
    """Return the contents of a tensor of a reply."""
    assert isinstance(found, TensorValue)
    return build_tensor(found, trusted=False).tolist()


def refusal(reply: Reply) -> Failure:
    """Return a reply that must be a failure."""
    assert isinstance(reply, Failure), reply
    return reply


def tensor(*items: float, grad: bool = False) -> TensorValue:
    """Return a float32 tensor to send."""
    return tensor_value(torch.tensor(items, requires_grad=grad))


def test_a_module_is_loaded_and_called() -> None:
    """Positional and named arguments arrive, plain data and tensors come back."""
    server = load("def f(x, *, k):\n    return {'sum': x + k, 'pair': (1, [None, 'a'])}\n")
    found = value(call(server, "f", tensor(1, 2), k=10))
    assert isinstance(found, MapValue)
    (first, summed), pair = found.items
    assert (first, numbers(summed)) == ("sum", [11.0, 12.0])
    assert pair == ("pair", SequenceValue("tuple", (1, SequenceValue("list", (None, "a")))))


def test_the_module_knows_its_name() -> None:
    """`__name__` is that of the file, so a main block does not run; `__file__` and sys.modules fit."""
    server = load("import sys\ndef f():\n    return [__name__, __file__, sys.modules[__name__].f is f]\n")
    assert value(call(server, "f")) == SequenceValue("list", ("ex99_served", FILE, True))


@pytest.mark.parametrize(
    "source",
    [
        "\ufeffx = 'ä'\r\ndef f():\r\n    return x\r\n".encode(),
        "# coding: latin-1\ndef f(): return 'ä'".encode("latin-1"),
    ],
)
def test_sources_are_read_as_python_reads_them(source: bytes) -> None:
    """A byte order mark, CRLF and a declared encoding are understood."""
    server = Server()
    assert isinstance(server.handle(Load(1, source, FILE, 0)), Success)
    assert value(call(server, "f")) == "ä"


def test_an_untouched_stub_is_told_from_every_other_not_implemented() -> None:
    """Only the learner's own `raise NotImplementedError` means not started."""
    server = load(
        "import torch\n"
        "def stub(x):\n    raise NotImplementedError\n"
        "def calls_stub(x):\n    return stub(x) + 1\n"
        "def no_forward(x):\n    return torch.nn.Module()(x)\n"
        "def sparse(x):\n    return torch.ops.aten._to_dense(x.to_sparse_csr())._values()\n"
    )
    assert refusal(call(server, "stub", 1)).kind == NOT_STARTED
    nested = refusal(call(server, "calls_stub", 1))
    assert (nested.kind, nested.frames[-1].function) == (NOT_STARTED, "stub")
    torchs = refusal(call(server, "no_forward", 1))
    assert (torchs.kind, torchs.type_name) == (RAISED, "NotImplementedError")


def test_names_must_be_there_and_callable() -> None:
    """A missing name, a constant and a name of the builtins are told apart from functions."""
    server = load("f = 3\nimport math\n")
    assert [(r.kind, r.message) for r in map(refusal, (call(server, "g"), call(server, "f")))] == [
        (MISSING, "g"),
        (MISSING, "f int"),
    ]
    assert refusal(call(server, "print")).kind == MISSING
    assert refusal(call(server, "math")).message == "math module"


def test_an_error_comes_with_the_learners_lines() -> None:
    """Frames name function, line and code, innermost last."""
    server = load("def g(x):\n    return 1 / x\ndef f(x):\n    return g(x)\n")
    failure = refusal(call(server, "f", 0))
    assert (failure.kind, failure.type_name, failure.message) == (RAISED, "ZeroDivisionError", "division by zero")
    assert [(f.file_name, f.line, f.function, f.text) for f in failure.frames] == [
        (FILE, 4, "f", "return g(x)"),
        (FILE, 2, "g", "return 1 / x"),
    ]


def test_a_wrong_signature_has_no_frame_of_the_learner() -> None:
    """A call that does not fit fails before the learner's first line."""
    failure = refusal(call(load("def f(a):\n    return a\n"), "f", 1, 2))
    assert (failure.type_name, failure.frames) == ("TypeError", ())


@pytest.mark.parametrize(
    ("body", "kind", "type_name"),
    [
        ("raise SystemExit(0)", EXITED, "SystemExit"),
        ("raise KeyboardInterrupt", RAISED, "KeyboardInterrupt"),
        ("raise type('Odd', (BaseException,), {})()", RAISED, "Odd"),
        ("raise type('Mute', (Exception,), {'__str__': lambda s: 1 / 0})()", RAISED, "Mute"),
        ("f()", RAISED, "RecursionError"),
    ],
)
def test_whatever_is_raised_becomes_a_failure(body: str, kind: str, type_name: str) -> None:
    """No exception of a learner's ends the server."""
    server = load(f"def f():\n    {body}\ndef g():\n    return 1\n")
    failure = refusal(call(server, "f"))
    assert (failure.kind, failure.type_name) == (kind, type_name)
    assert value(call(server, "g")) == 1


@pytest.mark.parametrize(
    ("source", "type_name", "line"),
    [
        ("x = 1\ndef f(:\n", "SyntaxError", 2),
        ("import no_such_module\n", "ModuleNotFoundError", 1),
        ("x = 1\n\nraise NotImplementedError\n", "NotImplementedError", 3),
        ("raise SystemExit(0)\n", "SystemExit", 1),
    ],
)
def test_a_file_that_does_not_load_says_where(source: str, type_name: str, line: int) -> None:
    """Errors at import are failures of loading, with their line; leaving is leaving."""
    failure = refusal(Server().handle(Load(1, source.encode(), FILE, 0)))
    assert failure.kind == (EXITED if type_name == "SystemExit" else LOADING)
    assert (failure.type_name, failure.frames[-1].line) == (type_name, line)
    assert bool(failure.caret) == (type_name == "SyntaxError")


def test_changes_in_place_are_sent_back() -> None:
    """Only arguments that changed come back, under their place among the tensors sent."""
    server = load("def f(a, pair, *, k):\n    pair[1].mul_(10)\n    k.zero_()\n    return None\n")
    pair = SequenceValue("list", (tensor(1), tensor(2)))
    reply = call(server, "f", tensor(0.5), pair, k=tensor(3))
    assert isinstance(reply, Success)
    assert [(place, numbers(after)) for place, after in reply.tensors] == [(2, [20.0]), (3, [0.0])]
    assert reply.containers == ()


def test_a_gradient_that_is_set_or_dropped_is_sent_back() -> None:
    """A parameter's gradient counts among its contents."""
    server = load(
        "def step(p):\n    p.data -= p.grad\n    p.grad.zero_()\n"
        "def drop(p):\n    p.grad = None\n"
        "def fill(p):\n    (p * 3).sum().backward()\n"
        "def keep(p):\n    p.grad + 1\n"
    )
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    p.grad = torch.tensor([0.5, 0.5])
    found = {}
    for name in ("step", "drop", "fill", "keep"):
        reply = call(server, name, tensor_value(p))
        assert isinstance(reply, Success)
        found[name] = [(numbers(t), t.grad and numbers(t.grad), t.requires_grad) for _, t in reply.tensors]
    assert found == {
        "step": [([0.5, 1.5], [0.0, 0.0], True)],
        "drop": [([1.0, 2.0], None, True)],
        "fill": [([1.0, 2.0], [3.5, 3.5], True)],
        "keep": [],
    }


def test_a_parameter_arrives_as_one() -> None:
    """An argument is a Parameter, a leaf or an inner node of a graph as it was sent."""
    server = load(
        "import torch\ndef f(x):\n    return [isinstance(x, torch.nn.Parameter), x.is_leaf, x.requires_grad]\n"
    )
    leaf = torch.ones(2, requires_grad=True)
    sent = (torch.ones(2), leaf, torch.nn.Parameter(torch.ones(2)), leaf * 2)
    found = [value(call(server, "f", tensor_value(one))).items for one in sent]
    assert found == [(False, True, False), (False, True, True), (True, True, True), (False, False, True)]


def test_lists_and_dicts_that_changed_are_sent_back() -> None:
    """A list that was appended to and a dict that got a key come back; a sorted copy does not."""
    server = load("def f(a, b, c):\n    a.append(b)\n    c['k'] = sorted([2, 1])\n")
    reply = call(server, "f", SequenceValue("list", (1,)), 2, MapValue(()))
    assert isinstance(reply, Success)
    assert reply.containers == (
        (0, SequenceValue("list", (1, 2))),
        (2, MapValue((("k", SequenceValue("list", (1, 2))),))),
    )


def test_iterators_are_advanced_one_item_at_a_time() -> None:
    """A generator that never ends gives as many items as are asked for."""
    server = load("def f():\n    n = 0\n    while True:\n        yield n\n        n += 1\n")
    found = value(call(server, "f"))
    assert isinstance(found, ObjectValue)
    assert (found.kind, found.type_name) == ("iterator", "generator")
    assert [value(server.handle(Advance(3, found.handle, fresh=False))) for _ in range(3)] == [0, 1, 2]


def test_iteration_starts_afresh_and_ends() -> None:
    """An iterable gives a new iterator each time, and its end is told; its errors too."""
    server = load(
        "class Pairs:\n    def __iter__(self):\n        yield 1\n"
        "def f():\n    return Pairs()\n"
        "def g():\n    yield 1 / 0\n"
    )
    pairs = value(call(server, "f"))
    assert (pairs.kind, pairs.type_name) == ("iterable", "Pairs")
    for _ in range(2):
        inner = value(server.handle(Advance(3, pairs.handle, fresh=True)))
        assert value(server.handle(Advance(4, inner.handle, fresh=False))) == 1
        assert server.handle(Advance(5, inner.handle, fresh=False)) == Exhausted(5)
    broken = value(call(server, "g"))
    assert refusal(server.handle(Advance(6, broken.handle, fresh=False))).type_name == "ZeroDivisionError"


def test_what_has_no_plain_form_is_kept() -> None:
    """Modules, functions and other objects stay, are called, and can be arguments later."""
    server = load(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def forward(self, x):\n        return x + 1\n"
        "    def double(self, x):\n        return x * 2\n"
        "def apply(f, x):\n    return f(x)\n"
        "def odd():\n    return object(), abs, torch.eye(2).to_sparse()\n"
    )
    net = value(call(server, "Net"))
    assert (net.kind, net.type_name) == ("module", "Net")
    assert numbers(value(call(server, "", tensor(1), handle=net.handle))) == [2.0]
    assert numbers(value(call(server, "double", tensor(1), handle=net.handle))) == [2.0]
    assert numbers(value(call(server, "apply", net, tensor(5)))) == [6.0]
    assert [item.kind for item in value(call(server, "odd")).items] == ["object", "function", "iterable"]
    assert refusal(call(server, "no_such", handle=net.handle)).type_name == "AttributeError"


def test_functions_are_arguments_with_values_bound_behind() -> None:
    """A trusted function sees torch, nn and math; bound values follow those of the caller."""
    server = load("def f(g, x):\n    return g(x)\n")
    source = "def g(x, a, *, k=0):\n    return [x, a, k, math.pi > 3, nn is torch.nn]\n"
    bare = FunctionValue("def g(x):\n    return x + 1\n", "g")
    bound = FunctionValue(source, "g", (7,), (("k", 8),))
    assert value(call(server, "f", bare, 1)) == 2
    assert value(call(server, "f", bound, 1)) == SequenceValue("list", (1, 7, 8, True, True))


def test_a_probe_sees_the_learners_names() -> None:
    """A probe gets the names first; one that is missing is missing, not an error of the probe."""
    server = load("def f(x):\n    return x + 1\n")
    probe = FunctionValue("def p(names, x, *, k):\n    return names.f(x) * k\n", "p")
    assert value(server.handle(Run(1, probe, (2,), (("k", 10),), 0))) == 30
    lacking = FunctionValue("def p(names):\n    return names.g()\n", "p")
    assert refusal(server.handle(Run(1, lacking, (), (), 0))).kind == MISSING


def test_every_call_is_seeded() -> None:
    """The same seed draws the same numbers of torch, random and NumPy, and another seed others."""
    server = load(
        "import torch, random, numpy\n"
        "first = torch.rand(1).item()\n"
        "def f():\n    return [torch.rand(1).item(), random.random(), float(numpy.random.rand())]\n"
        "def at_import():\n    return first\n",
        seed=5,
    )
    one, again, other = (value(call(server, "f", seed=seed)).items for seed in (1, 1, (1 << 62) + 2))
    assert one == again
    assert all(a != b for a, b in zip(one, other, strict=True))
    assert value(call(server, "at_import")) == torch.rand(1, generator=torch.Generator().manual_seed(5)).item()


def test_the_files_beside_are_importable(tmp_path: Path) -> None:
    """A learner's other exercises, and packages, are imported by name; nothing else of the folder is."""
    (tmp_path / "ex92_data_iter.py").write_text("def data_iter(n):\n    return n + 1\n\n\ndef bad():\n    1 / 0\n")
    (tmp_path / "ex94_sgd.py").write_text("def sgd():\n    raise NotImplementedError\n")
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("from mine.part import three\n")
    (package / "part.py").write_text("three = 3\n")
    (tmp_path / "secret_neighbour.py").write_text("x = 1\n")
    siblings = [tmp_path / name for name in ("ex92_data_iter.py", "ex94_sgd.py", "mine")]
    server = load(
        "from ex92_data_iter import bad, data_iter\nfrom ex94_sgd import sgd\nimport mine\n"
        "def f():\n    return data_iter(mine.three)\n"
        "def g():\n    import secret_neighbour\n",
        *siblings,
    )
    assert value(call(server, "f")) == 4
    broken = refusal(call(server, "bad"))
    assert (broken.frames[-1].file_name, broken.frames[-1].text) == ("ex92_data_iter.py", "1 / 0")
    stub = refusal(call(server, "sgd"))
    assert (stub.kind, stub.frames[-1].function) == (NOT_STARTED, "sgd")
    assert refusal(call(server, "g")).type_name == "ModuleNotFoundError"


def test_a_graph_is_kept_and_differentiated() -> None:
    """With `graph`, gradients of the outputs with respect to the tensors sent can be had, to any order."""
    server = load("def f(x, y):\n    return x ** 3 * y, x.detach(), 1\n")
    x, y = tensor(2.0, grad=True), tensor(5.0, grad=True)
    reply = server.handle(Call(1, "f", (x, y), (), 0, graph=True))
    assert isinstance(reply, Success)
    first = server.handle(Differentiate(2, reply.node, (tensor(1.0), None), create_graph=True))
    assert isinstance(first, Gradients)
    assert [numbers(v) for v in first.values] == [[60.0], [8.0]]
    second = server.handle(Differentiate(3, first.node, (tensor(1.0), None), create_graph=False))
    assert isinstance(second, Gradients)
    # After x and y comes the weight of the first differentiation.
    assert [numbers(v) for v in second.values] == [[60.0], [12.0], [60.0]]
    assert second.node == 0
    assert refusal(server.handle(Differentiate(4, reply.node, (None, None), create_graph=False))).kind == GRAPH


def test_without_graph_nothing_is_kept() -> None:
    """A call that nobody will differentiate leaves no node."""
    reply = call(load("def f(x):\n    return x * 2\n"), "f", tensor(1.0, grad=True))
    assert isinstance(reply, Success)
    assert reply.node == 0


def test_a_value_nested_too_deep_is_refused() -> None:
    """A list that holds itself fails as a reply, and the server lives on."""
    server = load("def f():\n    a = []\n    a.append(a)\n    return a\ndef g():\n    return 1\n")
    assert refusal(call(server, "f")).kind == "wire"
    assert value(call(server, "g")) == 1


def test_trusted_names_are_served_without_a_file() -> None:
    """A mistake of the course is served as a learner's module is."""
    server = Server()
    server.adopt({"f": lambda x: x + 1})
    assert value(call(server, "f", 1)) == 2
    assert refusal(call(server, "g")).kind == MISSING


def test_finish_is_answered() -> None:
    """The last request has a reply, so that a forged frame before it shows."""
    assert Server().handle(Finish(9)) == Success(9, None)


def test_learner_builtins_stay_in_the_module() -> None:
    """A module that shadows a builtin changes it for itself alone."""
    server = load("def print(*a):\n    return 'mine'\ndef f():\n    return print(1)\n")
    assert value(call(server, "f")) == "mine"
    assert builtins.print is print
