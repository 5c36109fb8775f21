"""The simulated Keap as a program: `python -m qbwc_service.demo.keap --port 0 --state FILE.json`.

Writes one line of JSON with its addresses, key, client id and secret, and answers until it is
ended.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from qbwc_service.demo.keap.demo_orders import DEMO_DAYS, bulk_shop, demo_shop
from qbwc_service.demo.keap.encoding import from_json, to_json
from qbwc_service.demo.keap.faults import TROUBLE, Mix
from qbwc_service.demo.keap.full_shop import full_shop
from qbwc_service.demo.keap.quota import DEFAULT_LIMITS, Limits
from qbwc_service.demo.keap.server import DEFAULT_KEY, SimulatedKeap
from qbwc_service.demo.keap.shop import Shop

#: seconds that a refusal names
_RETRY_AFTER = 1
#: longer than clients wait for an answer
_SLOW = 90.0


def main(arguments: Sequence[str]) -> None:
    """Serves until SIGTERM or SIGINT."""
    options = _parser().parse_args(arguments)
    state: Path | None = options.state
    shop = _shop(options, state)

    def save(changed: Shop) -> None:
        if state is None:
            return
        part = state.with_name(f"{state.name}.part")
        with changed.lock:
            part.write_bytes(changed.dump_json())
            part.replace(state)

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    keap = SimulatedKeap(
        shop,
        key=options.key,
        host=options.host,
        port=options.port,
        limits=Limits(options.per_day, options.per_minute),
        after=save,
    )
    keap.faults.mix(_mix(options))
    with keap:
        save(shop)
        sys.stdout.write(to_json(_told(keap)).decode() + "\n")
        sys.stdout.flush()
        ended.wait()


def _told(keap: SimulatedKeap) -> dict[str, str]:
    return {
        "url": keap.url,
        "key": keap.key,
        "token_url": keap.token_url,
        "authorize_url": keap.authorize_url,
        "client_id": keap.sign_in.client_id,
        "client_secret": keap.sign_in.secret,
    }


def _mix(options: argparse.Namespace) -> Mix:
    return Mix(
        percent=options.faults,
        seed=options.seed,
        kinds=TROUBLE,
        retry_after=_RETRY_AFTER,
        seconds=options.slow,
    )


def _percent(text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError("write per cent, from 0 to 100")
    return percent


def _shop(options: argparse.Namespace, state: Path | None) -> Shop:
    if state is not None and state.exists():
        return Shop.restored(from_json(state.read_bytes()))
    if options.empty:
        return Shop()
    if options.full:
        return full_shop(options.full, options.seed)
    if options.bulk:
        return bulk_shop(options.bulk, start=options.start)
    shop, _ = demo_shop(options.orders, seed=options.seed, start=options.start)
    return shop


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qbwc_service.demo.keap", description=__doc__)
    today = datetime.now(UTC).date()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default=DEFAULT_KEY, help="the only key that is accepted")
    parser.add_argument("--state", type=Path, help="read if it is there, written at every change")
    parser.add_argument("--per-day", type=int, default=DEFAULT_LIMITS.per_day, help="calls a day")
    parser.add_argument(
        "--per-minute", type=int, default=DEFAULT_LIMITS.per_minute, help="calls a minute"
    )
    parser.add_argument(
        "--faults",
        type=_percent,
        default=0.0,
        metavar="PERCENT",
        help="so many of a hundred calls are answered wrongly, by the seed: 429, 500, 502, 503, "
        "an HTML page, half an answer, a connection that is cut, an answer that takes too long; "
        "DELETE /simulator/faults ends it",
    )
    parser.add_argument(
        "--slow",
        type=float,
        default=_SLOW,
        metavar="SECONDS",
        help=f"how long the last of these takes ({_SLOW:g})",
    )
    parser.add_argument("--orders", type=int, default=200, help="how many demo orders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bulk", type=int, default=0, help="this many plain orders instead")
    parser.add_argument("--full", type=int, default=0, help="this many orders of every kind")
    parser.add_argument("--empty", action="store_true", help="no orders at all")
    parser.add_argument(
        "--start",
        type=date.fromisoformat,
        default=today - timedelta(days=DEMO_DAYS),
        help="date of the first demo order",
    )
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
