"""All targets, by name."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    admin,
    files,
    keap_answers,
    keap_reading,
    qbxml,
    session,
    soap,
    typed,
)

TARGETS: dict[str, Target] = {
    module.TARGET.name: module.TARGET
    for module in (soap, session, qbxml, keap_answers, keap_reading, admin, files, typed)
}
