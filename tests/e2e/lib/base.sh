# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The first layer of dom0: Debian's userland, Xen and kernel, made once for each set of package
# versions. The layer contains everything on which our packages may depend, so that the
# installation of our packages fetches nothing. The layer's hash includes this file: after any
# change here the layer is built again.

# base_packages SUITE: prints the packages that are installed beside Debian's essential ones.
base_packages()
{
	local suite=$1 xen kernel
	kernel=$(apt_depends "$suite" linux-image-amd64 'linux-image-.*')
	xen=$(apt_depends "$suite" xen-system-amd64 'xen-hypervisor-.*')
	[[ $kernel && $xen ]] || die "no Xen or no kernel in $suite"
	xen=${xen#xen-hypervisor-}
	echo "$kernel linux-headers-${kernel#linux-image-}"
	echo "xen-hypervisor-$xen xen-utils-${xen%-amd64} xen-utils-common"
	echo "xenstore-utils qemu-system-xen seabios ipxe-qemu"
	echo "apt kmod mount procps pciutils iproute2 strace socat bash"
	echo "dkms gcc make"
	echo "libjson-c5 libseccomp2 libcap-ng0 libsystemd0 libpng16-16"
	echo "libncurses6"
}

# base_dir SUITE: prints the layer's folder, which may not exist yet.
base_dir()
{
	local suite=$1 closure key
	# shellcheck disable=SC2046	# words on purpose
	closure=$(apt_closure "$suite" '?essential' $(base_packages "$suite"))
	[ "$closure" ] || die "cannot resolve the dom0 packages of $suite"
	key=$({ echo "$suite $closure"; cat "$HERE/lib/base.sh"; } |
	      sha256sum | cut -c1-16)
	echo "$CACHE/dom0/base-$key"
}

# base_build SUITE DIR: builds the layer.
base_build()
{
	local suite=$1 out=$2 tmp=$2.tmp
	printf '%s: building the dom0 image of %s (a minute or two) ' \
		"$PROG" "$suite" >&2
	as_root rm -rf "$tmp"
	mkdir -p "$tmp"
	long_step "$CACHE/dom0/base.log" base_make "$suite" "$tmp" || {
		as_root rm -rf "$tmp"
		die "cannot build the dom0 image"
	}
	echo " done" >&2
	touch "$tmp/ok"
	mv "$tmp" "$out"
}

base_make()
{
	local suite=$1 dir=$2 opt kver size debs=$CACHE/debs
	local options=()
	set -e
	while IFS= read -r opt; do
		options+=("--aptopt=$opt")
	done < <(apt_options)
	# Packages are linked from the cache into the tree, and new packages from the tree into
	# the cache. So a later build fetches only new packages. INITRD=No, because dom0 boots
	# with an initramfs of ours.
	as_root env INITRD=No mmdebstrap --mode=root --variant=essential \
		--skip=download/empty,essential/unlink,cleanup/apt \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		"${options[@]}" \
		--include="$(base_packages "$suite" | tr -s ' \n' ',,' |
			     sed 's/,$//')" \
		--setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"" \
		--setup-hook="cp -l $debs/*.deb \"\$1/var/cache/apt/archives/\" ||
			cp $debs/*.deb \"\$1/var/cache/apt/archives/\" || true" \
		--customize-hook="cp -n \"\$1\"/var/cache/apt/archives/*.deb $debs/" \
		--customize-hook="rm -f \"\$1\"/var/cache/apt/archives/*.deb" \
		"$suite" "$dir/tree" "$(apt_dir "$suite")/sources.list"
	as_root chmod 755 "$dir/tree"
	for kver in "$dir"/tree/boot/vmlinuz-*; do
		kver=${kver##*/vmlinuz-}
	done
	echo "$kver" >"$dir/kver"
	as_root depmod -b "$dir/tree" "$kver"
	echo dom0 | as_root tee "$dir/tree/etc/hostname" >/dev/null
	echo 127.0.0.1 localhost dom0 |
		as_root tee "$dir/tree/etc/hosts" >/dev/null
	extract_vmlinux "$dir/tree/boot/vmlinuz-$kver" "$dir/vmlinux" ||
		as_root cp "$dir/tree/boot/vmlinuz-$kver" "$dir/vmlinux"
	gzip -dc "$dir"/tree/boot/xen-*-amd64.gz >"$dir/xen"
	size=$(as_root du -sm "$dir/tree" | cut -f1)
	as_root mke2fs -q -F -t ext4 -O ^has_journal -E root_owner=0:0 \
		-d "$dir/tree" "$dir/root.ext4" "$((size * 5 / 4 + 64))M"
}
