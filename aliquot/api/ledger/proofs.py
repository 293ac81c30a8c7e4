"""Proofs of an activity: sent as they are, described, read back, withdrawn."""

from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from aliquot.api.frame import (
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    after,
    one_of,
)
from aliquot.api.frame.files import FileName
from aliquot.infra import storage
from aliquot.infra.http.downloads import attached
from aliquot.ledger import access, queries, services
from aliquot.ledger.errors import ActivityNotFoundError
from aliquot.ledger.facts import PROOF_FACTS
from aliquot.ledger.models import Proof
from aliquot.lib.papers import EXTENSIONS

area = Area("Proofs of activities")
READ, WRITE = "activities:read", "activities:write"
Fact = one_of(PROOF_FACTS, empty=False)
Facts = Annotated[list[Fact], Field(max_length=20)]  # type: ignore[valid-type]
TAKES = (*EXTENSIONS, "application/octet-stream")


class ProofShape(Shape):
    """A paper that is kept with an activity."""

    id: Id
    activity_id: Id
    name: Annotated[str, Field(description="What you called it.")]
    media_type: Annotated[str, Field(description="What the content is, whatever was said of it.")]
    size: Annotated[int, Field(description="In bytes.")]
    sha256: Annotated[str, Field(description="The hash of its bytes, in hexadecimal.")]
    shows: Annotated[list[str], Field(description="What you read on it.")]
    added_at: datetime


class Readable(Taken):
    """What can be read on a proof: all of it, as it is to be from now on."""

    shows: Facts


@area.read("/me/activities/{activity_id}/proofs", scope=READ, gives=Listed[ProofShape])
def list_proofs(
    request: ApiRequest, activity_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[ProofShape]:
    """The proofs of an activity, as they were added. A course of this site has its certificate."""
    person = request.auth.person
    activity = access.activity_for(person, activity_id)
    found = queries.proofs_of(person).get(activity.pk, ())
    piece, following = after(found, cursor, limit, key=lambda each: str(each.id))
    return Listed(items=[ProofShape.model_validate(each) for each in piece], next=following)


@area.upload(
    "/me/activities/{activity_id}/proofs",
    scope=WRITE,
    gives=ProofShape,
    takes=TAKES,
    most=settings.MAX_PROOF_BYTES,
    opens=services.opened_proof,
)
def add_proof(
    request: ApiRequest,
    activity_id: Id,
    name: FileName = "",
    shows: Annotated[
        list[Fact],  # type: ignore[valid-type]
        Query(max_length=20, description="What can be read on it."),
    ] = [],  # noqa: B006
) -> ProofShape:
    """Keep a paper with an activity from elsewhere: the body is the file itself.

    A PDF, JPEG, PNG or HEIC of at most 20 MB; its content decides, not its name or the media type
    it is sent as. The same bytes again give the proof that is there. 422 `proof_refused` says why
    a file is not kept.
    """
    key = request.auth
    proof = services.add_proof(
        activity=access.own_activity_for(key.person, activity_id),
        paper=request.opened,
        name=name,
        shows=shows,
        now=key.now,
        actor_id=key.person.pk,
    )
    return _one(request, activity_id, proof)


@area.read("/me/activities/{activity_id}/proofs/{proof_id}", scope=READ, gives=ProofShape)
def get_proof(request: ApiRequest, activity_id: Id, proof_id: Id) -> ProofShape:
    """One proof of an activity. A withdrawn one is not found."""
    return _one(request, activity_id, access.proof_for(request.auth.person, activity_id, proof_id))


@area.read(
    "/me/activities/{activity_id}/proofs/{proof_id}/file",
    scope=READ,
    gives=None,
    media=", ".join(EXTENSIONS),
)
def get_proof_file(request: ApiRequest, activity_id: Id, proof_id: Id) -> HttpResponse:
    """The paper, byte for byte as it was sent."""
    proof = access.proof_for(request.auth.person, activity_id, proof_id)
    media_type = proof.file.media_type
    name = f"proof-{activity_id}-{proof_id}.{EXTENSIONS.get(media_type, 'bin')}"
    return attached(storage.read(proof.file), media_type, name)


@area.deed(
    "/me/activities/{activity_id}/proofs/{proof_id}", scope=WRITE, gives=ProofShape, method="PUT"
)
def describe_proof(
    request: ApiRequest, activity_id: Id, proof_id: Id, body: Readable
) -> ProofShape:
    """Say anew what can be read on a proof."""
    person = request.auth.person
    proof = access.proof_for(person, activity_id, proof_id)
    services.describe_proof(proof=proof, shows=body.shows, actor_id=person.pk)
    return _one(request, activity_id, proof)


@area.deed(
    "/me/activities/{activity_id}/proofs/{proof_id}/withdraw", scope=WRITE, gives=None, status=204
)
def withdraw_proof(request: ApiRequest, activity_id: Id, proof_id: Id) -> None:
    """Take a proof away from its activity. Its bytes are kept, and count in your quota."""
    key = request.auth
    proof = access.proof_for(key.person, activity_id, proof_id)
    services.withdraw_proof(proof=proof, now=key.now, actor_id=key.person.pk)


def _one(request: ApiRequest, activity_id: int, proof: Proof) -> ProofShape:
    found = queries.proofs_of(request.auth.person).get(activity_id, ())
    for each in found:
        if each.id == proof.pk:
            return ProofShape.model_validate(each)
    raise ActivityNotFoundError
