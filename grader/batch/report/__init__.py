"""The page of a class for its instructor: which mistakes, how often, and what to teach again."""

from grader.batch.report.page import write_report

__all__ = ["write_report"]
