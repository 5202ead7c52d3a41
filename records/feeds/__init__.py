"""Feeds of every list: Atom, JSON Feed and iCalendar of the same rows, by the same filters and clocks as the page."""
