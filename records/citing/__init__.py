"""How a record, a source or a passage is cited: what a reference manager is told of it, and in which formats.

`works` says what is cited; `formats` writes it as RIS, BibTeX, CSL-JSON and plain text; `heads` as what stands in the
head of a page; `views` answers for one record.
"""
