"""The commands of the package as processes of their own."""

import os
import subprocess
import sys

from policytrack import launch


def policytrack(*arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "policytrack", *arguments],
        cwd=launch.BASE_DIR,
        env={**kept, **{name: str(value) for name, value in environment.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def refused(*arguments, **environment):
    """The one sentence with which a start was refused."""
    process = policytrack(*arguments, **environment)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    (sentence,) = errors.splitlines()
    return sentence
