# One image for workers, the set-up job and the command line; docker-compose.yml says which runs what.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: the lock file names the optional packages of one platform only, which `ci` refuses.
RUN npm install --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && npm prune --omit=dev && rm -rf test dist/test

FROM node:20.20.2-bookworm-slim
# Certificates for a managed Temporal and for providers.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production CONCLAVE_HOME=/home/node/.conclave
WORKDIR /app
COPY --from=build /app /app
USER node
CMD ["node", "dist/workers/main.js"]
