"""The eight operations: text in, a call of WebConnectorService, an answer that is always valid.

Parameter names are the wire's own and must not change (Programmer's Guide p. 61). An exception
in the service becomes the answer that stops the Web Connector politely: a SOAP fault would end
the session with a bare QBWC code and nothing to read.
"""

# ruff: noqa: N802, N803, N805 - operations and parameters are called as on the wire
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar, cast

from qbwc_service.webconnector.contract import Caller, WebConnectorService
from qbwc_service.webconnector.soap.answers import number, strings, text
from qbwc_service.webconnector.soap.envelope import StrictSoap11
from qbwc_service.webconnector.soap.spyne_compat import (
    Application,
    Array,
    Integer32,
    ServiceBase,
    Unicode,
    WsgiApplication,
    rpc,
)

NAMESPACE: Final = "http://developer.intuit.com/"
CALL: Final = "qbwc.call"
INTERNAL_ERROR: Final = (
    "The service met an error of its own and stopped this update. Nothing is lost: "
    "the next update goes on from here. The service's log says more."
)
# "none" stops without asking for the password again (as "nvu" does) and is in every version of
# the guide (as "busy" is not); the third string shows "Update postponed by application" instead
# of "No data exchange", and has Auto-Run try again after 60 s (Programmer's Guide p. 62-64).
POSTPONED: Final = ["", "none", "60"]

_INT_MAX: Final = 2**31 - 1
# Incoming integers are declared text as well: Spyne would answer an unreadable one with a fault.
_Text: Final = Unicode(nillable=False)
_Number: Final = Integer32(min_occurs=1, nillable=False)
_ArrayOfString: Final = Array(Unicode, type_name="ArrayOfString", nillable=False)

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
_P = ParamSpec("_P")
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """One POST: who calls, and the service that answers."""

    service: WebConnectorService
    caller: Caller


def _operation(*parameters: Any, returns: Any) -> Callable[[_Function], _Function]:
    return cast("Callable[[_Function], _Function]", rpc(*parameters, _returns=returns))


# None where the parameter is missing or nil, which means the same as empty.
_Wire: TypeAlias = str | None


def _in(value: _Wire) -> str:
    return value or ""


def _int_in(value: _Wire) -> int:
    """0 where no integer of 32 bits can be read: that is no reason to end the session."""
    try:
        read = int(value or "0")
    except ValueError:
        return 0
    return read if 0 <= read <= _INT_MAX else 0


def _service(ctx: Any) -> WebConnectorService:
    call: Call = ctx.transport.req_env[CALL]
    return call.service


def _answer(
    ctx: Any,
    valid: Callable[[object], _Answer],
    instead: _Answer,
    ask: Callable[Concatenate[Caller, _P], _Answer],
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _Answer:
    call: Call = ctx.transport.req_env[CALL]
    try:
        return valid(ask(call.caller, *args, **kwargs))
    except Exception as error:  # noqa: BLE001 - whatever it is, the Web Connector needs an answer
        _log_failure(ctx.descriptor.name, call.caller.connection, error)
        return instead


def _log_failure(name: str, connection: str, error: BaseException) -> None:
    # Messages of exceptions stay out: they may quote a password or what QuickBooks sent.
    frames = "".join(traceback.format_tb(error.__traceback__))
    kinds = [type(error).__name__]
    while (cause := error.__cause__ or error.__context__) is not None:
        kinds.append(type(cause).__name__)
        error = cause
    _log.error("%s of connection %r failed: %s\n%s", name, connection, " from ".join(kinds), frames)


class QBWebConnectorSvc(ServiceBase):  # type: ignore[misc]
    """Intuit's contract without the interactive operations (Programmer's Guide chapter 10)."""

    @_operation(returns=_Text)
    def serverVersion(ctx: Any) -> str:
        return _answer(ctx, text, "", _service(ctx).server_version)

    @_operation(_Text, returns=_Text)
    def clientVersion(ctx: Any, strVersion: _Wire) -> str:
        return _answer(ctx, text, "", _service(ctx).client_version, _in(strVersion))

    @_operation(_Text, _Text, returns=_ArrayOfString)
    def authenticate(ctx: Any, strUserName: _Wire, strPassword: _Wire) -> list[str]:
        ask = _service(ctx).authenticate
        return _answer(ctx, strings, POSTPONED, ask, _in(strUserName), _in(strPassword))

    @_operation(_Text, _Text, _Text, _Text, _Text, _Text, returns=_Text)
    def sendRequestXML(
        ctx: Any,
        ticket: _Wire,
        strHCPResponse: _Wire,
        strCompanyFileName: _Wire,
        qbXMLCountry: _Wire,
        qbXMLMajorVers: _Wire,
        qbXMLMinorVers: _Wire,
    ) -> str:
        return _answer(
            ctx,
            text,
            "",
            _service(ctx).send_request_xml,
            _in(ticket),
            _in(strHCPResponse),
            _in(strCompanyFileName),
            _in(qbXMLCountry),
            _int_in(qbXMLMajorVers),
            _int_in(qbXMLMinorVers),
        )

    @_operation(_Text, _Text, _Text, _Text, returns=_Number)
    def receiveResponseXML(
        ctx: Any, ticket: _Wire, response: _Wire, hresult: _Wire, message: _Wire
    ) -> int:
        ask = _service(ctx).receive_response_xml
        arguments = (_in(ticket), _in(response), _in(hresult), _in(message))
        return _answer(ctx, number, -1, ask, *arguments)

    @_operation(_Text, _Text, _Text, returns=_Text)
    def connectionError(ctx: Any, ticket: _Wire, hresult: _Wire, message: _Wire) -> str:
        ask = _service(ctx).connection_error
        return _answer(ctx, text, "done", ask, _in(ticket), _in(hresult), _in(message))

    @_operation(_Text, returns=_Text)
    def getLastError(ctx: Any, ticket: _Wire) -> str:
        return _answer(ctx, text, INTERNAL_ERROR, _service(ctx).get_last_error, _in(ticket))

    @_operation(_Text, returns=_Text)
    def closeConnection(ctx: Any, ticket: _Wire) -> str:
        return _answer(ctx, text, INTERNAL_ERROR, _service(ctx).close_connection, _in(ticket))


def _log_refused(ctx: Any) -> None:
    caller = ctx.transport.req_env[CALL].caller
    _log.info(
        "A request for connection %r from %s was refused: %r",
        caller.connection[:80],
        caller.remote_address,
        ctx.out_error.faultstring,
    )


def create_soap(max_body_bytes: int) -> Any:
    """Spyne's WSGI application for POST; the environment must carry a Call under CALL."""
    application = Application(
        [QBWebConnectorSvc],
        NAMESPACE,
        name="QBWebConnectorSvc",
        in_protocol=StrictSoap11(max_body_bytes),
        out_protocol=StrictSoap11(max_body_bytes),
    )
    soap = WsgiApplication(application)
    soap.event_manager.add_listener("wsgi_exception", _log_refused)
    return soap
