"""What changed in the rules of a credential, and what that means for its holder."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.facts import Source
from aliquot.credentials.models import HeldCredential, RuleChange
from aliquot.credentials.queries.rule_changes import rule_changes_of, unseen_rule_changes
from aliquot.infra import clock
from aliquot.lib.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class News:
    """The line on My credentials about rules that changed."""

    letters: str
    what_changed: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its sources, as the page lists it."""

    row: RuleChange
    sources: Sequence[Source]


def news_for(person: User) -> list[News]:
    """One line for each credential whose rules changed and whose holder has not read it yet."""
    newest = {change.cycle.held_id: change for change in unseen_rule_changes(person)}
    letters = {pack.id: pack.letters for pack in queries.packs()} if newest else {}
    return [
        News(
            letters=letters.get(change.revision.credential, change.revision.credential),
            what_changed=change.revision.what_changed,
            url=reverse("credentials:rules", args=[held_id]),
        )
        for held_id, change in newest.items()
    ]


@login_required
@require_safe
def rules(request: HttpRequest, held_id: int) -> HttpResponse:
    """Every change with its source, its day and what it means for the holder, newest first."""
    held = _own(request, held_id)
    pack = queries.facts_of(held, access.open_cycle_of(held)).pack
    changes = [_change(row) for row in rule_changes_of(held)]
    context = {
        "section": "credentials",
        "held": held,
        "pack": pack,
        "body": queries.body_of(pack),
        "changes": changes,
        "has_news": any(change.row.seen_at is None for change in changes),
    }
    return render(request, "web/credentials/rules_changed.html", context)


@login_required
@require_POST
def rules_seen(request: HttpRequest, held_id: int) -> HttpResponse:
    """The holder has read it: the notice goes, the page stays."""
    held = _own(request, held_id)
    services.mark_rule_changes_seen(held=held, now=clock.now(), actor_id=held.person_id)
    messages.success(request, "Noted. The changes stay on the page of the credential.")
    return redirect("credentials:home")


def _change(row: RuleChange) -> Change:
    cited = row.revision.sources.items()
    return Change(row, [Source(id=each, **source) for each, source in cited])


def _own(request: HttpRequest, held_id: int) -> HeldCredential:
    person: User = request.user  # type: ignore[assignment]
    try:
        return access.held_for(person, held_id)
    except NotFoundError:
        raise Http404 from None


urlpatterns = [
    path("credentials/<int:held_id>/rules/", rules, name="rules"),
    path("credentials/<int:held_id>/rules/seen/", rules_seen, name="rules_seen"),
]
