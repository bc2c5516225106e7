// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console of the hostile kernel: Xen's console, which is a page of memory and an event
 * channel (xen/include/public/io/console.h, hvm/params.h), or the first serial port. This file
 * also has the hypercall by which the kernel gives frames back to Xen.
 */
#include "kernel.h"

#define SIGNATURE	0x566e6558u	/* "XenV" */
#define CALL_MEMORY	12
#define MEMORY_DECREASE	1
#define CALL_EVENTS	32
#define CALL_HVM	34
#define HVM_GET_PARAM	1
#define PARAM_PAGE	17
#define PARAM_PORT	18
#define EVENT_SEND	4
#define DOMID_SELF	0x7ff0
#define SERIAL		0x3f8

struct ring {
	char in[1024], out[2048];
	volatile uint32_t in_cons, in_prod, out_cons, out_prod;
};

static uint8_t calls[4096] __attribute__((aligned(4096)));
static struct ring *ring;
static uint32_t port;

static long call(uint32_t number, uint64_t a, void *b)
{
	uint64_t at = (uintptr_t)calls + 32 * number;
	long r;

	__asm__ volatile("call *%1"
			 : "=a"(r), "+r"(at), "+D"(a), "+S"(b)
			 : : "memory", "rcx", "rdx", "r8", "r9", "r10", "r11");
	return r;
}

static uint64_t param(uint32_t index)
{
	struct {
		uint16_t domid;
		uint32_t index;
		uint64_t value;
	} arg = { DOMID_SELF, index, 0 };

	return call(CALL_HVM, HVM_GET_PARAM, &arg) ? 0 : arg.value;
}

static void notify(void)
{
	uint32_t arg = port;

	call(CALL_EVENTS, EVENT_SEND, &arg);
}

void console_init(void)
{
	uint32_t a = 0x40000000, b, c = 0, d;
	const uint64_t at = (uintptr_t)calls;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (b != SIGNATURE)
		return;
	a = 0x40000002;
	c = 0;
	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	__asm__ volatile("wrmsr" : : "a"((uint32_t)at), "d"((uint32_t)(at >> 32)),
			 "c"(b) : "memory");
	port = (uint32_t)param(PARAM_PORT);
	ring = (struct ring *)(uintptr_t)(param(PARAM_PAGE) << 12);
}

static void put(char c)
{
	if (!ring) {
		port_out8(SERIAL, (uint8_t)c);
		return;
	}
	while (ring->out_prod - ring->out_cons == sizeof(ring->out)) {
		notify();
		cpu_pause();
	}
	ring->out[ring->out_prod % sizeof(ring->out)] = c;
	__sync_synchronize();
	ring->out_prod++;
}

void console_put(const char *text)
{
	while (*text)
		put(*text++);
	put('\n');
	if (ring)
		notify();
}

bool console_is_asked(void)
{
	return ring ? ring->in_cons != ring->in_prod :
		port_in8(SERIAL + 5) & 1;
}

int console_get(void)
{
	int c;

	if (!console_is_asked())
		return -1;
	if (!ring)
		return port_in8(SERIAL);
	__sync_synchronize();
	c = (uint8_t)ring->in[ring->in_cons % sizeof(ring->in)];
	ring->in_cons++;
	notify();
	return c;
}

uint32_t xen_give_away(uint64_t gfn, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; ring && i < count; i++) {
		uint64_t frame = gfn + i;
		struct {
			uint64_t *start;
			uint64_t count;
			uint32_t order, flags;
			uint16_t domid;
		} arg = { &frame, 1, 0, 0, DOMID_SELF };

		n += call(CALL_MEMORY, MEMORY_DECREASE, &arg) == 1;
	}
	return n;
}
