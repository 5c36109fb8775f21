"""Customers, items, accounts and other entries of QuickBooks' lists."""

from qbwc_service.messages.entry import Message

ENTRIES = (
    Message(
        "item-not-in-quickbooks",
        'QuickBooks has no item "{sku}"',
        'Line "{line}" of order {order} has this SKU, and no item bears that name. Nothing was '
        "posted.",
        "Choose its item on the page Products, or add it in QuickBooks; the order is then tried "
        "again.",
        about="sku",
        found_by=("Item X on order #N is missing from QuickBooks. Create the item",),
    ),
    Message(
        "no-item-by-field",
        'No QuickBooks item has "{sku}" as its {field}',
        'Line "{line}" of order {order} has this SKU, and your settings compare it with that field '
        "of the items. Nothing was posted.",
        "Choose its item on the page Products, or complete the field in QuickBooks; the order is "
        "then tried again.",
        about="sku",
    ),
    Message(
        "item-name-ambiguous",
        'QuickBooks has more than one item called "{sku}"',
        "The SKU of order {order} does not say which one is meant: {choices}. Nothing was posted.",
        "Choose the right one on the page Products, or write its full name, for example "
        "Tools:Hammer, as the SKU in Keap.",
        about="sku",
    ),
    Message(
        "item-field-ambiguous",
        'More than one QuickBooks item has "{sku}" as its {field}',
        "The SKU of order {order} does not say which one is meant: {choices}. Nothing was posted.",
        "Choose the right one on the page Products.",
        about="sku",
    ),
    Message(
        "item-inactive",
        'The item "{item}" is inactive in QuickBooks',
        "Order {order} needs it, but QuickBooks takes no line for an inactive item. Nothing was "
        "posted.",
        "Make the item active in QuickBooks, or choose another for the product on the page "
        "Products; the order is then tried again.",
        about="item",
    ),
    Message(
        "item-kind-unusable",
        '"{item}" is {kind} in QuickBooks',
        "Order {order} would go to it, but an invoice line with an amount of its own cannot use an "
        "item of that kind. Nothing was posted.",
        "Choose another item: for a product on the page Products, else in the settings.",
        about="item",
    ),
    Message(
        "mapped-item-gone",
        'The item "{item}" that you chose for "{product}" {state}',
        "It was deleted, merged or made inactive in QuickBooks. Order {order} was not posted.",
        "Choose another item on the page Products, or make it active again; the order is then "
        "tried again.",
        about="product",
    ),
    Message(
        "customer-not-updated",
        "{customer} did not get the {fields} that Keap has",
        "{reason}. The customer was not changed in QuickBooks. Order {order} goes on without it.",
        "If what Keap has is right, change the customer in QuickBooks by hand.",
        nothing_waits=True,
    ),
    Message(
        "unknown-item-used",
        'Line "{line}" of order {order} went to the item {item}',
        "The line has no {missing} in Keap, so no QuickBooks item could be found for it.",
        "Choose its item on the page Products, or complete item name and SKU in Keap. Correct the "
        "item on the invoice in QuickBooks.",
        nothing_waits=True,
        found_by=("unknown_do_not_delete",),
    ),
    Message(
        "unknown-item-for-sku",
        'Line "{line}" of order {order} went to the item {item}',
        'No QuickBooks item has its SKU "{sku}", and your settings use this item then.',
        "Choose its item on the page Products. Correct the item on the invoice in QuickBooks.",
        nothing_waits=True,
    ),
    Message(
        "line-without-sku",
        'Line "{line}" of order {order} has no {missing} in Keap',
        "Your settings hold such orders. Nothing was posted.",
        "Choose its item on the page Products; the order is then tried again. Or complete the item "
        "name and the SKU in Keap, then requeue the order here.",
        about="line",
        found_by=("unknown_do_not_delete",),
    ),
    Message(
        "customers-fit-equally",
        'More than one customer in QuickBooks may be "{customer}"',
        "Order {order} is for {email} (Keap contact {contact}), and these fit equally well: "
        "{choices}. Nothing was posted.",
        "Choose the right one on the page of the order; the choice is remembered for this contact.",
        about="contact",
    ),
    Message(
        "customer-email-of-another",
        "The e-mail address {email} belongs to another customer in QuickBooks",
        "Order {order} is for {customer} (Keap contact {contact}). The customer with that address, "
        "{choices}, is known as Keap contact {other}, who has another name. Nothing was posted.",
        "Choose that customer, or a new one, on the page of the order; the choice is remembered.",
        about="contact",
    ),
    Message(
        "customer-name-of-another",
        'QuickBooks has a customer "{customer}" who may be somebody else',
        "Order {order} is for {email} (Keap contact {contact}); the customer in QuickBooks "
        "{difference}. Nothing was posted, so that it does not land on the wrong person.",
        "Choose that customer, or a new one, on the page of the order; the choice is remembered. "
        "Or write the same e-mail address in Keap and in QuickBooks.",
        about="contact",
    ),
    Message(
        "customer-inactive",
        'The customer "{customer}" is inactive in QuickBooks',
        "Order {order} belongs to this customer, but QuickBooks takes no invoice for an inactive "
        "one. Nothing was posted.",
        "Make the customer active in QuickBooks; the order is then tried again. Or choose another "
        "customer on the page of the order.",
        about="contact",
    ),
    Message(
        "customer-not-found",
        'QuickBooks has no customer "{customer}"',
        "Order {order} is for {email} (Keap contact {contact}), and your settings say that no "
        "customers are made. Nothing was posted.",
        "Add the customer in QuickBooks with that e-mail address, or choose one on the page of the "
        "order.",
        about="contact",
    ),
    Message(
        "chosen-customer-gone",
        'The customer that you chose for "{customer}" is no longer in QuickBooks',
        "It was deleted or merged into another. Order {order} (Keap contact {contact}) was not "
        "posted.",
        "Choose another customer on the page of the order.",
        about="contact",
    ),
    Message(
        "name-taken-by-other-kind",
        'The name "{customer}" belongs to a {other_kind} in QuickBooks',
        "QuickBooks allows each name once among customers, vendors, employees and other names. "
        "Order {order} was not posted.",
        "Change one of the two names (for example add a letter to the vendor's), then requeue "
        "the order. Or choose the customer on the page of the order.",
        about="contact",
    ),
    Message(
        "account-not-chosen",
        "No account is chosen for {purpose}",
        "Order {order} needs the item {item}, and it cannot be made without an account. Nothing "
        "was posted.",
        "Choose the account in the settings ({setting}).",
        about="setting",
    ),
    Message(
        "account-not-in-quickbooks",
        'QuickBooks has no account "{account}"',
        "The settings name it as {setting}. What needs it for order {order} was not posted.",
        "Choose an account that exists in the settings ({setting}).",
        about="account",
    ),
    Message(
        "list-entry-not-in-quickbooks",
        'QuickBooks has no active {list} "{entry}"',
        "It is chosen here ({setting}), but was deleted or made inactive in QuickBooks. What needs "
        "it for order {order} was not posted, so that nothing goes elsewhere.",
        "Make it active in QuickBooks again, or choose another under Settings or Accounts and "
        "payments. All that waits for it then goes by itself.",
        about="entry",
    ),
    Message(
        "chosen-entry-gone",
        'QuickBooks has no active {list} "{entry}" any more',
        "It is chosen here ({setting}), but was deleted, renamed or made inactive in QuickBooks. "
        "{hint}Until this is settled, what needs it is held and not posted.",
        "Choose another under {page}, or make it active in QuickBooks again.",
        nothing_waits=True,
    ),
    Message(
        "no-deposit-account",
        'Payments cannot be deposited to the account "{account}"',
        "It is chosen here ({setting}), but it is neither a bank account nor another current "
        "asset. The payment of order {order} was not posted.",
        "Choose another account under Settings or Accounts and payments. The payments that wait "
        "for it then go by themselves.",
        about="account",
    ),
)
