# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions that run a private apt for a Debian suite. These functions do not change the
# machine's own apt. The private apt has the archive's address, the proxies and the keys of the
# machine's apt, but another suite. This file needs lib/common.sh.

APT_MAX_AGE_MIN=1440	# package lists that are older are fetched again

# apt_archives: "main URI" and "security URI" of this machine's Debian sources.
apt_archives()
{
	local tmp
	tmp=$(mktemp -d)
	mkdir -p "$tmp/lists/partial"
	apt-get -o Dir::State::Lists="$tmp/lists" -o Debug::NoLocking=1 \
		update --print-uris 2>/dev/null |
	sed -nE "s,^'([^']*)/dists/([^']*)/(InRelease|Release)'.*,\1 \2,p" |
	awk '$2 ~ /^(bullseye|bookworm|trixie|forky|sid|stable|testing|oldstable)$/ {
		if (!m++) print "main", $1 }
	     $2 ~ /-security$/ { if (!s++) print "security", $1 }'
	rm -rf "$tmp"
}

# apt_sources SUITE: prints the suite's lines for sources.list. SUITE-source: the lines for
# its source packages.
apt_sources()
{
	local suite=${1%-source} main security base opt='' deb=deb
	[ "$suite" = "$1" ] || deb=deb-src
	base=${suite%-backports}
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	read -r main security < <(apt_archives | awk '{ u[$1] = $2 }
		END { print (u["main"] ? u["main"] : "-"), u["security"] }')
	[ "$main" != - ] ||
		die "this machine's apt sources name no Debian archive"
	[ ! -e "$keyring" ] || opt="[signed-by=$keyring] "
	echo "$deb $opt$main $base main"
	[ "$base" = sid ] || echo "$deb $opt$main $base-updates main"
	[ "$suite" = "$base" ] || echo "$deb $opt$main $suite main"
	[ -z "$security" ] || [ "$base" = sid ] ||
		echo "$deb $opt$security $base-security main"
}

# apt_options: prints this machine's apt settings that are needed to reach the archive.
apt_options()
{
	apt-config dump | grep -E '^Acquire::(https?|Check|Retries)' || true
}

apt_dir()
{
	echo "$CACHE/apt/$1"
}

# apt_private SUITE PROGRAM ARGS...: runs apt-get or apt-cache on the private state. The
# private status file is empty, so "install" includes everything that a package needs.
apt_private()
{
	local dir program=$2 prefer=
	dir=$(apt_dir "$1")
	# without this preference apt would take from backports only packages that the release
	# lacks
	case $1 in
	*-backports) prefer=$1 ;;
	esac
	shift 2
	"$program" -o Dir::State="$dir/state" \
		-o Dir::State::Lists="$dir/lists" \
		-o Dir::State::Status="$dir/status" \
		-o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::Cache="$dir/cache" \
		-o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Cache::srcpkgcache=srcpkgcache.bin \
		-o Dir::Cache::Archives="$CACHE/debs" \
		-o APT::Install-Recommends=false \
		-o "APT::Default-Release=$prefer" \
		-o APT::Sandbox::User= "$@"
}

apt_fresh()
{
	[ -n "$(find "$(apt_dir "$1")/updated" \
		-mmin "-$APT_MAX_AGE_MIN" 2>/dev/null)" ]
}

# apt_ready SUITE: fetches the package lists if they are missing or too old. Without a network
# the function uses old lists, and prints a message.
apt_ready()
{
	local suite=$1 dir sources
	dir=$(apt_dir "$suite")
	mkdir -p "$dir/state" "$dir/lists/partial" "$dir/cache" "$CACHE/debs/partial"
	: >>"$dir/status"
	! apt_fresh "$suite" || return 0
	# assign first, so that a failure ends the program before the file is written
	sources=$(apt_sources "$suite") || exit
	printf '%s\n' "$sources" >"$dir/sources.list"
	if apt_private "$suite" apt-get -q update \
			-o APT::Update::Error-Mode=any \
			>"$dir/update.log" 2>&1; then
		touch "$dir/updated"
	elif [ -e "$dir/updated" ]; then
		say "no network: using package lists of $(date -r "$dir/updated" +%F)"
	else
		tail -n 3 "$dir/update.log" >&2
		rm -rf "$dir"
		die "cannot fetch the package lists of $suite (network?)"
	fi
}

# apt_closure SUITE PACKAGE...: prints "package version" of everything that would be installed.
# The function caches the answer until the lists change, because the computation takes long.
apt_closure()
{
	local suite=$1 kept
	shift
	kept=$(apt_dir "$suite")/closure-$(echo "$*" | sha256sum | cut -c1-8)
	if [ ! -s "$kept" ] || [ "$(apt_dir "$suite")/updated" -nt "$kept" ]; then
		apt_private "$suite" apt-get -qq -s -o Debug::NoLocking=1 \
			install "$@" |
			sed -nE 's/^Inst ([^ ]+) \(([^ ]+).*/\1 \2/p' |
			sort >"$kept.$$"
		mv "$kept.$$" "$kept"
	fi
	cat "$kept"
}

# apt_depends SUITE PACKAGE REGEX: prints the dependency of PACKAGE that matches REGEX. The
# function is for metapackages, which depend on the current kernel or Xen.
apt_depends()
{
	apt_private "$1" apt-cache depends "$2" |
		sed -nE "s/^ *Depends: ($3)\$/\1/p" | head -n1
}

# apt_fetch SUITE PACKAGE: prints the path of the package's .deb in the cache.
apt_fetch()
{
	local suite=$1 package=$2 name
	name=$(apt_private "$suite" apt-get -qq --print-uris download "$package" |
	       awk '{ print $2; exit }')
	[ "$name" ] || die "no package $package in $suite"
	if [ ! -e "$CACHE/debs/$name" ]; then
		(cd "$CACHE/debs" &&
		 apt_private "$suite" apt-get -qq download "$package" >&2) ||
			die "cannot download $package (network?)"
	fi
	echo "$CACHE/debs/$name"
}
