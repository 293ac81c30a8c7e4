"""Papers that a person uploaded go with their account; the lines of the ledger stay."""

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.infra import storage
from aliquot.infra.models import StoredFile
from aliquot.ledger.models import ActivityImport, Proof


@transaction.atomic
def erase_papers(*, person: User) -> None:
    """Delete proofs with their files, and tables that were sent to be read.

    A step of erasing an account, whose audit row says so.
    """
    proofs = Proof.objects.filter(activity__person=person)
    files = list(StoredFile.objects.filter(pk__in=proofs.values("file")))
    proofs.delete()
    ActivityImport.objects.filter(person=person).delete()
    for file in files:
        storage.forget(file)
