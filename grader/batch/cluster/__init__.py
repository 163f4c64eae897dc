"""Grades on the machines of a Dask cluster.

Dask itself is imported when a pool is opened, so that the command starts without it.
"""

from grader.batch.cluster.opening import cluster_pool

__all__ = ["cluster_pool"]
