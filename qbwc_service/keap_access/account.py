"""Whose account it is: asked of Keap, to show it to a person or to prove that a login works."""

from dataclasses import dataclass

from keap import KeapClient


@dataclass(frozen=True, slots=True)
class Account:
    """`tenant` as Keap names the account (ab103.infusionsoft.com), "" where it did not say."""

    tenant: str
    name: str

    @property
    def app_id(self) -> str:
        """ab103"""
        return self.tenant.partition(".")[0]


def read_account(client: KeapClient) -> Account:
    """Two reads. Raises KeapError."""
    user = client.user_info()
    profile = client.business_profile()
    return Account(client.tenant or user.tenant_id.strip(), profile.name.strip())
