/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's kernel that attacks its vGPU (tests/hostile_attacks.h) and does nothing else: two
 * processors, no Linux, no driver. It answers guest-run (tests/e2e/dom0/guest-run.c) on Xen's
 * console, or on the serial port of a machine without Xen.
 */
#ifndef HOSTILE_KERNEL_H
#define HOSTILE_KERNEL_H

#define APIC		0xfee00000
#define AP_START	0x8000		/* below 1 MiB, and free */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- start.S ---- */

extern const uint8_t ap_start[], ap_start_end[];
extern uint32_t ap_cr3;
#define UD_VECTOR	6u	/* start.S has the numbers, too */
#define GP_VECTOR	13u
void on_timer(void);
void on_trap(void);
void on_ud(void);
void on_gp(void);
/*
 * If fault_continues is not 0, the kernel continues there after #UD or #GP, and fault_vector
 * is the exception's vector.
 */
extern volatile uint64_t fault_continues;
extern volatile uint32_t fault_vector;

/* ---- kernel.c: called by start.S ---- */

_Noreturn void kernel_main(void);
void kernel_second(void);
void kernel_trap(const uint64_t *stack);

/* ---- cpu.c ---- */

void cpu_init(void);
/* Starts the second processor, which calls kernel_second() and is down when that returns. */
void cpu_start_second(void);
/* Halts this processor for about half a millisecond. */
void cpu_pause(void);
uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t val);
uint32_t pci_read(uint32_t reg);	/* of 00:02.0 */
void pci_write(uint32_t reg, uint32_t val);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);

/* ---- aperture.c ---- */

struct evil;

/*
 * Changes entries of the slice, and stores and loads through BAR2 inside and outside of the
 * slice, 'count' times. Returns NULL, or a text that says what was wrong.
 */
const char *aperture_change(struct evil *e, volatile uint8_t *bar2, uint32_t count);
/* Another address for BAR2: nothing is there. */
#define APERTURE_ELSEWHERE	0x90000000ul
/*
 * Moves BAR2 to APERTURE_ELSEWHERE and back, 'count' times in all, while entries of the slice come
 * and go. Gives away frames to which entries point, 32 at most in the kernel's life. Returns NULL,
 * or a text that says what was wrong.
 */
const char *aperture_move(struct evil *e, volatile uint8_t *bar2, uint32_t count);
/* The other processor calls this meanwhile: one load and one store through BAR2. */
void aperture_touch(struct evil *e, volatile uint8_t *bar2);

/* ---- instructions.c ---- */

/*
 * Executes instructions whose operand is in the aperture, where no piece is mapped, and prints a line
 * for each. Returns how many did not do what docs/design/015-aperture.md says.
 */
uint32_t aperture_instructions(struct evil *e, volatile uint8_t *bar2);

/* ---- console.c ---- */

void console_init(void);
void console_put(const char *text);
/* Returns the next character, or -1 if there is none. */
int console_get(void);
/* Is there a character that console_get() would return? */
bool console_is_asked(void);

/* Gives frames of this guest back to Xen, as a balloon does. Returns how many Xen took. */
uint32_t xen_give_away(uint64_t gfn, uint32_t count);

#endif /* __ASSEMBLER__ */
#endif /* HOSTILE_KERNEL_H */
