"""A shop in one file, with a view that asks its database."""

import logging

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
log = logging.getLogger("shop")


def stock(request: HttpRequest, item: int) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [item])
        count = cursor.fetchone()[0]
    log.warning("stock of %s", item)
    return JsonResponse({"count": count})


def ready(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ready": True})


urlpatterns = [path("stock/<int:item>", stock), path("ready", ready)]
app = get_wsgi_application()
