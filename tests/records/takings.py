"""Lists taken along, and their files as other programs count them."""

import csv
import io
import json
import re

import openpyxl
from django.urls import reverse


def content(response) -> bytes:
    assert response.status_code == 200, response.content[:300]
    return b"".join(response.streaming_content)


def rows_in(format: str, taken: bytes) -> int:
    """The rows of a file, counted as another program would."""
    if format == "csv":
        return len(list(csv.reader(io.StringIO(taken.decode("utf-8-sig"))))) - 1
    if format == "xlsx":
        return len(list(openpyxl.load_workbook(io.BytesIO(taken)).worksheets[0].iter_rows())) - 1
    if format == "jsonl":
        return len([json.loads(line) for line in taken.decode().splitlines()])
    if format == "csl":
        return len(json.loads(taken))
    text = taken.decode()
    return text.count("\r\nER  - \r\n") if format == "ris" else len(re.findall(r"^@\w+\{[^,\s]+,$", text, re.MULTILINE))


def take(client, page="measures:list", **query):
    return client.get(reverse(page), query)


def lines(client, page="measures:list", **query):
    return [json.loads(line) for line in content(take(client, page, format="jsonl", **query)).splitlines()]
