/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the processors of the hostile kernel begin. The first one comes from the boot code
 * (tests/e2e/boot/bios.S) in 64-bit mode, with the first 4 GiB mapped 1:1. The second one
 * begins in real mode at AP_START, to which kernel.c copies ap_start, and gets the same page
 * tables.
 */
#include "kernel.h"

#define MSR_EFER	0xc0000080
#define CODE32		0x08
#define CODE64		0x10
#define DATA		0x18
#define AP(label)	(AP_START + (label) - ap_start)

	.section .start, "ax"
	.code64
	.globl	_start
_start:
	cli
	lgdt	gdt_pointer
	leaq	first_stack_end, %rsp
	movabsq	$1f, %rax
	pushq	$CODE64
	pushq	%rax
	lretq
1:	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorl	%ebp, %ebp
	call	kernel_main
stop:	hlt
	jmp	stop

	/* the timer of pause(), and everything else that interrupts the kernel */
	.globl	on_timer, on_trap
on_timer:
	pushq	%rax
	movl	$APIC + 0xb0, %eax
	movl	$0, (%rax)
	popq	%rax
	iretq
	/* #UD and #GP: an instruction of instructions.c, or an error of this kernel */
	.globl	on_ud, on_gp, fault_continues, fault_vector
on_gp:
	cmpq	$0, fault_continues
	je	on_trap
	addq	$8, %rsp		/* the error code */
	movl	$13, fault_vector
	jmp	go_on
on_ud:
	cmpq	$0, fault_continues
	je	on_trap
	movl	$6, fault_vector
go_on:
	movq	fault_continues, %rax
	movq	%rax, (%rsp)
	iretq
on_trap:
	cli
	movq	%rsp, %rdi
	leaq	first_stack_end, %rsp
	call	kernel_trap
	jmp	stop

	.globl	ap_start, ap_start_end
	.code16
ap_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	lgdtl	AP(ap_gdt_pointer)
	movl	%cr0, %eax
	orl	$1, %eax
	andl	$0x9fffffff, %eax	/* caches on */
	movl	%eax, %cr0
	ljmpl	$CODE32, $AP(ap_32)
	.code32
ap_32:	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movl	%cr4, %eax
	orl	$0x20, %eax
	movl	%eax, %cr4
	movl	AP(ap_cr3), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	ljmpl	$CODE64, $AP(ap_64)
	.code64
ap_64:	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	leaq	second_stack_end, %rsp
	movabsq	$kernel_second, %rax
	call	*%rax
1:	hlt
	jmp	1b
	.balign	8
ap_gdt:	.quad	0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
ap_gdt_pointer:
	.word	. - ap_gdt - 1
	.long	AP(ap_gdt)
	.globl	ap_cr3
ap_cr3:	.long	0
ap_start_end:

	.balign	8
gdt:	.quad	0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.quad	gdt

	.bss
	.balign	16
fault_continues:
	.skip	8
fault_vector:
	.skip	8
	.skip	16384
first_stack_end:
	.skip	16384
second_stack_end:

	.section .note.GNU-stack, "", @progbits
