"""Activities from here and elsewhere: the list, one in full, logging, proofs, import and export."""

from aliquot.web.ledger import editing, mine, proofs, tables

app_name = "ledger"
urlpatterns = [
    *mine.urlpatterns,
    *editing.urlpatterns,
    *proofs.urlpatterns,
    *tables.urlpatterns,
]
