from records.models.assignments import Assignment, Priority
from records.models.changes import ChangeSet, Undoing
from records.models.citations import Citation, Snapshot, Source, SourceStatement, StatementTrace
from records.models.error_reports import ErrorReport
from records.models.imports import Import, ImportFault, ImportRow
from records.models.link_checks import LinkCheck
from records.models.names import Name
from records.models.proposals import Proposal
from records.models.record import Cited, Named, Record, RecordQuerySet, Stale
from records.models.redirects import SlugRedirect
from records.models.rules import DeskRules
from records.models.searching import SearchEntry
from records.models.tokens import ApiToken
from records.models.work import Heartbeat, JobSlot, OutboxEntry

__all__ = [
    "ApiToken",
    "Assignment",
    "ChangeSet",
    "Citation",
    "Cited",
    "DeskRules",
    "ErrorReport",
    "Heartbeat",
    "Import",
    "ImportFault",
    "ImportRow",
    "JobSlot",
    "LinkCheck",
    "Name",
    "Named",
    "OutboxEntry",
    "Priority",
    "Proposal",
    "Record",
    "RecordQuerySet",
    "SearchEntry",
    "SlugRedirect",
    "Snapshot",
    "Source",
    "SourceStatement",
    "Stale",
    "StatementTrace",
    "Undoing",
]
