"""Tables that people bring: read, checked in full, reviewed, and applied as one change set.

`encodings`, `workbooks` and `reading` open a file safely; `columns` and `kinds` declare what its rows are, for import
and export alike; `planning` tells what a file would do and what is wrong with it; `applying` does it; `orders` is what
a worker takes up and cannot lose; `told` has what exports say beside; `sources` is the one kind of this app.
"""

from records.imports import sources as sources  # what it declares is found by `__subclasses__()`
