"""Where the published schemas, samples and the WSDL lie, on machines that have them."""

import os
from pathlib import Path

#: may be absent: what needs it skips and says so
REFERENCE = Path(os.environ.get("QBWC_REFERENCE") or Path(__file__).parents[2] / "shared")
