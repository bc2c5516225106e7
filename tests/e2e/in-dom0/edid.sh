# SPDX-License-Identifier: GPL-2.0-only
# Makes EDIDs of monitors that prefer one mode, for tests in dom0. Source this file.

# make_edid FILE MODE
make_edid()
{
	# The mode's detailed timing, 18 bytes. The smaller mode has 30 Hz, because a
	# driver traps a dozen times at each vertical blank, and in the test machine a trap
	# takes about 1 ms.
	case $2 in
	640x480)  me_timing='eb 04 80 a0 20 e0 2d 10 10 60 a2 00 06 44 21 00 00 18' ;;
	1024x768) me_timing='64 19 00 40 41 00 26 30 18 88 36 00 06 44 21 00 00 18' ;;
	*)	  return 1 ;;
	esac
	for byte in 00 ff ff ff ff ff ff 00 62 f4 02 00 01 00 00 00 \
		01 21 01 04 a5 34 20 78 06 ee 91 a3 54 4c 99 26 \
		0f 50 54 21 08 00 01 01 01 01 01 01 01 01 01 01 \
		01 01 01 01 01 01 $me_timing \
		00 00 00 fc 00 6f 74 68 65 72 0a 20 20 20 20 20 20 20 \
		00 00 00 fd 00 32 4c 1e 53 11 01 0a 20 20 20 20 20 20 \
		00 00 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; do
		echo $((0x$byte))
	done | awk '{ sum += $1; printf "\\%03o", $1 }
		    END { printf "\\%03o", (256 - sum % 256) % 256 }' > "$1.text"
	# shellcheck disable=SC2059	# octal bytes on purpose
	printf "$(cat "$1.text")" > "$1"
	rm "$1.text"
	[ "$(wc -c < "$1")" = 128 ]
}
