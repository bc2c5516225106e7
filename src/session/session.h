/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session of a vGPU: all calls between the device model and hv and gpu, in
 * order. A worker records its session if it is started with --record-fd. A
 * replay runs the same device model without Xen, GPU or guest: the recording
 * answers the calls of hv and gpu. In a replay the device model must make the
 * same calls again.
 *
 * A recording contains the parts of the guest's memory that the device model
 * read. So a recording needs the same protection as the guest's memory.
 */
#ifndef XENGT_SESSION_H
#define XENGT_SESSION_H

#include "core/vgpu.h"
#include "xengt/counters.h"

/*
 * A session consists of steps. Each step is one call into the vGPU, of one of
 * these kinds.
 */
enum xengt_session_step {
	XENGT_STEP_SERVE,	/* the vGPU serves the guest's requests */
	XENGT_STEP_EVENTS,	/* the vGPU handles events of the GPU */
	XENGT_STEP_TICK,
	XENGT_STEP_UNPLUG,
	XENGT_STEP_MONITOR,	/* the guest gets another monitor; recorded by
				 * xengt_recorder_monitor() */
	XENGT_STEP_MAP_AGAIN,	/* the broker answers again after a pause:
				 * xengt_vgpu_map_again() */
	XENGT_STEPS,
};

/* ---- recording ---- */

struct xengt_recorder;

/* A recording ends when it reaches this size, and the recorder logs that. */
#define XENGT_SESSION_BYTES_MAX	(64u << 20)

/*
 * Make a recorder, and put it into *cfg in place of hv and gpu: the calls of a
 * vGPU that is made from *cfg afterwards go through the recorder. The original
 * hv and gpu must outlive the recorder. The recorder writes to fd, which the
 * caller owns, from the file's start. If a write fails, only the recording
 * ends. Returns 0 or -ENOMEM.
 */
int xengt_recorder_create(int fd, struct xengt_vgpu_config *cfg,
			  struct xengt_recorder **ret_recorder);
/*
 * Call xengt_recorder_step() or xengt_recorder_monitor() before each call into
 * the vGPU. recorder NULL: the functions do nothing.
 */
void xengt_recorder_step(struct xengt_recorder *recorder,
			 enum xengt_session_step step, uint32_t arg);
void xengt_recorder_monitor(struct xengt_recorder *recorder,
			    const uint8_t *edid, uint32_t len_bytes);
/*
 * on: record no calls until this function is called with on false. Calls that
 * only read the device's state must not be recorded.
 */
void xengt_recorder_pause(struct xengt_recorder *recorder, bool on);
/*
 * Write the entries that are still in the buffer, and free the recorder.
 * Destroy the vGPU first.
 */
void xengt_recorder_destroy(struct xengt_recorder *recorder);

/* ---- replaying ---- */

struct xengt_replay_result {
	uint64_t steps;
	uint64_t requests;
	uint64_t calls;			/* number of calls of hv and gpu that
					 * the device model made */
	bool is_cut;			/* the recording breaks off in the
					 * middle of a step */
	char difference[200];		/* description of the first call that
					 * differs; "" if no call differs */
	struct xengt_counters counters;	/* the vGPU's counters at the end of the
					 * replay */
};

/*
 * Make the recording's vGPU and repeat the recorded steps, until the end of the
 * recording or the first call of the device model that differs. Returns 0;
 * -EPROTO: the bytes are no recording, or have another format; -ENOMEM; or an
 * error of xengt_vgpu_create().
 */
int xengt_replay(const void *recording, size_t len_bytes,
		 struct xengt_replay_result *ret_result);

#endif /* XENGT_SESSION_H */
