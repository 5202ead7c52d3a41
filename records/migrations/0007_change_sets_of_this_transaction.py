"""A row is stamped with a change set that its own transaction has begun, whatever a setting of the session says."""

from importlib import import_module

from django.db import migrations

# Settings may be set by anybody. With the number of an old change set, a change would leave no version behind, and what
# readers were told at that time would read differently. So the set is written down when it is begun, which only the
# function can do, and a number is believed where this very transaction wrote its row.
WRITTEN_AT_THE_BEGINNING = """
-- xmin has 32 bits, so the whole number of that transaction is the one nearest to this one's. A savepoint has a number
-- of its own; what is in progress and yet visible is of this transaction.
CREATE FUNCTION records_wrote(writer xid) RETURNS boolean LANGUAGE sql AS $$
    SELECT writer = pg_current_xact_id()::xid OR pg_xact_status((
        pg_current_xact_id()::text::bigint - 2147483648
        + ((writer::text::bigint - pg_current_xact_id()::text::bigint + 2147483648) & 4294967295)
    )::text::xid8) = 'in progress'
$$;

-- Takes the next number once the change set before is committed. The lock goes with the transaction.
CREATE OR REPLACE FUNCTION records_begin_change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    IF coalesce(current_setting('policytrack.change_set', true), '') <> ''
       AND current_setting('policytrack.change_set_declared', true) = 'yes' THEN
        RAISE EXCEPTION 'A change set is open already (number %)', current_setting('policytrack.change_set');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('policytrack.change_set'));
    INSERT INTO records_changeset (kind, reason, at)
    SELECT 'upkeep', 'Written outside of a change set', greatest(clock_timestamp(), max(at) + interval '1 microsecond')
    FROM records_changeset
    RETURNING id INTO number;
    PERFORM set_config('policytrack.change_set', number::text, true);
    PERFORM set_config('policytrack.change_set_declared', 'yes', true);
    RETURN number;
END $$;

-- Says what the change set was, with the moment from which it is known, which is later than that of the one before.
CREATE OR REPLACE FUNCTION records_end_change(number bigint, kind text, reason text, by_id bigint) RETURNS timestamptz
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
BEGIN
    UPDATE records_changeset
    SET kind = $2, reason = $3, by_id = $4, at = (
        SELECT greatest(clock_timestamp(), max(at) + interval '1 microsecond') FROM records_changeset WHERE id < $1
    )
    WHERE id = $1 AND records_wrote(xmin)
    RETURNING at INTO moment;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Change set % was not begun by this transaction', $1;
    END IF;
    PERFORM set_config('policytrack.change_set', '', true);
    PERFORM set_config('policytrack.change_set_declared', '', true);
    RETURN moment;
END $$;

-- The number for what is written now. Nothing escapes: outside of a declared change, the transaction gets a set.
CREATE OR REPLACE FUNCTION records_change_set() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    SELECT id INTO number FROM records_changeset
    WHERE id = nullif(current_setting('policytrack.change_set', true), '')::bigint AND records_wrote(xmin);
    IF number IS NULL THEN
        PERFORM set_config('policytrack.change_set', '', true);
        number := records_begin_change();
        PERFORM set_config('policytrack.change_set_declared', '', true);
    END IF;
    RETURN number;
END $$;
"""

WRITTEN_AT_THE_END = import_module("records.migrations.0003_known").BEGIN.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
) + "DROP FUNCTION records_wrote(xid);"


class Migration(migrations.Migration):
    dependencies = [("records", "0006_imports")]

    operations = [migrations.RunSQL(WRITTEN_AT_THE_BEGINNING, WRITTEN_AT_THE_END)]
