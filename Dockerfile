FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
# psql, pg_dump and pg_restore for the operator are in the image of the database.
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/policytrack policytrack
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIR=/var/lib/policytrack STATIC_ROOT=/app/collected
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Collected as root: the running site cannot change what it serves.
RUN python manage.py collectstatic --no-input --verbosity 0
USER policytrack
EXPOSE 8000
CMD ["gunicorn", "policytrack.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=4", "--preload", \
     "--no-control-socket", "--worker-tmp-dir=/dev/shm"]
