# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest's kernel as its firmware: Xen's hvmloader with kernel, initrd and command
# line behind it (boot/mkfirmware.c), and in SeaBIOS's place a BIOS that jumps to the
# kernel (boot/bios.S). xl.cfg's firmware_override and bios_path_override take them.
#
# Why, when xl boots a kernel directly and a disk boots one with GRUB: SeaBIOS, GRUB
# and the kernel's own decompressor are three quarters of a guest's boot under
# emulation. Programs, not time, are what the tests are about; the tests that are about
# the stock way boot from a disk (lib/bootdisk.sh).

# firmware_tools: the directory of mkfirmware and bios.bin, built when their sources
# are new.
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

# firmware_vmlinux BZIMAGE: the ELF file in it, kept by the image's content.
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

# firmware_make HVMLOADER KERNEL INITRD CMDLINE DIR: makes one in DIR, unless DIR has
# the same already; prints its name.
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
