"""My credentials and the public pages about each: what is needed, what counts, what fills it."""

from aliquot.web.credentials import changed_rules, editing, mine, planning, public

app_name = "credentials"
urlpatterns = [
    *mine.urlpatterns,
    *editing.urlpatterns,
    *changed_rules.urlpatterns,
    *planning.urlpatterns,
    *public.urlpatterns,
]
