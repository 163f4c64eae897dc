"""Grade a class: many submissions of people who do not trust each other, in one run that can be resumed."""
