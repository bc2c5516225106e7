/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations for all files of the conformance suite of gpu.h: test_gpu.c,
 * gpu_ppgtt.c (page tables of contexts) and gpu_work.c (work).
 */
#ifndef XENGT_GPU_BENCH_H
#define XENGT_GPU_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenforeignmemory.h>

#include "gpu/gpu_sim.h"
#include "unit/patience.h"

#define RAM_FRAMES	1024u
#define LOW_MIB		16u
#define HIGH_MIB	32u
#define FENCES		2u

/* Number of frames that the tests of work need, from impl->ram on. */
#define AT_PAGES	160u

struct bench;

struct impl {
	const char *name;
	int (*create)(struct xengt_gpu **ret_gpu);
	/*
	 * returns the bytes of a frame of the domain, valid until the test ends
	 */
	void *(*memory)(const struct bench *b, uint64_t frame);
	uint64_t ram;			/* the first of 512 frames of RAM */
	uint64_t hole;			/* a frame without RAM, below 2^27 */
};

struct bench {
	struct xengt_gpu *gpu;
	struct xengt_hv_fake *domain;
	struct xengt_vgpu_info info;
	uint32_t low, high;		/* first graphics page of each slice */
	uint32_t low_count, high_count;
};

/*
 * impl is the implementation that is tested now. machine and domain belong to
 * the simulator; for the real module they are NULL.
 */
extern const struct impl *impl;
extern struct xengt_fake_machine *machine;
extern struct xengt_gpu_sim_host *host;
extern struct xengt_hv_fake *domain;

/* Returns a GGTT entry that points to the frame. */
uint64_t pte(uint64_t frame);
/* Writes one GGTT entry. Returns 0 or -errno. */
int put(const struct bench *b, uint32_t first, uint64_t entry);
struct xengt_vgpu_info info(const struct bench *b);

/* gpu_ppgtt.c */
int destroy(const struct bench *b, uint32_t id);
void tables(void **state);
void table_bounds(void **state);
void table_entries(void **state);
void table_of_2m(void **state);
void table_of_64k(void **state);
void tables_zapped(void **state);
void tables_follow_the_guest(void **state);
void table_failures_change_nothing(void **state);
void the_count_sees_a_planted_table_entry(void **state);

/* gpu_work.c */
void work_on_every_engine(void **state);
void work_again_and_round_the_ring(void **state);
void work_in_batches(void **state);
void work_in_the_context_s_own_space(void **state);
void work_is_refused(void **state);
void a_batch_it_was_left_in_is_not_entered(void **state);
void more_for_a_context_in_flight(void **state);
void two_contexts_and_no_third(void **state);
void reset_of_an_engine(void **state);
void zap_with_work_in_flight(void **state);
void bad_submissions(void **state);
void a_root_in_use_stays(void **state);
void time_passes(void **state);
void work_that_hangs(void **state);
void vgpus_take_turns(void **state);
void one_hangs_and_the_other_goes_on(void **state);
void one_resets_and_the_other_goes_on(void **state);
void zap_leaves_the_neighbour_s_work(void **state);

#endif /* XENGT_GPU_BENCH_H */
