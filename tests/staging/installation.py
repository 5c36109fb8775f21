"""One database file joined to one Keap, as several programs share it."""

from datetime import date
from pathlib import Path

from sqlalchemy import delete

from qbwc_service.clock import utc_now
from qbwc_service.config import Config
from qbwc_service.connections import add_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Lease
from tests.databases import ENGINE, Engine, url_with_tables
from tests.staging.keap_program import KeapProgram

NAME = "acme"


class Installation:
    """Everything since the first order is to be read, and nothing was yet. `close()` when done."""

    def __init__(self, folder: Path, keap: KeapProgram, engine: Engine = ENGINE) -> None:
        self.folder = folder
        key_file = folder / "secret.key"
        key_file.write_text("00" * 32, encoding="ascii")
        #: for programs that join in
        self.environment = {
            "KEAP_API_URL": keap.url,
            "KEAP_CALLS_PER_SECOND": "0",
            "QBWC_DATABASE_URL": url_with_tables(folder, engine),
            "QBWC_SECRET_KEY_FILE": str(key_file),
        }
        self.config = Config.from_environment(self.environment)
        self.secrecy = self.config.secrecy()
        self.database = Database(self.config.database_url)
        with self.database.writing("test") as db:
            add_connection(
                db,
                self.secrecy,
                name=NAME,
                keap_account="",
                keap_key=keap.key,
                company_file="",
                start_date=date(2025, 12, 31),
                clock=utc_now,
            )

    def close(self) -> None:
        self.database.close()

    def free_lease(self) -> None:
        """What a dead reader held has run out, a minute later."""
        with self.database.writing("test") as db:
            db.execute(delete(Lease))
