"""The desk, where people edit records: Django's admin, in which every write goes through publishing.

`site` is its frame, `pages` the pages of records and words, `inlines` the rows on them, `forms` what is typed; `moves`
are the steps of a review, `conflicts` two people at one record; `copies` are the archived copies of sources, `passages`
what is cited from them; `proposals` are the pages of proposed changes, which `review` puts in words and `overlay` lays
into a form; `inbox` is what waits for whom, of the kinds in `inbox_kinds`, on the pages in `inbox_pages`;
`change_sets` what a change set wrote, and undoing it.
"""
