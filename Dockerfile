# syntax=docker/dockerfile:1

# --- dependencies: everything locked and checked against its hash --------------------------------
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --require-hashes -r requirements.lock

# --- the image: no compiler, no root -------------------------------------------------------------
FROM python:3.12-slim
RUN groupadd --gid 10001 shop && useradd --uid 10001 --gid shop --no-create-home shop
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Static files are part of the image. The keys of this step end with it.
RUN mkdir -p var/static var/media \
    && DJANGO_SECRET_KEY=only-for-collectstatic python manage.py collectstatic --noinput \
    && chown -R shop:shop var/media
USER shop
EXPOSE 8000
# gunicorn drains running requests on SIGTERM before it ends.
STOPSIGNAL SIGTERM
# /dev/shm: a heartbeat file on a slow disk would make a healthy worker look dead.
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--workers", "2", "--threads", "4", "--graceful-timeout", "30", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
