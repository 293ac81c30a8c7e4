"""My credentials and the public pages about each: what is needed, what counts, what fills it."""

from aliquot.web.credentials import (
    areas,
    calendar,
    changed_rules,
    closing,
    declarations,
    editing,
    mine,
    planning,
    public,
    reminders,
)

app_name = "credentials"
urlpatterns = [
    *mine.urlpatterns,
    *editing.urlpatterns,
    *changed_rules.urlpatterns,
    *closing.urlpatterns,
    *declarations.urlpatterns,
    *planning.urlpatterns,
    *reminders.urlpatterns,
    *calendar.urlpatterns,
    *public.urlpatterns,
    *areas.urlpatterns,
]
