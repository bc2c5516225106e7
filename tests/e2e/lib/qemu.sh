# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The QEMU of the machine that runs Xen. It is built from Debian's source with the patches
# of tests/e2e/qemu (docs/design/011), and has only the devices that this machine needs. Its
# firmware is that of Debian's package.

# All features are named, so that the result does not depend on the libraries that
# configure finds.
QEMU_CONFIGURE=(--target-list=x86_64-softmmu --without-default-features
	--without-default-devices --with-devices-x86_64=xengt
	--enable-system --enable-tcg --enable-multiprocess --enable-virtfs
	--enable-attr --enable-cap-ng --enable-fdt=system
	# --enable-multiprocess demands KVM, which is not used
	--enable-kvm
	--disable-docs --disable-tools --disable-werror --disable-debug-info
	--disable-stack-protector --enable-trace-backends=nop)

# qemu_ours: prints the path of this QEMU in the cache, and builds it if necessary. It is
# built again when Debian's version, a patch or this file changes. If XENBOX_QEMU names
# another QEMU, prints that.
qemu_ours()
{
	local version dir
	if [ "${XENBOX_QEMU:-}" ]; then
		echo "$XENBOX_QEMU"
		return
	fi
	version=$(dpkg-query -W -f '${source:Version}' qemu-system-x86) ||
		die "no QEMU; run scripts/deps.sh machine"
	dir=$CACHE/qemu/$(printf '%s\n' "$version" |
		cat - "$HERE"/qemu/* "$HERE/lib/qemu.sh" | sha256sum | cut -c1-16)
	if [ ! -e "$dir/ok" ]; then
		mkdir -p "$CACHE/qemu"
		exec 9>"$CACHE/qemu.lock"
		flock -n 9 || { say "waiting for another build of QEMU"; flock 9; }
		[ -e "$dir/ok" ] || qemu_build "$version" "$dir"
		exec 9>&-
	fi
	touch "$dir"
	echo "$dir/qemu-system-x86_64"
}

qemu_build() # VERSION DIR
{
	local version=$1 dir=$2 suite tmp
	need machine ninja meson dpkg-source patch gcc pkg-config
	suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	apt_ready "$suite-source"
	rm -rf "$dir"
	tmp=$dir/src
	mkdir -p "$tmp"
	printf '%s: building QEMU %s from its source package (some minutes, once) ' \
		"$PROG" "$version" >&2
	long_step "$dir/build.log" qemu_make "$suite" "$version" "$tmp" ||
		die "QEMU $version was not built, $dir/build.log says why: $(tail -n 1 "$dir/build.log")"
	echo >&2
	mv "$tmp/build/qemu-system-x86_64" "$dir/"
	rm -rf "$tmp"
	touch "$dir/ok"
	prune "$CACHE/qemu" ''
}

qemu_make() # SUITE VERSION DIR
{
	local suite=$1 version=$2 dir=$3 patch
	cd "$dir" || return
	apt_private "$suite-source" apt-get -q source --download-only "qemu=$version" || {
		echo "Debian has other sources than those of the installed QEMU: apt-get install qemu-system-x86"
		return 1
	}
	dpkg-source -x ./*.dsc tree || return
	for patch in "$HERE"/qemu/*.patch; do
		patch -d tree -p1 <"$patch" || return
	done
	cp "$HERE/qemu/xengt.mak" tree/configs/devices/x86_64-softmmu/ || return
	mkdir build && cd build || return
	# so that ccache finds the files that a changed patch does not touch
	export CCACHE_NOHASHDIR=1
	../tree/configure --cc="$(command -v ccache) gcc" "${QEMU_CONFIGURE[@]}" || return
	ninja qemu-system-x86_64
}
