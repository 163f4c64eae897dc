"""Serve requests on a learner's module: load it, call it, differentiate through it.

The same server answers for a named mistake inside the judge (`Server.adopt`), so a
replay meets exactly the behaviour that a learner's code met.
"""

from __future__ import annotations
import __future__

import functools
import importlib
import importlib.abc
import importlib.util
import linecache
import math
import random
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from grader.worker.failures import MissingNameError, describe
from grader.worker.mixing import watching
from grader.worker.tensors import build_tensor, decode_plain, encode_plain, tensor_value
from grader.worker.wire import (
    GRAPH,
    Advance,
    Call,
    Differentiate,
    Exhausted,
    Failure,
    Finish,
    FunctionValue,
    Gradients,
    Load,
    ObjectValue,
    Reply,
    Request,
    Run,
    Success,
    TensorValue,
    Value,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec

MAX_NAME = 200


class Names:
    """The names of a learner's module, as a probe sees them."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the learner defined
        try:
            value = vars(self._module)[name]
        except KeyError:
            raise MissingNameError(name) from None
        if not callable(value):
            message = f"{name} {type(value).__name__}"
            raise MissingNameError(message)
        return value


class SiblingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import the files beside the learner's own, under the names that they have there."""

    def __init__(self, paths: Sequence[str], files: set[str]) -> None:
        self._siblings = paths
        self._files = files

    @functools.cached_property
    def _paths(self) -> dict[str, Path]:
        # Most files import nothing that is not there already, and never need this.
        paths = map(Path, self._siblings)
        return {path.stem if path.suffix == ".py" else path.name: path for path in paths}

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 - the importer's signature
        """Return the spec of a sibling module or package, None for any other name."""
        place = self._paths.get(fullname)
        if place is None:
            return None
        if place.suffix == ".py":
            return importlib.util.spec_from_loader(fullname, self, origin=str(place))
        return importlib.util.spec_from_file_location(
            fullname, place / "__init__.py", submodule_search_locations=[str(place)]
        )

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute a sibling's source; its lines show in tracebacks as the learner's."""
        place = self._paths[module.__name__]
        execute(module, place.read_bytes(), place.name)
        self._files.add(place.name)


def execute(module: types.ModuleType, source: bytes, file_name: str) -> None:
    """Compile and run `source` as the body of `module`."""
    text = source.decode("utf-8-sig", "replace")
    linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
    module.__file__ = file_name
    if b"numpy" in source and "numpy.random" not in sys.modules:
        # NumPy imports it at its first use, which would come after the seeding.
        importlib.import_module("numpy.random")
        seed_everything(torch.initial_seed())
    exec(compile(source, file_name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - this is what a worker is for


class Node:
    """A recorded graph: inputs to differentiate with respect to, and outputs."""

    def __init__(self, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> None:
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)


class Arguments:
    """The decoded arguments of one call, and what the call did to them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tensors: list[tuple[TensorValue, torch.Tensor]] = []
        self._containers: list[tuple[int, Any, tuple[Any, ...]]] = []
        self.inputs: list[torch.Tensor] = []

    def decode(self, values: Sequence[Value]) -> list[Any]:
        """Return the Python arguments of `values`."""
        decoded = [self.one(value) for value in values]
        for index, value in enumerate(decoded):
            if type(value) in (list, dict):
                self._containers.append((index, value, _identity(value)))
        return decoded

    def one(self, value: Value) -> Any:  # noqa: ANN401 - any Python value
        """Return the Python value of `value`."""
        return decode_plain(value, tensor=self._tensor, other=self._server.resolve)

    def _tensor(self, value: TensorValue) -> torch.Tensor:
        tensor = build_tensor(value, trusted=True)
        self._server.elsewhere |= tensor.is_meta
        if value.requires_grad:
            tensor = torch.nn.Parameter(tensor) if value.is_parameter else tensor.requires_grad_()
            self.inputs.append(tensor)
            if not value.is_leaf:
                tensor = tensor.clone()
        if value.grad is not None:
            tensor.grad = build_tensor(value.grad, trusted=True)
        self._tensors.append((value, tensor))
        return tensor

    def changed(self) -> tuple[tuple[tuple[int, TensorValue], ...], tuple[tuple[int, Value], ...]]:
        """Return the tensors, and the lists and dicts, that the call left different."""
        tensors = []
        for index, (before, tensor) in enumerate(self._tensors):
            after = tensor_value(tensor, with_strides=before.strides is not None)
            if not _same_tensor(before, after):
                tensors.append((index, after))
        containers = [
            (index, self._server.encode(value, []))
            for index, value, before in self._containers
            if _identity(value) != before
        ]
        return tuple(tensors), tuple(containers)


def _same_tensor(before: TensorValue, after: TensorValue) -> bool:
    if before.data != after.data or before.shape != after.shape or before.dtype != after.dtype:
        return False
    if before.requires_grad != after.requires_grad or before.is_leaf != after.is_leaf:
        return False
    if before.grad is None or after.grad is None:
        return before.grad is after.grad
    return before.grad.data == after.grad.data and before.grad.shape == after.grad.shape


def _identity(value: list[Any] | dict[Any, Any]) -> tuple[Any, ...]:
    if isinstance(value, dict):
        return tuple((id(key), id(item)) for key, item in value.items())
    return tuple(id(item) for item in value)


class Server:
    """Answers requests about one learner's module."""

    def __init__(self, siblings: Sequence[str] = ()) -> None:
        self._module = types.ModuleType("learner")
        self._objects: dict[int, Any] = {}
        self._nodes: dict[int, Node] = {}
        self._files: set[str] = set()
        self._siblings = siblings
        # Once a tensor on `meta` has come, mixing it with tensors of the CPU raises.
        self.elsewhere = False
        self._uncaught: tuple[type[BaseException], ...] = ()

    def adopt(self, names: Mapping[str, Any], *, uncaught: tuple[type[BaseException], ...] = ()) -> None:
        """Serve these trusted names instead of a learner's file; let `uncaught` pass through."""
        self._module.__dict__.update(names)
        self._uncaught = uncaught

    def handle(self, request: Request) -> Reply:
        """Return the reply to one request; whatever learner code raises becomes a `Failure`."""
        try:
            return self._answer(request)
        except WireError as error:
            return Failure(request.id, "wire", "WireError", str(error))
        except BaseException as error:
            if isinstance(error, self._uncaught):
                raise
            return describe(error, request_id=request.id, files=self._files, loading=isinstance(request, Load))

    def _answer(self, request: Request) -> Reply:
        match request:
            case Load():
                return self._load(request)
            case Call():
                return self._call(request)
            case Run():
                seed_everything(request.seed)
                probe = self.resolve(request.probe)
                arguments = Arguments(self)
                args = arguments.decode(request.args)
                kwargs = {name: arguments.one(value) for name, value in request.kwargs}
                with watching(needed=self.elsewhere):
                    result = probe(Names(self._module), *args, **kwargs)
                return Success(request.id, self.encode(result, []))
            case Advance():
                return self._advance(request)
            case Differentiate():
                return self._differentiate(request)
            case Finish():
                return Success(request.id, None)

    def _load(self, request: Load) -> Reply:
        name = request.file_name.removesuffix(".py")
        self._module = types.ModuleType(name)
        sys.modules[name] = self._module
        self._files.add(request.file_name)
        if self._siblings:
            sys.meta_path.insert(0, SiblingFinder(self._siblings, self._files))
        seed_everything(request.seed)
        execute(self._module, request.source, request.file_name)
        return Success(request.id, None)

    def _call(self, request: Call) -> Reply:
        if request.handle:
            owner = self._objects[request.handle]
            function = getattr(owner, request.target) if request.target else owner
        else:
            function = getattr(Names(self._module), request.target)
        arguments = Arguments(self)
        args = arguments.decode(request.args)
        kwargs = {name: arguments.one(value) for name, value in request.kwargs}
        seed_everything(request.seed)
        outputs: list[torch.Tensor] = []
        with watching(needed=self.elsewhere):
            result = function(*args, **kwargs)
        value = self.encode(result, outputs)
        tensors, containers = arguments.changed()
        node = self._keep(Node(arguments.inputs, outputs)) if request.graph else 0
        return Success(request.id, value, tensors, containers, node)

    def _advance(self, request: Advance) -> Reply:
        owner = self._objects[request.handle]
        if request.fresh:
            return Success(request.id, self.encode(iter(owner), []))
        try:
            with watching(needed=self.elsewhere):
                item = next(owner)
        except StopIteration:
            return Exhausted(request.id)
        return Success(request.id, self.encode(item, []))

    def _differentiate(self, request: Differentiate) -> Reply:
        """Differentiate Σ output · grad_output.

        The numbers are those of passing `grad_outputs`, without the 487 modules that torch
        imports to check them.
        """
        node = self._nodes[request.node]
        weights = [None if value is None else build_tensor(value, trusted=True) for value in request.grad_outputs]
        total: torch.Tensor | None = None
        used: list[torch.Tensor] = []
        for output, weight in zip(node.outputs, weights, strict=True):
            if weight is None:
                continue
            used.append(weight.requires_grad_(request.create_graph))
            if not output.requires_grad:
                continue
            term = (output * weight).sum()
            total = term if total is None else total + term
        if total is None:
            return Failure(request.id, GRAPH, "RuntimeError", "the result carries no graph")
        found = torch.autograd.grad(
            total, node.inputs, create_graph=request.create_graph, retain_graph=True, allow_unused=True
        )
        kept = 0
        if request.create_graph:
            kept = self._keep(Node((*node.inputs, *used), [torch.zeros(()) if g is None else g for g in found]))
        return Gradients(request.id, tuple(None if g is None else tensor_value(g) for g in found), kept)

    def _keep(self, node: Node) -> int:
        self._nodes[len(self._nodes) + 1] = node
        return len(self._nodes)

    def resolve(self, value: Value) -> Any:  # noqa: ANN401 - an object or a function
        """Return the object behind a handle, or the function behind its source."""
        if isinstance(value, ObjectValue):
            return self._objects[value.handle]
        if isinstance(value, FunctionValue):
            return self._function(value)
        message = f"a {type(value).__name__} cannot be an argument"
        raise WireError(message)

    def _function(self, value: FunctionValue) -> Any:  # noqa: ANN401 - any callable
        names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "math": math}
        # Annotations, which may name what only the checks have imported, are not evaluated.
        flags = __future__.annotations.compiler_flag
        code = compile(value.source, f"<{value.name}>", "exec", flags=flags, dont_inherit=True)
        exec(code, names)  # noqa: S102 - trusted source
        function = names[value.name]
        if not value.args and not value.kwargs:
            return function
        arguments = Arguments(self)
        bound = [arguments.one(item) for item in value.args]
        named = {name: arguments.one(item) for name, item in value.kwargs}
        return lambda *args, **kwargs: function(*args, *bound, **kwargs, **named)

    def encode(self, value: object, outputs: list[torch.Tensor]) -> Value:
        """Return the plain form of `value`, its tensors added to `outputs` in order."""

        def tensor(found: torch.Tensor) -> Value:
            try:
                plain = tensor_value(found)
            except WireError:
                return self._object(found)
            outputs.append(found)
            return plain

        return encode_plain(value, tensor=tensor, other=self._object)

    def _object(self, value: object) -> ObjectValue:
        kind = "object"
        if isinstance(value, torch.nn.Module):
            kind = "module"
        elif hasattr(type(value), "__next__"):
            kind = "iterator"
        elif hasattr(type(value), "__iter__"):
            kind = "iterable"
        elif callable(value):
            kind = "function"
        handle = len(self._objects) + 1
        self._objects[handle] = value
        return ObjectValue(handle, type(value).__name__[:MAX_NAME], kind)


def seed_everything(seed: int) -> None:
    """Seed the generators that a learner may draw from: torch's, Python's, and NumPy's if loaded."""
    torch.default_generator.manual_seed(seed)
    random.seed(seed)
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(seed % (1 << 32))
