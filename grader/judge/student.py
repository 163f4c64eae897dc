"""The `student` of a check: the learner's names as ordinary callables on the judge's side."""

from __future__ import annotations

import functools
import inspect
import textwrap
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from grader.judge.draw import derive_seed
from grader.judge.remote_grad import Recording, attach
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, WorkerDied
from grader.model import Text
from grader.worker.tensors import build_tensor, decode_plain, encode_plain, tensor_value
from grader.worker.wire import (
    Advance,
    ArrayValue,
    Call,
    Exhausted,
    Failure,
    FunctionValue,
    Load,
    ObjectValue,
    Reply,
    Request,
    Run,
    SequenceValue,
    Success,
    TensorValue,
    Value,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.judge.link import Link


@dataclass
class Exchange:
    """One recorded request with its reply; None where the worker died over it."""

    label: str
    request: Request
    reply: Reply | None = None


@dataclass
class Transcript:
    """All that passed between one check and the code under test, in order."""

    exchanges: list[Exchange] = field(default_factory=list)

    def last_call(self) -> Exchange | None:
        """Return the last call or probe, None if there was none."""
        for exchange in reversed(self.exchanges):
            if isinstance(exchange.request, Call | Run):
                return exchange
        return None


@dataclass(frozen=True)
class Bound:
    """A trusted function with arguments bound behind those of the caller."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


def bind(function: Callable[..., Any], *args: Any) -> Bound:  # noqa: ANN401 - any plain values
    """Return `function` to be handed to learner code, `args` following those that it passes.

    The function is sent as source: it sees `torch`, `nn` and `math`, and no other name
    of its module.
    """
    return Bound(function, args)


@dataclass(frozen=True)
class NumpyValue:
    """A NumPy array or scalar that learner code returned."""

    tensor: torch.Tensor

    def __float__(self) -> float:
        return float(self.tensor)


@functools.cache
def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))


class Courier:
    """Sends requests, records them, and turns values into their plain form and back."""

    def __init__(self, link: Link, *, seed: int, device: str = "cpu") -> None:
        self.transcript = Transcript()
        self._link = link
        self._seed = seed
        self._device = device
        self._count = 0

    def next_id(self) -> int:
        """Return the id of the next request."""
        self._count += 1
        return self._count

    def seed(self) -> int:
        """Return the seed of the learner's generators for the next call."""
        return derive_seed(self._seed, self._count)

    def ask(self, request: Request, label: str) -> Reply:
        """Send `request` and return the reply.

        Raises:
            LearnerError: the learner's code raised.
            WorkerDied: the worker ended over it.
            BadReply: the worker broke the protocol.
        """
        exchange = Exchange(label, request)
        self.transcript.exchanges.append(exchange)
        try:
            reply = self._link.ask(request)
        except WorkerDied as died:
            raise WorkerDied(died.ending, label) from None
        exchange.reply = reply
        if isinstance(reply, Failure):
            raise LearnerError(reply, label)
        return reply

    def ask_again(self, request: Call) -> Reply:
        """Send a call that was made before, in this worker."""
        again = Call(self.next_id(), request.target, request.args, request.kwargs, request.seed, request.handle)
        return self._link.ask(again)

    def load(self, source: bytes, file_name: str) -> None:
        """Have the worker execute the learner's file."""
        self.ask(Load(self.next_id(), source, file_name, derive_seed(self._seed, "load")), file_name)

    def call(self, target: str, handle: int, label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Call a function, an object or a method, with autograd across the wall."""
        parcel = _Parcel(self._device)
        plain, named = parcel.pack(args, kwargs)
        # Asked before the call, which may switch requires_grad on or off.
        inputs = parcel.inputs()
        graph = torch.is_grad_enabled() and bool(inputs)
        request = Call(self.next_id(), target, plain, named, self.seed(), handle, graph)
        reply = self._expect_success(request, label)
        parcel.apply_changes(reply)
        return self.unpack(reply.value, Recording(self, reply.node, inputs) if reply.node else None, parcel)

    def run(self, probe: Callable[..., Any] | Bound, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Run a trusted function beside the learner's names."""
        parcel = _Parcel(self._device)
        plain, named = parcel.pack(args, kwargs)
        value = parcel.function(probe)
        request = Run(self.next_id(), value, plain, named, self.seed())
        return self.unpack(self._expect_success(request, value.name).value, None, None)

    def advance(self, handle: int, label: str, *, fresh: bool) -> Any:  # noqa: ANN401 - whatever it yields
        """Start an iteration, or take the next item of one."""
        reply = self.ask(Advance(self.next_id(), handle, fresh), label)
        if isinstance(reply, Exhausted) and not fresh:
            raise StopIteration
        if not isinstance(reply, Success):
            raise BadReply
        return self.unpack(reply.value, None, None)

    def _expect_success(self, request: Request, label: str) -> Success:
        reply = self.ask(request, label)
        if not isinstance(reply, Success):
            raise BadReply
        return reply

    def unpack(self, value: Value, recording: Recording | None, parcel: _Parcel | None) -> Any:  # noqa: ANN401 - any plain value
        """Return the Python value of a reply, its tensors joined to the judge's graph."""
        found: list[tuple[TensorValue, torch.Tensor]] = []

        def tensor(plain: TensorValue) -> torch.Tensor:
            found.append((plain, build_tensor(plain, trusted=False)))
            return found[-1][1]

        try:
            decoded = decode_plain(value, tensor=tensor, other=self._other)
        except WireError as error:
            raise BadReply(str(error)) from None
        for plain, _ in found:
            self._check_kind(plain, parcel)
        if recording is not None and any(plain.requires_grad for plain, _ in found):
            joined = iter(attach(recording, found))
            decoded = decode_plain(value, tensor=lambda _: next(joined), other=self._other)
        return decoded

    def _check_kind(self, plain: TensorValue, parcel: _Parcel | None) -> None:
        if plain.subclass:
            name = plain.subclass[:60]
            raise CheckFailed(
                Text(
                    en=f"A {name} came back, a subclass of torch.Tensor: return a plain tensor.",
                    zh=f"返回的是 {name}，它是 torch.Tensor 的子类：请返回普通张量。",
                )
            )
        here = plain.device.partition(":")[0]
        if parcel is not None and parcel.devices and here not in parcel.devices:
            due = "/".join(sorted(parcel.devices))
            raise CheckFailed(
                Text(
                    en=f"The result lies on {here[:20]} though the arguments lie on {due}.",
                    zh=f"结果在 {here[:20]} 上，而参数在 {due} 上。",
                ),
                relation="device",
            )

    def _other(self, value: Value) -> Any:  # noqa: ANN401 - an object or an array
        if isinstance(value, ObjectValue):
            return RemoteObject(self, value)
        if isinstance(value, ArrayValue):
            return NumpyValue(build_tensor(value.tensor, trusted=False))
        raise BadReply


class _Parcel:
    """The arguments of one call on their way, and back with what the call did to them."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._args: tuple[Any, ...] = ()
        self.tensors: list[torch.Tensor] = []
        self.devices: set[str] = set()

    def pack(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
        """Return the plain form of the arguments."""
        self._args = args
        return tuple(map(self._plain, args)), tuple((name, self._plain(value)) for name, value in kwargs.items())

    def inputs(self) -> tuple[torch.Tensor, ...]:
        """Return the tensors that want gradients."""
        return tuple(tensor for tensor in self.tensors if tensor.requires_grad)

    def _plain(self, value: object) -> Value:
        return encode_plain(value, tensor=self._tensor, other=self._other)

    def _tensor(self, tensor: torch.Tensor) -> Value:
        device = "meta" if tensor.is_meta else self._device
        self.tensors.append(tensor)
        self.devices.add(device.partition(":")[0])
        return tensor_value(tensor, with_strides=True, device=device)

    def _other(self, value: object) -> Value:
        if isinstance(value, types.GeneratorType):
            return SequenceValue("generator", tuple(map(self._plain, value)))
        if isinstance(value, RemoteObject):
            return value._value  # noqa: SLF001 - a proxy keeps public names free for the learner's
        if isinstance(value, Bound | types.FunctionType):
            return self.function(value)
        message = f"a {type(value).__name__} cannot be sent to a worker"
        raise TypeError(message)

    def function(self, function: Callable[..., Any] | Bound) -> FunctionValue:
        """Return the plain form of a trusted function."""
        if isinstance(function, Bound):
            # A parcel of their own: the worker does not count them among the call's arguments.
            bound, _ = _Parcel(self._device).pack(function.args, {})
            return FunctionValue(_source(function.function), function.function.__name__, bound)
        return FunctionValue(_source(function), function.__name__)

    def apply_changes(self, reply: Success) -> None:
        """Do to the judge's own arguments what the call did to the worker's copies.

        Raises:
            BadReply: a change to something that was not sent.
        """
        try:
            for index, plain in reply.tensors:
                _overwrite(self.tensors[index], plain)
            for index, value in reply.containers:
                _refill(
                    self._args[index],
                    decode_plain(value, tensor=lambda v: build_tensor(v, trusted=False), other=lambda _: None),
                )
        except (IndexError, WireError, RuntimeError, TypeError, ValueError) as error:
            raise BadReply(str(error)) from None


def _overwrite(tensor: torch.Tensor, plain: TensorValue) -> None:
    fresh = build_tensor(plain, trusted=False)
    grad = None if plain.grad is None else build_tensor(plain.grad, trusted=False)
    if tensor.is_leaf:
        tensor.grad = None
    if tensor.shape == fresh.shape and tensor.dtype == fresh.dtype and tensor.is_meta == fresh.is_meta:
        tensor.data.copy_(fresh)
    else:
        tensor.data = fresh
    if not tensor.is_leaf:
        return
    if plain.requires_grad != tensor.requires_grad:
        tensor.requires_grad_(plain.requires_grad)
    # `p.data = …` may leave a gradient of the old dtype behind, which only torch's inside can hold.
    if grad is not None and grad.dtype == fresh.dtype:
        tensor.grad = grad


def _refill(container: Any, fresh: Any) -> None:  # noqa: ANN401 - a list or a dict
    if isinstance(container, list) and isinstance(fresh, list):
        container[:] = fresh
    elif isinstance(container, dict) and isinstance(fresh, dict):
        container.clear()
        container.update(fresh)
    else:
        raise BadReply


class RemoteObject:
    """Something that stays with the worker: call it, call its methods, iterate over it."""

    def __init__(self, courier: Courier, value: ObjectValue) -> None:
        self._courier = courier
        self._value = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the learner's signature
        """Call the object with the learner's own signature."""
        return self._courier.call("", self._value.handle, self._value.type_name[:60], args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        label = f"{self._value.type_name[:60]}.{name}"
        return lambda *args, **kwargs: self._courier.call(name, self._value.handle, label, args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        found = self._courier.advance(self._value.handle, f"iter({self._value.type_name[:60]})", fresh=True)
        if not isinstance(found, RemoteObject):
            raise BadReply
        return found

    def __next__(self) -> Any:  # noqa: ANN401 - whatever it yields
        return self._courier.advance(self._value.handle, f"next({self._value.type_name[:60]})", fresh=False)


class Student:
    """The learner's names: `student.squared_loss(y_hat, y)` calls theirs, behind the wall."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier

    def run(self, probe: Callable[..., Any] | Bound, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it returns
        """Run `probe(names, *args)` of the checks inside the worker and return plain data.

        `names` holds the learner's names. The probe is sent as source: it sees `torch`,
        `nn` and `math` and no other name of its module. What it returns may be a lie,
        so judge it by numbers.
        """
        return self._courier.run(probe, args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._courier.call(name, 0, name, args, kwargs)
