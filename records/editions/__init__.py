"""All public data as files, written every night: one dated edition, from one moment, that others can check and cite.

`writing` makes an edition; `shelf` finds those that are there; `views` shows and sends them; `tasks` has the nightly
job.
"""
