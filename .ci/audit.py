"""Hold requirements.lock against the advisories for Python packages.

Ends with 1 where a package has a known weakness, and with 0 where none has, or where the service of
advisories does not answer: then it says that this was left out. Anything else that goes wrong ends
with 2, so that a check that does not run is not taken for one that found nothing.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
#: how requests and urllib3 tell that nobody answered
UNANSWERED = re.compile(
    r"Connection(Error|ResetError)|Max retries exceeded|NameResolutionError|ConnectTimeout"
    r"|ReadTimeout|ProxyError|SSLError|Failed to (query|fetch|retrieve)|ServiceError"
    r"|Tunnel connection failed"
    r"|(404|403|502|503|504) (Client|Server) Error"
)


def main(program: str) -> int:
    command = [program, "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    try:
        audited = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        if UNANSWERED.search(done.stderr):
            print(f"left out: no answer from the advisory service ({last[:200]})")
            return 0
        print(f"pip-audit could not run: {last[:200]}")
        return 2
    skipped = [each["name"] for each in audited if "skip_reason" in each]
    if skipped and len(skipped) == len(audited):
        # A mirror of packages that has no advisories says so, and pip-audit calls that no findings.
        print(f"left out: no answer from the advisory service (it knows none of {len(skipped)})")
        return 0
    if skipped:
        print(f"pip-audit left out: {', '.join(skipped)}")
        return 2
    found = [each for each in audited if each.get("vulns")]
    for each in found:
        for weakness in each["vulns"]:
            fixed = ", ".join(weakness.get("fix_versions", [])) or "no version yet"
            print(f"{each['name']} {each['version']}: {weakness['id']}, mended in {fixed}")
    if not found:
        print(f"{len(audited)} packages, no known weakness")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:2] or ["pip-audit"])))
