"""Who may: one's own certificates only. Absent and another person's answer alike."""

from aliquot.accounts.models import User
from aliquot.certificates.errors import CertificateNotFoundError
from aliquot.certificates.models import Certificate
from aliquot.lib import codes


def certificate_for(person: User, code: str) -> Certificate:
    """One's own certificate by its code, typed in any way, with what became of it.

    Raises CertificateNotFoundError for everybody else's, and for what is no code.
    """
    try:
        wanted = codes.parse(code)
    except codes.MistypedCodeError:
        wanted = ""
    found = (
        Certificate.objects.filter(code=wanted, person=person)
        .select_related("revocation", "replaced_by", "replaces", "completion")
        .defer("completion__record")
        .first()
    )
    if found is None:
        raise CertificateNotFoundError("There is no such certificate among yours.")
    return found
