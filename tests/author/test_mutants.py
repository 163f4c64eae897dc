"""Mutants: valid Python, each another change, under names that last."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.author.mutants import mutants_of
from grader.course import load_course

SOLUTIONS = [exercise.solution for exercise in load_course().exercises]
NAMES = st.sampled_from(["x", "y", "lr", "param", "losses"])
ATOMS = st.one_of(NAMES, st.integers(0, 9).map(str), st.sampled_from(["0.5", "1e-8", "True", "None", "'sum'"]))
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+ - * / ** @ % // < >= == and or".split()), inner),
        st.builds("{}.{}({})".format, NAMES, st.sampled_from(["mean", "reshape", "add_", "detach", "T.mul"]), inner),
        st.builds("torch.{}({}, dim={}, keepdim=True)".format, st.sampled_from(["sum", "amax"]), inner, inner),
        st.builds("f({}, *{})".format, inner, NAMES),
        st.builds("({}, {})".format, inner, inner),
        st.builds("{}[{}:{}]".format, NAMES, inner, inner),
        st.builds("{}[:, -1, {}]".format, NAMES, inner),
        st.builds("({} if not {} else -{})".format, inner, inner, inner),
        st.builds("[{} for {} in range({})]".format, inner, NAMES, inner),
        st.builds("(lambda {}: {})".format, NAMES, inner),
        st.builds("f'{{{}}}'".format, NAMES),
    ),
    max_leaves=6,
)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("{} -= {}".format, NAMES, EXPRESSIONS),
    st.builds("{}.zero_()".format, NAMES),
    st.builds("{}.append({})".format, NAMES, EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("{}: float = {}".format, NAMES, EXPRESSIONS),
    st.builds("raise ValueError({})".format, EXPRESSIONS),
)
LOOPED = st.sampled_from(["continue", "break"])
HEADERS = st.one_of(
    st.builds("if {}:".format, EXPRESSIONS),
    st.builds("for {} in {}:".format, NAMES, EXPRESSIONS),
    st.builds("while {}:".format, EXPRESSIONS),
    st.sampled_from(["with torch.no_grad():", "with torch.no_grad() as x, f(y):", "try:"]),
)


def indented(lines: list[str]) -> list[str]:
    """Return the lines one level deeper."""
    return [f"    {line}" for line in lines]


@st.composite
def bodies(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """Return the lines of a function's body."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            header = draw(HEADERS)
            inner = draw(bodies(depth=depth - 1))
            if header.startswith(("for", "while")) and draw(st.booleans()):
                inner.append(draw(LOOPED))
            lines += [header, *indented(inner)]
            if header == "try:":
                lines += ["finally:", *indented(draw(bodies(depth=0)))]
        else:
            lines.append(draw(SIMPLE))
    return lines


@st.composite
def modules(draw: st.DrawFn) -> str:
    """Return a module: a constant, a function, a class with a method."""
    function = ["@torch.no_grad()", "def f(x, lr=0.1, *rest, scale: float = 2.0):", '    """Say it."""']
    method = [
        "class Model(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        "    def forward(self, x):",
    ]
    lines = ["import torch", "EPS = 1e-6", *function, *indented(draw(bodies())), *method]
    return "\n".join([*lines, *indented(indented(draw(bodies())))]) + "\n"


def check_all(source: str) -> set[str]:
    """Check what holds of the mutants of every module, and return their names."""
    mutants = mutants_of(source)
    unchanged = ast.unparse(ast.parse(source))
    for mutant in mutants:
        compile(mutant.source, "mutant", "exec")
        assert mutant.source != unchanged
        assert "\n" not in mutant.name
        assert len(mutant.name) < 250
    assert len({mutant.source for mutant in mutants}) == len(mutants)
    names = {mutant.name for mutant in mutants}
    assert len(names) == len(mutants)
    assert [mutant.line for mutant in mutants] == sorted(mutant.line for mutant in mutants)
    return names


@settings(max_examples=40)
@given(modules())
def test_mutants_of_any_module(source: str) -> None:
    """Every mutant compiles, differs from the module and from the others, and has a name of its own."""
    check_all(source)


@settings(max_examples=25)
@given(modules(), modules())
def test_names_last(source: str, other: str) -> None:
    """Another function and other lines elsewhere leave the names as they are."""
    names = check_all(source)
    moved = f"import math\n\n\ndef other(a):\n    return a - 1\n\n\n{source}\nclass Far:\n    " + "\n    ".join(
        other.splitlines()
    )
    assert names <= {mutant.name for mutant in mutants_of(moved)}


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_mutants_of_the_references(path: object) -> None:
    """The references of the course have mutants, under names that a reader can follow."""
    names = check_all(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert len(names) >= 5
    assert all("«" in name and ": " in name for name in names)


def names_of(body: str) -> list[str]:
    """Return what is said of the mutants of a function with this body."""
    return [mutant.name.removeprefix("f: ") for mutant in mutants_of(f"def f(x, y):\n    {body}\n")]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return x - y", "return x «- → +» y"),
        ("return x - y", "return «x - y → y - x»"),
        ("return x / y", "return «x / y → y / x»"),
        ("return x - y", "«return x - y → nothing»"),
        ("return (x - y.reshape(x.shape)) ** 2", "return (x - «y.reshape(x.shape) → y») ** 2"),
        ("return x.mean(dim=0)", "return «x.mean → x.sum»(dim=0)"),
        ("return x.mean(dim=0)", "return x.mean(dim=«0 → 1»)"),
        ("return x.mean(dim=0)", "return x.mean(«dim=0 → nothing»)"),
        ("return x.mean(dim=1)", "return x.mean(dim=«1 → 0»)"),
        ("return torch.sigmoid(x)", "return «torch.sigmoid(x) → x»"),
        ("return grad(y, x, create_graph=True)", "return grad(y, x«, create_graph=True → nothing»)"),
        ("return grad(y, x)", "return grad(«y, x → x, y»)"),
        ("x = y.detach().requires_grad_()", "x = y.detach()«.requires_grad_() → nothing»"),
        ("x.grad.zero_()", "«x.grad.zero_() → nothing»"),
        ("with torch.no_grad():\n        x -= y", "«with torch.no_grad() → nothing»"),
        ("with torch.no_grad():\n        x -= y", "x «- → +»= y"),
        ("for i in range(y):\n        x.add_(i)", "for i in range(«y → y - 1»):"),
        ("return x[: y]", "return x[:«y → y + 1»]"),
        ("return x[1:]", "return x[«1 → 2»:]"),
        ("return x > y", "return x «> → <=» y"),
        ("return x > y", "return x «> → >=» y"),
        ("if x:\n        return 1", "«if x → always»"),
        ("if x:\n        return 1", "«if x → never»"),
        ("y.backward()\n    x.step()", "«y.backward(); x.step() → x.step(); y.backward()»"),
        ("return x, y", "return («x, y → y, x»)"),
    ],
)
def test_slips_of_learners(body: str, name: str) -> None:
    """The changes that learners make by accident are among the mutants."""
    assert name in names_of(body)


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        ("return (x - y) ** 2", "«x - y → y - x»"),
        ("return abs(-x)", "«- → "),
        ("raise ValueError(x - y)", "«- → +»"),
        ("if x < 1:\n        raise ValueError\n    return x", "1 → 2"),
        ("return f'{x - y}'", "«- → +»"),
    ],
)
def test_what_nobody_could_check_is_left_alone(body: str, marked: str) -> None:
    """A sign that is squared away, a message and a guard that raises make no mutants."""
    assert not [name for name in names_of(body) if marked in name]


def test_decorator_of_torch_is_dropped() -> None:
    """Without `@torch.no_grad()` a step is recorded."""
    source = "@torch.no_grad()\ndef step(x):\n    x.sub_(1)\n"
    assert any("@torch.no_grad()" not in mutant.source for mutant in mutants_of(source))


def test_same_statement_twice_is_numbered() -> None:
    """Two mutants never share a name, even where a function repeats itself."""
    names = [mutant.name for mutant in mutants_of("def f(x):\n    x.zero_()\n    x = 3 * x\n    x.zero_()\n")]
    assert [name for name in names if "zero_" in name] == ["f: «x.zero_() → nothing»", "f: «x.zero_() → nothing» (2)"]
