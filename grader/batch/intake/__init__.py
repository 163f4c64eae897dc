"""Turns what an instructor downloaded into students and what they handed in."""

from grader.batch.intake.reading import read_submissions

__all__ = ["read_submissions"]
