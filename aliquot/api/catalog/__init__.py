"""The public catalog: courses, the pages that anybody may read, subject areas."""

from aliquot.api.catalog import areas, courses, previews

AREAS = (courses.area, previews.area, areas.area)
