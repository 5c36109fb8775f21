"""Spyne behind its one door."""

import subprocess
import sys
from pathlib import Path

from qbwc_service.webconnector.soap import spyne_compat

ROOT = Path(__file__).parents[2]


def test_no_other_module_imports_spyne():
    importers = {
        path.relative_to(ROOT)
        for folder in ("keap", "qbxml_builders", "qwc", "qbwc_service", "migrations", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("import spyne", "from spyne"))
    }
    assert importers == set()


def test_importing_leaves_no_stand_in_and_no_warning():
    code = (
        "import sys, importlib.util\n"
        "import qbwc_service.webconnector.soap\n"
        "left = sys.modules.get('cgi')\n"
        "assert left is None or left.__file__, left\n"
    )
    command = [sys.executable, "-W", "error", "-B", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_spyne_collects_no_garbage_inside_a_request():
    assert float("inf") == sys.modules["spyne.const"].MIN_GC_INTERVAL
    assert spyne_compat.Fault is sys.modules["spyne"].Fault
