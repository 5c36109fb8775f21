"""The WSDL: Intuit's eight operations, with the address of one connection filled in."""

from html import escape
from importlib.resources import files

_ADDRESS = "http://localhost:8000/qbwc"
_TEXT = files(__package__).joinpath("QBWebConnectorSvc.wsdl").read_text(encoding="utf-8")


def wsdl(address: str) -> bytes:
    """The service description (UTF-8) whose one port is at `address`.

    Source: QuickBooks Web Connector Programmer's Guide p. 27 and p. 61 (names are the contract).
    """
    return _TEXT.replace(_ADDRESS, escape(address)).encode()
