/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session of a vGPU: everything that passed between the device model and the
 * world, in order. A worker records one when it is told to; in any other
 * process the same device model, with the recording in place of hv and gpu,
 * must make the same calls again, without Xen, GPU or guest.
 *
 * A recording contains parts of the guest's memory, namely what the device
 * model read. Protect it like the guest itself.
 */
#ifndef XENGT_SESSION_H
#define XENGT_SESSION_H

#include "core/vgpu.h"

/* Why the device model is called. */
enum xengt_session_turn {
	XENGT_TURN_SERVE,	/* requests of the guest */
	XENGT_TURN_EVENTS,	/* of the GPU */
	XENGT_TURN_TICK,
	XENGT_TURN_UNPLUG,
	XENGT_TURN_MONITOR,	/* another one; by xengt_recorder_monitor() */
	XENGT_TURN_SETTLE,	/* the broker answers again */
	XENGT_TURNS,
};

/* ---- recording ---- */

struct xengt_recorder;

/* No recording is longer: it ends there, and says so. */
#define XENGT_SESSION_BYTES_MAX	(64u << 20)

/*
 * Put a recorder between *cfg's hv and gpu and the vGPU that is made from *cfg
 * afterwards; hv and gpu must outlive the recorder. It writes to fd, which the
 * caller owns, from the file's start. An error of writing ends only the
 * recording. -ENOMEM.
 */
int xengt_recorder_create(int fd, struct xengt_vgpu_config *cfg,
			  struct xengt_recorder **ret_recorder);
/*
 * Call one of these two before each call into the vGPU. recorder may be NULL.
 */
void xengt_recorder_turn(struct xengt_recorder *recorder,
			 enum xengt_session_turn turn, uint32_t arg);
void xengt_recorder_monitor(struct xengt_recorder *recorder,
			    const uint8_t *edid, uint32_t len_bytes);
/* Calls that only read the device's state are not recorded. */
void xengt_recorder_pause(struct xengt_recorder *recorder, bool on);
/* Writes what is left. After the vGPU is destroyed. */
void xengt_recorder_destroy(struct xengt_recorder *recorder);

/* ---- replaying ---- */

struct xengt_replay_result {
	uint64_t turns;
	uint64_t requests;
	uint64_t calls;			/* of the world, by the device model */
	bool is_cut;			/* the recording ends in the middle */
	char difference[200];		/* the first one; "": none */
	struct xengt_counters counters;	/* the vGPU's counters at the end */
};

/*
 * Make the recording's vGPU and repeat the recorded calls into it, until the
 * end or the first call of the vGPU that differs. -EPROTO: the file is no
 * recording, or has another format; -ENOMEM; errors of xengt_vgpu_create().
 */
int xengt_replay(const void *recording, size_t len_bytes,
		 struct xengt_replay_result *ret_result);

#endif /* XENGT_SESSION_H */
