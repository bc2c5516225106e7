# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds our own programs for dom0 (dom0/*.c). The programs are static, because in the
# emulated machine the start of a dynamically linked program takes several times as long.

# dom0_programs: prints the folder whose bin/ has the programs. Builds the programs if
# their sources have changed.
dom0_programs()
{
	local src=$HERE/dom0 dir name
	dir=$CACHE/programs/$(hash_files "$src"/*.c "$HERE/lib/programs.sh")
	if [ ! -e "$dir/ok" ]; then
		need machine gcc
		need build pkg-config
		rm -rf "$dir.$$"
		mkdir -p "$dir.$$/bin"
		for name in guest-run host-state; do
			# shellcheck disable=SC2046	# words
			gcc -std=gnu11 -O2 -Wall -Wextra -Wshadow -Werror -static \
				-o "$dir.$$/bin/$name" "$src/$name.c" \
				$(pkg-config --static --libs xencontrol xenstore) >&2 ||
				die "cannot build dom0's $name"
		done
		ln "$dir.$$/bin/guest-run" "$dir.$$/bin/guest-wait"
		touch "$dir.$$/ok"
		mv -T "$dir.$$" "$dir" 2>/dev/null || rm -rf "$dir.$$"
		prune "$CACHE/programs" ''
	fi
	echo "$dir"
}
