#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image of the autograder.
set -euo pipefail

root="${GRADESCOPE_ROOT:-/autograder}"
files="$root/source"
home="$root/gradlings"
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends libseccomp2 python3 python3-venv

suits() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && suits "$candidate"; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    # Ubuntu 22.04 has Python 3.10, and 3.11 beside it.
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python="python3.11"
fi

rm -rf "$home"
"$python" -m venv "$home"
pip() {
    "$home/bin/python" -m pip --disable-pip-version-check install --no-cache-dir "$@"
}
# Without CUDA torch is a tenth of the size; where that index cannot be reached, any torch will do.
pip --constraint "$files/constraints.txt" --index-url https://download.pytorch.org/whl/cpu torch ||
    echo "No CPU build of torch; taking the usual one."
pip --constraint "$files/constraints.txt" "$files"/gradlings-*.whl

# For whoever reads the log of the build: the confinement is what grading depends on.
"$home/bin/python" -P -m grader doctor || true
