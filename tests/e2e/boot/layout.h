/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses in a guest's memory to which mkfirmware copies kernel and
 * parameters, and where bios.S finds both. This file has only numbers, because
 * the assembler reads it, too.
 */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

/*
 * These addresses lie between hvmloader, which begins at 1 MiB, and a kernel,
 * which begins at 16 MiB.
 */
#define BOOT_PARAMS	0x00f00000	/* struct boot_params, one page */
#define BOOT_CMDLINE	0x00f01000	/* one page; the text ends with a zero */
#define BOOT_PML4	0x00f02000	/* page tables, which map the first 4
					 * GiB 1:1 */
#define BOOT_PDPT	0x00f03000
#define BOOT_PD		0x00f04000	/* four pages */
#define BOOT_ENTRY	0x00f08000	/* the kernel's 64-bit entry point */
#define BOOT_END	0x00f09000

/*
 * Two tables in the BIOS; the memory map marks the BIOS's memory as reserved.
 * Their addresses are multiples of 16, because kernels search only at such
 * addresses.
 */
#define BIOS_RSDP	0x000f8000
#define BIOS_SMBIOS	0x000f8040
#define BIOS_TABLE_LEN	36		/* bytes of the longer table */

/* Linux, Documentation/x86/zero-page.rst: offsets in struct boot_params */
#define BP_ACPI_RSDP	0x070
#define BP_E820_ENTRIES	0x1e8
#define BP_SETUP_HEADER	0x1f1
#define BP_LOADER_TYPE	0x210
#define BP_RAMDISK	0x218
#define BP_RAMDISK_LEN	0x21c
#define BP_CMDLINE	0x228
#define BP_INIT_SIZE	0x260
#define BP_E820_TABLE	0x2d0
#define BP_E820_MAX	128
#define E820_ENTRY_LEN	20

/*
 * The information that Xen's hvmloader writes for SeaBIOS: struct seabios_info
 */
#define HVM_INFO	0x1000
#define HVM_INFO_TABLES	0x10		/* address of an array of addresses */
#define HVM_INFO_TABLES_NR 0x14
#define HVM_INFO_E820	0x18
#define HVM_INFO_E820_NR 0x1c

#endif
