// SPDX-License-Identifier: GPL-2.0-only
/* Processors, ports and PCI of the hostile kernel: see kernel.h. */
#include "kernel.h"

#define APIC_ID_ALL_BUT_ME	0x000c0000u
#define ICR_INIT		0x00004500u
#define ICR_STARTUP		0x00004600u
#define TIMER_VECTOR		0x40u
#define SPURIOUS_VECTOR		0xffu
#define CODE64			0x10u
#define TICKS			50000u	/* of 10 ns on Xen */
#define GPU			0x80001000u	/* 00:02.0 for port 0xcf8 */

struct gate {
	uint16_t low, selector, flags, middle;
	uint32_t high, zero;
};

static struct gate idt[256] __attribute__((aligned(16)));

static volatile uint32_t *apic(uint32_t reg)
{
	return (volatile uint32_t *)(uintptr_t)(APIC + reg);
}

uint8_t port_in8(uint16_t port)
{
	uint8_t val;

	__asm__ volatile("inb %1, %0" : "=a"(val) : "Nd"(port));
	return val;
}

void port_out8(uint16_t port, uint8_t val)
{
	__asm__ volatile("outb %0, %1" : : "a"(val), "Nd"(port));
}

static void out32(uint16_t port, uint32_t val)
{
	__asm__ volatile("outl %0, %1" : : "a"(val), "Nd"(port));
}

uint32_t pci_read(uint32_t reg)
{
	uint32_t val;

	out32(0xcf8, GPU | reg);
	__asm__ volatile("inl %1, %0" : "=a"(val) : "Nd"((uint16_t)0xcfc));
	return val;
}

void pci_write(uint32_t reg, uint32_t val)
{
	out32(0xcf8, GPU | reg);
	out32(0xcfc, val);
}

static void set_gate(uint32_t vector, void (*handler)(void))
{
	const uint64_t at = (uintptr_t)handler;

	idt[vector] = (struct gate){
		.low = (uint16_t)at, .selector = CODE64, .flags = 0x8e00,
		.middle = (uint16_t)(at >> 16), .high = (uint32_t)(at >> 32),
	};
}

void cpu_init(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, (uintptr_t)idt };

	for (uint32_t i = 0; i < 256; i++)
		set_gate(i, on_trap);
	set_gate(UD_VECTOR, on_ud);
	set_gate(GP_VECTOR, on_gp);
	set_gate(TIMER_VECTOR, on_timer);
	set_gate(SPURIOUS_VECTOR, on_timer);
	__asm__ volatile("lidt %0" : : "m"(pointer));
	port_out8(0x21, 0xff);
	port_out8(0xa1, 0xff);
	*apic(0x80) = 0;
	*apic(0xf0) = 0x100 | SPURIOUS_VECTOR;
	*apic(0x3e0) = 0xb;			/* timer: undivided */
	*apic(0x320) = TIMER_VECTOR;		/* once */
}

void cpu_pause(void)
{
	*apic(0x380) = TICKS;
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

void cpu_start_second(void)
{
	uint64_t cr3;

	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	ap_cr3 = (uint32_t)cr3;
	memcpy((void *)AP_START, ap_start, (size_t)(ap_start_end - ap_start));
	*apic(0x300) = APIC_ID_ALL_BUT_ME | ICR_INIT;
	for (uint32_t i = 0; i < 40; i++)
		cpu_pause();
	for (uint32_t i = 0; i < 2; i++) {
		*apic(0x300) = APIC_ID_ALL_BUT_ME | ICR_STARTUP | AP_START >> 12;
		cpu_pause();
	}
}

void *memcpy(void *to, const void *from, size_t n)
{
	void *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(n) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *at = to;

	__asm__ volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(c) : "memory");
	return to;
}
