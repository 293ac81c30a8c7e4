"""All settings, read from the environment; docs/operations.md lists them, and a test compares.

Small typed readers fail loudly: a wrong value stops the start with one sentence.
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from aliquot.infra import environment
from aliquot.infra.environment import choice, number, port, secret, text, words
from aliquot.infra.logs import calm

ROOT = Path(__file__).resolve().parent.parent

PROFILE = choice("ALIQUOT_PROFILE", "production", ("demo", "production"))
IS_DEMO = PROFILE == "demo"
DATA = Path(text("ALIQUOT_DATA", str(ROOT / "var"))).resolve()
PORT = port("PORT", 8000)
HOST = text("HOST", "127.0.0.1")
WORKERS = number("ALIQUOT_WORKERS", 0)  # 0: one per core, in the demo one
THREADS = number("ALIQUOT_THREADS", 8)  # of each of them
SITE_URL = environment.site_url(
    text("ALIQUOT_SITE_URL", f"http://localhost:{PORT}" if IS_DEMO else ""), is_demo=IS_DEMO
)
IS_HTTPS = SITE_URL.startswith("https://")

SECRET_KEY = environment.secret_key(secret("ALIQUOT_SECRET_KEY"), is_demo=IS_DEMO, folder=DATA)
SECRET_KEY_FALLBACKS = [
    environment.strong(key.strip(), name="A key among ALIQUOT_SECRET_KEY_FALLBACKS")
    for key in secret("ALIQUOT_SECRET_KEY_FALLBACKS").split(",")
    if key.strip()
]
DEBUG = False
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "", *words("ALIQUOT_ALLOWED_HOSTS")]
if IS_DEMO:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "aliquot.ui",  # first: its templates stand before those of the sign-in library
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "lucide",
    "aliquot.web",
    "aliquot.staff",
    "aliquot.api",
    "aliquot.demo",
    "aliquot.commerce",
    "aliquot.credentials",
    "aliquot.certificates",
    "aliquot.ledger",
    "aliquot.learning",
    "aliquot.assessment",
    "aliquot.catalog",
    "aliquot.accounts",
    "aliquot.infra",
]

MIDDLEWARE = [
    "aliquot.infra.http.RequestIdMiddleware",
    "aliquot.infra.http.MeasureMiddleware",
    "aliquot.infra.http.ProbeMiddleware",
    "aliquot.infra.http.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "aliquot.infra.http.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "aliquot.infra.http.SessionAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aliquot.infra.http.RefusalMiddleware",
]

ROOT_URLCONF = "aliquot.urls"
WSGI_APPLICATION = "aliquot.wsgi.application"
FORM_RENDERER = "aliquot.ui.forms.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "aliquot.ui.templatetags.addresses",
                "aliquot.ui.templatetags.components",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aliquot.ui.context.site",
            ],
        },
    }
]

DATABASES = {"default": environment.database(secret("DATABASE_URL"), is_demo=IS_DEMO, folder=DATA)}
DATABASE_APP_ROLE = text("ALIQUOT_DATABASE_APP_ROLE")  # gets its rights after each migration
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by all processes: sign-in counters, used one-time codes, rate limits.
    **environment.shared_caches(secret("CACHE_URL")),
    # Per process: rendered things whose keys carry a generation number.
    "local": {
        "BACKEND": "aliquot.infra.local_cache.LocalCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}
# What webhooks may be told of, in words; docs/api.md says what each carries.
WEBHOOK_EVENTS = {
    "completion.recorded": "A course was completed",
    "certificate.issued": "A certificate was issued or reissued",
    "certificate.revoked": "A certificate was revoked",
    "standing.changed": "The standing of a credential changed",
}
# name: (dotted path of a task, period in seconds)
SCHEDULE = {
    "seal_audit": ("aliquot.infra.tasks.seal_audit", 300),
    "encrypt_secrets": ("aliquot.accounts.tasks.encrypt_secrets", 3600),
    "prune": ("aliquot.infra.tasks.prune", 3600),
    "deliver_webhooks": ("aliquot.infra.tasks.deliver_webhooks", 30),
    "prune_events": ("aliquot.commerce.tasks.prune_events", 86400),
    "check_invariants": ("aliquot.flows.tasks.check_invariants", 86400),
    "reconcile": ("aliquot.flows.tasks.reconcile", 3600),
    "compare_books": ("aliquot.flows.tasks.compare_books", 86400),
    "file_taxes": ("aliquot.flows.tasks.file_taxes", 3600),
    "send_refunds": ("aliquot.flows.tasks.send_refunds", 600),
    "tell_rule_changes": ("aliquot.credentials.tasks.tell_rule_changes", 600),
    "refresh_verdicts": ("aliquot.credentials.tasks.refresh_verdicts", 600),
    "send_reminders": ("aliquot.credentials.tasks.send_reminders", 900),
    "send_gifts": ("aliquot.flows.tasks.send_gifts", 600),
    "renew_subscriptions": ("aliquot.flows.tasks.renew_subscriptions", 3600),
    "erase_closed_accounts": ("aliquot.flows.tasks.erase_closed_accounts", 3600),
    "warn_of_ending": ("aliquot.flows.tasks.warn_of_ending", 3600),
}

MAIL_URL = secret("ALIQUOT_MAIL_URL")  # smtp://user:password@host:587 ; empty in the demo
MAIL_FROM = text("ALIQUOT_MAIL_FROM", "Aliquot demo <demo@localhost>" if IS_DEMO else "")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM or "webmaster@localhost"
# The outbox is the mail backend: a mail is a row in the transaction of its cause.
MAILERS = {"default": {"BACKEND": "aliquot.infra.outbox.OutboxBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["aliquot.accounts.adapters.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "aliquot.accounts.adapters.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "aliquot.accounts.adapters.passwords.OwnWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "learning:home"

ACCOUNT_ADAPTER = "aliquot.accounts.adapters.allauth.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "aliquot.accounts.adapters.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True  # twice; the three tries are for all the codes
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end; this one stays
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login": "10/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "confirm_email": "1/30s/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = number("ALIQUOT_TRUSTED_PROXIES", 0)
MFA_ADAPTER = "aliquot.accounts.adapters.secrets.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Aliquot"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_DEMO
MFA_FORMS = {
    "login_webauthn": "aliquot.accounts.adapters.passkeys.LoginForm",
    "authenticate_webauthn": "aliquot.accounts.adapters.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "aliquot.accounts.adapters.passkeys.ReauthenticateForm",
    "add_webauthn": "aliquot.accounts.adapters.passkeys.AddForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # it would write on every request; SESSION_SEEN is coarser

SESSION_ENGINE = "aliquot.infra.session_store"
_OURS = "__Host-" if IS_HTTPS else ""  # before the name of each cookie: this host's alone
SESSION_COOKIE_NAME = f"{_OURS}session"
THEME_COOKIE_NAME = f"{_OURS}theme"
TEXT_SIZE_COOKIE_NAME = f"{_OURS}text"  # web/static/web/player.js writes it
MESSAGES_COOKIE_NAME = f"{_OURS}messages"
MESSAGE_STORAGE = "aliquot.infra.http.messages.Storage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # infra/http/sessions.py has the rules for staff
SHORT_SESSIONS_FOR = "aliquot.accounts.access.is_staff"
SESSION_SEEN = "aliquot.accounts.adapters.sessions.note_seen"
CSRF_COOKIE_NAME = f"{_OURS}csrf"

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
# Which ways to pay are offered; what is unsafe about them stops the start (commerce/apps.py).
GATEWAYS = words("ALIQUOT_GATEWAYS", "test,offline" if IS_DEMO else "offline")
# Who knows the taxes: the table that staff enter, or Stripe Tax.
TAX_SOURCE = text("ALIQUOT_TAX", "table")
STRIPE_SECRET_KEY = secret("ALIQUOT_STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = secret("ALIQUOT_STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = text("ALIQUOT_STRIPE_API_BASE")  # a stand-in on this machine, for tests

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # A form that leads to the hosted page is followed there only if it is named.
    "form-action": [
        CSP.SELF,
        *([STRIPE_API_BASE or "https://checkout.stripe.com"] if "stripe" in GATEWAYS else []),
    ],
    "manifest-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "report-uri": ["/csp-report"],
}

LANGUAGE_CODE = "en-us"
USE_I18N = False  # one language; asking which it is costs a page some hundred calls
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": environment.stored_files(
        bucket=text("ALIQUOT_S3_BUCKET"),
        endpoint=text("ALIQUOT_S3_ENDPOINT"),
        region=text("ALIQUOT_S3_REGION"),
        key=secret("ALIQUOT_S3_ACCESS_KEY"),
        secret=secret("ALIQUOT_S3_SECRET_KEY"),
        prefix=text("ALIQUOT_S3_PREFIX"),
        folder=DATA,
    ),
    "staticfiles": {"BACKEND": "aliquot.infra.assets.StaticFilesStorage"},
}
# Who may read /metrics: whoever shows the token, and these addresses; nobody if both are empty.
METRICS_TOKEN = secret("ALIQUOT_METRICS_TOKEN")
METRICS_ADDRESSES = words("ALIQUOT_METRICS_ADDRESSES")
# /readyz says what is late; only what is essential takes the server out of service.
MAIL_LATE_AFTER = number("ALIQUOT_MAIL_LATE_MINUTES", 15) * 60
JOBS_LATE_AFTER = number("ALIQUOT_JOBS_LATE_MINUTES", 10) * 60
BACKUP_LATE_AFTER = number("ALIQUOT_BACKUP_LATE_HOURS", 26) * 3600

SECURITY_CONTACT = text("ALIQUOT_SECURITY_CONTACT", f"{SITE_URL}/about/contact/")
MAX_UPLOAD_BYTES = MAX_PROOF_BYTES = 20 * 1024 * 1024
PROOF_QUOTA_BYTES = number("ALIQUOT_PROOF_QUOTA_MB", 500) * 1024 * 1024  # of one person

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
        "json": {"()": "aliquot.infra.logs.json_formatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if IS_DEMO else "json",
            "filters": [calm],
        }
    },
    "root": {
        "handlers": ["console"],
        "level": choice("ALIQUOT_LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    # What these write at DEBUG holds keys and personal data.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("botocore", "boto3", "stripe", "urllib3")},
        "django.request": {"level": "ERROR"},  # refusals are counted; their paths may hold codes
    },
}
