/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world that replays a recorded session to a vGPU. The recording has the requests of
 * the guest, the events of the GPU, the time, and the content of guest memory. A model
 * answers all other calls and counts the things that the device model has set up. One
 * operation fails, at the place that the test chooses.
 */
#ifndef XENGT_TEST_INJECT_WORLD_H
#define XENGT_TEST_INJECT_WORLD_H

#include "core/vgpu.h"
#include "session/format.h"

#define WORLD_THINGS_MAX	32u
#define WORLD_TABLES_MAX	256u
#define WORLD_VCPUS_MAX		8u

/* ---- the recording ---- */

struct item {
	struct xengt_entry e;
	const uint8_t *out, *in;
};

struct script {
	const char *gpu;
	struct xengt_vgpu_config cfg;
	struct item *items;
	size_t count;
};

/*
 * Parse a recording. buf must stay valid as long as s is used; then call free(s->items).
 * Fails the test if buf has no recording.
 */
void world_parse(struct script *s, const uint8_t *buf, size_t len);

/* ---- the world ---- */

/* Kinds of things that the device model sets up in the world and must undo. */
enum kind {
	TRAP,			/* a trapped range of memory */
	TRAP_PCI,
	PROTECTED,		/* a protected page */
	APERTURE,
	RAM,
	OWN_FRAMES,
	INTX,
	TABLE,			/* a page table of the GPU */
	KINDS,
};

struct thing {
	bool is_there;
	enum kind kind;
	uint64_t first, last;
	uint8_t *ram;
};

struct place {
	enum xengt_entry_op op;
	uint32_t nth;			/* the error is injected into the nth call of op,
					 * counted from 1; 0: no error is injected */
	int error;
	int zap_error;			/* the error of the zap that the injected error
					 * causes, or 0 */
};

struct world {
	struct xengt_hv hv;
	struct xengt_gpu gpu;
	const struct script *script;
	struct xengt_vgpu *vgpu;	/* NULL before the vGPU is created and after it
					 * is destroyed */
	struct place place;
	uint32_t calls[XENGT_OPS];
	bool is_injected;
	bool is_left;			/* true: the injected error made an undo fail, so
					 * one thing of the kind 'left' may be left */
	enum kind left;
	/*
	 * positions in the recording; entries from 'limit' on have not happened
	 * yet
	 */
	size_t limit, request_at, event_at, time_at;
	uint64_t now_ns;
	/*
	 * requests and events that coda() makes; the device model gets these before the
	 * recorded ones
	 */
	const struct xengt_req *own_request;
	const struct xengt_gpu_event *own_event;
	bool is_waiting[WORLD_VCPUS_MAX];
	struct thing things[WORLD_THINGS_MAX];
	uint8_t tables[WORLD_TABLES_MAX];	/* level of the table with each
						 * id; 0 if there is no such
						 * table */
	uint32_t zaps;
	bool is_zapped, is_zap_told;
	bool is_mapping_again;		/* true: a call that unmaps may name a mapping
					 * that was not made */
	char fault[160];		/* the text of the first fault */
};

/* place names the call that fails; if place->nth is 0, no call fails. */
void world_init(struct world *w, const struct script *s,
		const struct place *place);
/* Record that the device model did something wrong; w->fault has the first text. */
void world_fault(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Is the vGPU off the bus? */
bool world_is_gone(const struct world *w);
/*
 * Returns the number of things of this kind that the device model has set up and not
 * undone.
 */
uint32_t world_count(const struct world *w, enum kind kind);
/*
 * Record a fault if things of this kind are left. One thing that an injected error may
 * have left is allowed.
 */
void world_expect_none(struct world *w, enum kind kind);
/*
 * Let the guest change those GGTT entries that are in RAM behind BAR0, without a flush.
 */
void world_change_entries(struct world *w);
void world_fini(struct world *w);

#endif /* XENGT_TEST_INJECT_WORLD_H */
