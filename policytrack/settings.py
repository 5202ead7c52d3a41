"""Settings, all of them, read from the environment. docs/operators.md lists the variables."""

import datetime
import json
import os
from pathlib import Path

import environ
import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env("STATE_DIR", default=str(BASE_DIR / "var"))).absolute()
DATA_DIR = BASE_DIR / "data"

# `make run` notes here where its servers are, so that manage.py finds them without being told.
try:
    for variable, url in json.loads((STATE_DIR / "servers.json").read_text()).items():
        os.environ.setdefault(variable, url)
except (OSError, ValueError):
    pass

DEBUG = env.bool("DEBUG", default=False)
# Whether readers come over HTTPS: secure cookies, redirects and HSTS. Off for a trial on localhost.
HTTPS = env.bool("HTTPS", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    if HTTPS:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text; every process needs the same one.")
    SECRET_KEY = get_random_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "policytrack.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "django_countries",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
    "records",
    "measures",
    "programs",
]

MIDDLEWARE = [
    "policytrack.deadline.DeadlineMiddleware",
    "policytrack.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "policytrack.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "records.clocks.ClocksMiddleware",
    "axes.middleware.AxesMiddleware",
    "policytrack.errors.OutageMiddleware",
]

ROOT_URLCONF = "policytrack.urls"
WSGI_APPLICATION = "policytrack.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "records.clocks.clocks",
            ],
        },
    },
]

# Seconds after which PostgreSQL gives a statement up; 0 is never. Short for pages, long for jobs.
STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", default=60)
# Seconds without any answer after which a page gives PostgreSQL up; 0 is never. Above STATEMENT_TIMEOUT, so that a
# server that is only slow says so itself and keeps its connection: one that is still silent then does not run.
PAGE_DEADLINE = env.int("PAGE_DEADLINE", default=STATEMENT_TIMEOUT + 5 if STATEMENT_TIMEOUT else 20)
DATABASES = {
    "default": {
        **env.db("DATABASE_URL", default="postgres:///policytrack"),
        # A connection that lasts makes a page four times as fast, and the check makes a restart cost no error.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 3,
    # Compiling a query of many parts takes the server seconds, and running it a fraction of one. What is planned once,
    # the statements of triggers too, is planned by its first use: few connections live to see a sixth.
    "options": f"-c statement_timeout={STATEMENT_TIMEOUT}s -c jit=off -c plan_cache_mode=force_generic_plan",
}
# The roles that the owner of the database, who migrates, makes and keeps within bounds; docs/operators.md.
DATABASE_APP_ROLE = env("DATABASE_APP_ROLE", default="policytrack_app")
DATABASE_READONLY_ROLE = env("DATABASE_READONLY_ROLE", default="policytrack_readonly")
# Given to migrate alone: what the site logs in with as DATABASE_APP_ROLE.
DATABASE_APP_PASSWORD = env("DATABASE_APP_PASSWORD", default="")
# Whether the site may be served by a role that could rewrite history: for development, so never without DEBUG.
ALLOW_OWNER = DEBUG and env.bool("ALLOW_OWNER", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어"), ("ja", "日本語")]
FORMAT_MODULE_PATH = "policytrack.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="UTC")
COUNTRIES_OVERRIDE = {"EU": gettext_lazy("European Union")}

# Versions are looked up by their row; an index for each of their foreign keys would double the cost of writing.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The image collects the files and names the place; a trial and the tests serve them where they lie.
STATIC_ROOT = env("STATIC_ROOT", default="") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = STATE_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600

# Public pages, kept by each process until something is known anew; while one works on templates, none is.
KEEP_PAGES = env.bool("KEEP_PAGES", default=not DEBUG)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": f"django.core.cache.backends.{'locmem.LocMemCache' if KEEP_PAGES else 'dummy.DummyCache'}",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# Accounts: everybody who logs in works at the desk.
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# By name and address together: by address alone, one mistyped password locks a whole office out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# Whether somebody else has to approve what one person submitted or proposed. The database refuses it as well, and
# reads it where `migrate` writes it. Off is for desks of one person; every page of the desk then says so.
SECOND_PERSON = env.bool("SECOND_PERSON", default=True)

# Security headers. Nothing is loaded from elsewhere and nothing is inline, in any page, the desk included.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Only behind a proxy that sets this header itself: a reader could otherwise claim to come over HTTPS.
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whether HSTS also binds the neighbours of this host and goes into browsers' lists is for the domain's owner to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a measure with its events, materials, names and citations on one page

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# How often a token may write within a minute; beyond that it is told when to come back.
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=300)
SPECTACULAR_SETTINGS = {
    "TITLE": "policytrack",
    "DESCRIPTION": "Export restrictions and the localization programs that answer them: dated, cited, versioned.",
    "VERSION": "1",
    "LICENSE": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Codes stay beside the field that has them, instead of under made-up names of their own.
    "POSTPROCESSING_HOOKS": ["records.api.description.finished"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Jobs. Redis may lose them: what must happen stands in the outbox, and a task may run twice.
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1200,  # above the hard limit, or a healthy job is started again
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_BEAT_SCHEDULE = {
    # "expires" lets a tick that nobody took before the next one fall away, so that no backlog builds up.
    "relay-outbox": {"task": "records.tasks.relay_outbox", "schedule": 10.0, "options": {"expires": 10}},
    "note-heartbeat": {"task": "records.tasks.note_heartbeat", "schedule": 30.0, "options": {"expires": 30}},
    "lift-embargoes": {"task": "records.tasks.lift_embargoes", "schedule": 60.0, "options": {"expires": 60}},
    "resume-reports": {"task": "programs.tasks.resume_reports", "schedule": 15.0, "options": {"expires": 15}},
    "resume-imports": {"task": "records.imports.tasks.resume_imports", "schedule": 15.0, "options": {"expires": 15}},
    "check-links": {"task": "records.tasks.check_links", "schedule": 600.0, "options": {"expires": 600}},
    "turn-day": {"task": "measures.tasks.turn_day", "schedule": crontab(hour=0, minute=1)},
    "write-edition": {"task": "records.editions.tasks.write_edition", "schedule": crontab(hour=3, minute=30)},
    "rebuild-timeline": {"task": "measures.tasks.rebuild_timeline", "schedule": crontab(hour=2, minute=30)},
}
# How many nightly editions of all public data are kept.
EDITIONS_KEPT = env.int("EDITIONS_KEPT", default=14)
# What /readyz still takes for alive, in seconds.
HEARTBEAT_MAX_AGE = env.int("HEARTBEAT_MAX_AGE", default=120)
TIMELINE_MAX_AGE = env.int("TIMELINE_MAX_AGE", default=36 * 3600)

# Whether the addresses of sources are opened now and then, to find the broken ones; nothing is fetched unless told to.
LINK_CHECKS = env.bool("LINK_CHECKS", default=False)
FETCH_USER_AGENT = env("FETCH_USER_AGENT", default="policytrack (checks the addresses of cited sources)")
# Addresses and ports that may be fetched though they are not of the public web; for tests, which set it themselves.
FETCH_ALSO: frozenset[tuple[str, int]] = frozenset()
# Days after which a record that nobody compared with its sources counts as stale.
STALE_AFTER_DAYS = env.int("STALE_AFTER_DAYS", default=365)

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOG_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": LOG_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
structlog.configure(
    processors=[*LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
