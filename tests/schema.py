"""Alembic, imported without the warning that the `six` inside Spyne causes on its way.

That `six` leaves an importer of the old kind in sys.meta_path, so whatever looks for a module
that is not installed, as a part of Alembic does, warns once Spyne is loaded.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ImportWarning)
    from qbwc_service import database_schema

__all__ = ["database_schema"]
