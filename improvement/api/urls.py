"""Addresses under /api/v1/ of improvement tasks and programmes."""

from rest_framework.routers import SimpleRouter

from improvement.api.programmes import ProgrammeViewSet
from improvement.api.views import TaskViewSet

router = SimpleRouter()
router.register("tasks", TaskViewSet, "api-task")
router.register("programmes", ProgrammeViewSet, "api-programme")
urlpatterns = router.urls
