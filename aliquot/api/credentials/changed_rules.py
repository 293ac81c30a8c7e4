"""What changed in the rules of a credential, and what that means for its holder."""

from datetime import date, datetime

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.known import SourceShape
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Shape, Start, after
from aliquot.credentials import access, services
from aliquot.credentials.models import RuleChange
from aliquot.credentials.queries.rule_changes import rule_changes_of

area = Area("Credentials")


class DifferenceShape(Shape):
    """A figure or a sentence that is otherwise now."""

    what: str
    before: str
    after: str


class RuleChangeShape(Shape):
    """A change of the rules, as it concerns one cycle. `seen_at` null: not marked as read."""

    id: Id
    cycle_id: Id
    cycle_ends_on: date
    what_changed: str
    differences: list[DifferenceShape]
    sources: list[SourceShape]
    noticed_at: datetime
    seen_at: datetime | None

    @classmethod
    def of(cls, row: RuleChange) -> "RuleChangeShape":
        """As the page of the changes tells it."""
        return cls(
            id=row.pk,
            cycle_id=row.cycle_id,
            cycle_ends_on=row.cycle.ends_on,
            what_changed=row.revision.what_changed,
            differences=[DifferenceShape(**each) for each in row.differences],
            sources=[
                SourceShape(id=name, where=said["where"], dated=said["dated"])
                for name, said in row.revision.sources.items()
            ],
            noticed_at=row.noticed_at,
            seen_at=row.seen_at,
        )


@area.read("/me/credentials/{held_id}/rule-changes", scope=READ, gives=Listed[RuleChangeShape])
def list_rule_changes(
    request: ApiRequest, held_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[RuleChangeShape]:
    """Every change of the rules since you hold a credential, with its sources, the newest first."""
    found = rule_changes_of(access.held_for(request.auth.person, held_id))
    piece, following = after(found, cursor, limit, key=lambda each: str(each.pk))
    return Listed(items=[RuleChangeShape.of(each) for each in piece], next=following)


@area.deed("/me/credentials/{held_id}/rule-changes/seen", scope=WRITE, gives=None, status=204)
def mark_rule_changes_seen(request: ApiRequest, held_id: Id) -> None:
    """Note that you read them: the notice on the pages goes, the changes stay."""
    key = request.auth
    held = access.held_for(key.person, held_id)
    services.mark_rule_changes_seen(held=held, now=key.now, actor_id=key.person.pk)
