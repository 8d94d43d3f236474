# The images of failover-ip, from a clean clone:
#   docker build --target operator --build-arg PROVIDER=scaleway --tag failover-ip/operator-scaleway .
#   docker build --target agent --tag failover-ip/agent .
# They hold Node.js, the libraries that it loads, and one bundled file; no shell, no package manager.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /source
# Apart, so that a change of the sources downloads nothing again.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npm install --global pnpm@12 && pnpm fetch --ignore-scripts
COPY . .
RUN pnpm install --frozen-lockfile --offline --ignore-scripts \
    && for package in packages/operator-* packages/agent; do (cd "$package" && node ../../scripts/bundle-operator.mjs) || exit 1; done \
    && mkdir /bundles \
    && cp packages/*/dist/failover-ip-*.mjs /bundles/ \
    && rm -rf node_modules packages/*/node_modules

# `env` is there for the first line of each bundle, which says how Node.js is to be started.
FROM ${NODE_IMAGE} AS operator-root
COPY images/collect.sh /usr/local/bin/
RUN collect.sh /collected node env \
    && mkdir /collected/etc \
    && echo 'failover-ip:x:65532:65532::/:/nonexistent' >/collected/etc/passwd

FROM ${NODE_IMAGE} AS agent-root
RUN apt-get update && apt-get install --yes --no-install-recommends iproute2 nftables
COPY images/collect.sh /usr/local/bin/
RUN collect.sh /collected node env ip nft \
    && mkdir /collected/etc \
    && echo 'root:x:0:0::/:/nonexistent' >/collected/etc/passwd

FROM scratch AS agent
ARG VERSION=dev
LABEL org.opencontainers.image.title="failover-ip agent" \
      org.opencontainers.image.description="Puts failover addresses on a node's interfaces and answers probes." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=agent-root /collected/ /
COPY --from=build /bundles/failover-ip-agent.mjs /failover-ip/agent.mjs
ENV NODE_ENV=production HOME=/
# The address plane needs NET_ADMIN and NET_RAW, and Kubernetes gives capabilities to uid 0 alone.
USER 0:0
ENTRYPOINT ["/failover-ip/agent.mjs"]

FROM scratch AS operator
ARG PROVIDER
ARG VERSION=dev
LABEL org.opencontainers.image.title="failover-ip operator for ${PROVIDER}" \
      org.opencontainers.image.description="Keeps addresses that ${PROVIDER} routes on healthy nodes of a Kubernetes cluster." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=operator-root /collected/ /
COPY --from=build /bundles/failover-ip-operator-${PROVIDER}.mjs /failover-ip/operator.mjs
ENV NODE_ENV=production HOME=/
USER 65532:65532
ENTRYPOINT ["/failover-ip/operator.mjs"]
