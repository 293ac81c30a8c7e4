"""API tokens: made here and shown once, listed by their beginning, revoked."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from aliquot.accounts import access, queries, services
from aliquot.accounts.errors import InvalidTokenError, TooManyTokensError
from aliquot.accounts.facts import SCOPES, STAFF_SCOPES, STAFF_TOKEN_DAYS
from aliquot.accounts.models import ApiToken, User
from aliquot.infra import clock
from aliquot.web.own import reader, render_in_zone

NEVER = "never"
ENDS = {"30": "In 30 days", "90": "In 90 days", "365": "In a year", NEVER: "Not before I revoke it"}


class TokenForm(forms.Form):
    """What a token is for, what it may do, and until when."""

    name = forms.CharField(
        label="What is it for?",
        max_length=80,
        help_text="Such as “hospital HR export”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing the token may do."},
    )
    expires = forms.ChoiceField(
        label="When does it end?",
        choices=list(ENDS.items()),
        widget=forms.RadioSelect,
        initial="90",
    )

    def __init__(self, *args: Any, allowed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.MultipleChoiceField = self.fields["scopes"]  # type: ignore[assignment]
        field.choices = [(scope, words) for scope, words in allowed.items() if scope in SCOPES]
        office = [(scope, words) for scope, words in allowed.items() if scope in STAFF_SCOPES]
        if office:
            field.choices = [("Your own", field.choices), ("The back office", office)]
            field.help_text = f"A token for the back office ends within {STAFF_TOKEN_DAYS} days."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens one has; making one shows its secret, this once."""
    person, now = reader(request), clock.now()
    form = TokenForm(
        request.POST if request.method == "POST" else None, allowed=access.scopes_for(person)
    )
    secret = ""
    if form.is_bound and form.is_valid():
        secret = _make(person, form, now)
    context = {
        "form": form if not secret else TokenForm(allowed=access.scopes_for(person)),
        "secret": secret,
        "tokens": [_line(each, now) for each in queries.tokens_of(person)],
    }
    status = 422 if form.errors else 200
    response = render_in_zone(request, "web/accounts/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _make(person: User, form: TokenForm, now: datetime) -> str:
    """The secret; "" when it was refused, which the form then says."""
    days = form.cleaned_data["expires"]
    try:
        _, secret = services.make_token(
            person=person,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=None if days == NEVER else now + timedelta(days=int(days)),
            now=now,
            actor_id=person.pk,
        )
    except InvalidTokenError as error:
        form.add_error(error.field, error.message)
        return ""
    except TooManyTokensError as error:
        form.add_error(None, error.message)
        return ""
    return secret


def _line(token: ApiToken, now: datetime) -> dict[str, Any]:
    words = SCOPES | STAFF_SCOPES
    return {
        "token": token,
        "is_over": token.expires_at is not None and token.expires_at <= now,
        "may": [words.get(scope, scope) for scope in token.scopes],
    }


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's own tokens for good."""
    person: User = request.user  # type: ignore[assignment]
    token = access.token_for(person, token_id)
    services.revoke_token(token=token, now=clock.now(), actor_id=person.pk)
    messages.success(request, f"The token “{token.name}” is revoked. It works no more.")
    return redirect("accounts:tokens")
