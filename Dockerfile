# One image for every instance. Needs nothing else when it runs alone (its own PostgreSQL, in /data); docker-compose.yml
# runs two of it behind nginx.

FROM node:24.21.0-slim AS build
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund \
  # The Node that brings itself to machines without one.
  && rm -rf node_modules/node-linux-*
COPY contract contract
COPY sdk sdk
COPY client-demo client-demo
COPY migrations migrations
COPY server server
# Found at the start by the hash of its sources, which is why those are in the image.
RUN node -e "import('/app/server/page/build.ts').then(async ({ ensurePage }) => process.exit((await ensurePage({ log: console })) ? 0 : 1))"

FROM node:24.21.0-slim
WORKDIR /app
COPY --from=build /app /app
# A named volume gets its owner from the folder that it covers.
RUN mkdir /data && chown node:node /data
USER node
# As scripts/run.mjs has it: memory that would only be kept for later.
ENV NODE_OPTIONS=--max-semi-space-size=8 MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=65536
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/v1/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--min-semi-space-size=8", "server/main.ts"]
