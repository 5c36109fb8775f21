"""What settings leave out."""

from qbwc_service.messages.entry import Message, Who

ENTRIES = (
    Message(
        "zero-total",
        "Order {order} has a total of 0.00",
        "Orders of 0.00 are not sent; this is a setting, not an error.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "test-order",
        "Order {order} is a test",
        "It was paid through a merchant account that is in test mode in Keap, so no money came in.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "test-payment",
        "A payment of {amount} is a test",
        "It went through a merchant account that is in test mode in Keap, so no money came in.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "came-from-quickbooks",
        "Order {order} came to Keap from QuickBooks",
        "It is in QuickBooks already, so it is not sent back.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "before-start-date",
        "Order {order} is from before the start date {start_date}",
        "Only orders from the start date on are sent.",
        "To send it all the same, send it by its number, or set an earlier start date.",
        Who.ITSELF,
    ),
    Message(
        "order-status",
        "Order {order} does not have an order status that you send",
        "Only orders of these statuses are sent: {order_status}. This is a setting, not an error.",
        "Nothing; it goes by itself once it has one of them. To send it all the same, send it by "
        "its number.",
        Who.ITSELF,
    ),
    Message(
        "not-a-payment",
        "A payment of order {order} was not completed in Keap ({keap_status})",
        "Failed, pending and voided payments are not sent.",
        "Nothing.",
        Who.ITSELF,
    ),
    Message(
        "still-a-draft",
        "Order {order} is still a draft in Keap",
        "Your settings leave drafts out.",
        "Nothing; it goes by itself once it is finished in Keap.",
        Who.ITSELF,
    ),
    Message(
        "order-products",
        "Order {order} sells no product that you send",
        "Only orders with certain products are sent. This is a setting, not an error.",
        "Nothing. To send it all the same, send it by its number.",
        Who.ITSELF,
    ),
    Message(
        "order-sources",
        "Order {order} came to Keap in a way that you do not send",
        "Only orders from certain sources are sent. This is a setting, not an error.",
        "Nothing. To send it all the same, send it by its number.",
        Who.ITSELF,
    ),
    Message(
        "order-amount",
        "Order {order} is below or above the totals that you send",
        "Its total is {total}. This is a setting, not an error.",
        "Nothing. To send it all the same, send it by its number.",
        Who.ITSELF,
    ),
    Message(
        "not-paid-yet",
        "Order {order} is not paid in full yet",
        "It becomes a sales receipt, which is the payment too, so it waits until all is paid.",
        "Nothing; it goes by itself once it is paid.",
        Who.ITSELF,
    ),
    Message(
        "payments-not-sent",
        "A payment of {amount} is not sent",
        "Your settings send orders without their payments.",
        "Nothing.",
        Who.ITSELF,
    ),
)
