# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The second layer of dom0: our packages. apt installs the packages as a user's apt would in a
# running dom0, but in a chroot on the first layer on this machine, because a dkms build under
# emulation would take minutes. The files that the installation changed become one small ext4
# image. The layer's hash includes this file.

layer_dir()
{
	local base=$1 key
	shift
	key=$({ basename "$base"; cat "$HERE/lib/layer.sh" "$@"; } |
	      sha256sum | cut -c1-16)
	echo "$CACHE/dom0/layer-$key"
}

# layer_build BASE DIR DEB...
layer_build()
{
	local base=$1 out=$2 tmp=$2.tmp
	shift 2
	printf '%s: installing %s in dom0 (some seconds) ' "$PROG" \
		"$(basename -a "$@" | sed 's/_.*//' | paste -sd' ')" >&2
	as_root rm -rf "$tmp"
	mkdir -p "$tmp"
	# a separate mount namespace, so that nothing stays mounted, even after a failure
	long_step "$CACHE/dom0/layer.log" as_root unshare -m \
		bash -c "$(declare -f layer_make); layer_make \"\$@\"" layer "$base" "$tmp" \
		"$CACHE/debs" "$@" || {
			as_root rm -rf "$tmp"
			die "cannot install the packages in dom0"
		}
	echo " done" >&2
	touch "$tmp/ok"
	mv "$tmp" "$out"
}

# Runs as root in its own mount namespace.
layer_make()
{
	local base=$1 dir=$2 debs=$3 kver root size broken
	set -eu
	shift 3
	kver=$(cat "$base/kver")
	root=$dir/root
	mkdir "$dir/upper" "$dir/work" "$root"
	if ! mount -t overlay dom0 -o "lowerdir=$base/tree" \
			-o "upperdir=$dir/upper,workdir=$dir/work" "$root"; then
		echo "no overlayfs here: copying the tree instead"
		cp -a "$base/tree/." "$root/"
	fi
	mount -t proc proc "$root/proc"
	mount -t sysfs sysfs "$root/sys"
	mount --bind /dev "$root/dev"
	mount --bind "$debs" "$root/var/cache/apt/archives"
	mount -t tmpfs tmpfs "$root/tmp"
	mount -t tmpfs tmpfs "$root/run"
	cp "$@" "$root/tmp/"
	# policy-rc.d prevents services from starting, and resolv.conf is a copy of this
	# machine's. Both files are bind mounts, so they do not become a part of the layer.
	printf '#!/bin/sh\nexit 101\n' >"$root/run/policy-rc.d"
	chmod 755 "$root/run/policy-rc.d"
	had_policy=$(test -e "$root/usr/sbin/policy-rc.d" && echo 1 || true)
	[ "$had_policy" ] || : >"$root/usr/sbin/policy-rc.d"
	mount --bind "$root/run/policy-rc.d" "$root/usr/sbin/policy-rc.d"
	had_resolv=$(test -e "$root/etc/resolv.conf" && echo 1 || true)
	[ "$had_resolv" ] || : >"$root/etc/resolv.conf"
	mount --bind /etc/resolv.conf "$root/etc/resolv.conf"

	# shellcheck disable=SC2016	# for the shell inside
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive INITRD=No \
		sh -c 'apt-get -qy --no-install-recommends \
			-o APT::Sandbox::User=root \
			-o Dpkg::Options::=--force-unsafe-io \
			-o APT::Keep-Downloaded-Packages=true \
			install /tmp/*.deb'

	# dkms may have built for this machine's running kernel instead of dom0's kernel
	if [ -n "$(ls "$root/var/lib/dkms" 2>/dev/null)" ]; then
		chroot "$root" dkms autoinstall -k "$kver"
		broken=$(chroot "$root" dkms status |
			 grep -v "$kver.*: installed" | grep -v '^$' || true)
		chroot "$root" dkms status
		if ! chroot "$root" dkms status | grep -q "$kver.*: installed"
		then
			echo "dkms built nothing for $kver: $broken"
			find "$root/var/lib/dkms" -name make.log -exec tail {} +
			exit 1
		fi
		chroot "$root" depmod "$kver"
	fi

	umount "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" \
		"$root/var/cache/apt/archives" "$root/tmp" "$root/run" \
		"$root/dev" "$root/sys" "$root/proc"
	[ "$had_policy" ] || rm -f "$root/usr/sbin/policy-rc.d"
	[ "$had_resolv" ] || rm -f "$root/etc/resolv.conf"
	rm -f "$root"/var/cache/apt/*.bin
	if mountpoint -q "$root"; then
		umount "$root"
	else
		rm -rf "$dir/upper"
		mv "$root" "$dir/upper"
	fi
	# mke2fs -d, as root, keeps the overlay's marks (whiteouts, xattrs)
	size=$(du -sm "$dir/upper" | cut -f1)
	mke2fs -q -F -t ext4 -O ^has_journal -E root_owner=0:0 \
		-d "$dir/upper" "$dir/layer.ext4" "$((size * 5 / 4 + 32))M"
	rm -rf "$dir/upper" "$dir/work" "$root"
}
