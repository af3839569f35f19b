# To be sourced: installs what the build needs, and the rest while the build goes on.

prepare_in_background() {
  Scripts/prepare build
  preparation=$(mktemp)
  Scripts/prepare "$@" >"$preparation" 2>&1 &
  preparing=$!
}

wait_for_preparation() {
  local status=0
  wait "$preparing" || status=$?
  cat "$preparation" >&2
  rm -f "$preparation"
  return $status
}
