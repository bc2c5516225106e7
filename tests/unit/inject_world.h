/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world for a vGPU that goes by a recorded session: the recording gives the
 * requests of the guest, the events of the GPU, the time, and what stands in guest
 * memory; a model answers everything else and keeps count of what the device model
 * has set up. One operation at one place fails.
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

/* buf stays in use; free(s->items) when done. Fails the test if it is no
 * recording. */
void world_parse(struct script *s, const uint8_t *buf, size_t len);

/* ---- the world ---- */

/* What the device model sets up there and must take back. */
enum kind {
	TRAP,			/* of memory */
	TRAP_PCI,
	PROTECTED,		/* a page */
	APERTURE,
	RAM,
	OWN_FRAMES,
	INTX,
	TABLE,			/* of the GPU */
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
	uint32_t nth;			/* 0: nothing is injected */
	int error;
	int zap_error;			/* of the zap that follows, or 0 */
};

struct world {
	struct xengt_hv hv;
	struct xengt_gpu gpu;
	const struct script *script;
	struct xengt_vgpu *vgpu;	/* NULL before and after its life */
	struct place place;
	uint32_t calls[XENGT_OPS];
	bool is_injected;
	bool is_left;			/* the error was of taking 'left' back */
	enum kind left;
	/* reading marks; nothing at 'limit' and beyond has happened yet */
	size_t limit, request_at, event_at, time_at;
	uint64_t now_ns;
	/* places of coda() that come before the recorded ones */
	const struct xengt_req *own_request;
	const struct xengt_gpu_event *own_event;
	bool is_waiting[WORLD_VCPUS_MAX];
	struct thing things[WORLD_THINGS_MAX];
	uint8_t tables[WORLD_TABLES_MAX];	/* level, by id; 0: none */
	uint32_t zaps;
	bool is_zapped, is_zap_told;
	bool is_settling;		/* it takes back what may not be there */
	char fault[160];		/* the first one */
};

/* place: what fails; place->nth 0: nothing. */
void world_init(struct world *w, const struct script *s,
		const struct place *place);
/* Note that something went wrong; w->fault keeps the first text. */
void world_fault(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The vGPU is off the bus. */
bool world_is_gone(const struct world *w);
/* How many of these the device model has set up and not taken back. */
uint32_t world_count(const struct world *w, enum kind kind);
/* A fault if there are any, but for what the injected error left there. */
void world_expect_none(struct world *w, enum kind kind);
/* The guest changes entries where it has RAM for them, and does not flush. */
void world_change_entries(struct world *w);
void world_fini(struct world *w);

#endif /* XENGT_TEST_INJECT_WORLD_H */
