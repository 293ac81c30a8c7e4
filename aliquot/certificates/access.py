"""Who may: one's own certificates only. Absent and another person's answer alike."""

from aliquot.accounts.models import User
from aliquot.certificates import queries
from aliquot.certificates.errors import CertificateNotFoundError
from aliquot.certificates.facts import Drawable
from aliquot.certificates.models import Certificate
from aliquot.lib import codes


def certificate_for(person: User, code: str) -> Certificate:
    """One's own certificate by its code, typed in any way, with what became of it.

    Raises CertificateNotFoundError for everybody else's, and for what is no code.
    """
    found = (
        Certificate.objects.filter(code=_parsed(code), person=person)
        .select_related("revocation", "replaced_by", "replaces", "completion")
        .defer("completion__record")
        .first()
    )
    if found is None:
        raise _not_found()
    return found


def drawable_for(person: User, code: str) -> Drawable:
    """One's own certificate as far as it is drawn; raises as ``certificate_for`` does."""
    found = queries.drawable_of(person, _parsed(code))
    if found is None:
        raise _not_found()
    return found


def _parsed(code: str) -> str:
    """The code as it is kept, empty for what is none."""
    try:
        return codes.parse(code)
    except codes.MistypedCodeError:
        return ""


def _not_found() -> CertificateNotFoundError:
    return CertificateNotFoundError("There is no such certificate among yours.")
