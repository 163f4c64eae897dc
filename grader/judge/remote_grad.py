"""Autograd across the wall: a graph that lives in a worker, as one Function of the judge's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.judge.verdicts import BadReply
from grader.worker.tensors import build_tensor, tensor_value
from grader.worker.wire import Differentiate, Gradients, TensorValue, WireError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.student import Courier


@dataclass(frozen=True)
class Recording:
    """A graph that the worker keeps under `node`, from `inputs` of the judge's."""

    courier: Courier
    node: int
    inputs: tuple[torch.Tensor, ...]


def attach(recording: Recording, found: Sequence[tuple[TensorValue, torch.Tensor]]) -> tuple[torch.Tensor, ...]:
    """Return the found tensors as results of `recording`, those without a graph detached."""
    return _Remote.apply(recording, tuple(found), *recording.inputs)  # type: ignore[no-untyped-call, no-any-return]  # torch's stub


class _Remote(torch.autograd.Function):
    """Differentiates by asking the worker, to any order: each backward is such a Function again."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        recording: Recording,
        found: tuple[tuple[TensorValue, torch.Tensor], ...],
        *_inputs: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        ctx.recording = recording
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(
            *(tensor for plain, tensor in found if not plain.requires_grad or not tensor.is_floating_point())
        )
        return tuple(tensor for _, tensor in found)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: torch.Tensor | None) -> Any:  # noqa: ANN401
        recording: Recording = ctx.recording
        if all(grad is None for grad in grad_outputs):
            return None, None, *(None for _ in recording.inputs)
        create_graph = torch.is_grad_enabled()
        courier = recording.courier
        request = Differentiate(
            courier.next_id(),
            recording.node,
            tuple(None if grad is None else tensor_value(grad.detach()) for grad in grad_outputs),
            create_graph,
        )
        reply = courier.ask(request, "backward")
        if not isinstance(reply, Gradients) or len(reply.values) != len(recording.inputs):
            raise BadReply
        found = [
            (value, _gradient(value, like))
            for value, like in zip(reply.values, recording.inputs, strict=True)
            if value is not None
        ]
        tensors = [tensor for _, tensor in found]
        if create_graph and reply.node:
            inputs = (*recording.inputs, *(grad for grad in grad_outputs if grad is not None))
            every = [(value or _NOTHING, tensor) for value, tensor in _with_gaps(reply.values, found)]
            joined = attach(Recording(courier, reply.node, inputs), every)
            tensors = [tensor for tensor, value in zip(joined, reply.values, strict=True) if value is not None]
        given = iter(tensors)
        return None, None, *(None if value is None else next(given) for value in reply.values)


_NOTHING = TensorValue("float32", (), bytes(4))


def _with_gaps(
    values: Sequence[TensorValue | None], found: Sequence[tuple[TensorValue, torch.Tensor]]
) -> list[tuple[TensorValue | None, torch.Tensor]]:
    rest = iter(found)
    return [next(rest) if value is not None else (None, torch.zeros(())) for value in values]


def _gradient(value: TensorValue, like: torch.Tensor) -> torch.Tensor:
    try:
        tensor = build_tensor(value, trusted=False)
    except WireError as error:
        raise BadReply(str(error)) from None
    if tensor.shape != like.shape or tensor.dtype != like.dtype or tensor.is_meta != like.is_meta:
        raise BadReply
    return tensor
