"""Activities: entered, corrected, withdrawn; the papers that prove them; tables of many."""

from aliquot.api.ledger import activities, proofs, tables

AREAS = (activities.area, proofs.area, tables.area)
