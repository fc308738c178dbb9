import pytest

from trivet.sdk.naming import guess_service


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python /venv/bin/uvicorn app:app --reload", "app"),
        ("/usr/bin/python3.11 -m uvicorn shop.api.main:app --port 80", "shop"),
        ("python /venv/bin/gunicorn -w 4 -b 0.0.0.0:8000 orders.wsgi:application", "orders"),
        ("python /venv/bin/gunicorn -b 127.0.0.1:80 main:app", "here"),
        ("python /venv/bin/hypercorn --bind :80 mail:create()", "mail"),
        ("python /venv/bin/flask --app hello run", "hello"),
        ("python /venv/bin/flask run", "from_variable"),
        ("python /venv/bin/celery -A proj worker -l info", "proj-worker"),
        ("python /venv/bin/celery --app=proj.tasks beat", "tasks-beat"),
        ("python -m celery -A proj flower", "proj-flower"),
        ("python manage.py runserver", "site_from_variable"),
        ("python transcode.py --all", "transcode"),
        ("python src/video/main.py", "here"),
        ("python /srv/video/__main__.py", "video"),
        ("python -u -X dev -W error jobs.py", "jobs"),
        ("python -mhttp.server", "http"),
        ("python -m billing", "billing"),
        ("python -c pass", "python"),
        ("python -", "python"),
        ("python", "python"),
        ("", "python"),
        ("pytest -q", "pytest"),
    ],
)
def test_the_command_names_the_service(command, name):
    environ = {"FLASK_APP": "from_variable.py", "DJANGO_SETTINGS_MODULE": "site_from_variable.settings"}
    assert guess_service(command.split(), environ, "/srv/here") == name


def test_django_without_settings_is_named_by_its_directory():
    assert guess_service(["python", "manage.py", "migrate"], {}, "/srv/shop") == "shop"


def test_a_spawned_worker_is_part_of_its_parents_service():
    command = ["python", "-c", "from multiprocessing.spawn import spawn_main; spawn_main(5)", "--multiprocessing-fork"]
    assert guess_service(command, {"TRIVET_PARENT_SERVICE": "shop"}) == "shop"
    assert guess_service(["python", "mail.py"], {"TRIVET_PARENT_SERVICE": "shop"}) == "mail"
