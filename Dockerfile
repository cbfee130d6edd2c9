# The service with its model in one image. Debian, not Alpine: ONNX Runtime's prebuilt library needs glibc.
#   docker build -t embedding-pipeline .
#   docker run --rm -p 127.0.0.1:8000:8000 embedding-pipeline

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund

FROM dependencies AS build
COPY scripts/build.js scripts/bundling.js scripts/transpile.js scripts/
COPY src ./src
RUN npm run build

# The packages that the service needs at run time: without development packages, without ONNX Runtime for other systems, and
# without two packages that npm keeps and no code loads: ONNX Runtime for browsers (transformers.js brings what it needs of it)
# and typescript, an optional peer of @nestjs/swagger.
FROM dependencies AS runtime-dependencies
RUN npm prune --omit=dev --no-audit --no-fund \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
       -not -path "*/linux/$(node -p process.arch)" -exec rm -r {} + \
  && rm -r node_modules/onnxruntime-web node_modules/typescript

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
# Downloads from the hub go to /app/data. The user of the service owns nothing else under /app, so the root may be read-only.
RUN install -d -o node -g node data
COPY --from=runtime-dependencies /app/node_modules ./node_modules
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
