"""What goes wrong in one update session. Each fault arms itself and says what it will do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lxml import etree

from qbwc_service.demo.quickbooks import Crash, CrashPoint, HResult, InProcessQuickBooks
from qbwc_service.demo.web_connector.faults import Faults, HcpFault
from qbwc_service.demo.web_connector.outcome import Ended, UpdateResult
from qbwc_service.demo.web_connector.soap import SoapClient
from tests.faults import book_acts
from tests.faults.interposed import Interposed
from tests.faults.keap_acts import nothing_is_lost_any_more
from tests.faults.scene import Scene
from tests.faults.stage import KillAt, ServiceKilled, killing

PC, SECOND_PC = "10.0.0.5", "10.0.0.6"
#: an hresult in the place of an answer tells nothing of what was run
HRESULTS = (0x80040402, 0x80040414, 0x8004040D, 0x80010105, 0x80040421)
CANNOT_OPEN = (0x80040408, 0x80040401, 0x8004040A, 0x80040403)
CALLS = ("authenticate", "send", "receive.raw", "receive.apply", "close", "connection-error")


@dataclass
class Armed:
    """One session with what will go wrong in it."""

    quickbooks: Interposed
    #: of the computer that it runs on
    address: str
    faults: Faults = field(default_factory=Faults)
    kill: KillAt | None = None
    named: list[str] = field(default_factory=list)


Fault = Callable[[Scene, Armed], str]


def _message(scene: Scene) -> int:
    return scene.dice.choice((1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6))


def answer_dropped(scene: Scene, armed: Armed) -> str:
    armed.faults.drop_answer_at(number := _message(scene))
    return f"answer {number} dropped"


def answer_late(scene: Scene, armed: Armed) -> str:
    armed.faults.late_answer(number := _message(scene))
    scene.stage.faults = armed.faults
    return f"answer {number} comes late"


def answer_twice(scene: Scene, armed: Armed) -> str:
    armed.faults.duplicate_receive(number := _message(scene))
    return f"answer {number} comes twice"


def closed_before_answer(scene: Scene, armed: Armed) -> str:
    armed.faults.close_before_receive(number := _message(scene))
    return f"closed before answer {number}"


def hresult(scene: Scene, armed: Armed) -> str:
    number, was_run = _message(scene), scene.dice.random() < 0.5
    code = scene.dice.choice(HRESULTS)
    armed.faults.hresult_at(number, code, message_was_run=was_run)
    return f"hresult at {number}, {'run' if was_run else 'not run'}"


def quickbooks_dies(scene: Scene, armed: Armed) -> str:
    point = scene.dice.choice(list(CrashPoint))
    passage = scene.dice.randint(1, 10)
    scene.stage.company.crash = Crash(point, passage)
    return f"QuickBooks dies at {point}:{passage}"


def service_killed(scene: Scene, armed: Armed) -> str:
    call, side = scene.dice.choice(CALLS), scene.dice.choice(("before", "after"))
    if call == "connection-error":
        armed.quickbooks.refusals = [HResult(CANNOT_OPEN[0])] * 4
    passage = _message(scene) if call in {"send", "receive.raw", "receive.apply"} else 1
    armed.kill = KillAt(f"{call}.{side}-commit", passage)
    return f"service killed at {armed.kill.point}:{passage}"


def answer_spoiled(scene: Scene, armed: Armed) -> str:
    number = _message(scene)
    name, spoil = scene.dice.choice(list(_SPOILS.items()))
    cut = scene.dice.random()
    armed.quickbooks.spoil[number] = lambda answer: spoil(answer, cut)
    return f"answer {number} {name}"


def cannot_open(scene: Scene, armed: Armed) -> str:
    code = scene.dice.choice(CANNOT_OPEN)
    armed.quickbooks.refusals = [HResult(code)] * scene.dice.choice((1, 2, 3, 8))
    return f"QuickBooks does not open (0x{code:08X})"


def damaged_first_call(scene: Scene, armed: Armed) -> str:
    armed.faults.hcp = scene.dice.choice(
        (HcpFault.MISSING, HcpFault.MALFORMED, HcpFault.COMMA_DECIMAL)
    )
    return f"first call {armed.faults.hcp}"


def second_pc(scene: Scene, armed: Armed) -> str:
    """Another computer runs its Web Connector in the middle of ours."""
    number, ran = _message(scene), scene.dice.random() < 0.5
    # Before QuickBooks has run the message it is told apart only for ten minutes.
    minutes = scene.dice.choice((0, 1, 5) if not ran else (0, 5, 11, 30))
    other = PC if armed.address == SECOND_PC else SECOND_PC

    def joins() -> None:
        scene.stage.clock.pass_time(minutes=minutes)
        ended = run(scene, other, []).ended if scene.dice.random() < 0.9 else None
        scene.say(f"    second PC after {minutes} minutes: {ended}")

    (armed.quickbooks.after if ran else armed.quickbooks.before)[number] = joins
    return f"second PC joins {'after' if ran else 'before'} message {number}"


def web_connector_restarted(scene: Scene, armed: Armed) -> str:
    """On the same computer; the answer of the old session still comes, under its ended ticket."""
    number = _message(scene)

    def again() -> None:
        scene.say(f"    same PC again: {run(scene, armed.address, []).ended}")

    armed.quickbooks.after[number] = again
    return f"Web Connector restarted after message {number}"


def person_in_between(scene: Scene, armed: Armed) -> str:
    """Somebody works in QuickBooks while a session runs."""
    number, act = _message(scene), scene.dice.choice(_IN_BETWEEN)
    armed.quickbooks.before[number] = lambda: _at_work(scene, act)
    return f"person at work before message {number}"


def _at_work(scene: Scene, act: Callable[[Scene], bool]) -> None:
    act(scene)


def slow_quickbooks(scene: Scene, armed: Armed) -> str:
    number, seconds = _message(scene), scene.dice.choice((16, 120, 700))
    armed.quickbooks.before[number] = lambda: scene.stage.clock.pass_time(seconds=seconds)
    return f"message {number} takes {seconds} s"


def clock_jumps(scene: Scene, armed: Armed) -> str:
    """A clock is set while a session runs; it is ten minutes off afterwards or right again."""
    number = _message(scene)
    armed.quickbooks.after[number] = lambda: set_clocks(scene)
    return f"a clock is set after message {number}"


def answers_replayed(scene: Scene, armed: Armed) -> str:
    """Calls of sessions that are over come again while this one runs."""
    number = _message(scene)
    armed.quickbooks.after[number] = lambda: replay(scene)
    return f"old calls come again at message {number}"


#: how often each is chosen
FAULTS: Mapping[Fault, int] = {
    answer_dropped: 3,
    answer_late: 3,
    answer_twice: 2,
    closed_before_answer: 2,
    hresult: 3,
    quickbooks_dies: 6,
    service_killed: 6,
    answer_spoiled: 4,
    cannot_open: 1,
    damaged_first_call: 1,
    second_pc: 3,
    web_connector_restarted: 2,
    person_in_between: 2,
    slow_quickbooks: 1,
    clock_jumps: 1,
    answers_replayed: 2,
}
KINDS = {fault: fault.__name__.replace("_", " ") for fault in FAULTS}
_IN_BETWEEN = (
    book_acts.rename_customer,
    book_acts.renumber,
    book_acts.redate,
    book_acts.move,
    book_acts.delete_payment,
)


def set_clocks(scene: Scene) -> None:
    """Ours or that of QuickBooks is ten minutes off, or right again."""
    off = timedelta(minutes=scene.dice.choice((-10, 0, 10)))
    if scene.dice.random() < 0.5:
        scene.stage.our_clock_is_off = off
        scene.did("our clock set", f"our clock is {off} off")
    else:
        scene.stage.quickbooks_clock_is_off = off
        scene.did("clock of QuickBooks set", f"the clock of QuickBooks is {off} off")


def replay(scene: Scene) -> None:
    """An answer of a session that is over, a request under its ticket, a ticket nobody gave."""
    if not scene.over:
        return
    ticket, exchange = scene.dice.choice(scene.over)
    soap = SoapClient("http://localhost:8000/qbwc/acme", scene.stage.http(PC))
    answer = {
        "ticket": scene.dice.choice((ticket, ticket, "f" * 32)),
        "response": exchange.response,
        "hresult": exchange.hresult,
        "message": "",
    }
    said = soap.call("receiveResponseXML", answer)
    asked = soap.call(
        "sendRequestXML",
        {
            "ticket": ticket,
            "strHCPResponse": "",
            "strCompanyFileName": "",
            "qbXMLCountry": "US",
            "qbXMLMajorVers": "16",
            "qbXMLMinorVers": "0",
        },
    )
    scene.say(f"    replayed: {said!r}, next message under the old ticket: {asked!r}")
    if asked:
        raise AssertionError("an ended ticket got a message")


def arm(scene: Scene, address: str, chosen: list[Fault]) -> Armed:
    armed = Armed(Interposed(InProcessQuickBooks(scene.stage.company)), address)
    for fault in chosen:
        armed.named.append(fault(scene, armed))
    return armed


def run(scene: Scene, address: str, chosen: list[Fault]) -> UpdateResult:
    """One update session on that computer. ServiceKilled is over with it: a new one is started."""
    stage = scene.stage
    late = stage.faults
    armed = arm(scene, address, chosen)
    if chosen:
        scene.say(f"session on {address}: {'; '.join(armed.named)}")
    connector = stage.web_connector(address=address, quickbooks=armed.quickbooks)
    connector.faults = connector._faults = armed.faults  # type: ignore[attr-defined]
    if (waiting := late.take_late_answer()) is not None:
        armed.faults.keep_late_answer(waiting)
    nothing_is_lost_any_more(scene)
    try:
        with killing(armed.kill):
            result = connector.update()
    except ServiceKilled as killed:
        scene.say(f"    killed at {killed}")
        stage.start_service()
        result = UpdateResult(Ended.DROPPED)
        result.ticket = "killed"
    finally:
        if chosen:
            stage.company.crash = Crash()
    stage.faults = armed.faults
    scene.tally.sessions += bool(result.ticket)
    scene.tally.faulty_sessions += bool(chosen and result.ticket)
    for fault in chosen if result.ticket else []:
        scene.tally.faults[KINDS[fault]] += 1
    if result.ticket and result.ended in {Ended.DONE, Ended.CLOSED, Ended.ERROR}:
        scene.over += [(result.ticket, exchange) for exchange in result.exchanges[-3:]]
    return result


# -- spoiled answers -------------------------------------------------------------------------------


def _truncated(answer: str, cut: float) -> str:
    return answer[: int(len(answer) * cut)]


def _short(answer: str, cut: float) -> str:
    """One response is not in it."""
    root = etree.fromstring(answer.encode())
    responses = root[0]
    if len(responses):
        responses.remove(responses[int(len(responses) * cut)])
    return '<?xml version="1.0" ?>\n' + etree.tostring(root).decode()


def _garbled(answer: str, cut: float) -> str:
    place = int(len(answer) * cut)
    return f"{answer[:place]}\x00\ufffd<&{answer[place + 4 :]}".replace("\x00", "?")


def _other(_answer: str, _cut: float) -> str:
    return "<html><body>502 Bad Gateway</body></html>"


def _empty(_answer: str, _cut: float) -> str:
    return ""


_SPOILS = {
    "truncated": _truncated,
    "without one response": _short,
    "garbled": _garbled,
    "replaced by a page": _other,
    "empty": _empty,
}
