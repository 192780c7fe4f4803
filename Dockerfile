# PLACE in one image: the browser client and the server are each built in a
# stage of their own, and only what they made goes into the last one.

FROM node:20.20.2-bookworm-slim AS web
WORKDIR /src/web
# Packages before sources: they are fetched again only when the lock changes.
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY assets /src/assets
COPY web ./
RUN npm run build

# The version is that of rust-toolchain.toml, which stays outside: it also asks
# for tools that are of no use here.
FROM rust:1.95.0-slim-bookworm AS server
WORKDIR /src
ENV CARGO_PROFILE_RELEASE_STRIP=symbols
# Dependencies before sources: a skeleton of the workspace builds them all. What
# it made of our own crates is thrown away, or it would pass for the real thing.
COPY Cargo.toml Cargo.lock ./
COPY server/core/Cargo.toml server/core/
COPY benches/load/Cargo.toml benches/load/
RUN mkdir -p server/src server/core/src benches/load/src \
    && touch server/src/lib.rs server/core/src/lib.rs \
    && for main in server/build.rs server/src/main.rs benches/load/src/main.rs; do \
        echo 'fn main() {}' >"$main"; \
    done \
    && cargo build --release --locked --bin place \
    && cargo clean --release --package place --package place-core
COPY assets assets
COPY server server
COPY --from=web /src/web/dist /usr/share/place/web
ENV PLACE_WEB_DIST=/usr/share/place/web
RUN cargo build --release --locked --bin place
# Their licenses want to travel with the libraries. Those of the client's are in
# its licenses.md already.
RUN mkdir /licenses \
    && cargo tree --locked --package place --edges normal --prefix none --no-dedupe \
        --format '{p}: {l}' | sort -u >/licenses/libraries.txt \
    && cd "$CARGO_HOME"/registry/src/*/ \
    && find . -mindepth 2 -maxdepth 2 -type f \( -iname 'licen[sc]e*' -o -iname 'unlicense*' \
        -o -iname 'copying*' -o -iname 'copyright*' -o -iname 'notice*' \) -print0 \
    | tar --create --gzip --file=/licenses/libraries.tar.gz --null --files-from=-

FROM debian:bookworm-20261005-slim
LABEL org.opencontainers.image.title="PLACE" \
      org.opencontainers.image.description="A collaborative pixel canvas made for a classroom" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# The number is fixed, so that a folder of the host can be given to this user.
RUN groupadd --gid 10001 place \
    && useradd --uid 10001 --gid place --home-dir /data --no-create-home \
        --shell /usr/sbin/nologin place \
    && install --directory --owner=place --group=place --mode=0700 /data /backups
COPY LICENSE-* /usr/share/doc/place/
COPY --from=server /licenses /usr/share/doc/place
COPY --from=web /src/web/dist /usr/share/place/web
COPY --from=server /src/target/release/place /usr/local/bin/place

USER 10001:10001
# Backups and pictures land here, apart from what they are made of.
WORKDIR /backups
VOLUME /data
# `container` tells the server that its own addresses are of no use outside.
ENV PLACE_DATA=/data PLACE_LISTEN=0.0.0.0:8080 container=oci
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["place", "health"]
ENTRYPOINT ["place"]
