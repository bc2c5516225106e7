/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers the broker's questions: one answer_X() for each name in the column
 * 'build' of worker_questions.h.
 */
#include <errno.h>
#include <string.h>

#include "xengt-vgpu/questions.h"
#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "core/display.h"
#include "core/vgpu.h"
#include "session/session.h"
#include "xengt-vgpu/edid_file.h"
#include "xengt-vgpu/picture.h"
#include "xengt/edid.h"
#include "xengt/fault.h"
#include "xengt/log.h"

typedef void answer_fn(const struct xengt_device *device,
		       const struct xengt_wp_msg *ask, int fd,
		       struct xengt_wp_msg *answer);

static void answer_counters(const struct xengt_device *device,
			    const struct xengt_wp_msg *ask, int fd,
			    struct xengt_wp_msg *answer)
{
	(void)ask;
	(void)fd;
	answer->u.counters = *xengt_vgpu_counters(device->vgpu);
}

static void answer_info(const struct xengt_device *device,
			const struct xengt_wp_msg *ask, int fd,
			struct xengt_wp_msg *answer)
{
	struct xengt_wp_info *info = &answer->u.info;

	(void)ask;
	(void)fd;
	info->driver = device->driver;
	info->driver_msec = device->now_msec - device->driver_since_msec;
	info->count = xengt_vgpu_faults(device->vgpu, info->fault,
					XENGT_FAULTS_KEPT);
}

static void answer_regs(const struct xengt_device *device,
			const struct xengt_wp_msg *ask, int fd,
			struct xengt_wp_msg *answer)
{
	const struct xengt_wp_regs_wanted *wanted = &ask->u.wanted;
	struct xengt_wp_regs *regs = &answer->u.regs;

	(void)fd;
	regs->left = xengt_vgpu_regs(device->vgpu, wanted->list, wanted->from,
				     regs->reg, XENGT_WP_REGS_MAX);
	regs->count = regs->left < XENGT_WP_REGS_MAX ? regs->left :
						       XENGT_WP_REGS_MAX;
}

static void answer_picture(const struct xengt_device *device,
			   const struct xengt_wp_msg *ask, int fd,
			   struct xengt_wp_msg *answer)
{
	(void)ask;
	xengt_recorder_pause(device->recorder, true);
	answer->status = xengt_picture_draw(device->vgpu, fd,
					    &answer->u.picture);
	xengt_recorder_pause(device->recorder, false);
}

static void answer_edid(const struct xengt_device *device,
			const struct xengt_wp_msg *ask, int fd,
			struct xengt_wp_msg *answer)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES];
	uint32_t bytes;
	int r = xengt_edid_file_read(fd, edid, &bytes);

	(void)ask;
	(void)answer;
	if (r < 0) {
		xengt_warn("the new monitor's EDID: %s", strerror(-r));
		return;
	}
	xengt_recorder_monitor(device->recorder, edid, bytes);
	xengt_display_set_edid(device->vgpu, edid, bytes);
}

void xengt_question_answer(const struct xengt_device *device,
			   const struct xengt_wp_question *row,
			   const struct xengt_wp_msg *ask, int fd,
			   struct xengt_wp_msg *answer)
{
	static answer_fn *const fns[XENGT_QUESTIONS] = {
#define ROW(id, command, get, body, list, type, answer_body, file, build)      \
		[XENGT_QUESTION_##id] = answer_##build,
		XENGT_WP_QUESTIONS(ROW)
#undef ROW
	};

	fns[row - xengt_wp_questions](device, ask, fd, answer);
}
