"""The data set in git and its rows in the database: read, checked, loaded, and written back.

`format` declares what may stand in the files, `rows` compares and writes rows, `files` goes from one to the other.
"""
