"""The untrusted side of the wall: start, confine and serve a learner's code."""
