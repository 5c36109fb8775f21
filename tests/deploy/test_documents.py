"""What docs/install.md and docs/windows.md tell people to type and to copy is there, and fits."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from lxml import etree

from qbwc_service import server
from qbwc_service.backup.kept import drop_older
from qbwc_service.cli.entry import commands
from qbwc_service.config.env_file import lines_of
from qbwc_service.config.variables import BY_NAME
from tests.deploy.commands import INSTALL, ROOT, blocks

DEPLOY = ROOT / "deploy"
WINDOWS = ROOT / "docs" / "windows.md"
UNITS = sorted((DEPLOY / "systemd").iterdir())
_OURS = re.compile(
    r"(?:^|-- |service |\\Scripts\\)qbwc-service(?:\.exe)? ((?:--version|[a-z])[^\n`|;&>]*)",
    re.MULTILINE,
)
_FENCED = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
#: of commands that are named in the text around an example
_NO_ARGUMENTS = frozenset({"--version", "--help"})


def _typed(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return [line for block in _FENCED.findall(text) for line in _OURS.findall(block)]


def _of(section: str, folder: Path) -> list[str]:
    """The section's commands, below that folder."""
    found = [each for each in blocks() if each.section.startswith(section) and not each.needs]
    return [_here(each.script, folder) for each in found]


@pytest.mark.parametrize("document", [INSTALL, WINDOWS], ids=lambda path: path.name)
def test_every_command_of_ours_exists_with_its_options(document: Path) -> None:
    typed = _typed(document)
    assert len(typed) > 5
    for line in typed:
        words = shlex.split(line, posix=document is INSTALL)
        if words[0] not in _NO_ARGUMENTS and _is_here(words[0], document):
            _parse(commands, words)


def _is_here(name: str, document: Path) -> bool:
    """False for a command that the document says it may have to do without."""
    awaited = re.findall(r"<!-- needs: ([a-z-]+) -->", document.read_text(encoding="utf-8"))
    return name in commands.commands or name not in awaited


def _parse(group: click.Group, words: list[str]) -> None:
    name, *rest = words
    assert name in group.commands, f"there is no command {name}"
    command = group.commands[name]
    if isinstance(command, click.Group):
        _parse(command, rest)
    else:
        # A back-up that a command before this one makes.
        command.make_context(
            name, [str(INSTALL) if each.endswith(".zip") else each for each in rest]
        )


def test_every_file_to_copy_is_there() -> None:
    text = INSTALL.read_text(encoding="utf-8")
    for name in re.findall(r"/usr/local/src/qbwc-service/(deploy/[\w./-]+)", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"\]\(\.\./(deploy/[\w./-]+)\)", text):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize(
    "content",
    [
        (DEPLOY / "service.env").read_text(encoding="utf-8"),
        (DEPLOY / "container" / "service.env.example").read_text(encoding="utf-8"),
        *re.findall(
            r"<!-- service\.env -->\n *```\n(.*?)```",
            WINDOWS.read_text(encoding="utf-8"),
            re.DOTALL,
        ),
    ],
    ids=["service.env", "container", "windows"],
)
def test_the_configuration_files_name_variables_that_exist(content: str) -> None:
    """Those behind a # too, for whoever takes it away."""
    lines = list(lines_of(re.sub(r"^#(?=[A-Z_]+=)", "", content, flags=re.MULTILINE)))
    assert len(lines) >= 3
    for line in lines:
        assert not line.wrong
        assert line.name in BY_NAME, line.name


def test_the_way_back_of_an_upgrade_is_checked_before_anything_is_deleted(tmp_path: Path) -> None:
    back = "".join(each.script for each in blocks() if each.section == "Going back")
    (kept_file,) = set(re.findall(r"/var/backups/qbwc-service/(\S+\.zip)", back))
    upgrade = "".join(each.script for each in blocks() if each.section == "Upgrade")
    assert f"/{kept_file} --replace" in upgrade
    order = ["qbwc-service backup ", "service.env.before", f"{kept_file} --check", "dropdb"]
    assert sorted(order, key=back.index) == order
    (tmp_path / kept_file).touch()
    assert drop_older(tmp_path, 1) == []


def test_the_unit_waits_longer_than_the_last_answers_take() -> None:
    unit = (DEPLOY / "systemd" / "qbwc-service.service").read_text(encoding="utf-8")
    compose = (DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8")
    for found in (
        re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE),
        re.search(r"stop_grace_period: (\d+)s", compose),
    ):
        assert found is not None
        assert int(found[1]) >= 2 * server.LAST_ANSWERS_SECONDS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        # The program is not there on this machine.
        text = text.replace("/opt/qbwc-service/bin/qbwc-service", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    verified = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    complaints = [line for line in verified.stderr.splitlines() if "qbwc-service" in line]
    assert complaints == []
    for file in files:
        if file.endswith(".service"):
            exposed = ["systemd-analyze", "security", "--offline=true", "--threshold=20", file]
            looked = subprocess.run(exposed, capture_output=True, text=True)
            assert looked.returncode == 0, looked.stdout.splitlines()[-1:]


def test_both_caddyfiles_differ_in_the_target_alone() -> None:
    here = (DEPLOY / "Caddyfile").read_text(encoding="utf-8").splitlines()[1:]
    there = (DEPLOY / "container" / "Caddyfile").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.replace("127.0.0.1:8000", "service:8000") for line in here] == there


def test_the_example_for_winsw_can_be_read() -> None:
    text = WINDOWS.read_text(encoding="utf-8")
    example = re.search(r"<!-- winsw -->\n```xml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    assert etree.fromstring(example[1]).findtext("arguments") == "up"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="the commands are a shell's")
def test_the_walk_under_a_folder_of_its_own(tmp_path: Path) -> None:
    """The commands that need neither root nor a network, on SQLite; all of them on a new Debian:
    python -m tests.deploy.walk."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "qbwc-service"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m qbwc_service "$@"\n')
    program.chmod(0o755)
    file = tmp_path / "etc" / "qbwc-service" / "service.env"
    scripts = [
        *_of("3.", tmp_path),
        *_of("5.", tmp_path)[:1],
        # What an editor does.
        f"sed -i 's#^QBWC_DATABASE_URL=.*#QBWC_DATABASE_URL=sqlite:///{tmp_path}/db#' {file}",
        f"sed -i 's#=/etc/#={tmp_path}/etc/#' {file}",
        *_of("5.", tmp_path)[1:],
        "qbwc-service migrate",
        *_of("8.", tmp_path),
        *_of("Upgrade", tmp_path),
    ]
    done = subprocess.run(
        ["sh", "-exc", "\n".join(scripts)],
        env={
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "QBWC_CONFIG_FILE": str(file),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is wrong with the configuration." in done.stdout
    assert (tmp_path / "var" / "lib" / "qbwc-service" / "my-books.qwc").stat().st_size > 500


def _here(script: str, folder: Path) -> str:
    """Without what takes root or a network, below that folder."""
    kept = [
        line
        for line in script.splitlines()
        if not re.match(
            r"useradd|systemctl|curl|.*pip |(cp|cp -a|rm -rf) /usr/local/src|.*doctor ", line
        )
    ]
    script = "\n".join(kept).replace("runuser -u qbwc -- ", "")
    script = re.sub(r"-o \w+ -g \w+ ", "", script)
    script = script.replace("/usr/local/src/qbwc-service", str(ROOT))
    return re.sub(r"(?<![\w/.])/(etc|var)/", rf"{folder}/\1/", script)
