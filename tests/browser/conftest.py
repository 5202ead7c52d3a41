import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from records import roles

PASSWORD = "a long password"


@pytest.fixture
def opened(browser, live_server):
    """Open a page at a width, and take down what the browser complains about."""
    contexts = []

    def open_page(address, width=1440, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def work_as(browser, live_server):
    """Open the desk as somebody with a role, and take down what the browser complains about."""
    roles.ensure_groups()
    contexts = []

    def log_in(role, **options):
        user = User.objects.filter(username=role).first()
        if user is None:
            user = User.objects.create_user(role, password=PASSWORD, is_staff=True)
            user.groups.set([Group.objects.get(name=role)])
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.user, page.complaints = user, []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.goto(reverse("admin:login"))
        page.fill("#id_username", role)
        page.fill("#id_password", PASSWORD)
        page.click("input[type=submit]")
        return page

    yield log_in
    for context in contexts:
        context.close()
