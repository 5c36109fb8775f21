"""The whole site: pages, forms, queries, uploads, cookies, the OAuth callback, what Keap calls;
signed in and not.

Requests as in `wire`, NEXT between them. `{cookie}` is that of a person who signed in, `{state}`
that of a sign-in with Keap under way. Form tokens are asked for only where the first line of an
input is "tokens": with them hardly any form would be read.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from werkzeug.test import Client

from qbwc_service.app import create_app
from qbwc_service.connections import find_connection
from qbwc_service.ledger import hooks
from qbwc_service.ledger.models import ErrorEntry, KeapProduct, Person, Role
from qbwc_service.ledger.rules import Rules
from qbwc_service.secrecy import person_password_hash
from tests.fuzz.listening import listening
from tests.fuzz.lived_in import lived_in
from tests.fuzz.snapshots import Snapshots
from tests.fuzz.target import NEXT, Run, Target, demand, parts
from tests.fuzz.wire import Reply, call
from tests.planning.test_rules import rule
from tests.world import World

PASSWORD = "correct horse battery"
#: of the address that Keap calls
HOOK_TOKEN = "7" * 40
_MOST = 4
_PAGES = [
    "/",
    "/help",
    "/sign-in",
    "/healthz",
    "/support/acme",
    "/connections/add",
    "/c/acme",
    "/c/acme/qwc",
    "/c/acme/password",
    "/c/acme/orders",
    "/c/acme/orders.csv",
    "/c/acme/orders/101",
    "/c/acme/orders/104",
    "/c/acme/orders/201",
    "/c/acme/orders/101/undo",
    "/c/acme/orders/undo?order=101&order=102",
    "/c/acme/updates/1/undo",
    "/c/acme/products",
    "/c/acme/products/products.csv",
    "/c/acme/products/1/unknown",
    "/c/acme/needs-you",
    "/c/acme/customers",
    "/c/acme/rules",
    "/c/acme/rules/rules.json",
    "/c/acme/rules?edit=1&order=101",
    "/c/acme/errors",
    "/c/acme/errors/errors.csv",
    "/c/acme/accounts",
    "/c/acme/home",
    "/c/acme/set-up",
    "/c/acme/set-up/quickbooks",
    "/c/acme/set-up/send-three",
    "/c/acme/set-up/settings/numbers?number_prefix=KP-&number_source=invoice-id",
    "/c/acme/set-up/settings/tax",
    "/c/acme/sync",
    "/c/acme/reconcile",
    "/c/acme/reconcile/report.csv",
    "/c/acme/reconcile/payments.csv",
    "/c/acme/reconcile/days.csv",
    "/c/acme/keap",
    "/c/acme/keap/sign-in",
    "/c/acme/keap/account",
    "/c/acme/keap/disconnect",
    "/c/acme/orders?q=ann&status=held&from=2026-11-01&before=900",
    "/c/acme/products?show=matched&q=ham&after=x&items=h",
    "/c/acme/errors?show=solved&before=9&about=x",
    "/c/acme/reconcile?month=2026-11&part=money&where=x",
    "/keap/callback?state={state}&code=abc",
    "/keap/callback?state={state}&error=access_denied",
    "/c/acme/customers?after=3",
    "/c/acme/settings?q=tax&show=changed",
    "/users",
    "/users/1",
    "/users?after=a",
    "/audit?who=owner&connection=acme&from=2026-11-01&to=2026-11-30&before=3",
    "/audit/audit.csv",
    "/my-password",
]
_FORMS = {
    "/sign-in?next=/c/acme": "name=owner&password=guess",
    "/sign-out": "",
    "/connections/add": "name=other&time_zone=Europe/Berlin&backed_up=on",
    "/c/acme/settings": "start_date=2026-11-01&sync_minutes=15&memo=Order+{order}&time_zone=UTC",
    "/c/acme/password": "",
    "/c/acme/pause": "",
    "/c/acme/resume": "",
    "/c/acme/payments": "payment=2014&verb=skip",
    "/c/acme/company-file": "answer=same",
    "/c/acme/orders": "order=101&order=104&verb=requeue",
    "/c/acme/orders/104": "verb=hold&txn_id=&prefix=A-",
    "/c/acme/orders/101/payments": "payment=1011&verb=approve",
    "/c/acme/orders/101/undo": "verb=undo",
    "/c/acme/orders/undo": "order=101&order=102",
    "/c/acme/updates/1/undo": "order=101",
    "/c/acme/products": "item-1=NAIL&was-1=HAMMER&item-2=&was-2=x",
    "/c/acme/products/1/unknown": "order=103&verb=undo",
    "/c/acme/needs-you": "cause=no-item&subject=NO-SUCH&verb=skip",
    "/c/acme/needs-you/refunds": "payment=1015&verb=approve",
    "/c/acme/customers": "contact=4417&verb=this&list_id=80000001-1&order=101&full_name=Ann+Lee",
    "/c/acme/rules": "rule=1&verb=save&name=Web&field-0=source&comparison-0=is&value-0=ONLINE"
    "&then=hold&number_prefix=G-&order=101",
    "/c/acme/rules/order": "rule=1&verb=down",
    "/c/acme/errors": "entry=1&entry=2",
    "/c/acme/accounts/payments": "words-0=Visa&account-0=keep&method-0=keep",
    "/c/acme/accounts/taxes": "kind=label&value=AZ&item=Out+of+State",
    "/c/acme/accounts/taxes/forget": "tax=label:az",
    "/users/add": "name=bea&email=b@x.org&role=bookkeeper&sees=some&connection=acme",
    "/users/1": "email=b@x.org&role=viewer&sees=all&was=x",
    "/users/1/disable": "",
    "/my-password": "old=x&password=another+one&again=another+one",
    "/c/acme/home/read": "",
    "/c/acme/set-up/settings/payments": "income_account=Sales&words-0=Visa&method-0=Visa",
    "/c/acme/set-up/settings/tax": "tax_account=Sales+Tax+Payable&tax-0=AZ&tax-item-0=State",
    "/c/acme/set-up/settings/which-orders": "start_date=2026-11-01&order_status=unpaid&drafts=skip",
    "/c/acme/set-up/company": "answer=no&company_file=C:",
    "/c/acme/set-up/this-computer": "tick=no-sleep&tick=x",
    "/c/acme/set-up/send-three": "order=101&order=104",
    "/c/acme/set-up/undo-three": "",
    "/c/acme/set-up/switch-on": "looks_right=on",
    "/c/acme/sync": "numbers=101,102-110&by=order&from=2026-11-01&to=2026-11-30&even_if_skipped=on",
    "/c/acme/sync/even-so": "order=101&row=1",
    "/c/acme/sync/order-status": "status=paid+in+full&other=SENT",
    "/c/acme/reconcile/read": "",
    "/c/acme/reconcile/decide": "verb=accept&order=101",
    "/c/acme/reconcile/link": "order=101&order=102",
    "/c/acme/keap/key": "keap_account=iq146&keap_key=another",
    "/c/acme/keap/test": "",
    "/c/acme/keap/use-key": "",
    "/c/acme/keap/disconnect": "",
    "/c/acme/keap/sign-in": "",
    "/c/acme/keap/account": "answer=yes&sign_in=x",
    f"/keap/hooks/{HOOK_TOKEN}": '{"event_key":"order.add","object_keys":[{"id":101}]}',
    "/keap/hooks/x": '{"event_key":"order.add"}',
}
_FORM = "application/x-www-form-urlencoded"
_UPLOAD = (
    "POST {0} multipart/form-data; boundary=xx\nCookie: {{cookie}}\n\n--xx\r\nContent-Disposition: "
    'form-data; name="file"; filename="a"\r\n\r\n{1}\r\n--xx--\r\n'
)
_WORDS = (
    *(page.encode() for page in _PAGES),
    *b"verb=skip verb=hold verb=requeue verb=link verb=undo verb=accept verb=approve".split(),
    *b"verb=renumber order= payment= before= after= q= status= from= to= next= &order=101".split(),
    *b"Cookie: {cookie} Host: localhost X-Forwarded-For: Range: Content-Length: Referer:".split(),
    *b"multipart/form-data boundary= filename= Content-Disposition %00 %ff tokens".split(),
    b"&value-1=1e9&field-1=total&comparison-1=more+than",
    b"/keap/hooks/" + HOOK_TOKEN.encode(),
    b"X-Hook-Secret: a",
    NEXT,
)


@contextmanager
def _open(folder: Path) -> Iterator[Run]:
    with lived_in(folder) as world:
        _furnish(world)
        config = replace(
            world.config,
            keap_api_url="http://127.0.0.1:9/crm",
            keap_token_url="http://127.0.0.1:9/token",
            keap_client_id="an-id",
            keap_client_secret="a-secret",
        )
        app = create_app(config, world.database, world.secrecy, clock=world.clock)
        # Our own exceptions come out as they are, with their traces.
        app.config["PROPAGATE_EXCEPTIONS"] = True
        cookie, state = _sign_in(app)
        snapshots = Snapshots(folder / "service.db")
        baseline = snapshots.take()

        def run(data: bytes) -> None:
            snapshots.put_back(baseline)
            with_tokens = data.startswith(b"tokens\n")
            app.config["WTF_CSRF_ENABLED"] = with_tokens
            for request in parts(data.removeprefix(b"tokens\n"), _MOST):
                real = request.replace(b"{cookie}", cookie).replace(b"{state}", state)
                with listening() as heard:
                    reply = call(app, real)
                demand(not heard, "".join(heard))
                _check(reply, request)

        try:
            yield run
        finally:
            snapshots.put_back(baseline)
            snapshots.close()


def _furnish(world: World) -> None:
    """A person, rules, calls of Keap's, and the error log as the weeks have left it."""
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.settings = {**connection.settings, "keap_hooks": "yes"}
        row = hooks.row_of(db, connection.id, HOOK_TOKEN, world.secrecy.encrypt(HOOK_TOKEN))
        row.handshake_until = world.clock.now + timedelta(days=1)
        stored = person_password_hash(PASSWORD)
        everything = {"role": Role.OWNER, "sees_all": True, "created_at": world.clock.now}
        db.add(Person(name="owner", password_hash=stored, **everything))
        rules = Rules(db, find_connection(db, "acme"), "owner", world.clock.now)
        rules.add(rule("product is GOLD", name="Gold <i>", then=("number_prefix=G-",)))
        rules.add(rule("total more than 100", name="Big", then=("hold",)))
        assert db.query(ErrorEntry).count()
        assert db.query(KeapProduct).count()


def _sign_in(app: object) -> tuple[bytes, bytes]:
    """The cookie of a person with a sign-in to Keap under way, and its state."""
    client = Client(app)  # type: ignore[arg-type]
    for address, form in (
        ("/sign-in", {"name": "owner", "password": PASSWORD}),
        ("/c/acme/keap/sign-in", {}),
    ):
        page = client.get(address).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, address
        answer = client.post(address, data={"csrf_token": found[1], **form})
        assert answer.status_code == 302, address
    cookie = client.get_cookie("qbwc_service")
    state = re.search(r"[?&]state=([^&]+)", answer.location)
    assert cookie is not None
    assert state is not None
    return f"qbwc_service={cookie.value}".encode(), state[1].encode()


def _check(reply: Reply, request: bytes) -> None:
    demand(reply.status < 500, f"status {reply.status}")
    demand(PASSWORD.encode() not in reply.body, "a password is on the page")
    demand(HOOK_TOKEN.encode() not in reply.body, "the address that Keap calls is on the page")
    stranger = b"{cookie}" not in request and not request.lstrip().startswith(b"POST /sign-in")
    if stranger and reply.status == 200:
        demand(b"Ann Lee" not in reply.body, "a stranger sees a customer")


def _seeds(_folder: Path) -> Iterator[bytes]:
    for page in _PAGES:
        yield f"GET {page} \nCookie: {{cookie}}\n\n".encode()
    yield NEXT.join(f"GET {page} \n\n".encode() for page in _PAGES[:4])
    for address, form in _FORMS.items():
        yield f"POST {address} {_FORM}\nCookie: {{cookie}}\n\n{form}".encode()
    yield f"tokens\nPOST /sign-in {_FORM}\n\ncsrf_token=x&name=owner&password=x".encode()
    yield f"tokens\nPOST /c/acme/pause {_FORM}\nCookie: {{cookie}}\n\ncsrf_token=x".encode()
    table = "Keap product,SKU,QuickBooks item\r\nHammer,HAMMER,NAIL\r\n"
    yield _UPLOAD.format("/c/acme/products/import", table).encode()
    rules = (
        '{"rules":[{"name":"Web","if":[{"field":"source","comparison":"is","value":"X"}],'
        '"then":[{"kind":"hold"}]}]}'
    )
    yield _UPLOAD.format("/c/acme/rules/import", rules).encode()
    shown_after = "GET /c/acme/orders/104 \nCookie: {cookie}\n\n"
    for verb in ("hold", "skip", "requeue", "link", "undo", "accept", "renumber"):
        form = f"verb={verb}&txn_id=1-2&prefix=A"
        press = f"POST /c/acme/orders/104 {_FORM}\nCookie: {{cookie}}\n\n{form}"
        yield NEXT.join((press.encode(), shown_after.encode()))


TARGET = Target("admin", _open, _seeds, _WORDS)
