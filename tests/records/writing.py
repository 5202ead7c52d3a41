"""Programs that write through the API for somebody at the desk."""

import datetime

from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from records import tokens

WHY = {"change_reason": "because", "change_kind": "development"}


class Program(Client):
    """A client with the token of a new account that has this role."""

    def __init__(self, role: str, username: str = "", *, scopes=("read", "write"), days: int = 1):
        self.user = User.objects.create_user(username or f"{role} with a program", is_staff=role != "analyst")
        self.user.groups.set([Group.objects.get(name=role)])
        expires_at = timezone.now() + datetime.timedelta(days=days)
        self.token, self.key = tokens.issue(self.user, name="test", scopes=list(scopes), expires_at=expires_at)
        super().__init__(headers={"authorization": f"Bearer {self.key}"})

    def write(self, method: str, path: str, sent=None, *, version: int | str | None = None, **more):
        """Send a body as JSON, worked out on a version."""
        headers = {} if version is None else {"if-match": version if isinstance(version, str) else f'"{version}"'}
        body = {"data": sent, "content_type": "application/json"} if sent is not None else {}
        return getattr(self, method)(path, headers=headers, **body, **more)
