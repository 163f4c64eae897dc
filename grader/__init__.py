"""Gradlings: PyTorch exercises with a verdict that learner code cannot forge."""

__version__ = "0.1.0"
