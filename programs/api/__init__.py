"""Programs in the API; the addresses of all its lists stand in `urls`."""
