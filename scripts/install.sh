#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
#   scripts/install.sh BUILDDIR DESTDIR
#
# Installs below DESTDIR what `make` built. The build of the Debian packages uses this
# script. If DESTDIR is empty, the script installs on this machine and does not change
# xl: only the package xengt-xl replaces xl by the front end, because the package's
# removal brings the real xl back.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:?usage: install.sh BUILDDIR DESTDIR}
dest=${2:-}

missing=
put() # MODE FILE TARGET
{
	if [ ! -e "$2" ]; then
		missing="$missing $2"
		return
	fi
	install -D -m "$1" "$2" "$dest$3"
}

put 755 "$build/bin/xengtd" /usr/sbin/xengtd
put 755 "$build/bin/xengt-ctl" /usr/sbin/xengt-ctl
put 755 "$build/bin/xengt-vgpu" /usr/lib/xengt/xengt-vgpu
put 755 "$build/bin/xengt-share" /usr/lib/xengt/xengt-share
put 755 "$build/bin/xengt-view" /usr/bin/xengt-view
put 755 "$build/bin/xengt-dm" /usr/lib/xengt/xengt-dm
put 755 "$build/bin/xengt-xl" /usr/lib/xengt/xengt-xl
put 755 "$top/debian/xengtd-prepare" /usr/lib/xengt/xengtd-prepare
put 755 "$top/xen-hooks/scripts/vgt" /etc/xen/scripts/vgt
put 644 "$top/debian/xengt-default" /etc/default/xengt
put 644 "$top/debian/xengt-logrotate" /etc/logrotate.d/xengt
put 755 "$top/debian/xengt.xengtd.init" /etc/init.d/xengtd
put 644 "$top/debian/xengt.xengtd.service" \
	/usr/lib/systemd/system/xengtd.service
for page in "$top"/docs/man/*.[158]; do
	put 644 "$page" "/usr/share/man/man${page##*.}/${page##*/}"
done

if [ -n "$missing" ]; then
	echo "install.sh: not built:$missing" >&2
	exit 1
fi

if [ -n "$dest" ]; then
	"$top/xen-hooks/build-xl-stub" "$build/bin/xl-stub"
	put 755 "$build/bin/xl-stub" /usr/sbin/xl
	mkdir -p "$dest/usr/lib/xengt/real"
	ln -sfn /usr/sbin/xl.distrib "$dest/usr/lib/xengt/real/xl"
fi
