# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a firmware that contains a guest's kernel. The file for xl.cfg's firmware_override
# has Xen's hvmloader, the kernel, the initrd and the command line (boot/mkfirmware.c).
# The file for bios_path_override replaces SeaBIOS by a BIOS that jumps to the kernel
# (boot/bios.S).
#
# xl can also boot a kernel directly, and a disk can boot one with GRUB. But SeaBIOS, GRUB
# and the kernel's own decompressor take three quarters of a guest's boot under emulation,
# and most tests do not need them. Tests of the usual way to boot use a disk
# (lib/bootdisk.sh).

# firmware_tools: prints the folder of mkfirmware and bios.bin. Builds them if their
# sources have changed.
firmware_tools()
{
	local src=$HERE/boot dir
	dir=$CACHE/boot/$(hash_files "$src"/*)
	if [ ! -e "$dir/ok" ]; then
		need machine gcc ld objcopy
		rm -rf "$dir.$$"
		mkdir -p "$dir.$$"
		{
			gcc -std=gnu11 -O2 -Wall -Wextra -Wshadow -Werror \
				-o "$dir.$$/mkfirmware" "$src/mkfirmware.c" &&
			gcc -c -o "$dir.$$/bios.o" "$src/bios.S" &&
			ld -m elf_x86_64 -T "$src/bios.lds" \
				-o "$dir.$$/bios.elf" "$dir.$$/bios.o" &&
			objcopy -O binary --gap-fill 0 "$dir.$$/bios.elf" \
				"$dir.$$/bios.bin"
		} >&2 || die "cannot build the guests' boot loader"
		touch "$dir.$$/ok"
		mv -T "$dir.$$" "$dir" 2>/dev/null || rm -rf "$dir.$$"
	fi
	echo "$dir"
}

# firmware_vmlinux BZIMAGE: prints the path of the image's ELF file in the cache. The name
# of this file is a hash of the image.
firmware_vmlinux()
{
	local out
	out=$CACHE/vmlinux/$(hash_files "$1")
	if [ ! -e "$out" ]; then
		mkdir -p "$CACHE/vmlinux"
		extract_vmlinux "$1" "$out.$$" || die "no kernel found in $1"
		mv "$out.$$" "$out"
		prune "$CACHE/vmlinux" ''
	fi
	touch "$out"
	echo "$out"
}

# firmware_make HVMLOADER KERNEL INITRD CMDLINE DIR: makes a firmware in DIR, unless DIR
# has the same firmware already, and prints the firmware's name.
firmware_make()
{
	local hvmloader=$1 kernel=$2 initrd=$3 cmdline=$4 dir=$5 tools vmlinux name
	tools=$(firmware_tools) || exit
	vmlinux=$(firmware_vmlinux "$kernel") || exit
	name=firmware-$({ cat "$hvmloader" "$kernel" "$initrd"; echo "$cmdline"; } |
		sha256sum | cut -c1-16)
	if [ ! -e "$dir/$name" ]; then
		mkdir -p "$dir"
		cp "$tools/bios.bin" "$dir/"
		"$tools/mkfirmware" "$hvmloader" "$vmlinux" "$kernel" "$initrd" \
			"$cmdline" "$dir/$name" || die "cannot make $name"
	fi
	echo "$name"
}
