"""Every command of docs/install.md, in order, on a new Debian under systemd.

    python -m tests.deploy.walk /var/tmp/debian

As root, on Linux with debootstrap and systemd-container (Debian has packages of these names). Makes
the folder with a minimal Debian, unless it is there, boots it with systemd-nspawn and goes through
the document; only `apt-get` and `pip` see the network, the rest runs in a network of the machine's
own. What a person does between the blocks is done here: the name leads to the machine, and Caddy
signs its certificate itself, which the machine is told to trust. Ends with 1 at the first command
that fails; the machine is switched off at the end, the folder stays.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qbwc_service.cli.entry import commands
from tests.deploy.commands import ROOT, blocks

_NAME = "sync.example.com"
_SOURCE = "usr/local/src/qbwc-service"
_BOOT_SECONDS = 60
_UNTIL_BOOTED = (
    "for second in $(seq 60); do systemctl is-active -q multi-user.target && break; sleep 1; done"
)

#: what the text around the blocks asks a person to do, before the block with this in it; and the
#: port of PostgreSQL, which Debian chose while apt-get saw this machine's network
_BY_HAND = {
    "createuser": (
        "sed -i 's/^port = .*/port = 5432/' /etc/postgresql/*/main/postgresql.conf\n"
        "systemctl restart 'postgresql@*'\n"
    ),
    "caddy validate": (
        f"echo '127.0.0.1 {_NAME}' >> /etc/hosts\n"
        f"sed -i 's/^{_NAME} {{/&\\n\\ttls internal/' /etc/caddy/Caddyfile\n"
    ),
}
_TRUST = (
    "for second in $(seq 30); do test -s {root} && break; sleep 1; done\n"
    "cat {root} >> /etc/ssl/certs/ca-certificates.crt\n"
).format(root="/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt")


class Machine:
    """A booted Debian. `leader`: the process id of its systemd."""

    def __init__(self, leader: str) -> None:
        self._leader = leader

    def run(self, script: str, *, with_network: bool = False) -> int:
        """The script's exit code; ends at its first command that fails."""
        own_network = [] if with_network else ["-n"]
        enter = ["nsenter", "-t", self._leader, "-m", "-u", "-i", "-p", *own_network]
        shell = ["env", "-i", "HOME=/root", f"PATH={_PATH}", "DEBIAN_FRONTEND=noninteractive"]
        return subprocess.run(
            [*enter, *shell, "sh", "-exc", f"cd /root\n{script}"], check=False
        ).returncode


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", default="", help="Go on at the section that begins so.")
    asked = parser.parse_args()
    _make(asked.folder)
    sections = [block.section for block in blocks()]
    first = next(n for n, name in enumerate(sections) if name.startswith(asked.start))
    with _booted(asked.folder) as machine:
        for block in blocks()[first:]:
            if block.needs and block.needs not in commands.commands:
                print(f"== {block.section}: left out, there is no command {block.needs}")
                continue
            print(f"== {block.section}", flush=True)
            for script, with_network in _steps(block.script):
                if code := machine.run(script, with_network=with_network):
                    print(f"This ended with {code}:\n{script}")
                    return 1
    print("Every command did what it says.")
    return 0


def _steps(script: str) -> Iterator[tuple[str, bool]]:
    """The block, with what a person does before it; whether it needs the network."""
    for words, by_hand in _BY_HAND.items():
        if words in script:
            yield by_hand, False
    for line in script.splitlines(keepends=True):
        if f"https://{_NAME}" in line:
            yield _TRUST, False
        yield line, line.startswith("apt-get") or "/pip install" in line


def _make(folder: Path) -> None:
    if not (folder / "etc").exists():
        include = "--include=systemd,systemd-sysv,dbus,ca-certificates"
        made = ["debootstrap", "--variant=minbase", include, "bookworm", str(folder)]
        subprocess.run(made, check=True)
    shutil.rmtree(folder / _SOURCE, ignore_errors=True)
    (folder / _SOURCE).mkdir(parents=True)
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    ).stdout
    for name in archive.decode().split("\0"):
        if name and (ROOT / name).is_file():
            target = folder / _SOURCE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        shutil.copyfile(f"/{name}", folder / name)


@contextmanager
def _booted(folder: Path) -> Iterator[Machine]:
    boot = ["systemd-nspawn", "--quiet", "-D", str(folder), "-M", "qbwc-walk", "--boot"]
    boot += ["--register=no", "--keep-unit", "--private-network", "--resolv-conf=off"]
    with subprocess.Popen(
        boot, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as nspawn:
        try:
            leader = _leader(nspawn.pid)
            machine = Machine(leader)
            machine.run(_UNTIL_BOOTED)
            yield machine
        finally:
            nspawn.terminate()
            nspawn.wait(_BOOT_SECONDS)


def _leader(nspawn: int) -> str:
    """The first process of the machine."""
    children = Path(f"/proc/{nspawn}/task/{nspawn}/children")
    for _ in range(_BOOT_SECONDS * 10):
        found = children.read_text(encoding="ascii").split()
        if found and (Path("/proc") / found[-1] / "comm").read_text().strip() == "systemd":
            return found[-1]
        time.sleep(0.1)
    raise SystemExit("The machine did not boot.")


if __name__ == "__main__":
    sys.exit(main())
