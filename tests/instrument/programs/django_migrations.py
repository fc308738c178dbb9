"""Django's own migrations of one of its apps, up and down again, in a database in memory."""

import django
from django.conf import settings
from django.core.management import call_command

database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes"], DATABASES={"default": database})
django.setup()
call_command("migrate", verbosity=0)
call_command("migrate", "contenttypes", "0001", verbosity=0)
