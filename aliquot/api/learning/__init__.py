"""Learning: courses started, pages read, saves, the test, the evaluation, completions."""

from aliquot.api.learning import enrollments, finishing, reading, tests

AREAS = (enrollments.area, reading.area, tests.area, finishing.area)
