"""Settings of Tongpin: one file, everything that differs between places comes from the environment."""

import re
from email.utils import parseaddr
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("TONGPIN_DEBUG", default=False)
# A trial on one's own machine: dev.py sets it. Without it, secrets and addresses must be given.
TRIAL = env.bool("TONGPIN_TRIAL", default=False)
VAR_DIR = Path(env.str("TONGPIN_VAR_DIR", default=str(BASE_DIR / ".tongpin")))

SECRET_KEY = env.str("SECRET_KEY", default="trial-only-not-secret-" + "x" * 40 if TRIAL or DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random string (or TONGPIN_TRIAL=1 for a trial).")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# Links in mails are made from this address, never from the Host header.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "sample",
    "insight",
    "intake",
    "improvement",
    "kpis",
    "quality",
    "inventory",
    "suppliers",
    "outbox",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages weigh a fifth; it pads each answer by chance, so that its length tells no secret (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "core.middleware.NothingIsCalledNul",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "suppliers.middleware.PersonMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "insight.views.shell.shell",
            ],
        },
    },
]

# -- data ---------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://tongpin@localhost/tongpin")}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "core.cache.RedisElseDatabase",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # as in core.cache
    }
}

MEDIA_ROOT = env.str("TONGPIN_MEDIA_ROOT", default=str(VAR_DIR / "files"))
STATIC_URL = "static/"
STATIC_ROOT = env.str("TONGPIN_STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "core.storage.DurableStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Days that the bytes of files are kept which came to nothing.
KEEP_REFUSED_DAYS = env.int("TONGPIN_KEEP_REFUSED_DAYS", default=30)
KEEP_UNDONE_DAYS = env.int("TONGPIN_KEEP_UNDONE_DAYS", default=365)
UPLOAD_MAX_BYTES = env.int("TONGPIN_UPLOAD_MAX_BYTES", default=512 * 1024 * 1024)
# What the unfinished files of one organisation, which come in chunks, may fill together.
CHUNKED_MAX_BYTES = env.int("TONGPIN_CHUNKED_MAX_BYTES", default=4 * UPLOAD_MAX_BYTES)
ATTACHMENT_MAX_BYTES = env.int("TONGPIN_ATTACHMENT_MAX_BYTES", default=20 * 1024 * 1024)

# Who knows from which file a row came; asked by `core.origins`.
ORIGINS = "intake.queries.origins"

# -- work: the broker only wakes workers; every piece of work is a row with a lease ---------------
# A killed worker's row is free after a lease and found by the next sweep: together within a minute.
LEASE_SECONDS = env.int("TONGPIN_LEASE_SECONDS", default=30)
SWEEP_SECONDS = env.int("TONGPIN_SWEEP_SECONDS", default=15)
# Tasks that look for work that nobody holds; one an app.
SWEEPS: list[str] = [
    "outbox.sweep",
    "suppliers.sweep",
    "intake.tasks.sweep",
    "insight.sweep",
    "improvement.sweep",
]
# Warnings by chance alone that a partnership bears in a month; beyond it the least certain rules give way.
WARNING_FALSE_ALARMS_A_MONTH = env.float("TONGPIN_WARNING_FALSE_ALARMS_A_MONTH", default=0.5)

CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(VAR_DIR / "broker" / "messages"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "polling_interval": 0.05,  # seconds; the default of 1 s starves beat
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever
CELERY_TASK_DEFAULT_QUEUE = "small"  # "large" is for files that take long, so that they hold up no others
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # a lost message costs nothing, one delivered again an hour later might
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = env.str("TONGPIN_TIME_ZONE", default="Asia/Shanghai")
CELERY_BEAT_SCHEDULE = {
    # A ring that nobody answered is worth nothing once the next one is due.
    name: {"task": name, "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}
    for name in SWEEPS
} | {
    # Writes each reminder once; how often it looks only says how late the first may be.
    "improvement.remind": {"task": "improvement.remind", "schedule": 1800, "options": {"expires": 1800}},
}

# -- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "suppliers.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "suppliers.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "suppliers.forms.login.LoginForm",
    "reset_password": "suppliers.forms.login.ResetPasswordForm",
    "reset_password_from_key": "suppliers.forms.login.ResetPasswordKeyForm",
    "change_password": "suppliers.forms.login.ChangePasswordForm",
    "set_password": "suppliers.forms.login.SetPasswordForm",
    "reauthenticate": "suppliers.forms.login.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "suppliers.forms.login.AuthenticateForm",
    "reauthenticate": "suppliers.forms.login.ReauthenticateWithCodeForm",
    "activate_totp": "suppliers.forms.login.ActivateTOTPForm",
}
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way: RFC 6238 5.2, for clocks of phones and slow typing
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    # The key is the address and where the try comes from, so that the owner gets in from elsewhere.
    "login_failed": "20/15m/key,100/15m/ip",
    "login_failed_on_known_device": "20/15m/key",
    "reset_password": "20/15m/ip",
    "reset_letter": "5/h/key",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
INVITATION_DAYS = 14

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],  # ECharts' tooltips and lengths in server-drawn charts
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# -- mail ---------------------------------------------------------------------------------------
# smtp:// in the clear, smtp+tls:// with STARTTLS, smtps:// with TLS from the first byte (port 465).
# django-environ takes smtps:// for STARTTLS, on which such a port hangs.
EMAIL_CONFIG = env.email_url_config(
    re.sub("^smtps:", "smtp+ssl:", env.str("EMAIL_URL", default="consolemail://"))
)
vars().update(EMAIL_CONFIG)
BY_SMTP = EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
if BY_SMTP:
    EMAIL_BACKEND = "outbox.services.server.MailServer"
    _usual = 465 if EMAIL_CONFIG.get("EMAIL_USE_SSL") else 587 if EMAIL_CONFIG.get("EMAIL_USE_TLS") else 25
    EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"] or _usual
EMAIL_TIMEOUT = env.int("TONGPIN_MAIL_TIMEOUT", default=20)  # seconds a step; shorter than a lease
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Tongpin <tongpin@localhost>")
# These take mail from the login alone: any other sender is refused, letter by letter, with a 5xx.
SENDER_MUST_BE_LOGIN = (
    "qq.com",
    "163.com",
    "126.com",
    "yeah.net",
    "foxmail.com",
    "aliyun.com",
    "mxhichina.com",
)
_login, _sender = EMAIL_CONFIG["EMAIL_HOST_USER"] or "", parseaddr(DEFAULT_FROM_EMAIL)[1]
if (
    (EMAIL_CONFIG["EMAIL_HOST"] or "").endswith(SENDER_MUST_BE_LOGIN)
    and BY_SMTP
    and _login.lower() != _sender.lower()
):
    raise ImproperlyConfigured(
        f"{EMAIL_CONFIG['EMAIL_HOST']} sends only for its login: set MAIL_FROM to {_login!r}, not {_sender!r}."
    )

# -- language, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]  # each in its own words
USE_I18N = USE_TZ = True
TIME_ZONE = env.str("TONGPIN_TIME_ZONE", default="Asia/Shanghai")
# The sample's clock: its date stands still, the time of day is real. Empty: the real date.
CLOCK_DATE = env.str("TONGPIN_CLOCK_DATE", default="")

# -- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "suppliers.api.authentication.ApiKeyAuthentication",
        "suppliers.api.authentication.PersonSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["suppliers.api.permissions.IsPerson"],
    "DEFAULT_PARSER_CLASSES": [
        "core.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tongpin",
    "DESCRIPTION": "Quality collaboration along a supply chain: checked intake, KPIs with their rows.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DEFAULT_GENERATOR_CLASS": "config.schema.Generator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
    "ENUM_NAME_OVERRIDES": {
        "DispositionKindEnum": "quality.models.DispositionKind.choices",
        "GaugeStudyKindEnum": "quality.models.StudyKind.choices",
        "MovementKindEnum": "inventory.models.MovementKind.choices",
        "UploadKindEnum": "intake.models.Kind.choices",
        "UploadStateEnum": "intake.models.UploadState.choices",
        "DataRequestKindEnum": "suppliers.models.RequestKind.choices",
        "DataRequestRhythmEnum": "suppliers.models.Rhythm.choices",
        "ControlChartEnum": ["xbar_r", "xbar_s", "i_mr", "p", "np", "c", "u", "laney_p", "laney_u"],
        "ShewhartChartEnum": ["xbar_r", "xbar_s", "i_mr"],
        "ProcessChartEnum": ["xbar_r", "xbar_s", "i_mr", "ewma", "cusum"],
        "ChartDecisionKindEnum": "quality.models.DecisionKind.choices",
        "StandingStateEnum": ["not_due", "due", "late", "partial", "nothing", "in"],
        "SubscriptionStateEnum": "insight.models.SubscriptionState.choices",
        "DigestStateEnum": "insight.models.DigestState.choices",
        "KpiEnum": "kpis.definitions.names",
        "PledgedKpiEnum": "improvement.models.programme.PledgedKpi.choices",
        "PledgeStageEnum": "improvement.models.programme.PledgeStage.choices",
        "PledgeAverageEnum": "improvement.models.programme.PledgeAverage.choices",
        "PledgePricesEnum": "improvement.models.programme.PledgePrices.choices",
        "TaskKindEnum": "improvement.models.TaskKind.choices",
        "TaskStateEnum": "improvement.models.TaskState.choices",
        "TaskEventKindEnum": "improvement.models.EventKind.choices",
        "WarningRuleEnum": "improvement.models.WarningRule.choices",
        "WarningStateEnum": "improvement.models.WarningState.choices",
        "WarningActEnum": "improvement.models.WarningAct.choices",
        "SideEnum": "improvement.models.Side.choices",
        "ReadingEnum": ["outgoing", "incoming", "corrected"],
        "StageEnum": "quality.models.Stage.choices",
        "StageOfFileEnum": ["outgoing", "incoming"],
    }
    | {
        name: f"drf_standardized_errors.openapi_serializers.{name}.choices"
        for name in (
            "ValidationErrorEnum",
            "ClientErrorEnum",
            "ServerErrorEnum",
            *(f"ErrorCode{status}Enum" for status in (401, 403, 404, 405, 406, 415, 429, 500)),
        )
    },
}
DRF_STANDARDIZED_ERRORS = {"ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False)
            if env.bool("TONGPIN_LOG_JSON", default=not (TRIAL or DEBUG))
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": env.str("TONGPIN_LOG_LEVEL", default="WARNING")},
}
