"""My learning: the courses of one person, the player, the test, the evaluation."""

from aliquot.web.learning import evaluation, home, player, returning, test

app_name = "learning"
urlpatterns = [
    *home.urlpatterns,
    *player.urlpatterns,
    *test.urlpatterns,
    *evaluation.urlpatterns,
    *returning.urlpatterns,
]
