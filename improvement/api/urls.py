"""Addresses under /api/v1/ of improvement tasks."""

from rest_framework.routers import SimpleRouter

from improvement.api.views import TaskViewSet

router = SimpleRouter()
router.register("tasks", TaskViewSet, "api-task")
urlpatterns = router.urls
