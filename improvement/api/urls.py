"""Addresses of tasks and programmes in the API."""

from rest_framework.routers import SimpleRouter

from improvement.api.programmes import ProgrammeViewSet

router = SimpleRouter()
router.register("programmes", ProgrammeViewSet, "api-programme")
urlpatterns = router.urls
