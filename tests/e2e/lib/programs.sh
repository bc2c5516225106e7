# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Our own programs in dom0 (dom0/*.c). They are static, because a dynamically linked
# process costs the emulated machine several times as much to start.

# dom0_programs: prints the folder whose bin/ has them. Builds them if their sources have
# changed.
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
