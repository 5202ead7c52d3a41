"""Change sets that come one after another, and the functions by which rows learn the number of theirs."""

from django.db import migrations, models

BEGIN = """
-- Takes the next number and waits until the change set before is committed. The lock goes with the transaction.
CREATE FUNCTION records_begin_change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    IF coalesce(current_setting('policytrack.change_set', true), '') <> ''
       AND current_setting('policytrack.change_set_declared', true) = 'yes' THEN
        RAISE EXCEPTION 'A change set is open already (number %)', current_setting('policytrack.change_set');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('policytrack.change_set'));
    number := nextval(pg_get_serial_sequence('public.records_changeset', 'id'));
    PERFORM set_config('policytrack.change_set', number::text, true);
    PERFORM set_config('policytrack.change_set_declared', 'yes', true);
    RETURN number;
END $$;

-- Writes the change set with the moment from which it is known, which is later than that of the one before.
CREATE FUNCTION records_end_change(number bigint, kind text, reason text, by_id bigint) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
BEGIN
    SELECT greatest(clock_timestamp(), max(at) + interval '1 microsecond') INTO moment FROM records_changeset;
    INSERT INTO records_changeset (id, kind, reason, by_id, at) VALUES (number, kind, reason, by_id, moment);
    PERFORM set_config('policytrack.change_set', '', true);
    PERFORM set_config('policytrack.change_set_declared', '', true);
    RETURN moment;
END $$;

-- The number for what is written now. Nothing escapes: outside of a declared change, the transaction gets a set.
CREATE FUNCTION records_change_set() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint := nullif(current_setting('policytrack.change_set', true), '');
BEGIN
    IF number IS NULL THEN
        number := records_begin_change();
        PERFORM records_end_change(number, 'upkeep', 'Written outside of a change set', NULL);
        PERFORM set_config('policytrack.change_set', number::text, true);
    END IF;
    RETURN number;
END $$;
"""

END = """
DROP FUNCTION records_change_set();
DROP FUNCTION records_end_change(bigint, text, text, bigint);
DROP FUNCTION records_begin_change();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_initial")]

    operations = [
        migrations.AlterModelOptions(
            "changeset",
            {"ordering": ["-pk"], "verbose_name": "change set", "verbose_name_plural": "change sets"},
        ),
        migrations.RunSQL(BEGIN, END),
    ]
