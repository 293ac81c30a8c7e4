"""The public catalog: the list of courses, a page per course, preview pages, figures, sitemap."""

from django.urls import path

from aliquot.web.catalog.course import course
from aliquot.web.catalog.figures import figure
from aliquot.web.catalog.listing import course_list
from aliquot.web.catalog.preview import preview
from aliquot.web.catalog.sitemap import sitemap

app_name = "catalog"
urlpatterns = [
    path("courses/", course_list, name="list"),
    path("courses/<slug:slug>/", course, name="course"),
    path("courses/<slug:slug>/preview/<slug:page_slug>/", preview, name="preview"),
    path("courses/<slug:slug>/figures/<int:version>/<slug:key>", figure, name="figure"),
    path("sitemap.xml", sitemap, name="sitemap"),
]
