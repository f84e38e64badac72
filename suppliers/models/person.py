"""People: a login, what it may do in which organisation, keys and invitations."""

from collections.abc import Iterator
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from suppliers.models.organisation import Organisation, Partnership


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A login. Without an e-mail it is a phone that was remembered; its password may be unusable."""

    email = models.EmailField(unique=True, null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    zone = models.CharField(max_length=64, default="Asia/Shanghai")
    single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    sessions_ended = models.PositiveIntegerField(default=0)  # how often all its sessions were ended
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.pk}"

    def get_full_name(self) -> str:
        return str(self)

    get_short_name = get_full_name

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to stand for this login still."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same under each earlier secret key, so that a new key logs nobody out."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(str(secret))

    def _session_hash(self, secret: str) -> str:
        value = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("suppliers.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    QUALITY_ENGINEER = "quality_engineer", _("Quality engineer")
    UPLOADER = "uploader", _("Uploader")
    VIEWER = "viewer", _("Viewer")


class PersonQuerySet(models.QuerySet):
    def active(self):
        """People who may look: neither left here nor shut out altogether."""
        return self.filter(left_at=None, user__is_active=True)


class Person(models.Model):
    """A user in an organisation, with a role; that alone decides what a session or key opens."""

    user = models.ForeignKey(User, models.PROTECT, related_name="people")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="suppliers_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisation.code})"

    @property
    def may_upload(self) -> bool:
        return self.role in {Role.OWNER, Role.QUALITY_ENGINEER, Role.UPLOADER}

    @property
    def may_define(self) -> bool:
        """Whether this person may make parts, characteristics and suppliers."""
        return self.role in {Role.OWNER, Role.QUALITY_ENGINEER}

    @property
    def may_manage_people(self) -> bool:
        return self.role == Role.OWNER


class ApiKey(models.Model):
    """A key of a person for a machine; only its hash is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, db_collation="C")
    hash = models.CharField(max_length=64)
    may_write = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Invitation(models.Model):
    """A link by mail: single use, expiring, bound to the address it was sent to."""

    email = models.EmailField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    # A customer who invites its supplier: what the newcomer hands in hangs on this.
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, default="zh-hans")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="suppliers_invitation_open_once",
            ),
        ]
