import os

from django.core.wsgi import get_wsgi_application

from policytrack import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policytrack.settings")

application = get_wsgi_application()
serving.refuse_owner()
serving.spare_garbage_collections()
