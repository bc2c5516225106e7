#!/bin/bash
# long
# budget: 3000
# The package xengt-i915-dkms: dkms builds its tree for a kernel, with the kernel's source of
# Debian. The build fails with a message if the source is not there, or does not fit.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Packs i915's headers of a release as Debian's package with the kernel's source has them.
pack() # HEADERS OUT
{
	mkdir -p "$work/pack/linux-source"
	cp -r "$1/." "$work/pack/linux-source/"
	tar -c -C "$work/pack" linux-source | xz -0 > "$2"
	rm -rf "$work/pack"
}

# Builds the module as dkms does when the package is installed; the source is $SOURCE.
build() # KERNEL-HEADERS
{
	local release
	release=$(make -s -C "$1" kernelrelease) || return
	rm -rf "$work/dkms" "$work/modules"
	mkdir -p "$work/dkms" "$work/modules/$release"
	ln -s "$1" "$work/modules/$release/build"
	dkms build --no-depmod --dkmstree "$work/dkms" --sourcetree "$work/root/usr/src" \
		--installtree "$work/modules" --kernelsourcedir "$1" -k "$release/x86_64" \
		"xengt-i915/$version"
}

tap() # STATUS TEXT
{
	n=$((n + 1))
	[ "$1" -eq 0 ] || failed=1
	[ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

# The build fails, and make.log has the text.
refused() # TEXT KERNEL-HEADERS LOG-TEXT
{
	! build "$2" > "$work/log" 2>&1 && grep -rq "$3" "$work/dkms" --include=make.log
	tap $? "$1"
}

scripts/make-deb.sh "$B/deb" > /dev/null || exit 125
dpkg-deb -x "$(echo "$B"/deb/xengt-i915-dkms_*.deb)" "$work/root"
version=$(dpkg-deb -f "$(echo "$B"/deb/xengt-i915-dkms_*.deb)" Version)
kernel=$("$E2E/kmod/headers-for" bookworm) || exit 125
headers=$("$E2E/kmod/i915-headers-for" bookworm) || exit 125
export SOURCE=$work/none.tar.xz
refused "without the kernel's source nothing is built, and make.log names the package" "$kernel" \
	"install Debian's package with the source"
cp -r "$headers" "$work/moved"
beside_move_member "$work/moved"
pack "$work/moved" "$work/moved.tar.xz"
SOURCE=$work/moved.tar.xz
refused "with a source that does not fit nothing is built, and make.log says so" "$kernel" \
	"are not proven to fit the kernel"
pack "$headers" "$work/source.tar.xz"
SOURCE=$work/source.tar.xz
build "$kernel" > "$work/log" 2>&1 && [ -n "$(find "$work/dkms" -name 'xengt-i915.ko*')" ]
tap $? "dkms builds xengt-i915.ko from the package for $(basename "$kernel")"
[ "$failed" -eq 0 ] || {
	tail -n 10 "$work/log"
	find "$work/dkms" -name make.log -exec tail -n 15 {} +
} | sed 's/^/# /'
native_end
