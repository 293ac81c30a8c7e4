"""One certificate: how it stands, revoking it, reissuing it with a corrected name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.accounts import services as accounts
from aliquot.certificates import services
from aliquot.certificates.errors import CertificateNotFoundError
from aliquot.certificates.facts import Status
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import line_of, status_of
from aliquot.flows.revoke_completion import credit_left_of, revoke_completion
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib import codes
from aliquot.lib.dates import long_date
from aliquot.staff import words
from aliquot.staff.accounts.record import SECTION, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page


def opened(request: HttpRequest, code: str) -> Certificate:
    """The certificate with a code, typed in any way; reading it is logged at its holder.

    Raises CertificateNotFoundError.
    """
    try:
        wanted = codes.parse(code)
    except codes.MistypedCodeError:
        wanted = ""
    found = (
        Certificate.objects.filter(code=wanted)
        .select_related("person", "completion", "revocation", "replaced_by", "replaces")
        .defer("completion__record")
        .first()
    )
    if found is None:
        raise CertificateNotFoundError("There is no such certificate.")
    if request.method != "POST":
        accounts.record_viewing(people=[found.person], page="certificate", viewer=staff_of(request))
    return found


def in_force(request: HttpRequest, code: str) -> Certificate:
    """A certificate that is neither revoked nor replaced: only such a one can change."""
    found = opened(request, code)
    if status_of(found) is not Status.VALID:
        raise CertificateNotFoundError("This certificate is no longer in force.")
    return found


def address_of(certificate: Certificate) -> str:
    """The office's page of a certificate."""
    return reverse("staff:certificate", args=[codes.grouped(certificate.code)])


def certificate_trail(certificate: Certificate, here: str) -> list[dict[str, str]]:
    """Where a page about a certificate stands: below its holder."""
    code = codes.grouped(certificate.code)
    steps = trail_of(certificate.person, here)
    return [*steps[:2], {"label": code, "url": address_of(certificate)}, *steps[2:]]


@staff_page(access.can_support)
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """One certificate as it was printed, and what became of it."""
    found = opened(request, code)
    zone = staff_of(request).time_zone
    line = line_of(found)
    content = found.content
    revocation = getattr(found, "revocation", None)
    newer = getattr(found, "replaced_by", None)
    rows: list[dict[str, Any]] = [
        {"key": "Code", "value": line.code},
        {"key": "Name as printed", "value": content["participant"]["name"]},
        {"key": "Course", "value": f"{line.title} ({line.course_code})"},
        {"key": "Contact hours", "value": content["contact_hours"]},
        {"key": "Completed", "value": long_date(line.completed_on)},
        {"key": "Issued", "value": words.moment(found.issued_at, zone)},
    ]
    if revocation is not None:
        rows.append({"key": "Revoked", "value": words.moment(revocation.revoked_at, zone)})
        rows.append({"key": "Reason", "value": revocation.reason})
    context = {
        "certificate": found,
        "line": line,
        "rows": rows,
        "older": codes.grouped(found.replaces.code) if found.replaces else "",
        "newer": codes.grouped(newer.code) if newer else "",
        "counts": credit_left_of(found) is not None,
        "is_in_force": line.status is Status.VALID,
        "trail": trail_of(found.person, line.code),
    }
    return show(request, "certificates/certificate.html", context, section=SECTION)


class RevokeForm(forms.Form):
    """Why, and whether the credit goes too."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea,
        help_text="Shown to the holder and to everybody who checks the code, for ever.",
    )
    takes_credit_back = forms.BooleanField(
        required=False,
        label="Take the credit back too",
        help_text="Its contact hours then no longer count for any credential. "
        "The ledger keeps both entries.",
    )

    def __init__(self, *args: Any, has_credit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_credit:
            del self.fields["takes_credit_back"]


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def certificate_revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Revoke a certificate, and its credit where that is decided."""
    found = in_force(request, code)
    back = address_of(found)

    def check(answers: dict[str, Any]) -> Check:
        takes = answers.get("takes_credit_back", False)
        return Check(
            [
                *_who_and_what(found),
                {"key": "Reason", "value": answers["reason"]},
                {"key": "Credit", "value": "Taken back" if takes else "Stays as it is"},
            ],
            warning="This cannot be undone. The holder is told by mail, with the reason.",
        )

    def do(answers: dict[str, Any]) -> str:
        revoke_completion(
            certificate=found,
            reason=answers["reason"],
            takes_credit_back=answers.get("takes_credit_back", False),
            actor_id=staff_of(request).pk,
            now=clock.now(),
        )
        messages.success(request, "The certificate is revoked.")
        return back

    page = FormPage(
        title="Revoke a certificate",
        submit="Revoke certificate",
        back=back,
        lead=_title(found),
        section=SECTION,
        danger=True,
        trail=certificate_trail(found, "Revoke"),
    )
    form = RevokeForm(posted(request), has_credit=credit_left_of(found) is not None)
    return run_form(request, page=page, form=form, do=do, check=check)


class ReissueForm(forms.Form):
    """The name as it should have been printed."""

    full_name = forms.CharField(
        label="Name as it is on the license",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def certificate_reissue(request: HttpRequest, code: str) -> HttpResponse:
    """Issue a certificate with a corrected name in the place of this one."""
    found = in_force(request, code)

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                *_who_and_what(found),
                {"key": "New name", "value": answers["full_name"]},
            ],
            warning=(
                "A new certificate with a new code takes the place of this one, which reads "
                "Superseded from then on. The profile keeps its name."
            ),
        )

    def do(answers: dict[str, Any]) -> str:
        new = services.reissue_certificate(
            certificate=found,
            full_name=answers["full_name"],
            actor_id=staff_of(request).pk,
            now=clock.now(),
        )
        messages.success(request, f"Certificate {codes.grouped(new.code)} is issued.")
        return address_of(new)

    page = FormPage(
        title="Correct the name",
        submit="Issue corrected certificate",
        back=address_of(found),
        lead=_title(found),
        section=SECTION,
        trail=certificate_trail(found, "Correct the name"),
    )
    form = ReissueForm(posted(request), initial={"full_name": found.person.full_name})
    return run_form(request, page=page, form=form, do=do, check=check)


def _title(certificate: Certificate) -> str:
    title: str = certificate.content["course"]["title"]
    return title


def _who_and_what(certificate: Certificate) -> list[dict[str, Any]]:
    return [
        {"key": "Certificate", "value": codes.grouped(certificate.code)},
        {"key": "Name as printed", "value": certificate.content["participant"]["name"]},
        {"key": "Course", "value": _title(certificate)},
        {"key": "Completed", "value": long_date(line_of(certificate).completed_on)},
    ]
