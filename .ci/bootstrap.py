"""Build the environment .venv from pyproject.toml and a constraints file, once.

Runs on whatever Python 3 a machine has, with the standard library only, so that it can say in one
line what is missing. Nothing is done when the stamp of the last complete installation is current.
"""

import argparse
import csv
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, TOO_NEW = (3, 11), (3, 14)
# The set is tested on the first of these, so it is preferred to newer ones.
NAMES = ("python3.11", "python3.12", "python3.13", "python3", "python")
INSTALLED_GB, UNPACKING_GB = 8, 2


class RefusalError(Exception):
    """What stands in the way, and the cure."""


def version_of(python):
    """Return (major, minor) of an interpreter, or None where it does not run."""
    try:
        answer = subprocess.check_output(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stderr=subprocess.DEVNULL,
        )
        major, minor = answer.decode().strip().split(".")
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return int(major), int(minor)


def find_python(wanted=None):
    """Return the interpreter to build the environment with."""
    found = []
    for name in (wanted,) if wanted else NAMES:
        version = version_of(name)
        if version is not None and OLDEST <= version < TOO_NEW:
            return name
        found.append("%s is %s" % (name, "%d.%d" % version if version else "not there"))
    raise RefusalError(
        "Python 3.11, 3.12 or 3.13 is needed (%s): install one (Debian, Ubuntu: apt install "
        "python3.11 python3.11-venv) or name yours: make PYTHON=/path/to/python3.11"
        % ", ".join(found)
    )


def check_venv(python):
    """Refuse an interpreter that cannot make environments."""
    code = "import venv, ensurepip"
    if subprocess.call([python, "-c", code], stderr=subprocess.DEVNULL):
        raise RefusalError(
            "%s has no venv: install it (Debian, Ubuntu: apt install python%d.%d-venv) "
            "or name another Python: make PYTHON=/path/to/python3.11"
            % (python, *version_of(python))
        )


def check_space(folder, gigabytes):
    """Refuse a disk that the installation would fill."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise RefusalError(
            "%.1f GB free in %s, %d GB are needed: free some, or move the clone "
            "(for a temporary folder: set TMPDIR)" % (free, folder, gigabytes)
        )


def fingerprint(constraints):
    """Return the hash of what decides the environment's content."""
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        asked = file.read().partition("\n[tool.")[0]  # the tools' own settings install nothing
    with open(constraints, encoding="utf-8") as file:
        pinned = file.read()
    text = f"{ROOT}\0{asked}\0{pinned}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_whole(site, info):
    """Return whether pip finished a package: INSTALLER and RECORD are what it writes last."""
    try:
        with open(os.path.join(info, "RECORD"), encoding="utf-8", newline="") as file:
            names = [row[0] for row in csv.reader(file) if row]
    except OSError:
        return False
    names.append(os.path.join(os.path.basename(info), "INSTALLER"))
    return all(os.path.exists(os.path.join(site, n)) for n in names if not n.endswith(".pyc"))


def forget_halves(venv):
    """Forget what an interrupted installation left incomplete: pip believes all metadata."""
    for site in glob.glob(os.path.join(venv, "lib", "python3.*", "site-packages")):
        for info in glob.glob(os.path.join(site, "*.dist-info")):
            if not is_whole(site, info):
                shutil.rmtree(info)
        for leftover in glob.glob(os.path.join(site, "~*")):
            shutil.rmtree(leftover, ignore_errors=True)


def has_pip(python):
    """Return whether an environment is there, of a Python that will do, and complete."""
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        failed = subprocess.call([python, "-m", "pip", "--version"], **quiet)
    except OSError:
        return False
    return not failed and OLDEST <= (version_of(python) or (0, 0)) < TOO_NEW


def install(venv, extras, constraints, wanted):
    """Create or complete the environment."""
    python = os.path.join(venv, "bin", "python")
    if has_pip(python):
        forget_halves(venv)
    else:
        base = find_python(wanted)
        check_venv(base)
        check_space(ROOT, INSTALLED_GB)
        check_space(tempfile.gettempdir(), UNPACKING_GB)
        subprocess.check_call([base, "-m", "venv", "--clear", venv])
    print(
        "Installing [%s] into %s: some minutes, once." % (extras, os.path.relpath(venv)), flush=True
    )
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    pip += ["--constraint", constraints]
    target = ["--editable", "%s[%s]" % (ROOT, extras)]
    failed = subprocess.call(pip + ["pip"]) or subprocess.call(pip + target)
    if failed:
        check_space(ROOT, 1)
        check_space(tempfile.gettempdir(), 1)
        raise RefusalError(
            "pip could not install the environment (its reason stands above): run the same command "
            "again to go on where it stopped"
        )


def main():
    """Build the environment if it is not current, and say in one line why it cannot be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", default=os.path.join(ROOT, ".venv"))
    parser.add_argument("--extras", default="full,dev")
    parser.add_argument("--constraints", default=os.path.join(ROOT, "constraints.txt"))
    parser.add_argument("--python", default=os.environ.get("PYTHON") or None)
    chosen = parser.parse_args()
    stamp = os.path.join(chosen.venv, "installed")
    mark = fingerprint(chosen.constraints)
    extras = set(chosen.extras.split(","))
    try:
        if os.path.exists(stamp):
            with open(stamp, encoding="utf-8") as file:
                last, _, there = file.read().partition(" ")
            if last == mark and extras <= set(there.split(",")):
                return 0
            extras |= set(filter(None, there.split(",")))
            os.remove(stamp)
        asked = ",".join(sorted(extras))
        install(chosen.venv, asked, chosen.constraints, chosen.python)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(mark + " " + asked)
    except (RefusalError, subprocess.CalledProcessError, OSError) as reason:
        print("workbench: %s" % reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("workbench: interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
