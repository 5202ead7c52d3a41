"""Charts: figures to be looked at, each with the same figures as a table, and as CSV, SVG and PNG."""
