"""The app of Celery is made before any task is: `shared_task` and `core.wake` bind to it."""

from config.celery import app

__all__ = ["app"]
