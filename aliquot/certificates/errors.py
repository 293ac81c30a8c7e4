"""Failures around certificates that a person can cause."""

from aliquot.lib.errors import AliquotError, ConflictError, NotFoundError


class CertificateNotFoundError(NotFoundError):
    """No such certificate, or not this person's: both answer alike."""

    code = "certificate_not_found"


class AlreadyRevokedError(ConflictError):
    """The certificate was revoked before; that stays as it is."""

    code = "already_revoked"


class AlreadyReplacedError(ConflictError):
    """The certificate was replaced before; correct the one that replaced it."""

    code = "already_replaced"


class ReasonMissingError(AliquotError):
    """A revocation is public and permanent: it says why."""

    code = "reason_missing"


class NameMissingError(AliquotError):
    """A certificate without a name proves nothing."""

    code = "name_missing"
