"""One search over every kind of record and over archived copies; docs/adr/0015 and docs/search.md tell how."""
