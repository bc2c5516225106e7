/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Defines the struct of the fake domain, and declares the functions of its two
 * files: hv_fake.c (requests, ranges, interrupts, creation) and hv_fake_ram.c
 * (frames).
 */
#ifndef XENGT_HV_FAKE_PRIV_H
#define XENGT_HV_FAKE_PRIV_H

#include "hv/hv.h"
#include "hv/hv_fake.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define FAKE_MAPPINGS_MAX	64
#define FAKE_AREAS_MAX	16

enum slot_state {
	SLOT_IDLE,
	SLOT_WAITING,		/* the guest has made the request, and the
				 * device has not taken it yet */
	SLOT_TAKEN,
	SLOT_ANSWERED,
};

struct slot {
	enum slot_state state;
	struct xengt_req req;
	uint64_t data;
	bool was_protected;		/* the request is a store to a page that
					 * was protected when the request was
					 * made */
};

struct range {
	uint64_t first, last;
};

/*
 * A guest frame. mfn: the machine frame of the guest frame;
 * XENGT_FAKE_NO_FRAME if the guest frame has no memory.
 */
struct page {
	uint64_t mfn;
	bool is_tracked;
};

/*
 * Consecutive guest frames: the RAM from frame 0 on, or RAM that one call of
 * the op 'back' added.
 */
struct area {
	uint64_t first;
	uint32_t frames;		/* number of frames; 0: unused entry */
	struct page *pages;
};

struct mapping {
	void *addr;
	uint32_t frames;
	uint64_t *mfns;
};

struct xengt_hv_fake {
	struct xengt_hv hv;
	struct xengt_hv_fake_config cfg;
	struct xengt_fake_machine *machine;
	bool owns_machine;
	struct area ram;
	struct area backed[FAKE_AREAS_MAX];
	struct slot slots[XENGT_HV_FAKE_VCPUS_MAX];
	uint32_t next_slot;
	struct range ranges[2][XENGT_HV_FAKE_RANGES_MAX];
	uint32_t range_count[2];
	struct mapping mappings[FAKE_MAPPINGS_MAX];
	/*
	 * The part of the domain's p2m where the slice's frames would be, from
	 * frame 'aperture' on. aperture_p2m has a byte for each frame of the
	 * slice: 1: mapped.
	 */
	uint8_t *aperture_p2m;
	uint32_t aperture_frames;	/* number of frames that are mapped */
	gfn_t aperture;
	/* what the device asked for: the whole slice, or pieces */
	bool is_aperture_mapped;
	uint8_t pieces[XENGT_PIECES_MAX];
	uint32_t piece_count;
	uint32_t dropped;		/* number of frames of the aperture that
					 * the guest has removed from its p2m
					 * so far */
	struct xengt_hv_fake_msi last_msi;
	uint32_t msis;
	uint8_t intx[32];		/* levels of INTx by device number; a
					 * bit for each pin */
	uint32_t invalidations;
	uint32_t faults;
	uint64_t now_ns;
	uint32_t calls[XENGT_HV_FAKE_OPS];
	uint32_t inject_at[XENGT_HV_FAKE_OPS];
	int inject_error[XENGT_HV_FAKE_OPS];
};

static inline struct xengt_hv_fake *to_fake(struct xengt_hv *hv)
{
	return (struct xengt_hv_fake *)hv;
}

/*
 * Each op calls this function first. This function counts the call, and returns
 * the error that a test injected, or 0.
 */
static inline int enter(struct xengt_hv_fake *fake, enum xengt_hv_fake_op op)
{
	fake->calls[op]++;
	if (fake->inject_at[op] && fake->calls[op] == fake->inject_at[op])
		return fake->inject_error[op];
	return 0;
}

/* Is the aperture mapped at this guest frame? */
static inline bool xengt_fake_aperture_is_at(const struct xengt_hv_fake *fake,
					     uint64_t frame)
{
	uint64_t at = frame - gfn_x(fake->aperture);

	return fake->aperture_frames && at < fake->cfg.slice_frames &&
	       fake->aperture_p2m[at];
}

static inline void hypercall(struct xengt_hv_fake *fake)
{
	if (fake->hv.counters)
		fake->hv.counters->hypercalls++;
}

/* ---- hv_fake_ram.c ---- */

/*
 * Make RAM at the guest frames from 0 on. Returns 0; -ENOMEM: nothing was made.
 */
int xengt_fake_ram_init(struct xengt_hv_fake *fake, uint32_t frames);
/* Removes all mappings and all RAM; accepts a fake for which init failed. */
void xengt_fake_ram_fini(struct xengt_hv_fake *fake);
/* The operations of hv.h for guest memory. */
int xengt_fake_ram_read(struct xengt_hv *hv, gpa_t addr, void *buf,
			size_t len_bytes);
int xengt_fake_ram_write(struct xengt_hv *hv, gpa_t addr, const void *buf,
			 size_t len_bytes);
int xengt_fake_ram_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			void **ret_addr);
int xengt_fake_ram_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			  void *addr);
int xengt_fake_ram_track_writes(struct xengt_hv *hv, gfn_t first,
				uint32_t frames, bool on);

/* ---- hv_fake_aperture.c ---- */

/* Returns 0 or -ENOMEM. */
int xengt_fake_aperture_init(struct xengt_hv_fake *fake);
void xengt_fake_aperture_fini(struct xengt_hv_fake *fake);
/* Does the device or the guest have RAM at one of these frames? */
bool xengt_fake_ram_is_at(const struct xengt_hv_fake *fake, uint64_t first,
			  uint32_t frames);
int xengt_fake_aperture_map(struct xengt_hv *hv, gfn_t first, bool on);
int xengt_fake_aperture_map_piece(struct xengt_hv *hv, gfn_t first,
				  uint32_t piece, bool on);

#endif /* XENGT_HV_FAKE_PRIV_H */
