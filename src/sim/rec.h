/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types and functions that record.c and replay.c share. record.h describes the
 * format.
 */
#ifndef XENGT_SIM_REC_H
#define XENGT_SIM_REC_H

#include "sim/record.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#define REC_MAGIC	"XGSIMREC"
#define REC_MAGIC_BYTES	8U
#define REC_NAME_MAX	15U

enum rec_kind {
	REC_END,
	REC_CFG_READ,
	REC_CFG_WRITE,
	REC_BAR0_READ,
	REC_BAR0_WRITE,
	REC_BAR2_READ,
	REC_BAR2_WRITE,
	REC_IDLE,
	REC_RUN,
	REC_RESET,
	REC_ADVANCE,
	REC_MONITOR,
	REC_IRQ,
	REC_REPEAT,
	REC_MEMORY,
	REC_MSI,
};

/* Numbers of XENGT_SIM_REC_VERSION 1, in bits 3:0 of a record's first byte. */
_Static_assert(XENGT_SIM_REC_VERSION == 1, "update record.h and the numbers below");
_Static_assert(REC_CFG_READ == 1 && REC_BAR2_WRITE == 6 && REC_MSI == 15,
	       "kinds of records");

static inline bool rec_is_access(enum rec_kind kind)
{
	return kind >= REC_CFG_READ && kind <= REC_BAR2_WRITE;
}

static inline bool rec_is_read(enum rec_kind kind)
{
	return kind == REC_CFG_READ || kind == REC_BAR0_READ ||
		kind == REC_BAR2_READ;
}

/* 0 configuration space, 1 BAR0, 2 BAR2 */
static inline unsigned int rec_space(enum rec_kind kind)
{
	return ((unsigned int)kind - REC_CFG_READ) / 2;
}

/* A call of sim.h by code outside of the simulator. */
struct rec_call {
	enum rec_kind kind;
	unsigned int size;
	uint64_t a;			/* for an access: the offset; for any
					 * other call: the first argument */
	uint64_t b;			/* for an access: the value; for any
					 * other call: the second argument */
};

/*
 * The machine's memory as far as the recorder and the replay both know it: a
 * hash table of pages by frame number. If neither the recorder nor the replay
 * has seen a page yet, the page counts as zeros.
 */
struct rec_memory {
	struct rec_page **slots;	/* a hash table with open addressing */
	unsigned int n;
};

struct rec_page {
	uint64_t frame;
	uint8_t data[XENGT_SIM_PAGE_BYTES];
};

uint8_t *sim_rec_page(struct rec_memory *m, uint64_t bus);
void sim_rec_memory_fini(struct rec_memory *m);

#endif /* XENGT_SIM_REC_H */
