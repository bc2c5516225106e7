/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small BIOS for the guests of the system tests. Xen's hvmloader jumps to the
 * reset vector of this BIOS, as it would jump to SeaBIOS's. The BIOS jumps to the
 * Linux kernel that mkfirmware put into the guest's memory, by Linux's 64-bit boot
 * protocol. hvmloader does everything else that the tests need of firmware: BARs,
 * ACPI tables, the memory map, the address of the OpRegion.
 */
#include "layout.h"

#define CODE32	0x08
#define CODE64	0x10
#define DATA	0x18
#define MSR_EFER 0xc0000080

	.section .text
	.code16
start16:
	cli
	cld
	lgdtl	%cs:(gdt_pointer - start16)
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$CODE32, $start32

	.code32
start32:
	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss

	/* copy the memory map to the boot parameters */
	movl	HVM_INFO + HVM_INFO_E820, %esi
	movl	HVM_INFO + HVM_INFO_E820_NR, %eax
	cmpl	$BP_E820_MAX, %eax
	ja	stop
	movb	%al, BOOT_PARAMS + BP_E820_ENTRIES
	imull	$E820_ENTRY_LEN / 4, %eax, %ecx
	movl	$BOOT_PARAMS + BP_E820_TABLE, %edi
	rep movsl

	/*
	 * Copy two tables into the BIOS, where the kernel searches them: the ACPI root
	 * pointer and the SMBIOS entry. hvmloader puts both into memory that the kernel
	 * treats as free.
	 */
	movl	HVM_INFO + HVM_INFO_TABLES, %ebx
	movl	HVM_INFO + HVM_INFO_TABLES_NR, %edx
1:	testl	%edx, %edx
	jz	3f
	movl	(%ebx), %esi
	addl	$4, %ebx
	decl	%edx
	movl	$BIOS_RSDP, %edi
	cmpl	$0x20445352, (%esi)	/* "RSD " */
	je	2f
	movl	$BIOS_SMBIOS, %edi
	cmpl	$0x5f4d535f, (%esi)	/* "_SM_" */
	jne	1b
2:	movl	$BIOS_TABLE_LEN / 4, %ecx
	rep movsl
	jmp	1b
3:	cmpl	$0x20445352, BIOS_RSDP
	jne	stop
	movl	$BIOS_RSDP, BOOT_PARAMS + BP_ACPI_RSDP

	/* long mode */
	movl	%cr4, %eax
	orl	$0x20, %eax
	movl	%eax, %cr4
	movl	$BOOT_PML4, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	ljmpl	$CODE64, $start64

stop:	hlt
	jmp	stop

	.code64
start64:
	movl	$BOOT_PARAMS, %esi
	movq	BOOT_ENTRY, %rax
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	xorl	%ebx, %ebx
	jmp	*%rax

	.balign 8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* CODE32 */
	.quad	0x00af9b000000ffff	/* CODE64 */
	.quad	0x00cf93000000ffff	/* DATA */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	/* A processor begins here, in the last 16 bytes of the first megabyte. */
	.section .reset, "ax"
	.code16
	ljmpw	$0xf000, $0
	.balign	16
