"""Addresses under /api/v1/ of warnings, improvement tasks and programmes."""

from rest_framework.routers import SimpleRouter

from improvement.api.programmes import ProgrammeViewSet
from improvement.api.views import TaskViewSet
from improvement.api.warnings import WarningViewSet

router = SimpleRouter()
router.register("tasks", TaskViewSet, "api-task")
router.register("warnings", WarningViewSet, "api-warning")
router.register("programmes", ProgrammeViewSet, "api-programme")
urlpatterns = router.urls
