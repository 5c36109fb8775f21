"""Every parser of bytes from outside, fed with what nobody would send.

A target (`targets/`) is a function of bytes that raises only on a defect of the product. The same
targets run in two modes: `test_replay.py` replays seeds and what was found before, with some
mutations, in every test run; `python -m tests.fuzz` runs them for long under atheris, guided by
coverage. An input that a long run found, and that is mended, is kept in `found/<target>/`.

Nothing of the product may be imported from here: the long mode instruments it as it is imported.

soap
    POST and GET of /qbwc/...: headers, envelope, all eight calls (webconnector/soap/); tickets,
    user names, passwords (webconnector/log_in.py, sessions.py)
qbxml
    strHCPResponse, qbXML answers, HRESULTs, status codes (qbxml_builders/answers.py, readers.py,
    txn_readers.py, hresults.py, statuses.py)
session
    the same in a session that waits for that answer (webconnector/answers.py, phases/, outcome.py,
    verify.py, comparing.py and what they call)
keap_answers
    Keap's pages, records, error bodies, headers, tokens (keap/), as staged (staging/from_keap.py)
keap_reading
    the same, read into the ledger and planned (staging/, planning/, matching/)
admin
    pages, forms, queries, uploads, cookies (admin/), /support, /healthz, the OAuth callback, what
    Keap calls (hook_endpoint.py)
files
    product tables (spreadsheets.py, ledger/product_file.py), rules (ledger/rule_file.py), .qwc
    files (qwc/)
typed
    what people type: order numbers (order_numbers.py), settings (settings/), rules
    (planning/rule.py), days and ids (admin/addresses.py); texts on their way into qbXML
    (qbxml_builders/text.py, matching/keys.py) or onto a page (admin/technical.py); environment,
    key files and stored secrets (config.py, secrecy.py)

HTTP itself is waitress's to read: tests/test_web_server.py tries it on sockets.
"""
