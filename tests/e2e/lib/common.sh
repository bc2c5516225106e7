# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions that xenbox, build-dom0 and build-guest share: messages, the cache directory,
# long steps that show progress, and pruning of the cache. A program that sources this
# file sets PROG to the name with which its messages begin.
: "${PROG:=e2e}"

CACHE=${XENGT_CACHE:-${HOME:-/root}/.cache/xengt}
PRUNE_KEEP=3		# this many layers of each kind always stay, the newest ones
PRUNE_MIN_AGE_MIN=60	# a layer also stays if it was used in the last 60 minutes

# Options for each Linux that runs in the emulator. The options switch off the protection
# against a real processor's speculation, and the zeroing of memory. This protection and
# the zeroing would take a tenth of the emulator's time (docs/design/011).
KERNEL_WORDS="mitigations=off init_on_alloc=0"

say()
{
	printf '%s: %s\n' "$PROG" "$*" >&2
}

# Ends the program because the test machine failed. Do not call die() if the tested command
# failed.
die()
{
	say "$*"
	exit 125
}

need()
{
	local tool group=$1
	shift
	for tool; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
			die "$tool is missing; run scripts/deps.sh $group"
	done
}

# as_root CMD...: runs CMD as root. Only the build of the dom0 tree needs root.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n true 2>/dev/null ||
			die "building the dom0 image needs root or sudo"
		sudo "$@"
	fi
}

# long_step LOG CMD...: runs CMD with its output in LOG, and prints a dot to stderr every 5
# s. Before the call, the caller prints what CMD does, without a newline.
long_step()
{
	local log=$1 dots rc=0
	shift
	mkdir -p "$(dirname "$log")"
	{ while sleep 5; do printf . >&2; done; } 9>&- &
	dots=$!
	"$@" >"$log" 2>&1 || rc=$?
	kill "$dots" 2>/dev/null
	wait "$dots" 2>/dev/null
	if [ "$rc" -ne 0 ]; then
		printf ' failed\n' >&2
		tail -n 20 "$log" | sed 's/^/    /' >&2
		say "full log: $log"
	fi
	return "$rc"
}

# prune DIR PREFIX: removes DIR/PREFIX*, except the newest PRUNE_KEEP. Every use of a layer
# sets the time of its folder, so the oldest layer is the layer that was not used for the
# longest time.
prune()
{
	local dir=$1 prefix=$2 n=0 old
	while IFS= read -r old; do
		n=$((n + 1))
		[ "$n" -gt "$PRUNE_KEEP" ] || continue
		[ -z "$(find "$old" -maxdepth 0 \
			-mmin "-$PRUNE_MIN_AGE_MIN")" ] || continue
		as_root rm -rf "$old"
	done < <(find "$dir" -mindepth 1 -maxdepth 1 -name "$prefix*" -printf '%T@ %p\n' |
		 sort -rn | cut -d' ' -f2-)
}

hash_files()
{
	cat "$@" | sha256sum | cut -c1-16
}

# extract_vmlinux BZIMAGE OUT: writes the ELF file in a bzImage to OUT, because this
# machine decompresses faster than the emulated processor. Fails if there is no ELF file.
extract_vmlinux()
{
	local image=$1 out=$2 magic tool offset
	while read -r magic tool; do
		offset=$(LC_ALL=C grep -abom1 -P "$magic" "$image" |
			 head -n1 | cut -d: -f1)
		[ "$offset" ] || continue
		tail -c "+$((offset + 1))" "$image" | $tool >"$out" 2>/dev/null
		[ "$(head -c4 "$out" | tail -c3)" = ELF ] && return 0
	done <<-'END'
	\xfd7zXZ\x00 xz -dc
	\x28\xb5\x2f\xfd zstd -dc
	\x02\x21\x4c\x18 lz4 -dc
	\x1f\x8b\x08 gzip -dc
	END
	rm -f "$out"
	return 1
}

# unpacked_module FILE.ko[.xz|.zst|.gz] DIR: puts the uncompressed .ko into DIR.
unpacked_module()
{
	local name
	name=$(basename "$1")
	case $1 in
	*.ko)	  cp "$1" "$2/" ;;
	*.ko.xz)  xz -dc "$1" >"$2/${name%.xz}" ;;
	*.ko.zst) zstd -qdc "$1" >"$2/${name%.zst}" ;;
	*.ko.gz)  gzip -dc "$1" >"$2/${name%.gz}" ;;
	*)	  return 1 ;;
	esac
}

# modules_closure MODULES_DIR NAME...: prints the files (relative to MODULES_DIR) of the
# named modules and of all modules that they need, in the order of loading. A module that
# is built into the kernel is skipped; an unknown name is an error.
modules_closure()
{
	local dir=$1 name want line builtin
	shift
	for name; do
		want=${name//[-_]/[-_]}
		line=$(grep -E "(^|/)$want\.ko[^:]*:" "$dir/modules.dep" |
		       head -n1)
		if [ -z "$line" ]; then
			builtin=$(grep -E "/$want\.ko" "$dir/modules.builtin") ||
				true
			[ "$builtin" ] && continue
			echo "no module $name in $dir" >&2
			return 1
		fi
		# modules.dep lists the nearest dependency first
		printf '%s\n' "${line#*:}" | tr ' ' '\n' | grep . | tac
		printf '%s\n' "${line%%:*}"
	done | awk '!seen[$0]++'
	return "${PIPESTATUS[0]}"
}
