#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P2
#
# What KASAN and lockdep have to say about everything since the boot, after the tests of this boot.
# $1: the module that these tests loaded; a relative path begins at the kernel's modules.
HERE=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR
. "$HERE/tap.sh"
# shellcheck source-path=SCRIPTDIR
. "$HERE/kasan.sh"
case $1 in
/*) module=$1 ;;
*) module=/lib/modules/$(uname -r)/$1 ;;
esac
check "the tests' module is compiled for KASAN" is_checked "$module"
check "the tests bound the GPU" sh -c "dmesg | grep -q 'xengt .* bound: '"
verdict
tap_end
