#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   scripts/check-packaging.sh
#
# Checks files of debian/ with the programs that read these files: dpkg reads control and
# changelog, systemd the unit, logrotate the log rotation, the shell the settings. Fails if one
# of these programs reports anything, or if one of the files names a program of ours that
# scripts/install.sh does not install. Exit status 77: one of these programs is missing.
set -u
cd "$(dirname "$0")/.." || exit 2
PATH=$PATH:/usr/sbin
export LC_ALL=C

for program in dpkg-parsechangelog systemd-analyze logrotate; do
	command -v "$program" > /dev/null || {
		echo "no $program (scripts/deps.sh lint)"
		exit 77
	}
done

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
failed=0

# Runs the command; fails if its exit status is not 0, or if its output has a line that matches
# the pattern.
reads() # FILE PATTERN COMMAND...
{
	local file=$1 pattern=$2 out
	shift 2
	if ! out=$("$@" 2>&1) || grep -qE "$pattern" <<< "$out"; then
		echo "$file: $1 does not accept it:"
		grep -E "$pattern" <<< "$out" | head -n 10
		failed=1
	fi
}

control_fields()
{
	perl -MDpkg::Control::Info -we '
		my $control = Dpkg::Control::Info->new("debian/control");
		my @packages = $control->get_packages();
		die "no package\n" unless @packages;
		for my $package (@packages) {
			for my $field (qw(Package Architecture Depends Description)) {
				die "$package->{Package}: no $field\n" unless $package->{$field};
			}
		}'
}

# In this copy of the unit /bin/true replaces our programs: systemd tests that programs exist.
unit=$dir/xengtd.service
sed -E 's#^(Exec[A-Za-z]*=)/usr/(sbin|lib/xengt)/[^ ]*#\1/bin/true#' \
	debian/xengt.xengtd.service > "$unit"

reads debian/control . control_fields
reads debian/changelog '^dpkg-parsechangelog:|warning' dpkg-parsechangelog
reads debian/xengt.xengtd.service . systemd-analyze verify --man=no "$unit"
reads debian/xengt-logrotate '^error' \
	logrotate --debug --state "$dir/state" debian/xengt-logrotate
reads debian/xengt-default . sh -eu debian/xengt-default
reads debian/xengt.xengtd.init . sh -n debian/xengt.xengtd.init

for file in debian/xengt.xengtd.service debian/xengt.xengtd.init debian/xengtd-prepare; do
	for program in $(grep -oE '/usr/(sbin|lib/xengt)/[a-z-]+' "$file" | sort -u); do
		grep -qE " $program( |\$)" scripts/install.sh || {
			echo "$file: scripts/install.sh does not install $program"
			failed=1
		}
	done
done
exit "$failed"
