"""The author's kit: begin an exercise, and prove it."""

from grader.author.prover import Proof, Prover

__all__ = ["Proof", "Prover"]
