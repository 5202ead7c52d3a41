"""Writing through the API, along the same way as at the desk.

A draft is changed at once, what readers see by a proposal on which somebody else decides; who submitted something
does not approve it, so that publishing stays at the desk. Every write names the version that it was worked out on.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from records import proposals, publishing, roles, tokens
from records.api.authentication import TokenAuthentication, demand
from records.api.working_copies import Written, columns_of, working_copy_of
from records.models import ApiToken, Record, Stale
from records.queries import refuse_unknown, shown, unprintable
from records.revisions import version_of

MOST_BYTES = 1_000_000
ETAG = re.compile(r'(?:W/)?"(\d{1,9})(?:\.[0-9a-f]+)?"')
Scope = ApiToken.Scope


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED


class PreconditionFailed(exceptions.APIException):
    """Carries an answer of its own: rest framework would make texts of all that stands in it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED

    def __init__(self, answer: dict[str, Any]):
        super().__init__(answer["detail"])
        self.answer = answer


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class BoundedJSON(parsers.JSONParser):
    """JSON of a size and depth that a record can have."""

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge(_("A record has at most %(most)d bytes.") % {"most": MOST_BYTES})
        try:
            found = json.loads(body, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("This is no JSON that can be read.")) from error
        if not isinstance(found, dict):
            raise exceptions.ParseError(_("Send an object with the fields of the record."))
        return found


def _no_number(text: str):
    raise ValueError(text)


class WritingMixin:
    """The acts of a viewset of records that write, for programs of people at the desk."""

    parser_classes = (BoundedJSON,)

    def get_authenticators(self):
        # Whoever only reads is asked nothing, and wrong credentials do not turn them away.
        reading = getattr(self.request, "method", "") in ("GET", "HEAD") and self.action_map.get("get") != "edit"
        return [] if reading else [TokenAuthentication()]

    def handle_exception(self, exc):
        response = super().handle_exception(exc)
        if isinstance(exc, PreconditionFailed):
            response.data = exc.answer
        return response

    @property
    def model(self) -> type[Record]:
        return self.filterset_class._meta.model

    # Acts

    @action(detail=True, methods=["get"], url_path="edit", url_name="edit")
    def edit(self, request, *args, **kwargs):
        """The record as editors write it, whatever state it is in."""
        demand(request, Scope.READ)
        record = self._stored("view")
        return self._working_copy(record)

    def create(self, request, *args, **kwargs):
        """Write a new draft."""
        self._admit("add")
        self._refuse_parameters()
        copy = working_copy_of(self.model)(data=request.data)
        copy.is_valid(raise_exception=True)
        values = dict(copy.validated_data)
        why = _why(values)
        record = self.model()
        written = Written(record, values)
        with self._told(record), publishing.change(by=request.user, **why) as change_set:
            rows = written.write()
            publishing.carry([record], change_set, rows_only=not rows)
        response = self._working_copy(record, status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(reverse(f"api:{self.basename}-edit", args=[record.slug]))
        return response

    def partial_update(self, request, *args, **kwargs):
        """Change a draft, or propose a change of what readers see: only what is sent is touched."""
        self._admit("change", "propose")
        self._refuse_parameters()
        record = self._stored("change", "propose")
        self._refuse_closed(record)
        read_version = self._read_version()
        copy = working_copy_of(self.model)(record, data=request.data, partial=True)
        copy.is_valid(raise_exception=True)
        values = dict(copy.validated_data)
        why = _why(values)
        if read_version != record.version:
            raise self._outdated(record, read_version)
        written = Written(record, values)
        with self._told(record, read_version):
            if record.is_shown:
                return self._propose(record, written, why)
            if not (written.changes_columns or written.changed_rows):
                return self._working_copy(record)
            with publishing.change(by=request.user, **why) as change_set:
                rows = written.write()
                publishing.carry([record], change_set, rows_only=not rows)
        return self._working_copy(self._again(record))

    def destroy(self, request, *args, **kwargs):
        """Delete a draft with the drafts that are parts of it. The reason stands in the address."""
        self._admit("delete")
        problems = refuse_unknown(request.query_params, ["change_reason"], single=["change_reason"])
        reason = request.query_params.get("change_reason", "").strip()
        if not problems and (not reason or len(reason) > 1000 or unprintable(reason)):
            problems = {"change_reason": [_("Say why, in one sentence of at most 1000 characters.")]}
        if problems:
            raise exceptions.ValidationError(problems)
        record = self._stored("delete")
        record.version = self._current_version(record)
        with self._told(record, record.version):
            publishing.delete(record, by=request.user, reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"], url_path="submit", url_name="submit")
    def submit(self, request, *args, **kwargs):
        """Ask for the review of a draft, and of the drafts that are parts of it."""
        self._admit("change")
        self._refuse_parameters()
        why = ReasonSerializer(data=request.data)
        why.is_valid(raise_exception=True)
        record = self._stored("change")
        record.version = self._current_version(record)
        with self._told(record, record.version):
            publishing.submit(record, by=request.user, reason=why.validated_data["change_reason"])
        return self._working_copy(self._again(record))

    # Who may, and what it is about

    def _admit(self, *acts: str) -> None:
        """Whoever may do none of these to records of the kind is refused, whatever the id; writes are counted."""
        token = demand(self.request, Scope.WRITE)
        if not any(token.user.has_perm(roles.permission(act, self.model)) for act in acts):
            raise exceptions.PermissionDenied(
                _("Your account may not do this to records of the kind “%(kind)s”.")
                % {"kind": self.model._meta.verbose_name}
            )
        if wait := tokens.seconds_to_wait(token):
            raise exceptions.Throttled(wait)

    def _stored(self, *acts: str) -> Record:
        if not any(self.request.user.has_perm(roles.permission(act, self.model)) for act in acts):
            raise exceptions.PermissionDenied
        if self.action == "edit":
            self._refuse_parameters()
        slug = self.kwargs[self.lookup_url_kwarg]
        record = None if unprintable(slug) else self.model._base_manager.filter(slug=slug).first()
        if record is None:
            kind = self.model._meta.verbose_name
            raise exceptions.NotFound(
                _("There is no %(kind)s with the id “%(id)s”.") % {"kind": kind, "id": shown(slug)}
            )
        return record

    def _again(self, record: Record) -> Record:
        return type(record)._base_manager.get(pk=record.pk)

    def _refuse_parameters(self) -> None:
        if problems := refuse_unknown(self.request.query_params, ()):
            raise exceptions.ValidationError(problems)

    def _refuse_closed(self, record: Record) -> None:
        if record.state == Record.State.IN_REVIEW:
            raise exceptions.PermissionDenied(_("It is in review; until that is decided nobody changes it."))
        may = roles.may_propose if record.is_shown else roles.may_edit
        if not may(self.request.user, record):
            raise exceptions.PermissionDenied(_("Your account may not change a record in this state."))

    # The version it was worked out on

    def _read_version(self) -> int:
        tags = ETAG.findall(self.request.headers.get("If-Match", ""))
        if not self.request.headers.get("If-Match", "").strip() or len(tags) > 1:
            raise PreconditionRequired(
                _("Say with “If-Match” which version this was worked out on: the ETag of the record as it was read.")
            )
        if not tags:
            raise PreconditionRequired(_("“If-Match” has to be the ETag of the record as it was read."))
        return int(tags[0])

    def _current_version(self, record: Record) -> int:
        read_version = self._read_version()
        if read_version != record.version:
            raise self._outdated(record, read_version)
        return read_version

    def _outdated(self, record: Record, read_version: int) -> PreconditionFailed:
        """Both versions side by side, and what was sent: nothing of it is lost."""
        stored = self._again(record)
        read = version_of(stored, read_version)
        return PreconditionFailed(
            {
                "detail": _("Somebody else changed this record since you read it. Nothing was written."),
                "read": columns_of(self.model, read) if read else {},
                "stored": working_copy_of(self.model)(stored).data,
                "sent": self.request.data,
            }
        )

    @contextmanager
    def _told(self, record: Record, read_version: int = 0) -> Iterator[None]:
        """Tell in words what refuses a write, so that it can be mended and sent again."""
        try:
            yield
        except Stale as error:
            raise self._outdated(record, read_version) from error
        except ProtectedError as error:
            others = ", ".join(sorted({str(each._meta.verbose_name) for each in error.protected_objects}))
            raise Conflict(_("Others lead to it, and keep it: %(kinds)s.") % {"kinds": others}) from error
        except IntegrityError as error:
            raise Conflict(proposals.in_words(error)) from error

    # Answers

    def _propose(self, record: Record, written: Written, why: dict[str, str]) -> Response:
        with proposals.rehearsal(record) as rehearsed:
            written.write()
        if not rehearsed.rows:
            return self._working_copy(self._again(record))
        opts = record._meta
        proposal = proposals.propose(
            record,
            rehearsed,
            by=self.request.user,
            page=reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk]),
            **why,
        )
        address = self.request.build_absolute_uri(reverse("admin:records_proposal_change", args=[proposal.pk]))
        answer = ProposedSerializer({"proposal": proposal.pk, "state": proposal.state, "address": address})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED, headers={"Location": address})

    def _working_copy(self, record: Record, code: int = status.HTTP_200_OK) -> Response:
        data = working_copy_of(self.model)(record).data
        return Response(data, status=code, headers={"ETag": f'"{record.version}"', "Cache-Control": "no-store"})


class ReasonSerializer(serializers.Serializer):
    """Why something is done."""

    change_reason = serializers.CharField(max_length=1000, help_text="Why, in one sentence that a reader can follow.")


class ProposedSerializer(serializers.Serializer):
    """A proposal that waits for a decision; readers see what they saw before."""

    proposal = serializers.IntegerField(help_text="Its number.")
    state = serializers.CharField(help_text="Open.")
    address = serializers.URLField(help_text="Its page at the desk.")


class OutdatedSerializer(serializers.Serializer):
    """What was read, what is stored now, and what was sent; nothing was written."""

    detail = serializers.CharField()
    read = serializers.DictField(help_text="The columns of the version that was read; empty where there was none.")
    stored = serializers.DictField(help_text="The working copy as it is now.")
    sent = serializers.DictField(help_text="What was sent.")


def _why(values: dict[str, Any]) -> dict[str, str]:
    return {"reason": values.pop("change_reason"), "kind": values.pop("change_kind")}
