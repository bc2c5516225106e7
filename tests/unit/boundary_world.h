/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world for tests of the boundary: guests with memory, and hardware that does nothing by
 * itself. Registers keep their values, writes to the ports are recorded, and an event comes
 * when the test calls for it.
 */
#ifndef BOUNDARY_WORLD_H
#define BOUNDARY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/bnd_sched.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/prelude.h"
#include "boundary/submit.h"
#include "hw/facts.h"
#include "reg_names.h"
#include "xengt/types.h"

#define GUEST_PAGES	512u
#define GUEST_FIRST	0x10000u	/* first graphics page of the first guest; each further
					 * guest's first page is 0x100 pages higher */
#define SPACE_FIRST	(0x100000u - XENGT_SPACE_PAGES)
#define SCRATCH_PTE	0x1001u
#define FIRST_TABLE	0x123456000u	/* bus address of the first guest's root table */
/* The value of a register in an image of the module's own context. */
#define OWN_VALUE(off)	(0xffff0000u | ((off) & 0x0ffcu))
#define PORTS_MAX	1024u
#define ALLOCS_MAX	2048u
#define TABLES_MAX	256u


struct world_guest {
	struct world *world;
	struct xengt_guest guest;
	struct xengt_exec exec;
	struct xengt_gtt gtt;
	uint32_t *entries;
	uint32_t (*memory)[1024];
	uint32_t first;
	uint32_t events;		/* number of events that the guest could read */
	uint32_t put;			/* number of frames that the boundary released */
	uint32_t kept;			/* number of frames that the boundary keeps */
	uint32_t moved;			/* the guest frame that got another machine frame; 0:
					 * none */
	struct xengt_ppgtt_tables ppgtt;
	struct xengt_ppgtt_table **by_id;
	uint32_t root;			/* the table of level 4 of the contexts'
					 * space */
	uint32_t leaf;			/* the only table of level 1 of the space: see
					 * guest_map_space() */
};

struct world {
	struct xengt_hw hw;		/* the imitated GPU; its operations are
					 * world_hw_ops and world_mem_ops */
	struct xengt_space space;
	struct xengt_sched sched;
	struct world_guest guests[4];
	uint64_t now;
	uint64_t call_at;		/* the time at which the boundary wants to
					 * be called */
	uint64_t next_bus;
	uint64_t next_table;		/* bus address of the next table */
	uint32_t pages;			/* number of pages that the module has
					 * in use */
	uint32_t pages_max;
	uint32_t notes_max;		/* so many more allocations of other memory succeed */
	uint64_t ggtt[XENGT_SPACE_PAGES]; /* the hardware's entries outside of all slices,
					   * which belong to the module */
	uint32_t wakes;			/* number of power() calls that wake the GPU, minus
					 * calls that let the GPU sleep */
	uint32_t regs[0x200000 / 4];
	/* the last access of the aperture, and what it stored */
	uint64_t aperture_addr, aperture_value;
	uint32_t aperture_size;
	int aperture_error;
	struct xengt_hw_health health;
	bool flush_sticks;		/* a flush of a TLB never ends */
	bool gdrst_sticks;		/* the reset of a single engine never
					 * ends */
	bool full_reset_sticks;
	bool is_cut_off;		/* the GPU has no bus mastering */
	uint32_t told_cut_off;		/* calls of the operation cut_off */
	bool own_sticks;		/* contexts of the module never end */
	bool prelude_sticks;		/* preludes never end */
	uint32_t full_resets;
	uint32_t own_runs;		/* how often contexts of the module ran */
	/* the commands of the last context of the module that made a template of RCS */
	uint32_t own_ring[1024];
	uint32_t own_dwords;
	void *allocs[ALLOCS_MAX];	/* memory from pages_alloc(); NULL if
					 * this element is free */
	struct xengt_ppgtt_table *tables[TABLES_MAX];
	uint32_t n_tables;
	uint32_t resets;
	uint32_t elsp[4], n_elsp;
	uint64_t ports[PORTS_MAX][2];
	uint32_t n_ports;
	uint32_t csb_wp[XENGT_ENGINES];
	/* the boundary calls this while it waits for the hardware */
	void (*on_wait)(struct world *w);
	/* the boundary calls this before it reads the clock */
	void (*on_now)(struct world *w);
};

/* For these functions 'ctx' is the struct world. */
extern const struct xengt_hw_ops world_hw_ops;
extern const struct xengt_mem_ops world_mem_ops;

/* ---- a guest's side ---- */

void *guest_frame_at(void *ctx, xengt_gfn_t frame);

extern const struct xengt_guest_ops guest_ops;

/* Make a table, and write its address to entry 0 of the table 'above' (0: to no table). */
uint32_t guest_table(struct world_guest *g, uint32_t level, uint32_t above);

/*
 * Map every page of the first 2 MiB of the space to this frame. If 'frame' is 0, unmap the
 * pages.
 */
void guest_map_space(struct world_guest *g, uint32_t frame);

/*
 * In this world, work that makes no progress for 100 ms has hung, whether another vGPU waits or
 * not.
 */
struct world *world_create(enum xengt_platform_id platform, uint32_t guests);

/*
 * Returns the number of pages that the module uses while no guest works: status pages, and the
 * context that flushes caches.
 */
uint32_t world_own_pages(const struct world *w);
/* Returns the number of entries in world.ggtt that do not point to scratch. */
uint32_t world_entries(const struct world *w);

/* Checks that the boundary has released everything, and frees the world. */
void world_destroy(struct world *w);

/*
 * A fixture of cmocka: *state is a world of Skylake with one guest. The teardown destroys the
 * world.
 */
int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(f)	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

/* ---- work that a guest submits: context n, its image, its ring ---- */

#define ST_CTRL_DW	0x03
#define ST_HEAD_DW	0x05
#define ST_TAIL_DW	0x07
#define ST_START_DW	0x09
#define ST_CTL_DW	0x0b

#define IMAGE_FRAME(n)	(1 + 32 * (n))
#define RING_FRAME(n)	(200 + 8 * (n))
#define DATA_FRAME	300u
#define BATCH_FRAME	310u

uint32_t gaddr(const struct world_guest *g, uint32_t frame);

uint32_t *state_of(struct world_guest *g, uint32_t n);

/*
 * Make a context with a ring of this many pages, whose head and tail are
 * 'head'.
 */
void guest_context(struct world_guest *g, uint32_t n, uint32_t pages,
		   uint32_t head);

void guest_emit(struct world_guest *g, uint32_t n, uint32_t dword);

struct xengt_vgpu_submit guest_work(struct world_guest *g, uint32_t n,
				    uint64_t seqno);

int guest_submit(struct world_guest *g, uint32_t n, uint64_t seqno);

/* ---- actions of the hardware ---- */

/* Returns the register of RCS at this offset from the engine's base. */
uint32_t *hw_rcs_reg(struct world *w, uint32_t off);
/* Let the hardware report an event, although the event's entry has not reached memory yet. */
void hw_event_late(struct world *w, uint32_t status);
void hw_event(struct world *w, uint32_t status);

void hw_tell(struct world *w, uint32_t status);

/* Returns the vGPU whose context was last written to this port, or 0 if there is none. */
uint32_t port_vgpu(const struct world *w, uint32_t port);

bool next_event(struct world_guest *g, struct xengt_event *ev);

#endif /* BOUNDARY_WORLD_H */
