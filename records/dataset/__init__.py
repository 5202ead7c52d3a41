"""The data set in git and its rows in the database: read, checked, loaded, and written back.

`format` declares what may stand in the files, of `parts`; `reading` holds what was read and the faults; `rows` compares
and writes rows, except where `desk` finds the work of people; `files` goes from one to the other.
"""
