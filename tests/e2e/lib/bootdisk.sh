# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a disk image that boots a kernel and initrd with GRUB. xl can boot a kernel
# directly, but then QEMU gives the kernel to an HVM guest through an I/O port, byte by
# byte. Under emulation each byte takes 4 us, which is 40 s of a boot of 60 s. A virtio
# disk gives kernel and initrd to the guest by DMA.
#
# The disk has no file system. GRUB's core follows the boot sector. A script inside the
# core (grub-mkimage -c) names the sectors of kernel and initrd. The kernel and the
# initrd may be padded with zeroes.

BOOTDISK_FIRST=2048	# the kernel's first sector; GRUB's core ends before it

# bootdisk_make KERNEL INITRD CMDLINE OUT: makes the image OUT.
bootdisk_make()
{
	local kernel=$1 initrd=$2 cmdline=$3 out=$4 tmp=$4.tmp
	local grub=/usr/lib/grub/i386-pc kernel_len initrd_len initrd_first
	[ -e "$grub/boot.img" ] || die "no $grub; run scripts/deps.sh machine"
	mkdir "$tmp"
	# compressed, because the boot loader needs a second for each megabyte
	zstd -q -T0 -12 -c "$initrd" >"$tmp/initrd" || die "zstd failed"
	initrd=$tmp/initrd
	kernel_len=$((($(stat -Lc %s "$kernel") + 511) / 512))
	initrd_len=$((($(stat -Lc %s "$initrd") + 511) / 512))
	initrd_first=$((BOOTDISK_FIRST + kernel_len))
	cat >"$tmp/commands" <<-END
	linux (hd0)$BOOTDISK_FIRST+$kernel_len $cmdline
	initrd (hd0)$initrd_first+$initrd_len
	boot
	END
	grub-mkimage -O i386-pc -p / -c "$tmp/commands" -o "$tmp/core" \
		biosdisk linux boot || die "grub-mkimage failed"
	cat "$grub/boot.img" "$tmp/core" >"$out"
	[ "$(stat -c %s "$out")" -lt $((BOOTDISK_FIRST * 512)) ] ||
		die "GRUB's core is too big"
	dd if="$kernel" of="$out" bs=512 seek="$BOOTDISK_FIRST" \
		conv=notrunc status=none
	dd if="$initrd" of="$out" bs=512 seek="$initrd_first" \
		conv=notrunc status=none
	truncate -s "$(((initrd_first + initrd_len + 2048) * 512))" "$out"
	rm -r "$tmp"
}
