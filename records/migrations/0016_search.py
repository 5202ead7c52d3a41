"""What search looks through, and the functions that make tokens of texts."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from records.tables import WholeMigration

# Characters of scripts that write words without spaces between them, or with endings; in pairs, any part of a word is
# found by an index.
PAIRED = (
    r"\u1100-\u11ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
# All others that words are made of. Written out, so that no locale decides.
LETTERS = (
    r"0-9a-z\u00b5\u00df-\u00f6\u00f8-\u02af\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u05d0-\u05ea\u0620-\u064a"
    r"\u0660-\u0669\u0900-\u0eff\u10a0-\u10ff\u1e00-\u1fff"
)
INVISIBLE = r"\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))
KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7)))

FUNCTIONS = rf"""
-- Text without the differences that a searcher does not mean: width, ligatures, accents, case, kana, invisible signs.
CREATE FUNCTION records_search_folded(told text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    -- Most English texts have no other signs than these, and need no more than lower case.
    told := translate(told, E'\u2018\u2019\u201c\u201d\u2013\u2014', '------');
    IF told !~ '[^\x01-\x7f]' THEN RETURN lower(told); END IF;
    -- Nor do most in Chinese, Japanese and Korean need to be taken apart and put together again.
    IF told ~ '[\u00c0-\u1fff{INVISIBLE}]' OR told IS NOT NFKC NORMALIZED THEN
        told := normalize(regexp_replace(normalize(told, NFKD), '[\u0300-\u036f{INVISIBLE}]', '', 'g'), NFKC);
    END IF;
    -- translate() looks through all of its characters for each of the text.
    IF told ~ '[\u3041-\u3096]' THEN told := translate(told, '{HIRAGANA}', '{KATAKANA}'); END IF;
    RETURN lower(told);
END $$;

-- The words of a text with one space between them, and the British spellings that stems do not level.
CREATE FUNCTION records_search_spaced(told text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT replace(replace(replace(replace(regexp_replace(
        public.records_search_folded(told), '[^{LETTERS}{PAIRED}]+', ' ', 'g'
    ), 'licenc', 'licens'), 'sulph', 'sulf'), 'aluminium', 'aluminum'), 'isation', 'ization')
$$;

-- English stems, and of each run of paired characters abcd the tokens a ab bc cd d, each one place further.
--
-- The numbers of acts have a token of their own, n46y2024, however they are written. It takes the place of a stop word,
-- so that phrases stay as long as they are; before Chinese, Japanese and Korean numbers there is none to be had.
CREATE FUNCTION records_search_tokens(told text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    told := public.records_search_spaced(told);
    IF told LIKE '% of 20%' OR told LIKE '% of 19%' THEN
        told := regexp_replace(told, '\m(\d{{1,5}}) of ((?:19|20)\d\d)\M', '\1 n\1y\2 \2', 'g');
    END IF;
    IF told ~ '\mno \d+ (?:19|20)\d\d\M' THEN
        told := regexp_replace(told, '\mno (\d{{1,5}}) ((?:19|20)\d\d)\M', 'n\1y\2 \1 \2', 'g');
    END IF;
    IF told ~ '[{PAIRED}]' THEN
        IF told ~ '\d ?[号號호]' THEN
            told := regexp_replace(
                told, '((?:19|20)\d\d) ?[年년]? ?[第제]? ?(\d{{1,5}}) ?[号號호]', ' n\2y\1 \&', 'g'
            );
        END IF;
        told := regexp_replace(told, '([^ {PAIRED}])(?=[{PAIRED}])', '\1 ', 'g');
        told := regexp_replace(told, '([{PAIRED}])(?=[^ {PAIRED}])', '\1 ', 'g');
        told := regexp_replace(told, '([{PAIRED}])', '\1 \1', 'g');
    END IF;
    RETURN to_tsvector('pg_catalog.english', told);
END $$;

-- What something is called, so that two spellings of one name are equal: spaces count between letters only.
CREATE FUNCTION records_search_name(told text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(btrim(public.records_search_spaced(told)), '(?<=[{PAIRED}]) | (?=[{PAIRED}])', '', 'g')
$$;

-- The vector of an entry, whose texts come in the order of their weights. Between two texts lie more places than a
-- phrase can leap; stop words take places only.
CREATE FUNCTION records_search_vector(texts jsonb, links text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    vector tsvector := '';
    weight text := 'A';
    told text := '';
    piece jsonb;
BEGIN
    FOR piece IN SELECT * FROM jsonb_array_elements(texts) LOOP
        IF weight <> piece ->> 0 THEN
            vector := vector || setweight(public.records_search_tokens(told), weight::"char");
            weight := piece ->> 0;
            told := '';
        END IF;
        told := told || left(piece ->> 3, 20000) || ' the the the the the ';
    END LOOP;
    RETURN vector || setweight(public.records_search_tokens(told), weight::"char") || array_to_tsvector(links);
END $$;
"""
NO_FUNCTIONS = "; ".join(
    f"DROP FUNCTION IF EXISTS records_search_{name}"
    for name in ("vector(jsonb, text[])", "name(text)", "tokens(text)", "spaced(text)", "folded(text)")
)
# What was known is searched as fast as what is.
OF_VERSIONS = """
CREATE INDEX records_searchversion_vector ON records_searchentryversion USING gin (vector);
CREATE INDEX records_searchversion_named ON records_searchentryversion USING gin (vector) WHERE NOT (names = '{}');
CREATE INDEX records_searchversion_names ON records_searchentryversion USING gin (names) WHERE NOT (names = '{}');
CREATE INDEX records_searchversion_spellings ON records_searchentryversion
    USING gin (spellings gin_trgm_ops) WHERE NOT (spellings = '');
CREATE INDEX records_searchversion_subject ON records_searchentryversion (kind, subject_id);
"""

# A base that is there already gets its entries from a worker.
FILLED = """
INSERT INTO records_outboxentry (key, topic, payload, created_at, attempts)
SELECT 'search:0015', 'search', '{}', now(), 0 WHERE EXISTS (SELECT FROM records_source) ON CONFLICT DO NOTHING;
"""


class Migration(WholeMigration):

    dependencies = [
        ('records', '0015_api_tokens'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.CreateModel(
            name='SearchEntryVersion',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('known_since', models.BigIntegerField(db_default=0, db_index=True, help_text='Number of the change set that wrote the row.', verbose_name='known since')),
                ('superseded_by', models.BigIntegerField(db_index=True, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by')),
                ('kind', models.CharField(help_text='Kind of record, as addresses name it.', max_length=20, verbose_name='kind')),
                ('subject_id', models.BigIntegerField(help_text='Number of the record, or of the archived copy.')),
                ('part', models.PositiveIntegerField(default=0, help_text='Which piece of an archived copy; 0 for records.', verbose_name='part')),
                ('slug', models.CharField(help_text="Public id of the record, or of the copy's source.", max_length=120, verbose_name='id')),
                ('title', models.TextField(verbose_name='title')),
                ('path', models.CharField(help_text='Where the record is shown.', max_length=300, verbose_name='address')),
                ('texts', models.JSONField(help_text='Lists of weight, field, language and text, in the order in which they count.', verbose_name='texts')),
                ('links', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='The records, countries and codes that it is about, such as @material12.', size=None, verbose_name='links')),
                ('names', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='Of a material or organization all it is called, folded; else none.', size=None, verbose_name='names')),
                ('spellings', models.TextField(help_text='What is looked through for words that are spelled alike; empty for most kinds.', verbose_name='spellings')),
                ('vector', django.contrib.postgres.search.SearchVectorField(help_text='Words and pairs of characters with their places and weights.', verbose_name='vector')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='Kind of record, as addresses name it.', max_length=20, verbose_name='kind')),
                ('subject_id', models.BigIntegerField(help_text='Number of the record, or of the archived copy.')),
                ('part', models.PositiveIntegerField(default=0, help_text='Which piece of an archived copy; 0 for records.', verbose_name='part')),
                ('slug', models.CharField(help_text="Public id of the record, or of the copy's source.", max_length=120, verbose_name='id')),
                ('title', models.TextField(verbose_name='title')),
                ('path', models.CharField(help_text='Where the record is shown.', max_length=300, verbose_name='address')),
                ('texts', models.JSONField(help_text='Lists of weight, field, language and text, in the order in which they count.', verbose_name='texts')),
                ('links', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='The records, countries and codes that it is about, such as @material12.', size=None, verbose_name='links')),
                ('names', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='Of a material or organization all it is called, folded; else none.', size=None, verbose_name='names')),
                ('spellings', models.TextField(help_text='What is looked through for words that are spelled alike; empty for most kinds.', verbose_name='spellings')),
                ('vector', django.contrib.postgres.search.SearchVectorField(help_text='Words and pairs of characters with their places and weights.', verbose_name='vector')),
                ('known_since', models.BigIntegerField(db_default=0, db_index=True, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since')),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
                'ordering': ['kind', 'subject_id', 'part'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['vector'], name='records_search_vector'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('names', []), _negated=True), fields=['vector'], name='records_search_named'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('names', []), _negated=True), fields=['names'], name='records_search_names'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('spellings', ''), _negated=True), fields=['spellings'], name='records_search_spellings', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject_id', 'part'), name='records_searchentry_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='searchentry',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_searchentryversion" ("pgh_obj_id", "superseded_by", "kind", "subject_id", "part", "slug", "title", "path", "texts", "links", "names", "spellings", "vector", "known_since") VALUES (OLD."id", change_set, OLD."kind", OLD."subject_id", OLD."part", OLD."slug", OLD."title", OLD."path", OLD."texts", OLD."links", OLD."names", OLD."spellings", OLD."vector", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='f419d3da251306448370c3470a8bf97ff9375b74', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_0d25b', table='records_searchentry', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='searchentryversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.searchentry'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='searchentryversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='157a46adcc16bdfc300b7b1b1332f8035fc02ef7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_16c0e', table='records_searchentryversion', when='BEFORE')),
        ),
        migrations.RunSQL(OF_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]
