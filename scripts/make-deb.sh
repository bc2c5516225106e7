#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
#   scripts/make-deb.sh OUTDIR
#
# Makes the Debian packages, unsigned, in OUTDIR. Does nothing if neither the sources
# nor the settings (FAULT, SAN, CC, EXTRA_CFLAGS, OPT) have changed. Builds in a copy of
# the sources below OUTDIR, and so does not change the checkout.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:?usage: make-deb.sh OUTDIR}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$out/.work
log=$out/.log

# If make runs this script, debian/rules would inherit make's variables, and use
# them as settings. So unset these variables.
unset MAKEFLAGS MAKELEVEL MFLAGS B

inputs()
{
	(cd "$top" && find Makefile include src tools xen-hooks kmod debian \
		scripts/install.sh scripts/make-deb.sh docs/man \
		-type f \( -name '*.[ch158]' -o -name Makefile -o -name 'Kbuild*' \
			-o -name '*.conf' -o -path 'debian/*' \
			-o -path 'xen-hooks/scripts/*' -o -name build-xl-stub -o -path 'scripts/*' \
			-o -path 'kmod/i915/*-*' \) \
		! -name '*.mod.c' ! -path '*/.*' | LC_ALL=C sort)
}

hash=$({
	(cd "$top" && inputs | xargs sha256sum)
	echo "${FAULT:-} ${SAN:-} ${CC:-} ${EXTRA_CFLAGS:-} ${OPT:-}"
	dpkg-query -W -f '${Package} ${Version}\n' gcc libxen-dev libjson-c-dev libsdl2-dev debhelper
} | sha256sum | cut -c1-32)

exec 9>"$out/.lock"
flock 9
if [ "$(cat "$out/.hash" 2>/dev/null)" = "$hash" ] &&
   ls "$out"/xengt_*.deb "$out"/xengt-dkms_*.deb "$out"/xengt-i915-dkms_*.deb \
	"$out"/xengt-view_*.deb "$out"/xengt-xl_*.deb \
	>/dev/null 2>&1; then
	exit 0
fi
rm -f "$out/.hash" "$work"/*.deb

# Use the objects of an earlier build with the same settings again; make
# rebuilds the objects that are out of date.
settings=$(echo "${FAULT:-} ${SAN:-} ${CC:-} ${EXTRA_CFLAGS:-} ${OPT:-}" | md5sum | cut -c1-8)
rm -rf "$work/tree"
mkdir -p "$work/tree" "$work/obj-$settings"
inputs | (cd "$top" && cpio -pdm --quiet "$work/tree")

# shellcheck disable=SC2097,SC2098
if ! (cd "$work/tree" &&
      OBJ=$work/obj-$settings DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
      MAKEFLAGS="-j$(nproc)" \
      dpkg-buildpackage --build=binary --no-pre-clean --unsigned-changes \
		--unsigned-buildinfo) >"$log" 2>&1; then
	tail -n 25 "$log" >&2
	echo "make-deb.sh: failed; the whole log: $log" >&2
	exit 1
fi
# Replace the old packages only after the build, because other processes may be
# reading them.
rm -f "$out"/*.deb
mv "$work"/*.deb "$out/"
rm -rf "$work/tree" "$work"/*.buildinfo "$work"/*.changes
echo "$hash" >"$out/.hash"
ls "$out"/*.deb
