/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions by which a hostile guest uses its vGPU without a driver. They write contexts,
 * rings, page tables and batches as hardware defines them, and also content that no driver
 * would write. The attacks (hostile_attacks.h) use these functions.
 *
 * The code is freestanding and reaches the machine by struct evil_ops only, so the same
 * attacks run as a kernel in a guest on Xen (tests/e2e/hostile) and in one process
 * (tests/unit/test_hostile.c).
 */
#ifndef HOSTILE_GPU_H
#define HOSTILE_GPU_H

#include <stdbool.h>
#include <stdint.h>

#define EVIL_PAGE	4096u
#define EVIL_ENGINES	4u

enum { EVIL_RCS, EVIL_VCS, EVIL_VECS, EVIL_BCS };

/*
 * The guest's pages of RAM for the GPU, numbered from 0. Page n has the graphics address
 * low + n * 4096 and the guest physical address gpa + n * 4096.
 */
#define EVIL_STATUS(e)	(e)			/* status page of an engine */
#define EVIL_DATA	4u
#define EVIL_PML4	5u			/* PDP, PD and PT follow */
#define EVIL_BATCH	9u			/* three pages */
#define EVIL_CONTEXT_BATCH 12u
#define EVIL_PRIVATE	13u			/* only page tables name this page */
#define EVIL_IMAGE(e)	(32u + 24u * (e))
#define EVIL_STATE(e)	(EVIL_IMAGE(e) + 1u)
#define EVIL_RING(e)	(128u + 4u * (e))
#define EVIL_RING_BYTES	0x4000u
#define EVIL_PAGES	160u
/* From here on the pages of the low slice have no entry. */
#define EVIL_UNMAPPED	0x200000u

/* Addresses in the context's own space */
#define EVIL_VA_BATCH	0x1000u
#define EVIL_VA_PRIVATE	0x2000u
#define EVIL_VA_NOTHING	0x40000000u

/* Dwords of the data page */
#define EVIL_MARK_A	0u	/* stored before the attack */
#define EVIL_MARK_B	16u	/* stored after the attack */
#define EVIL_MARK_C	32u
#define EVIL_SEMAPHORE	48u
#define EVIL_WITNESS	64u
#define EVIL_SPARE	128u

/* Dwords of the state page */
enum {
	EVIL_ST_CTRL = 0x03, EVIL_ST_HEAD = 0x05, EVIL_ST_TAIL = 0x07,
	EVIL_ST_START = 0x09, EVIL_ST_CTL = 0x0b, EVIL_ST_BB_UDW = 0x0d,
	EVIL_ST_BB = 0x0f, EVIL_ST_PER_CTX = 0x19, EVIL_ST_INDIRECT = 0x1b,
	EVIL_ST_INDIRECT_OFF = 0x1d, EVIL_ST_PDP0_UDW = 0x31,
	EVIL_ST_PDP0 = 0x33, EVIL_ST_ENGINE = 0x40,
};

/* First the registers of an engine, as offsets from its base; then registers of the GPU */
enum {
	EVIL_R_HEAD = 0x34, EVIL_R_ACTHD = 0x74, EVIL_R_HWS_PGA = 0x80,
	EVIL_R_MI_MODE = 0x9c, EVIL_R_IMR = 0xa8, EVIL_R_RESET_CTL = 0xd0,
	EVIL_R_ELSP = 0x230, EVIL_R_MODE = 0x29c, EVIL_R_CSB_PTR = 0x3a0,
	EVIL_R_GPR = 0x600,
};

enum {
	EVIL_GDRST = 0x941c, EVIL_PVINFO = 0x78000, EVIL_FENCE = 0x100000,
	EVIL_FLUSH = 0x101008, EVIL_GGTT = 0x800000,
};

/* Commands */
#define EVIL_NOOP		0u
#define EVIL_USER_INTERRUPT	0x01000000u
#define EVIL_ARB_OFF		0x04000000u
#define EVIL_BATCH_END		0x05000000u
#define EVIL_WAIT_GGTT		0x0e40c002u	/* waits until a dword is >= the operand */
#define EVIL_STORE		0x10000002u
#define EVIL_STORE_GGTT		0x10400002u
#define EVIL_LRI		0x11000001u
#define EVIL_START		0x18800001u
#define EVIL_START_PPGTT	0x18800101u
#define EVIL_START_SECOND	(1u << 22)

struct evil_ops {
	/* Registers of BAR0; wr64 is for GGTT entries and fences. */
	uint32_t (*rd)(void *ctx, uint32_t off);
	void (*wr)(void *ctx, uint32_t off, uint32_t val);
	void (*wr64)(void *ctx, uint32_t off, uint64_t val);
	/* The guest's pages of RAM. put64 stores an entry of a page table. */
	uint32_t (*get)(void *ctx, uint32_t page, uint32_t dword);
	void (*put)(void *ctx, uint32_t page, uint32_t dword, uint32_t val);
	void (*put64)(void *ctx, uint32_t page, uint32_t i, uint64_t val);
	/* Lets the GPU work for a while. */
	void (*pause)(void *ctx);
	/* Prints a line, which has no newline. */
	void (*say)(void *ctx, const char *line);
};

struct evil {
	const struct evil_ops *ops;
	void *ctx;
	uint64_t gpa;			/* of page 0 */
	/* a graphics address that belongs to another guest or to nobody */
	uint32_t victim;
	bool is_gen9;
	uint32_t patience;		/* number of pauses after which a wait fails */
	uint64_t seed;			/* of evil_random() */
	/* from here on set by evil_begin() */
	uint32_t low, low_end, high, high_end, fences;
	struct {
		uint32_t tail;		/* of the engine's context */
		uint32_t slot;		/* the last event that was seen */
		uint64_t desc;
	} engine[EVIL_ENGINES];
	bool is_gone;			/* reads give all-ones: the vGPU has ended */
};

extern const uint32_t evil_bases[EVIL_ENGINES];

/* Reads PVINFO, maps all pages and makes an address space. Returns false without a vGPU. */
bool evil_begin(struct evil *e);

uint32_t evil_at(const struct evil *e, uint32_t page);
uint32_t evil_reg(struct evil *e, uint32_t engine, uint32_t reg);
void evil_set_reg(struct evil *e, uint32_t engine, uint32_t reg, uint32_t val);
uint32_t evil_get(struct evil *e, uint32_t page, uint32_t dword);
void evil_put(struct evil *e, uint32_t page, uint32_t dword, uint32_t val);
uint32_t evil_data(struct evil *e, uint32_t dword);
void evil_pte(struct evil *e, uint32_t index, uint64_t entry);
uint32_t evil_random(struct evil *e, uint32_t below);

/* Makes a new context of this engine, with an empty ring, and switches execlists on. */
void evil_context(struct evil *e, uint32_t engine);
void evil_emit(struct evil *e, uint32_t engine, const uint32_t *dw, uint32_t n);
/* Emits a store of 1 to dword 'mark' of the data page. */
void evil_emit_mark(struct evil *e, uint32_t engine, uint32_t mark);
/* Stores the tail, which becomes a multiple of 8, and writes the context to the ports. */
void evil_submit(struct evil *e, uint32_t engine);
void evil_elsp(struct evil *e, uint32_t engine, uint64_t first, uint64_t second);

/* These waits return false after 'patience' pauses, or if the vGPU has ended. */
bool evil_wait_mark(struct evil *e, uint32_t mark);
bool evil_wait_done(struct evil *e, uint32_t engine);
/* Waits until ACTHD of the engine no longer changes, because the host has ended the work. */
bool evil_wait_ended(struct evil *e, uint32_t engine);
/* Has the engine reported that its context completed? */
bool evil_is_done(struct evil *e, uint32_t engine);
/*
 * Lets another engine store a mark and complete. Work that this engine has not done when the
 * function returns will never be done. Returns false if the other engine does not work.
 */
bool evil_witness(struct evil *e, uint32_t engine);
/* Resets the engine as drivers do. */
bool evil_reset(struct evil *e, uint32_t engine);

/* "WHAT NAME on ENGINE: WHY" */
void evil_tell(struct evil *e, const char *what, const char *name,
	       uint32_t engine, const char *why);
/* Appends text or a decimal number to a line of EVIL_LINE bytes; returns its new length. */
#define EVIL_LINE	160u
uint32_t evil_add(char *line, uint32_t at, const char *text);
uint32_t evil_add_number(char *line, uint32_t at, uint64_t val);

#endif /* HOSTILE_GPU_H */
