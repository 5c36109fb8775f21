"""Custom and private fields (DataExt): what comes back with a record, and a new value for one."""

from collections.abc import Iterator
from dataclasses import dataclass

from qbxml_builders.fields import Fields

# OwnerID of the fields that people define themselves; 0 also comes back as an empty GUID.
CUSTOM = ("0", "{00000000-0000-0000-0000-000000000000}")


@dataclass(frozen=True, slots=True)
class DataExt:
    """A custom or private field; our FileID is one under our OwnerID."""

    owner_id: str
    name: str
    value: str

    @property
    def is_custom(self) -> bool:
        """Whether people defined the field themselves, and see it."""
        return self.owner_id in CUSTOM


def data_ext(fields: Fields) -> DataExt:
    """One DataExtRet."""
    return DataExt(
        owner_id=fields.text("OwnerID"),
        name=fields.text("DataExtName"),
        value=fields.text("DataExtValue"),
    )


def extra_fields(record: Fields) -> Iterator[DataExt]:
    """The extra fields of a record: they come only where the query names their OwnerID."""
    return map(data_ext, record.each("DataExtRet"))
