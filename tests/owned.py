"""The project's settings, served by the owner of the database: that of the tests belongs to whoever runs them."""

from policytrack.settings import *  # noqa: F403 - all of them, but for what follows

ALLOW_OWNER = True
