# Sourced by the tests that need the learning platform: builds it, starts it on a free port with a new database, and stops it on exit.
# SERVER_BINARY names the binary; without it, it is built. Sets `binary`, `address` and `folder`, and defines `token`.
# shellcheck shell=bash

target=${CARGO_TARGET_DIR:-target}
binary=${SERVER_BINARY:-}
if [ -z "$binary" ]; then
    cargo build -q -p learning-platform --bin learning-platform --locked
    binary=$target/debug/learning-platform
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Starts the server.
start_platform() {
    # Read below, perhaps before the server has opened it.
    : > "$folder/out"
    PLATFORM_SERVER__ADDRESS=127.0.0.1:0 PLATFORM_DATABASE__URL="sqlite://$folder/platform.db" \
        PLATFORM_RAG__VECTORS="$folder/vectors.db" PLATFORM_AUTH__LOGIN_ATTEMPTS_PER_MINUTE=100000 \
        PLATFORM_AUTH__REGISTRATIONS_PER_MINUTE=100000 PLATFORM_AUTH__REFRESHES_PER_MINUTE=100000 \
        PLATFORM_AUTH__ACCESS_LIFETIME=2h "$binary" > "$folder/out" 2> "$folder/log" &
    local server=$!
    # shellcheck disable=SC2064 # expand now: the variables change
    trap "kill $server 2> /dev/null; wait $server 2> /dev/null; rm -rf $folder" EXIT
    for _ in $(seq 100); do
        address=$(sed -n 's|.*http://\([0-9.:]*\),.*|\1|p' "$folder/out" | head -1)
        if [ -n "$address" ]; then return; fi
        kill -0 "$server" 2> /dev/null || break
        sleep 0.1
    done
    cat "$folder/log"
    exit 1
}

# Prints an access token of a user of the seed.
token() {
    curl -sf "http://$address/api/v1/auth/login" -H 'content-type: application/json' \
        -d "{\"email\": \"$1\", \"password\": \"development-only\"}" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}
