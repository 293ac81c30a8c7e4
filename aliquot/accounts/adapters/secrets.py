"""What the sign-in library must read again (of one-time and recovery codes) is kept encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter

from aliquot.infra import encryption


class SecondFactorAdapter(DefaultMFAAdapter):
    """The library's choices, but for how its secrets are kept (``MFA_ADAPTER``)."""

    def encrypt(self, text: str) -> str:
        """As it is written into the database."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As the library needs it. Raises UnreadableSecretError."""
        return encryption.decrypt(encrypted_text)
