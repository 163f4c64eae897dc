"""Finding a cluster: what is wrong with an address, and what is missing behind it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.batch.cluster import cluster_pool
from grader.errors import UsageError
from tests.batch.cluster.conftest import started

if TYPE_CHECKING:
    from grader.model import GradeOptions

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.xdist_group("cluster")
NOWHERE = Path("/nowhere")


@pytest.mark.parametrize(
    "address", ["", " ", "tcp://", "nonsense://a", "inproc://a", "tcp://127.0.0.1:0", "a b:c\x1b[31m"]
)
def test_an_address_of_nobody(options: GradeOptions, address: str) -> None:
    """Whatever is given as an address, the message says that nothing answers, and no cluster of its own is begun."""
    with pytest.raises(UsageError) as caught:
        cluster_pool(address, answer_s=1.0)(options, NOWHERE)
    assert caught.value.key == "cluster.no_answer"
    assert str(caught.value.params["reason"]).isprintable()
    assert str(caught.value.params["address"]).isprintable()


def test_a_stranger_is_no_scheduler(options: GradeOptions) -> None:
    """Something that answers and is no Dask is given up after a while."""
    with socket.create_server(("127.0.0.1", 0)) as stranger, pytest.raises(UsageError) as caught:
        cluster_pool(f"tcp://127.0.0.1:{stranger.getsockname()[1]}", answer_s=1.0)(options, NOWHERE)
    assert caught.value.key == "cluster.no_answer"


def test_a_scheduler_without_workers(options: GradeOptions, tmp_path: Path) -> None:
    """It is told apart from no scheduler."""
    with started(tmp_path, workers=0) as cluster, pytest.raises(UsageError) as caught:
        cluster_pool(cluster.address, answer_s=1.0)(options, NOWHERE)
    assert (caught.value.key, caught.value.params["address"]) == ("cluster.no_workers", cluster.address)
