"""Charts of measures: each number is that of a list, and leads to it."""
