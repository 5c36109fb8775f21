"""The shape of every request that this product sends, by its tag."""

from functools import cache

from qbxml_builders.shapes import queries, writes
from qbxml_builders.shapes.notation import Field, read


@cache
def shapes() -> dict[str, Field]:
    """Request tag ("InvoiceAddRq") to its shape."""
    fragments = {**queries.FRAGMENTS, **writes.FRAGMENTS}
    particles = read(queries.QUERIES + writes.LISTS + writes.TRANSACTIONS, fragments)
    return {shape.tag: shape for shape in particles if isinstance(shape, Field)}
