"""Files that people bring: made from rows, brought, checked, approved."""

import csv
import io

import xlsxwriter
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile

from records import exports
from records.imports import orders, told, work
from records.imports.kinds import kinds
from records.models import Import


def somebody(role, name=None):
    user = User.objects.filter(username=name or role).first()
    if user is None:
        user = User.objects.create_user(name or role, is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
    return user


def table(rows, header=None, encoding="utf-8-sig", separator=","):
    """Rows, as mappings or lists below a header, as the bytes of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    if rows and isinstance(rows[0], dict):
        header = header or list(dict.fromkeys(name for row in rows for name in row))
        rows = [[row.get(name, "") for name in header] for row in rows]
    writer.writerows([header, *rows] if header else rows)
    return text.getvalue().encode(encoding)


def workbook(rows, **options):
    """Rows of cells as the bytes of a workbook; what is told by a function writes its cell itself."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, **options}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if callable(cell):
                    cell(book, sheet, number, column)
                else:
                    sheet.write(number, column, cell)
    return file.getvalue()


def bring(kind, content, *, by=None, name="rows.csv", encoding=""):
    return orders.place(ContentFile(content, name=name), kinds()[kind], by=by or somebody("editor"), encoding=encoding)


def check(kind, content, **options):
    """The import after its check."""
    order = bring(kind, content, **options)
    work.fulfil(order.key)
    order.refresh_from_db()
    return order


def faults(order, *, is_doubt=False):
    """Row, column and reason of each."""
    return [(each.row, each.column, each.reason) for each in order.faults.filter(is_doubt=is_doubt)]


def counts(order):
    return order.created_count, order.changed_count, order.unchanged_count


def submit(order, reason="Because the ministry said so"):
    orders.submit(order, by=order.by, reason=reason, change_kind="development")
    order.refresh_from_db()
    return order


def apply(order, *, by=None):
    """Submitted, approved by a reviewer, and carried out."""
    submit(order)
    orders.approve(order, by=by or somebody("reviewer"))
    work.fulfil(order.key)
    order.refresh_from_db()
    return order


def exported(kind, format="csv"):
    declared = kinds()[kind]
    rows = told.table(declared, told.fetched(declared, declared.visible()))
    with exports.write(format, told.headers(declared), rows, title=kind, about=[("Rows", kind)]) as file:
        return file.read()


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def standing(order):
    return Import.objects.get(pk=order.pk)
