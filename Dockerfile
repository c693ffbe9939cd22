# syntax=docker/dockerfile:1

# The wheel is built and installed here; nothing of the tools that do it goes along.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements-build.lock requirements.lock ./
RUN python -m venv /opt/townclerk \
 && /opt/townclerk/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY plugins plugins
COPY config config
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/townclerk/bin/pip install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Town Clerk" \
      org.opencontainers.image.licenses="EUPL-1.2"
RUN useradd --uid 1000 --user-group --home-dir /data --create-home --shell /usr/sbin/nologin townclerk
COPY --from=build /opt/townclerk /opt/townclerk
# All that must outlive the container lies in /data: the database, the crypto store, the session; put
# the settings there too, as /data/townclerk.toml, or hand them in as TOWNCLERK_… variables.
ENV PATH="/opt/townclerk/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    TOWNCLERK_DATABASE__URL="sqlite:////data/townclerk.db" \
    TOWNCLERK_WEB__HOST="0.0.0.0" \
    TOWNCLERK_WEB__PORT="8080"
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['TOWNCLERK_WEB__PORT'] + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["townclerk"]
CMD ["run"]
