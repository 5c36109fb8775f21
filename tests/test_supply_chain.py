"""The lock file fits what the package asks for, and the audit of it tells findings from silence."""

import json
import re
import stat
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*([^;]*)(;.*)?")


def _normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def _locked() -> dict[str, str]:
    """Versions by name."""
    line = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
    found = line.findall(LOCK.read_text())
    return {_normal(name): version for name, version in found}


def _wanted() -> list[str]:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup["options"]["install_requires"] + setup["options.extras_require"]["postgres"]
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _fits(version: str, bounds: str) -> bool:
    """For the bounds that setup.cfg uses: >=, < and ==."""
    mine = _numbers(version)
    for sign, bound in re.findall(r"(>=|==|<)\s*([\w.]+)", bounds):
        other = _numbers(bound)
        cut = mine[: len(other)] if sign == "==" else mine
        if not {">=": mine >= other, "==": cut == other, "<": mine < other}[sign]:
            return False
    return True


def test_everything_that_is_needed_is_locked_and_fits() -> None:
    locked = _locked()
    assert len(locked) > 20
    for line in _wanted():
        found = _REQUIREMENT.fullmatch(line)
        assert found, line
        name, bounds, marker = found.groups()
        if marker and "Windows" in marker:
            continue
        assert _normal(name) in locked, f"{name} is not in requirements.lock"
        assert _fits(locked[_normal(name)], bounds), (name, locked[_normal(name)], bounds)


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("2.0.36", ">=2.0.36,<3", True),
        ("3.0", ">=2.0.36,<3", False),
        ("2.0.35", ">=2.0.36,<3", False),
        ("2.14.0", "==2.14.0", True),
        ("2.14.1", "==2.14.0", False),
    ],
)
def test_bounds_are_read_rightly(version: str, bounds: str, fits: bool) -> None:
    assert _fits(version, bounds) is fits


def test_every_package_has_digests_and_no_host_is_named() -> None:
    text = LOCK.read_text()
    packages = re.split(r"\n(?=[A-Za-z0-9])", text)
    for package in packages:
        if "==" in package:
            assert "--hash=sha256:" in package, package[:60]
    assert not re.search(r"https?://|index-url|trusted-host|find-links|/tmp|/home", text)


def _audit(folder: Path, stdout: str, stderr: str, code: int) -> subprocess.CompletedProcess[str]:
    """What .ci/audit.py makes of a pip-audit that prints this."""
    program = folder / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"sys.stdout.write({stdout!r})\nsys.stderr.write({stderr!r})\nsys.exit({code})\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "audit.py"), str(program)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


WEAK = {"name": "flask", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
NOT_ASKED = {"name": "x", "skip_reason": "Dependency not found on PyPI"}
GOOD = {"name": "lxml", "version": "6.0", "vulns": []}


@pytest.mark.skipif(sys.platform == "win32", reason="it makes a program by its first line")
@pytest.mark.parametrize(
    ("told", "error", "code", "said", "ends"),
    [
        ([GOOD], "", 0, "1 packages, no known weakness", 0),
        ([GOOD, WEAK], "", 1, "flask 1.0: PYSEC-1, mended in 1.1", 1),
        ([GOOD, NOT_ASKED], "", 0, "pip-audit left out: x", 2),
        ([NOT_ASKED], "", 0, "left out: no answer from the advisory service", 0),
        (None, "ConnectionError: Max retries exceeded", 1, "left out: no answer", 0),
        (None, "error: requirement has no hashes", 1, "pip-audit could not run", 2),
    ],
)
def test_the_audit_tells_findings_from_silence(
    tmp_path: Path, told: object, error: str, code: int, said: str, ends: int
) -> None:
    stdout = "" if told is None else json.dumps({"dependencies": told})
    done = _audit(tmp_path, stdout, error, code)
    assert said in done.stdout, done
    assert done.returncode == ends


def test_the_container_takes_the_packages_of_the_lock_and_no_others() -> None:
    container = ROOT / "deploy" / "container"
    text = (container / "Containerfile").read_text()
    assert re.findall(r" install --no-cache-dir (.*?)(?: \\)?$", text, re.MULTILINE) == [
        "--require-hashes -r /src/requirements.lock",
        "--no-deps /src",
    ]
    assert "!requirements.lock" in (container / "Containerfile.dockerignore").read_text()
