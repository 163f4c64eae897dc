"""Calls with tensors on another device than the CPU, judged on every machine.

Tensors on `meta` have a device but no contents. Code that mixes devices fails on them as it
would on a GPU; code that looks at values, or rightly goes through the CPU, cannot be followed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.judge.compare import assert_tensor, both, join
from grader.judge.verdicts import CheckFailed, LearnerError, NotJudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from grader.model import Text

DEVICE = "meta"
# How torch words an operation on tensors of two devices, or on a fixed one.
_PROOFS = (
    "on the same device",
    "on the expected device",
    f"expected device {DEVICE} but got",
    "can't convert meta device type tensor to numpy",
    "not compiled with CUDA",
    "No CUDA GPUs",
    "NVIDIA driver",
    "with CUDA backend",
)


@contextmanager
def elsewhere(*, mistake: str | None = None, spared: tuple[str, ...] = ()) -> Iterator[str]:
    """Give a device that is not the CPU, and judge what the learner's code makes of tensors there.

    In the block, call with tensors made by `torch.empty(…, device=device)` and hand results to
    `assert_device`. `mistake` names the mistake of mixing devices where the exercise lists one.
    An error that holds one of the `spared` words ("numpy", the name of an operation) is not judged:
    for what a right solution may do where its tensors lie on the CPU.

    Raises:
        CheckFailed: devices were mixed, beyond doubt.
        NotJudged: the code cannot be followed there.
    """
    try:
        yield DEVICE
    except LearnerError as error:
        failure = error.failure
        told = {"kind": failure.type_name, "error": failure.message}
        if mixes_devices(failure.message) and not any(word in failure.message for word in spared):
            raise CheckFailed(both("mixes_devices", **told), mistake=mistake, relation="device") from None
        raise NotJudged(both("not_judged_elsewhere", **told)) from None
    except CheckFailed as failed:
        if failed.relation == "device" and failed.mistake is None:
            failed.mistake = mistake
        raise


def mixes_devices(message: str) -> bool:
    """Tell whether an error of torch says that code mixes devices, or names one that is not there."""
    return any(words in message for words in _PROOFS)


def assert_device(
    value: object, device: str | torch.device, *, what: Text | None = None, mistake: str | None = None
) -> torch.Tensor:
    """Return `value` if it is a tensor on `device`; else fail and name both devices."""
    tensor = assert_tensor(value, what=what)
    if tensor.device.type != str(device).partition(":")[0]:
        message = both("wrong_device", got=tensor.device.type, due=str(device))
        raise CheckFailed(join(what, message), mistake=mistake, relation="device")
    return tensor
