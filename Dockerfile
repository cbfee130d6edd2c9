# The service with its model in one image. Debian, not Alpine: ONNX Runtime's prebuilt library needs glibc.
#   docker build -t embedding-pipeline .
#   docker run --rm -p 127.0.0.1:8000:8000 embedding-pipeline
# `npm run proof:image` builds it and runs it as a cluster would: on linux/amd64. It was never run on arm64; ONNX Runtime, LMDB and
# sharp have packages for it.

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/npm-cache npm ci --cache /npm-cache --no-audit --no-fund

# dist/ contains most packages. The others are loaded or sent by their paths, and are copied to /runtime. The list of all
# packages with their licences (SBOM) is made of the lock file.
FROM dependencies AS build
COPY scripts/build.js scripts/bundling.js scripts/left-out.cjs scripts/transpile.js scripts/runtime-packages.js scripts/
COPY src ./src
RUN npm run build && rm dist/*.map \
  && node scripts/runtime-packages.js /runtime/node_modules \
  && npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > /runtime/sbom.cdx.json

FROM node:24-bookworm-slim
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="embedding-pipeline" \
  org.opencontainers.image.description="Text in, vectors out: an embedding service with a cache, a rate limit, metrics and an OpenAI-compatible API" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
WORKDIR /app
ENV NODE_ENV=production
# Downloads from the hub go to /app/data. The user of the service owns nothing else under /app, so the root may be read-only.
RUN install -d -o node -g node data
COPY --from=build /runtime ./
COPY package.json ./
COPY models ./models
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT || 8000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No init process: the service handles SIGTERM, and Node reaps the workers, which are its own children.
CMD ["node", "--max-semi-space-size=32", "dist/main.js"]
