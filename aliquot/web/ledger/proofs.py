"""Proofs: sent, read back as a download, described, withdrawn. Nothing is shown inline."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.infra import apart, clock, storage
from aliquot.infra.idempotency import idempotent
from aliquot.ledger import access, services
from aliquot.ledger.errors import ProofRefusedError
from aliquot.ledger.models import Activity
from aliquot.lib.papers import EXTENSIONS
from aliquot.web.ledger.forms import ProofForm, ReadableForm
from aliquot.web.own import reader


@login_required
@require_http_methods(["GET", "POST"])
def proof_add(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Send a paper, and say what can be read on it.

    The paper is opened here, before the transaction of the deed begins.
    """
    activity = access.own_activity_for(reader(request), activity_id)
    is_post = request.method == "POST"
    form = ProofForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        initial={"shows": ["date", "title", "provider", "participant", "hours"]},
    )
    form.is_valid()
    return _proof_add(request, activity=activity, form=form)


@idempotent
def _proof_add(request: HttpRequest, *, activity: Activity, form: ProofForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            services.add_proof(
                activity=activity,
                paper=form.cleaned_data["file"],
                name=form.sent_name,
                shows=form.cleaned_data["shows"],
                now=clock.now(),
                actor_id=activity.person_id,
            )
        except ProofRefusedError as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, "The proof is kept with your activity.")
            return redirect("ledger:detail", activity.pk)
    context = {
        "section": "activities",
        "form": form,
        "activity": activity,
        "is_new": request.GET.get("new") == "1",
    }
    status = 422 if form.errors else 200
    return render(request, "web/ledger/proof_add.html", context, status=status)


@login_required
@require_safe
def proof_file(request: HttpRequest, activity_id: int, proof_id: int) -> HttpResponse:
    """The bytes as they were sent, as a download under a name of ours, never inline.

    ``?as=jpeg``: a HEIC as a JPEG, which every machine opens.
    """
    proof = access.proof_for(reader(request), activity_id, proof_id)
    content, media_type = storage.read(proof.file), proof.file.media_type
    if request.GET.get("as") == "jpeg" and media_type == "image/heic":
        drawn = apart.heic_as_jpeg(content)
        content, media_type = (drawn, "image/jpeg") if drawn else (content, media_type)
    extension = EXTENSIONS.get(media_type, "bin")
    response = HttpResponse(content, content_type=media_type)
    name = f"proof-{activity_id}-{proof_id}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def proof_change(request: HttpRequest, activity_id: int, proof_id: int) -> HttpResponse:
    """Say anew what can be read on it."""
    person = reader(request)
    proof = access.proof_for(person, activity_id, proof_id)
    form = ReadableForm(
        request.POST if request.method == "POST" else None, initial={"shows": proof.shows}
    )
    if form.is_bound and form.is_valid():
        services.describe_proof(proof=proof, shows=form.cleaned_data["shows"], actor_id=person.pk)
        messages.success(request, "Your changes are saved.")
        return redirect("ledger:detail", activity_id)
    context = {"section": "activities", "form": form, "proof": proof, "activity": proof.activity}
    status = 422 if form.errors else 200
    return render(request, "web/ledger/proof_change.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def proof_withdraw(request: HttpRequest, activity_id: int, proof_id: int) -> HttpResponse:
    """Take a proof away, after reading what that means."""
    person = reader(request)
    proof = access.proof_for(person, activity_id, proof_id)
    if request.method == "POST":
        services.withdraw_proof(proof=proof, now=clock.now(), actor_id=person.pk)
        messages.success(request, "The proof is withdrawn.")
        return redirect("ledger:detail", activity_id)
    context = {"section": "activities", "proof": proof, "activity": proof.activity}
    return render(request, "web/ledger/proof_withdraw.html", context)


urlpatterns = [
    path("activities/<int:activity_id>/proofs/add/", proof_add, name="proof_add"),
    path("activities/<int:activity_id>/proofs/<int:proof_id>/", proof_file, name="proof"),
    path(
        "activities/<int:activity_id>/proofs/<int:proof_id>/change/",
        proof_change,
        name="proof_change",
    ),
    path(
        "activities/<int:activity_id>/proofs/<int:proof_id>/withdraw/",
        proof_withdraw,
        name="proof_withdraw",
    ),
]
