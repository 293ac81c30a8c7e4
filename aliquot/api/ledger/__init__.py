"""Activities: entered, corrected, withdrawn; the papers that prove them; tables of many."""

from aliquot.api.ledger import activities, effects, proofs, tables

AREAS = (activities.area, effects.area, proofs.area, tables.area)
