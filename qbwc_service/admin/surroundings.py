"""What every page needs of the service around it, found through the running app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, has_request_context

from qbwc_service.clock import Clock
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.secrecy import Secrecy

_KEY = "qbwc_admin"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Handed in once by `register`."""

    whole: Database
    secrecy: Secrecy
    config: Config
    clock: Clock
    #: has the job that reads Keap look at once, where it runs in this process
    wake: Callable[[], object]

    def join(self, app: Flask) -> None:
        app.extensions[_KEY] = self

    @property
    def database(self) -> Database:
        """As whoever looks may see it: for support with people blotted out."""
        is_support = has_request_context() and g.get("is_support", False)
        return self.whole.masked() if is_support else self.whole

    def now(self) -> datetime:
        """Aware UTC."""
        return self.clock()

    def access(self) -> Access:
        """What asks Keap."""
        return Access(self.whole, self.secrecy, self.config, self.clock)


def here() -> Surroundings:
    """The surroundings of the current request."""
    return cast("Surroundings", current_app.extensions[_KEY])
