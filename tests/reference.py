"""Where the published schemas, samples and the WSDL lie, on machines that have them."""

import os
import shutil
from pathlib import Path

#: may be absent: what needs it skips and says so
REFERENCE = Path(os.environ.get("QBWC_REFERENCE") or Path(__file__).parents[2] / "shared")


def prism() -> str | None:
    """The mock server of OpenAPI documents (npm: @stoplight/prism-cli), where it is installed."""
    local = Path(__file__).parents[1] / "node_modules" / ".bin" / "prism"
    return os.environ.get("QBWC_PRISM") or shutil.which("prism") or shutil.which(local)
