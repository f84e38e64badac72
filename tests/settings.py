"""The settings of the service, with what tests need otherwise: short leases, cheap passwords, own folders."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("TONGPIN_TRIAL", "1")
os.environ.setdefault("TONGPIN_LEASE_SECONDS", "1")
os.environ.setdefault("TONGPIN_SWEEP_SECONDS", "1")
os.environ.setdefault("TONGPIN_VAR_DIR", str(Path(tempfile.gettempdir()) / f"tongpin-tests-{os.getuid()}"))
os.environ.setdefault("TONGPIN_STATIC_ROOT", os.environ["TONGPIN_VAR_DIR"] + "/static")
os.environ["REDIS_URL"] = os.environ.get("TONGPIN_TEST_REDIS_URL", "")

from config.settings import *  # noqa: F403
from config.settings import STATIC_ROOT, STORAGES

Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # or WhiteNoise warns

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if "EMAIL_URL" not in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
