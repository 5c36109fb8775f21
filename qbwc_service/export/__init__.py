"""Everything of one connection as files that any program reads: JSON lines, or CSV.

No key, token or password is among it; people's names and addresses are.
"""

from qbwc_service.export.columns import TABLES as TABLES
from qbwc_service.export.columns import Table as Table
from qbwc_service.export.writing import ExportRefused as ExportRefused
from qbwc_service.export.writing import Format as Format
from qbwc_service.export.writing import export as export
