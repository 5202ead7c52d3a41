"""What programs add to the timeline: phases, milestones, requests, answers, surveys and what officials said."""

from measures.timeline import TimelineSource
from programs.models import Directive, Milestone, Phase, Program, Response, Statement, Survey

# What every entry of a program has in common; `record` and `program` are the tables that a source joins.
BELONGS = """
    program.country_id, NULL::bigint AS measure_id, program.slug AS program,
    '/programs/' || program.slug || '/#' || record.slug AS path,
    record.state = 'published' AND program.state = 'published'
        AND record.embargo_until IS NULL AND program.embargo_until IS NULL AS published,
    program.id AS owner_id
"""
OF_PHASE = """
    program.country_id, NULL::bigint AS measure_id, program.slug AS program,
    '/programs/' || program.slug || '/#' || record.slug AS path,
    record.state = 'published' AND phase.state = 'published' AND program.state = 'published'
        AND record.embargo_until IS NULL AND phase.embargo_until IS NULL AND program.embargo_until IS NULL AS published,
    program.id AS owner_id
"""


class PhaseSource(TimelineSource):
    """Starts and ends of phases, as planned and as seen; a phase dated by one date has one entry."""

    subject = Phase
    owner = Program
    leads = {Program: "pk", Phase: "program"}
    select = f"""
        SELECT 'phase:' || record.slug || ':' || dated.which AS key, record.id AS subject_id, 'phase' AS kind,
               dated.role, record.title, dated.date, dated.earliest, dated.start_latest, dated.end_earliest,
               dated.latest, 0 AS "order", dated.planned, dated.settled_on, {BELONGS}
        FROM programs_phase record
        JOIN programs_program program ON program.id = record.program_id
        CROSS JOIN LATERAL (VALUES
            ('planned-start', 'starts', record.planned LIKE '%%/%%', split_part(record.planned, '/', 1),
             record.planned_earliest, record.planned_start_latest, record.planned_earliest,
             record.planned_start_latest, true, record.actual_earliest),
            ('planned-end', 'ends', record.planned LIKE '%%/%%', split_part(record.planned, '/', 2),
             record.planned_end_earliest, record.planned_latest, record.planned_end_earliest,
             record.planned_latest, true,
             CASE WHEN record.status = 'ended' THEN coalesce(record.actual_end_earliest, record.planned_latest)
                  WHEN record.actual LIKE '%%/%%' THEN record.actual_end_earliest END),
            ('planned', 'runs', record.planned NOT LIKE '%%/%%', record.planned,
             record.planned_earliest, record.planned_start_latest, record.planned_end_earliest,
             record.planned_latest, true, record.actual_earliest),
            ('actual-start', 'starts', record.actual LIKE '%%/%%', split_part(record.actual, '/', 1),
             record.actual_earliest, record.actual_start_latest, record.actual_earliest,
             record.actual_start_latest, false, NULL),
            ('actual-end', 'ends', record.actual LIKE '%%/%%', split_part(record.actual, '/', 2),
             record.actual_end_earliest, record.actual_latest, record.actual_end_earliest,
             record.actual_latest, false, NULL),
            ('actual', 'runs', record.actual NOT LIKE '%%/%%', record.actual,
             record.actual_earliest, record.actual_start_latest, record.actual_end_earliest,
             record.actual_latest, false, NULL)
        ) dated (which, role, fits, date, earliest, start_latest, end_earliest, latest, planned, settled_on)
        WHERE dated.fits AND dated.date NOT IN ('', '..')
    """


class MilestoneSource(TimelineSource):
    """When milestones were expected, and when they were reached."""

    subject = Milestone
    owner = Program
    leads = {Program: "pk", Phase: "program", Milestone: "phase__program"}
    select = f"""
        SELECT 'milestone:' || record.slug || ':' || dated.role AS key, record.id AS subject_id, 'milestone' AS kind,
               dated.role, record.title, dated.date, dated.earliest, dated.start_latest, dated.end_earliest,
               dated.latest, least(record.position, 32767) AS "order", dated.planned, dated.settled_on, {OF_PHASE}
        FROM programs_milestone record
        JOIN programs_phase phase ON phase.id = record.phase_id
        JOIN programs_program program ON program.id = phase.program_id
        CROSS JOIN LATERAL (VALUES
            ('expected', record.expected, record.expected_earliest, record.expected_start_latest,
             record.expected_end_earliest, record.expected_latest, true,
             CASE WHEN record.status IN ('achieved', 'missed')
                  THEN coalesce(record.actual_earliest, record.expected_latest)
                  ELSE record.actual_earliest END),
            ('achieved', record.actual, record.actual_earliest, record.actual_start_latest,
             record.actual_end_earliest, record.actual_latest, false, NULL)
        ) dated (role, date, earliest, start_latest, end_earliest, latest, planned, settled_on)
        WHERE dated.date IS NOT NULL
    """


class DirectiveSource(TimelineSource):
    """When directives were issued, and when answers are due; the first answer settles that."""

    subject = Directive
    owner = Program
    leads = {Program: "pk", Directive: "program", Response: "directive__program"}
    select = f"""
        SELECT 'directive:' || record.slug || ':' || dated.role AS key, record.id AS subject_id, 'directive' AS kind,
               dated.role, record.title, dated.date, dated.earliest, dated.start_latest, dated.end_earliest,
               dated.latest, least(record.position, 32767) AS "order", dated.planned, dated.settled_on, {BELONGS}
        FROM programs_directive record
        JOIN programs_program program ON program.id = record.program_id
        CROSS JOIN LATERAL (VALUES
            ('issued', record.date, record.earliest, record.start_latest, record.end_earliest, record.latest,
             false, NULL),
            ('due', record.due, record.due_earliest, record.due_start_latest, record.due_end_earliest,
             record.due_latest, true,
             (SELECT min(coalesce(response.earliest, response.latest)) FROM programs_response response
              WHERE response.directive_id = record.id AND response.state = 'published'))
        ) dated (role, date, earliest, start_latest, end_earliest, latest, planned, settled_on)
        WHERE dated.date IS NOT NULL
    """


class ResponseSource(TimelineSource):
    """What addressees did."""

    subject = Response
    owner = Program
    leads = {Program: "pk", Response: "program"}
    select = f"""
        SELECT 'response:' || record.slug AS key, record.id AS subject_id, 'response' AS kind, 'answered' AS role,
               record.title, record.date, record.earliest, record.start_latest, record.end_earliest, record.latest,
               least(record.position, 32767) AS "order", false AS planned, NULL::date AS settled_on, {BELONGS}
        FROM programs_response record
        JOIN programs_program program ON program.id = record.program_id
    """


class SurveySource(TimelineSource):
    """When demand was surveyed."""

    subject = Survey
    owner = Program
    leads = {Program: "pk", Survey: "program"}
    select = f"""
        SELECT 'survey:' || record.slug AS key, record.id AS subject_id, 'survey' AS kind, 'conducted' AS role,
               record.title, record.period AS date, record.period_earliest AS earliest,
               record.period_start_latest AS start_latest, record.period_end_earliest AS end_earliest,
               record.period_latest AS latest, least(record.position, 32767) AS "order", false AS planned,
               NULL::date AS settled_on, {BELONGS}
        FROM programs_survey record
        JOIN programs_program program ON program.id = record.program_id
    """


class StatementSource(TimelineSource):
    """What officials said."""

    subject = Statement
    owner = Program
    leads = {Program: "pk", Statement: "program"}
    select = f"""
        SELECT 'statement:' || record.slug AS key, record.id AS subject_id, 'statement' AS kind, 'said' AS role,
               left(record.speaker || ': ' || record.said, 300) AS title, record.date, record.earliest,
               record.start_latest, record.end_earliest, record.latest,
               least(record.position, 32767) AS "order", false AS planned, NULL::date AS settled_on, {BELONGS}
        FROM programs_statement record
        JOIN programs_program program ON program.id = record.program_id
    """
