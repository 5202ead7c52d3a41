"""A feed as Atom (RFC 4287), with paging (RFC 5005) and the licence (RFC 4946)."""

from io import BytesIO

from django.utils.feedgenerator import Atom1Feed

from records.feeds.entries import LICENCE, LICENCE_URL, Feed, printable

CONTENT_TYPE = "application/atom+xml"


class _Atom(Atom1Feed):
    """Django's writer, with the links and the content that it does not know."""

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for relation, address, type in self.feed["links"]:
            if address:
                handler.addQuickElement(
                    "link", "", {"rel": relation, "href": address} | ({"type": type} if type else {})
                )
        handler.addQuickElement("generator", "policytrack")

    def latest_post_date(self):
        # Of a feed without entries Django would tell the time of day.
        return self.feed["updated"]

    def item_attributes(self, item):
        return {"xml:lang": item["language"]} if item["language"] != self.feed["language"] else {}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html", "xml:lang": self.feed["language"]})


def write(feed: Feed) -> bytes:
    atom = _Atom(
        title=printable(feed.title),
        link=feed.page,
        description=None,
        subtitle=printable(feed.description),
        language=feed.language,
        feed_url=feed.url,
        feed_guid=f"urn:uuid:{feed.id}",
        author_name="policytrack",
        feed_copyright=f"{LICENCE}, {LICENCE_URL}",
        updated=feed.updated,
        links=[
            *(("alternate", address, type) for type, address in feed.others.items()),
            ("license", LICENCE_URL, ""),
            ("previous", feed.previous, CONTENT_TYPE),
            ("next", feed.next, CONTENT_TYPE),
        ],
    )
    for entry in feed.entries:
        atom.add_item(
            title=printable(entry.title),
            link=entry.url,
            description=None,
            unique_id=f"urn:uuid:{entry.id}",
            pubdate=entry.moments.first,
            updateddate=entry.moments.told,
            categories=entry.tags,
            content=entry.html,
            language=entry.language,
        )
    written = BytesIO()
    atom.write(written, "utf-8")
    return written.getvalue()
