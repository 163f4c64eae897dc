"""The terminal program: a Textual app over the grader's engine. Never imports torch, pytest or matplotlib."""
