"""Make the virtual environment from the lock files: python3 policytrack/environment.py DIRECTORY LOCK...

Runs on whatever Python is there, before anything is installed: standard library only, and nothing newer than
Python 3.6 in its syntax, so that an old one gets a sentence and not a traceback.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys

NEEDED_PYTHON = (3, 11)
NEEDED_GLIBC = (2, 35)
NEEDED_MACOS = {"arm64": 14, "x86_64": 15}
NEEDED_BYTES = 1024 * 1024 * 1024


def main(directory, locks):
    refuse_if(
        sys.version_info < NEEDED_PYTHON,
        "policytrack needs Python 3.11 or later, and {} is {}; set PYTHON to a newer one.".format(
            sys.executable, platform.python_version()
        ),
    )
    refuse_if(os.name != "posix", "policytrack runs on Linux and macOS; on Windows use WSL.")
    python = os.path.join(directory, "bin", "python")
    stamp = os.path.join(directory, "installed.sha256")
    wanted = fingerprint(locks)
    if os.path.exists(python) and read(stamp) == wanted:
        return
    check_system(locks)
    try:
        free = shutil.disk_usage(os.path.dirname(os.path.abspath(directory))).free
        refuse_if(
            free < NEEDED_BYTES,
            "The disk is nearly full: {} MB are free, and the packages need {} MB.".format(
                free >> 20, NEEDED_BYTES >> 20
            ),
        )
        if not works(python):
            say("Creating the Python environment in {}".format(directory))
            run([sys.executable, "-m", "venv", "--clear", directory], "The environment could not be created")
        say("Installing the packages of {} (once)".format(" and ".join(os.path.basename(lock) for lock in locks)))
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        for lock in locks:
            install += ["-r", lock]
        run(install, "The packages could not be installed")
        with open(stamp, "w") as file:
            file.write(wanted)
    except OSError as error:
        refuse_if(True, "{}: {}.".format(os.path.abspath(directory), error.strerror))


def check_system(locks):
    if not any("local" in lock or "dev" in lock for lock in locks):
        return
    instead = "set DATABASE_URL and REDIS_URL to servers of your own"
    if platform.system() == "Darwin":
        # pip would only say that it finds no package.
        version, needed = platform.mac_ver()[0], NEEDED_MACOS[platform.machine()]
        refuse_if(
            int(version.split(".")[0]) < needed,
            "The packaged PostgreSQL needs macOS {} or later here, and this is {}; {}.".format(
                needed, version, instead
            ),
        )
    if platform.system() != "Linux":
        return
    library, version = platform.libc_ver()
    refuse_if(
        library != "glibc",
        "The packaged PostgreSQL needs the GNU C library, which this system lacks; {}.".format(instead),
    )
    refuse_if(
        tuple(int(part) for part in version.split(".")[:2]) < NEEDED_GLIBC,
        "The packaged PostgreSQL needs glibc 2.35 or later, and this system has {}; {}.".format(version, instead),
    )


def fingerprint(locks):
    digest = hashlib.sha256(sys.version.encode())
    for lock in locks:
        with open(lock, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def works(python):
    """Whether an environment is there, of this Python, with pip: one that was cut short is made anew."""
    try:
        version = subprocess.check_output([python, "-m", "pip", "--version"], stderr=subprocess.DEVNULL).decode()
    except (OSError, subprocess.CalledProcessError):
        return False
    return "(python {}.{})".format(*sys.version_info[:2]) in version


def run(command, complaint):
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if ended.returncode == 0:
        return
    lines = [line.strip() for line in ended.stdout.decode(errors="replace").splitlines() if line.strip()]
    if any("ensurepip" in line for line in lines):
        refuse_if(True, "Python's venv module is incomplete here (on Debian or Ubuntu: apt install python3-venv).")
    errors = [line for line in lines if line.upper().startswith("ERROR")] or lines or ["no reason given"]
    refuse_if(True, "{}: {}".format(complaint, errors[-1]))


def say(what):
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def refuse_if(condition, sentence):
    if condition:
        sys.stderr.write(sentence + "\n")
        sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
