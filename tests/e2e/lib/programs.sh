# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds our own programs for dom0 (dom0/*.c). The programs are static, because in the
# emulated machine the start of a dynamically linked program takes several times as long.

# dom0_programs SUITE: prints the folder whose bin/ has the programs for a dom0 of this Debian
# release. Builds the programs if their sources have changed. Each version of Xen has its own
# libxenctrl, and answers no other. This file needs lib/apt.sh.
dom0_programs()
{
	local suite=$1 src=$HERE/dom0 dir name libs
	dir=$CACHE/programs/$suite-$(hash_files "$src"/*.c "$HERE/lib/programs.sh")
	if [ ! -e "$dir/ok" ]; then
		need machine gcc
		need build pkg-config
		rm -rf "$dir.$$"
		mkdir -p "$dir.$$/bin"
		libs=$(xen_libraries "$suite" "$dir.$$") || exit
		for name in guest-run host-state; do
			# shellcheck disable=SC2086	# words
			gcc -std=gnu11 -O2 -Wall -Wextra -Wshadow -Werror -static \
				-o "$dir.$$/bin/$name" "$src/$name.c" $libs >&2 ||
				die "cannot build dom0's $name"
		done
		rm -rf "$dir.$$/libxen-dev"
		ln "$dir.$$/bin/guest-run" "$dir.$$/bin/guest-wait"
		touch "$dir.$$/ok"
		mv -T "$dir.$$" "$dir" 2>/dev/null || rm -rf "$dir.$$"
		prune "$CACHE/programs" ''
	fi
	echo "$dir"
}

# Prints the arguments for the compiler that name the release's own libraries of Xen, which are
# unpacked below DIR.
xen_libraries() # SUITE DIR
{
	local deb dev=$2/libxen-dev
	if [ "$1" = "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" ]; then
		pkg-config --static --libs xencontrol xenstore
		return
	fi
	apt_ready "$1"
	deb=$(apt_fetch "$1" libxen-dev) || return
	dpkg-deb -x "$deb" "$dev" || return
	# A later release's libraries need two functions that this machine's libc may lack. They
	# read the same numbers, and numbers in binary, too.
	echo "-I$dev/usr/include -L$dev/usr/lib/x86_64-linux-gnu" \
		"$(PKG_CONFIG_LIBDIR=$dev/usr/lib/x86_64-linux-gnu/pkgconfig \
			pkg-config --static --libs xencontrol xenstore)" \
		"-Wl,--defsym=__isoc23_strtol=strtol,--defsym=__isoc23_strtoul=strtoul"
}
