"""The preloaded process: torch once, and a judge by fork for every request.

Whoever imports this never imports torch, pytest or a course's checks: all of these
stay in the process that is started.
"""

from grader.warm.client import Cancelled, Grading, StandingJudge, WarmProcess

__all__ = ["Cancelled", "Grading", "StandingJudge", "WarmProcess"]
