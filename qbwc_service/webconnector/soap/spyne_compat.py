"""Import Spyne 2.14 on Python 3.11 and later, and re-export what the SOAP edge uses of it.

Spyne 2.14.0, its newest release, fails to import on newer Pythons for two reasons:

* its bundled ``six`` 1.14 finds ``six.moves`` with ``find_module``, which the import system no
  longer calls (Python 3.12);
* ``spyne.server.wsgi`` and ``spyne.protocol.soap`` import ``cgi``, which the standard library no
  longer has (Python 3.13), for ``cgi.parse_header`` alone.

Both are repaired in ``sys.modules``; site-packages is not touched, and no other library sees the
stand-in for ``cgi``, which is there only while Spyne's own modules load. Nothing else in the
project may import ``spyne``: whoever did so first would meet the unrepaired one.
"""

import importlib
import logging
import sys
import warnings
from types import ModuleType
from typing import Any

from werkzeug.http import parse_options_header

_SIX_MOVES = {
    "collections_abc": "collections.abc",
    "http_cookies": "http.cookies",
    "urllib.error": "urllib.error",
    "urllib.parse": "urllib.parse",
    "urllib.request": "urllib.request",
}


def _load_spyne() -> Any:
    for name, target in _SIX_MOVES.items():
        sys.modules.setdefault(f"spyne.util.six.moves.{name}", importlib.import_module(target))
    stand_in = ModuleType("cgi")
    stand_in.parse_header = parse_options_header  # type: ignore[attr-defined]
    real_cgi = sys.modules.get("cgi")
    sys.modules["cgi"] = stand_in
    try:
        with warnings.catch_warnings():
            # Spyne's sources hold invalid escape sequences, which warn whenever they are compiled.
            warnings.simplefilter("ignore")
            importlib.import_module("spyne.protocol.soap")
            importlib.import_module("spyne.server.wsgi")
            return importlib.import_module("spyne")
    finally:
        _remove_six_importer()
        if real_cgi is None:
            del sys.modules["cgi"]
        else:
            sys.modules["cgi"] = real_cgi


def _remove_six_importer() -> None:
    """Take the bundled six off the import system: without find_spec it makes every later failed
    import warn, in whatever library happens to try one."""
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if type(finder).__name__ != "_SixMetaPathImporter"
    ]


_spyne = _load_spyne()

# A request must not pay for a full garbage collection, which Spyne runs once a second to close
# the handles of files that it was given; it is given none here.
_spyne.const.MIN_GC_INTERVAL = float("inf")

# Spyne logs refused requests whole, so passwords and payloads too. The SOAP edge logs for itself.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)

Application = _spyne.Application
Array = _spyne.Array
Fault = _spyne.Fault
Integer32 = _spyne.Integer32
ServiceBase = _spyne.ServiceBase
Soap11 = _spyne.protocol.soap.Soap11
Unicode = _spyne.Unicode
WsgiApplication = _spyne.server.wsgi.WsgiApplication
rpc = _spyne.rpc
