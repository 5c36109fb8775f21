"""The tables. Every row but a lease, a person, an invitation and some audit entries belongs to one
connection.

Amounts are integer minor units (cents) of the row's currency. Times are aware UTC. TimeModified
texts of QuickBooks are kept as QuickBooks wrote them: their offsets are wrong around summer time.
"""

from qbwc_service.ledger.models.alerts import (
    SERVICE_ITSELF as SERVICE_ITSELF,
)
from qbwc_service.ledger.models.alerts import (
    Alert as Alert,
)
from qbwc_service.ledger.models.alerts import (
    AlertDelivery as AlertDelivery,
)
from qbwc_service.ledger.models.alerts import (
    AlertKind as AlertKind,
)
from qbwc_service.ledger.models.alerts import (
    AlertState as AlertState,
)
from qbwc_service.ledger.models.alerts import (
    Channel as Channel,
)
from qbwc_service.ledger.models.alerts import (
    DeliveryState as DeliveryState,
)
from qbwc_service.ledger.models.connection import (
    Connection as Connection,
)
from qbwc_service.ledger.models.feed import (
    HooksState as HooksState,
)
from qbwc_service.ledger.models.feed import (
    KeapHooks as KeapHooks,
)
from qbwc_service.ledger.models.feed import (
    KeapPace as KeapPace,
)
from qbwc_service.ledger.models.feed import (
    KeapSignIn as KeapSignIn,
)
from qbwc_service.ledger.models.feed import (
    KeapSignInTry as KeapSignInTry,
)
from qbwc_service.ledger.models.feed import (
    KeapWalk as KeapWalk,
)
from qbwc_service.ledger.models.feed import (
    ManualSync as ManualSync,
)
from qbwc_service.ledger.models.feed import (
    ManualSyncState as ManualSyncState,
)
from qbwc_service.ledger.models.feed import (
    SignInState as SignInState,
)
from qbwc_service.ledger.models.keap import (
    KeapContact as KeapContact,
)
from qbwc_service.ledger.models.keap import (
    KeapOrder as KeapOrder,
)
from qbwc_service.ledger.models.keap import (
    KeapOrderPayment as KeapOrderPayment,
)
from qbwc_service.ledger.models.keap import (
    KeapPayment as KeapPayment,
)
from qbwc_service.ledger.models.keap import (
    OrderStatus as OrderStatus,
)
from qbwc_service.ledger.models.keap import (
    PaymentStatus as PaymentStatus,
)
from qbwc_service.ledger.models.keap import (
    UnreadableRecord as UnreadableRecord,
)
from qbwc_service.ledger.models.log import (
    ErrorEntry as ErrorEntry,
)
from qbwc_service.ledger.models.log import (
    Event as Event,
)
from qbwc_service.ledger.models.matching import (
    ContactCustomer as ContactCustomer,
)
from qbwc_service.ledger.models.matching import (
    KeapOrderProduct as KeapOrderProduct,
)
from qbwc_service.ledger.models.matching import (
    KeapProduct as KeapProduct,
)
from qbwc_service.ledger.models.matching import (
    Mapping as Mapping,
)
from qbwc_service.ledger.models.matching import (
    MappingKind as MappingKind,
)
from qbwc_service.ledger.models.matching import (
    ProductState as ProductState,
)
from qbwc_service.ledger.models.mirror import (
    MirrorKey as MirrorKey,
)
from qbwc_service.ledger.models.mirror import (
    MirrorList as MirrorList,
)
from qbwc_service.ledger.models.mirror import (
    MirrorRecord as MirrorRecord,
)
from qbwc_service.ledger.models.people import (
    AuditEntry as AuditEntry,
)
from qbwc_service.ledger.models.people import (
    Invitation as Invitation,
)
from qbwc_service.ledger.models.people import (
    InvitationConnection as InvitationConnection,
)
from qbwc_service.ledger.models.people import (
    Person as Person,
)
from qbwc_service.ledger.models.people import (
    PersonConnection as PersonConnection,
)
from qbwc_service.ledger.models.people import (
    Role as Role,
)
from qbwc_service.ledger.models.posting import (
    OF_MEMOS as OF_MEMOS,
)
from qbwc_service.ledger.models.posting import (
    OF_PAYMENT_ROWS as OF_PAYMENT_ROWS,
)
from qbwc_service.ledger.models.posting import (
    READY_UPDATES as READY_UPDATES,
)
from qbwc_service.ledger.models.posting import (
    REFUNDS as REFUNDS,
)
from qbwc_service.ledger.models.posting import (
    SALES as SALES,
)
from qbwc_service.ledger.models.posting import (
    Kind as Kind,
)
from qbwc_service.ledger.models.posting import (
    Posting as Posting,
)
from qbwc_service.ledger.models.reconciling import (
    QuickbooksTxn as QuickbooksTxn,
)
from qbwc_service.ledger.models.reconciling import (
    Reconciliation as Reconciliation,
)
from qbwc_service.ledger.models.reconciling import (
    ReconciliationState as ReconciliationState,
)
from qbwc_service.ledger.models.rules import (
    Rule as Rule,
)
from qbwc_service.ledger.models.rules import (
    RuleHit as RuleHit,
)
from qbwc_service.ledger.models.service import (
    CompanyFileLease as CompanyFileLease,
)
from qbwc_service.ledger.models.service import (
    Drain as Drain,
)
from qbwc_service.ledger.models.service import (
    Lease as Lease,
)
from qbwc_service.ledger.models.service import (
    LoginFailure as LoginFailure,
)
from qbwc_service.ledger.models.sessions import (
    IDLE_SESSIONS as IDLE_SESSIONS,
)
from qbwc_service.ledger.models.sessions import (
    LONGEST_HRESULT as LONGEST_HRESULT,
)
from qbwc_service.ledger.models.sessions import (
    TEXTS_KEPT as TEXTS_KEPT,
)
from qbwc_service.ledger.models.sessions import (
    MessageSet as MessageSet,
)
from qbwc_service.ledger.models.sessions import (
    UpdateSession as UpdateSession,
)
from qbwc_service.ledger.models.set_up import (
    SetUp as SetUp,
)
