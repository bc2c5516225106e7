/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated GPU on a machine of 64 pages, for the test_sim_*.c files.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reg_names.h"
#include "sim/sim.h"

#define RAM_PAGES	64U
#define RAM_BYTES	(RAM_PAGES * 4096U)
/*
 * The first frame of the machine's memory. The number is not 0, so that there
 * is no memory at address 0.
 */
#define RAM_MFN		0x1000ULL

#define PTE(mfn)	(((uint64_t)(mfn) << 12) | XENGT_SIM_PTE_PRESENT)

struct machine {
	struct xengt_sim *sim;
	uint8_t *ram;
	unsigned int n_msi;
	uint64_t msi_addr;
	uint32_t msi_data;
	unsigned int n_log;
	unsigned int n_dma;
	uint64_t now_ns;		/* the machine's clock, if it has one */
};

/*
 * If has_clock is set, the machine's clock is m->now_ns; otherwise the
 * simulator's time is virtual.
 */
struct machine *machine_create_timed(const char *platform, bool no_tlb,
				     bool has_clock);

struct machine *machine_create(const char *platform, bool no_tlb);

void machine_destroy(struct machine *m);

int setup_skl(void **state);

int setup_bdw(void **state);

int setup_no_tlb(void **state);

int teardown(void **state);

uint64_t *ram_word(struct machine *m, uint64_t mfn);

uint32_t rd(struct machine *m, uint32_t off);

void wr(struct machine *m, uint32_t off, uint32_t val);

void set_pte(struct machine *m, uint32_t index, uint64_t pte);

void flush(struct machine *m);

struct xengt_sim_stats stats_of(const struct machine *m);

unsigned int find_cap(struct machine *m, unsigned int id);

void enable_msi(struct machine *m, uint32_t addr, uint16_t data);

#endif /* SIM_MACHINE_H */
