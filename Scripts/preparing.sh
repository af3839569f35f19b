# To be sourced: installs what is missing while something else goes on.

prepare_in_background() {
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
