"""My credentials and the public pages about each: what is needed, what counts, what fills it."""

from aliquot.web.credentials import editing, mine, planning, public

app_name = "credentials"
urlpatterns = [*mine.urlpatterns, *editing.urlpatterns, *planning.urlpatterns, *public.urlpatterns]
