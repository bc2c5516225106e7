/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig for the fuzz targets of the simulator: a GPU with some pages of memory, and
 * checks of the GPU. For each input the GPU is in the state after power-on.
 *
 * The simulator gets the memory as a pointer, so that the address sanitizer sees each
 * access beyond the memory's end.
 */
#ifndef XENGT_RIG_SIM_H
#define XENGT_RIG_SIM_H

#include "fuzz/rig_input.h"
#include "reg_names.h"
#include "sim/sim.h"

#define FUZZ_PAGES	64u
#define FUZZ_BYTES	(FUZZ_PAGES * XENGT_SIM_PAGE_BYTES)
#define FUZZ_MFN	0x1000ull	/* 2 MiB aligned */
#define FUZZ_BUS(page)	((FUZZ_MFN + (page)) << 12)
#define FUZZ_TURNS	2u		/* number of calls in one run that let the
					 * engines work */

struct fuzz_sim {
	struct xengt_sim *sim;
	uint8_t *ram;
	uint64_t sum;			/* a hash of all answers of the GPU */
};

/*
 * Returns one of four GPUs, in the state after power-on. The GPUs are made once and used
 * for every input.
 */
struct fuzz_sim *fuzz_sim_start(bool is_bdw, bool no_tlb);

/*
 * Ends the run. Returns a hash of the GPU's answers, counters and memory, which
 * must be the same for the same input.
 */
uint64_t fuzz_sim_end(struct fuzz_sim *f);

/* Add the value to the hash that fuzz_sim_end() returns. */
void fuzz_sim_note(struct fuzz_sim *f, uint64_t val);

/* Store 4 bytes to a register. */
void fuzz_sim_wr(struct fuzz_sim *f, uint32_t off, uint32_t val);

/* Store an entry of the GGTT. */
void fuzz_sim_pte(struct fuzz_sim *f, uint32_t index, uint64_t pte);

/* Attach a judge, whose memory says that two slots own four pages each. */
void fuzz_sim_judge(struct fuzz_sim *f);

#endif /* XENGT_RIG_SIM_H */
