"""The author's kit: begin an exercise, and prove it."""
