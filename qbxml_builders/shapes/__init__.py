"""The shape of every request that this product sends, by its tag."""

from functools import cache

from qbxml_builders.shapes import list_writes, queries, txn_writes
from qbxml_builders.shapes.notation import Field, read


@cache
def shapes() -> dict[str, Field]:
    """Request tag ("InvoiceAddRq") to its shape."""
    fragments = {**queries.FRAGMENTS, **list_writes.FRAGMENTS, **txn_writes.FRAGMENTS}
    texts = (queries.QUERIES, list_writes.LISTS, txn_writes.SALES, txn_writes.MONEY)
    particles = read("".join((*texts, txn_writes.CORRECTIONS)), fragments)
    return {shape.tag: shape for shape in particles if isinstance(shape, Field)}
