/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vGPU for tests: the core with a fake domain and with a GPU that only
 * records calls. A request takes the same path as in reality: a vCPU of the fake
 * makes the request, the device completes the request, and the vCPU gets the
 * answer.
 */
#ifndef XENGT_TEST_RIG_H
#define XENGT_TEST_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "boundary/fence.h"
#include "core/internal.h"
#include "hv/hv_fake.h"
#include "hw/facts.h"
#include "reg_names.h"

#define RIG_DOMID	5
#define RIG_RAM_FRAMES	64u
#define RIG_LOW_BASE	(32ull * XENGT_MIB)
#define RIG_LOW_BYTES	(16ull * XENGT_MIB)
#define RIG_HIGH_BASE	(512ull * XENGT_MIB)
#define RIG_HIGH_BYTES	(64ull * XENGT_MIB)
#define RIG_APERTURE	(256ull * XENGT_MIB)
#define RIG_BAR0	0xe0000000ull
#define RIG_BAR2	0xd0000000ull
#define RIG_SLOT	2
#define ALL_ONES	UINT64_MAX
#define RIG_SUBMITS_MAX	64
#define RIG_EVENTS_MAX	64
#define RIG_TABLES_MAX	1024

struct rig_gpu {
	struct xengt_gpu gpu;
	struct xengt_vgpu_info info;
	uint64_t *hw;			/* the last value that was written to
					 * each entry */
	uint32_t writes;		/* number of calls of ggtt_write */
	uint32_t last_first, last_count;
	uint32_t revalidations;
	uint32_t zaps;
	uint32_t scratch_next;		/* the number of scratched entries that
					 * the next write will report */
	int info_error, write_error, revalidate_error, zap_error;
	int event_error;
	struct xengt_gpu_event events[RIG_EVENTS_MAX];	/* queue of events for the device */
	uint32_t event_count;
	/* submissions in the order in which they came */
	struct xengt_vgpu_submit submits[RIG_SUBMITS_MAX];
	uint32_t submit_count;
	int submit_error;
	struct xengt_vgpu_submit refusal;	/* if submit_error is -EBADMSG,
						 * the out fields of this struct
						 * are the answer */
	uint32_t resets, reset_mask;
	int reset_error;
	uint64_t ticks;
	int ticks_error;
	/*
	 * for each id of a page table: the table's level (0: there is no such
	 * table), and its entries
	 */
	uint8_t table_level[RIG_TABLES_MAX];
	uint64_t (*tables)[XENGT_PPGTT_ENTRIES];
	int ppgtt_error;
	/* the range that the last call of own_frames named */
	uint64_t own_first;
	uint32_t own_count;
	int own_error;
	uint8_t *slice;			/* the memory behind the low slice, as
					 * the aperture shows it */
	uint32_t touches;		/* calls of aperture */
	int aperture_error;
	uint64_t fences[32];
	uint32_t fence_writes;
	int fence_error;
};

struct rig {
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct rig_gpu gpu;
	struct xengt_vgpu_config cfg;
	struct xengt_vgpu *vgpu;
};

/* Make everything of the rig except the vGPU. */
void rig_prepare_ram(struct rig *rig, enum xengt_platform_id platform,
		     uint32_t ram_frames);

void rig_prepare(struct rig *rig, enum xengt_platform_id platform);

void rig_create(struct rig *rig);

void rig_destroy(struct rig *rig);

/*
 * Give the GPU an event. The device reads the event when the test calls the
 * device.
 */
void rig_gpu_event(struct rig *rig, struct xengt_gpu_event ev);

void rig_gpu_zapped(struct rig *rig);

/* Make one request of a vCPU. Returns all 64 bits of the answer. */
uint64_t rig_request(struct rig *rig, struct xengt_req req);

/*
 * Returns those bytes of an answer that a vCPU uses for an access of this size.
 */
uint64_t rig_take(uint64_t data, uint32_t size);

uint64_t rig_sbdf(uint32_t slot);

uint32_t rig_cfg_read(struct rig *rig, uint32_t reg, uint32_t size);

void rig_cfg_write(struct rig *rig, uint32_t reg, uint32_t size, uint32_t val);

uint64_t rig_read(struct rig *rig, uint32_t off, uint32_t size);

void rig_write(struct rig *rig, uint32_t off, uint32_t size, uint64_t val);

/*
 * Do what firmware does: put the BARs in place, then switch memory decode on.
 */
void rig_decode(struct rig *rig);

/* Make a rig with a vGPU of this platform and with memory decode on. */
void rig_start(struct rig *rig, enum xengt_platform_id platform);

/* cmocka fixtures: a Skylake with memory decode on. */
int rig_setup(void **state);

int rig_teardown(void **state);

#define rig_test(f)							\
	cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif /* XENGT_TEST_RIG_H */
