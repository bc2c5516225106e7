#!/bin/bash
# budget: 300
# build-guest finds a kernel's image and modules in one package or (in newer releases) in
# several, and keeps no kernel that lacks the image or the modules. This test makes the
# kernels, in an archive of its own; no machine boots.
set -u
PROG=t-05-build-guest
E2E=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XENGT_CACHE=$work/cache
suite=made
# shellcheck source-path=SCRIPTDIR
. "$E2E/lib/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/lib/apt.sh"
n=0 failed=0

# Runs COMMAND. Its exit status must be STATUS (0 or 125), and its output must have a line that
# matches PATTERN.
check() # DESCRIPTION STATUS PATTERN COMMAND...
{
	local what=$1 want=$2 pattern=$3 r
	shift 3
	n=$((n + 1))
	"$@" > "$work/out" 2>&1
	r=$?
	if [ $r = "$want" ] && grep -Eq -- "$pattern" "$work/out"; then
		echo "ok $n - $what"
		return
	fi
	failed=1
	echo "not ok $n - $what (status $r, want $want and a line like $pattern)"
	tail -n 10 "$work/out" | sed 's/^/# /'
}

# Makes a package; its files are already in $work/PACKAGE.
make_deb() # PACKAGE DEPENDS
{
	mkdir -p "$work/$1/DEBIAN" "$work/archive"
	{
		printf 'Package: %s\nVersion: 1\nArchitecture: amd64\n' "$1"
		printf 'Maintainer: nobody <nobody@localhost>\nDescription: made by a test\n'
		[ -z "$2" ] || echo "Depends: $2"
	} > "$work/$1/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$work/$1" "$work/archive/$1_1_amd64.deb" > "$work/out" || exit
	{
		cat "$work/$1/DEBIAN/control"
		echo "Filename: ./$1_1_amd64.deb"
		echo "Size: $(stat -c %s "$work/archive/$1_1_amd64.deb")"
		echo "SHA256: $(sha256sum < "$work/archive/$1_1_amd64.deb" | cut -d ' ' -f 1)"
		echo
	} >> "$work/archive/Packages"
}

image() # PACKAGE PATH
{
	mkdir -p "$work/$1/$(dirname "$2")"
	echo "image of $1" > "$work/$1/$2"
}

modules() # PACKAGE PATH
{
	mkdir -p "$work/$1/$2/kernel"
	touch "$work/$1/$2"/modules.{order,builtin,builtin.modinfo}
}

image linux-image-9.1 boot/vmlinuz-9.1
modules linux-image-9.1 lib/modules/9.1
make_deb linux-image-9.1 ''
# a release in which the kernel's package has no files and depends on other packages
image linux-binary-9.2 usr/lib/modules/9.2/vmlinuz
make_deb linux-binary-9.2 ''
modules linux-modules-9.2 usr/lib/modules/9.2
make_deb linux-modules-9.2 ''
make_deb linux-base-9.2 ''
make_deb linux-image-9.2 'linux-base-9.2, linux-binary-9.2, linux-modules-9.2'
make_deb linux-image-amd64 linux-image-9.2
modules linux-modules-9.3 usr/lib/modules/9.3
make_deb linux-modules-9.3 ''
make_deb linux-image-9.3 linux-modules-9.3
image linux-image-9.4 boot/vmlinuz-9.4
make_deb linux-image-9.4 ''
make_deb linux-image-9.5 ''

# the archive of this test instead of Debian's
mkdir -p "$(apt_dir $suite)/"{state,lists/partial,cache} "$CACHE/debs/partial"
: > "$(apt_dir $suite)/status"
echo "deb [trusted=yes] file:$work/archive ./" > "$(apt_dir $suite)/sources.list"
apt_private $suite apt-get -q update > "$work/out" 2>&1 || {
	echo "not ok 1 - an archive for this test"
	sed 's/^/# /' "$work/out"
	exit 1
}
touch "$(apt_dir $suite)/updated"

guest() # NAME [KERNEL-PACKAGE]
{
	"$E2E/build-guest" --kernel-suite $suite ${2:+--kernel-package "$2"} --out "$work/$1"
}

check "image and modules in one package" 0 '' guest one linux-image-9.1
check "... are the guest's kernel" 0 'image of linux-image-9.1' cat "$work/one/kernel"
check "the newest kernel, image and modules in several packages" 0 '' guest several
check "... is the guest's" 0 'image of linux-binary-9.2' cat "$work/several/kernel"
check "... with its modules" 0 '^(\./)?lib/modules/9\.2/modules\.dep$' \
	sh -c "cpio -t --quiet < '$work/several/initrd'"
for kernel in 9.3 9.4 9.5; do
	for time in once again; do
		check "a kernel that is not whole is refused $time: $kernel" 125 \
			'no kernel image or no modules' guest broken linux-image-$kernel
	done
done
check "a kernel that was not whole before is unpacked again" 0 '' sh -c "
	mkdir -p '$CACHE/kernels/linux-image-9.1_1_amd64.old' &&
	mv '$CACHE/kernels/linux-image-9.1_1_amd64' '$CACHE/kernels/linux-image-9.1_1_amd64.old/' &&
	mkdir '$CACHE/kernels/linux-image-9.1_1_amd64' && '$E2E/build-guest' \
		--kernel-suite $suite --kernel-package linux-image-9.1 --out '$work/anew'"
check "... and is the guest's" 0 'image of linux-image-9.1' cat "$work/anew/kernel"
echo "1..$n"
exit $failed
