#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The one list of Debian packages that this project needs, grouped by purpose.
#
#   scripts/deps.sh [group...]     install what is missing (default: all groups but
#                                  apps and kasan)
#   scripts/deps.sh --list [group...]   print the packages, install nothing
#
# If all packages are installed, the script prints nothing and does not call apt.
set -eu

ALL="build module deb machine bench lint"

packages()
{
	case $1 in
	build)	 echo "gcc clang ccache make pkg-config libxen-dev libjson-c-dev" \
		      "libcmocka-dev libseccomp-dev libcap-ng-dev libpng-dev" \
		      "libsdl2-dev libsystemd-dev edid-decode intel-gpu-tools perl" ;;
	module)	 echo "linux-headers-amd64 sparse dkms perl xz-utils zstd binutils" ;;
	deb)	 echo "debhelper dpkg-dev fakeroot" ;;
	machine) echo "qemu-system-x86 qemu-utils mmdebstrap busybox-static" \
		      "cpio e2fsprogs kmod seabios ipxe-qemu socat util-linux" \
		      "xz-utils zstd lz4 pciutils grub-pc-bin" \
		      "grub-common libdrm-dev gcc binutils perl" \
		      "dpkg-dev patch meson ninja-build pkg-config" \
		      "libglib2.0-dev libpixman-1-dev libattr1-dev" \
		      "libcap-ng-dev libfdt-dev zlib1g-dev procps" ;;
	bench)	 echo "valgrind" ;;
	# libraries and programs for tests/apps/run, which installs them when it
	# runs
	apps)	 echo "libdrm-dev libegl-dev libegl1 libgles-dev libgl-dev libopengl-dev" \
		      "libgl1-mesa-dri" \
		      "libvulkan-dev mesa-vulkan-drivers vulkan-tools glslang-tools" \
		      "ocl-icd-opencl-dev intel-opencl-icd clinfo libva-dev vainfo" \
		      "i965-va-driver intel-media-va-driver" ;;
	# the build of a kernel that checks itself, which only tests/run long needs
	kasan)	 echo "gcc ccache make perl bc flex bison libelf-dev libssl-dev kmod" \
		      "dpkg-dev xz-utils" ;;
	lint)	 echo "shellcheck pmccabe libdpkg-perl logrotate systemd" ;;
	*)	 echo "deps.sh: no group '$1' (groups: $ALL apps kasan)" >&2
		 exit 2 ;;
	esac
}

list_only=
if [ "${1:-}" = --list ]; then
	list_only=1
	shift
fi
# shellcheck disable=SC2086	# a list of words on purpose
[ $# -gt 0 ] || set -- $ALL

wanted=
for group; do
	wanted="$wanted $(packages "$group")"
done
if [ "$list_only" ]; then
	# shellcheck disable=SC2086
	printf '%s\n' $wanted
	exit 0
fi

missing=
for pkg in $wanted; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$pkg" 2>/dev/null) ||
		state=
	[ "$state" = installed ] || missing="$missing $pkg"
done
[ "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "deps.sh: not root and no sudo; please install:$missing" >&2
		exit 1
	}
	as_root="sudo"
fi

echo "deps.sh: installing$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! $as_root apt-get -q update -o APT::Update::Error-Mode=any >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	echo "deps.sh: cannot reach the Debian package servers (network?);" \
	     "missing:$missing" >&2
	exit 1
fi
# shellcheck disable=SC2086
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy \
	--no-install-recommends install $missing >"$log" 2>&1; then
	tail -n 15 "$log" >&2
	echo "deps.sh: apt-get install failed; missing:$missing" >&2
	exit 1
fi
