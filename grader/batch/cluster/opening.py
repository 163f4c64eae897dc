"""Find a Dask cluster and make it ready to grade a run."""

from __future__ import annotations

import asyncio
import logging
import secrets
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

from grader.batch.cluster.admission import setup_of
from grader.batch.cluster.wire import encode
from grader.errors import UsageError
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from distributed import Client

    from grader.batch.work import Pool
    from grader.model import GradeOptions

ANSWER_S = 10.0
# Machines restart in less.
PATIENCE_S = 60.0
_LONGEST_REASON = 300
_SCHEMES = ("tcp", "tls", "ws", "wss")
# What Dask would print to the terminal of whoever uses it.
_TALKATIVE = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")


def cluster_pool(
    scheduler: str,
    *,
    unsafe: bool = False,
    on_refusal: Callable[[str, str], None] = lambda _address, _reason: None,
    answer_s: float = ANSWER_S,
    patience_s: float = PATIENCE_S,
) -> Callable[[GradeOptions, Path], Pool]:
    """Return what opens a pool on the cluster whose scheduler is at the address `scheduler`.

    `on_refusal` hears the address of each worker that may not grade, and why. TLS comes from Dask's configuration.

    Raises:
        UsageError: Dask is not installed. What opens the pool raises it as well, where nothing answers
            within `answer_s` seconds, where there are no workers, or none that may grade.
    """
    if find_spec("distributed") is None:
        raise UsageError("cluster.not_installed")

    def open_pool(options: GradeOptions, _staging: Path) -> Pool:
        setup = encode(setup_of(options, unsafe=unsafe))
        client, run = _connect(scheduler, answer_s), f"gradlings-{secrets.token_hex(8)}"
        # Dask has been imported by now, and costs a second.
        from grader.batch.cluster.pool import ClusterPool  # noqa: PLC0415

        pool = ClusterPool(client, run, lang=options.lang, on_refusal=on_refusal, patience_s=patience_s)
        try:
            _await_worker(client, scheduler, answer_s)
            refusals = _open_desks(client, run, setup)
            _require_one(refusals)
        except BaseException:
            pool.close()
            raise
        for address, reason in refusals.items():
            if reason:
                pool.refuse(address, reason)
        return pool

    return open_pool


def _open_desks(client: Client, run: str, setup: bytes) -> Mapping[str, str]:
    """Open a desk on every worker, later ones too; return why each of those that are there may not grade, or ""."""
    from grader.batch.cluster.plugin import DeskPlugin, refusal_of  # noqa: PLC0415 - needs Dask

    try:
        client.register_plugin(DeskPlugin(setup), name=run)
        refusals: Mapping[str, str] = client.run(refusal_of, run)
    except Exception as error:
        # What a worker raised comes as it is: of any kind.
        raise UsageError("cluster.no_grader", reason=_shown(error)) from error
    return refusals


def _require_one(refusals: Mapping[str, str]) -> None:
    if all(refusals.values()):
        reasons = "; ".join(f"{address}: {reason}" for address, reason in refusals.items())
        raise UsageError("cluster.all_refuse", reasons=plain_line(reasons, 10 * _LONGEST_REASON))


def _connect(scheduler: str, answer_s: float) -> Client:
    from distributed import Client  # noqa: PLC0415 - a second, and an extra
    from distributed.comm.addressing import parse_address  # noqa: PLC0415 - as above

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        scheme, place = parse_address(scheduler)
        # Without an address Dask would start a cluster of its own; and it takes what it does not know for long.
        if scheme not in _SCHEMES or not place.strip():
            raise ValueError(", ".join(f"{each}://" for each in _SCHEMES))  # noqa: TRY301 - explained as Dask's own
        asyncio.run(_knock(scheduler, answer_s))
        with warnings.catch_warnings():
            # Versions that differ between machines matter here only where digests differ.
            warnings.simplefilter("ignore")
            return Client(scheduler, timeout=answer_s, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError("cluster.no_answer", address=_line(scheduler), reason=_shown(error)) from error


async def _knock(scheduler: str, answer_s: float) -> None:
    """Connect once: a client that fails to would go on for a while, and complain when it is forgotten."""
    from distributed import Security  # noqa: PLC0415 - imported by now
    from distributed.comm.core import connect  # noqa: PLC0415 - as above

    # Whoever takes the connection and says nothing would be waited for without end.
    async with asyncio.timeout(2 * answer_s):
        line = await connect(scheduler, timeout=answer_s, **Security().get_connection_args("client"))
    line.abort()


def _await_worker(client: Client, scheduler: str, answer_s: float) -> None:
    try:
        client.wait_for_workers(1, timeout=answer_s)
    except TimeoutError:
        raise UsageError("cluster.no_workers", address=_line(scheduler)) from None


def _shown(error: Exception) -> str:
    return _line(f"{type(error).__name__}: {error}".rstrip(": "))


def _line(text: str) -> str:
    return plain_line(text, _LONGEST_REASON)
