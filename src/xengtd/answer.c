/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds the control socket's answers, from what the broker, the module and the
 * workers know.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "xengtd/answer.h"
#include "common/control_proto.h"
#include "common/metrics.h"
#include "common/version.h"
#include "common/vgt_request.h"
#include "common/worker_questions.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/driver.h"
#include "xengt/picture.h"
#include "xengt/types.h"
#include "xengtd/bvgpu.h"
#include "xengtd/gpudev.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/waits.h"
#include "xengtd/xengtd.h"

static void add_int(struct json_object *obj, const char *name, uint64_t value)
{
	json_object_object_add(obj, name, json_object_new_int64(value));
}

static void add_text(struct json_object *obj, const char *name,
		     const char *text)
{
	json_object_object_add(obj, name, xengt_control_text(text));
}

struct json_object *xengt_json_ping(void)
{
	struct json_object *data = json_object_new_object();

	add_text(data, "version", XENGT_VERSION);
	add_int(data, "abi", XENGT_ABI_VERSION);
	return data;
}

/* Adds the GPU's health and its numbers of failures, from struct xengt_info. */
static void add_health(struct json_object *obj, const struct xengt_info *gpu)
{
	add_text(obj, "gpu_health",
		 gpu->health & XENGT_HEALTH_LOST ?
			 "lost: the GPU does not obey, and the guests' memory that it may reach stays held until the next boot" :
		 gpu->health & XENGT_HEALTH_CUT_OFF ?
			 "stopped: it has lost bus mastering, as after accesses that the IOMMU refused (xl dmesg); bind it anew (xengt-ctl unbind, then bind)" :
		 gpu->health & XENGT_HEALTH_STOPPED ?
			 "stopped: bind it anew (xengt-ctl unbind, then bind)" :
			 "fine");
	add_int(obj, "gpu_flushes_failed", gpu->flushes_failed);
	add_int(obj, "gpu_stops_failed", gpu->stops_failed);
	add_int(obj, "gpu_resets_failed", gpu->resets_failed);
	add_int(obj, "gpu_full_resets", gpu->full_resets);
}

/*
 * Adds the module's way of holding guest frames, and the kind of addresses that
 * the GPU gets.
 */
static void add_way(struct json_object *obj, const struct xengt_info *gpu)
{
	add_text(obj, "gpu_way",
		 gpu->way == XENGT_WAY_PV ? "pv: machine addresses" :
		 gpu->way == XENGT_WAY_PVH ?
			 "pvh: addresses of dom0, which the IOMMU translates" :
			 "unknown");
}

/* Adds who drives the GPU. */
static void add_backend(struct json_object *obj, const struct xengt_info *gpu)
{
	add_text(obj, "gpu_backend",
		 gpu->backend == XENGT_BACKEND_ALONE ?
			 "alone: xengt drives the GPU, and its monitors are dark" :
		 gpu->backend == XENGT_BACKEND_I915 ?
			 "beside i915: i915 drives the GPU and its monitors, and runs guests' work beside its own" :
			 "unknown");
}

struct json_object *xengt_json_resources(const struct xengt_info *gpu)
{
	struct json_object *data = json_object_new_object();
	char text[32];

	add_text(data, "platform", xengt_platform_name(gpu->platform));
	snprintf(text, sizeof(text), "%04x:%02x:%02x.%u", gpu->pci_segment,
		 gpu->pci_bus, gpu->pci_devfn >> 3, gpu->pci_devfn & 7u);
	add_text(data, "pci_address", text);
	snprintf(text, sizeof(text), "%04x:%04x", gpu->pci_vendor,
		 gpu->pci_device);
	add_text(data, "pci_id", text);
	snprintf(text, sizeof(text), "%04x:%04x", gpu->pci_subvendor,
		 gpu->pci_subdevice);
	add_text(data, "pci_subsystem", text);
	add_int(data, "pci_revision", gpu->pci_revision);
	add_int(data, "aperture_mib", gpu->aperture_bytes / XENGT_MIB);
	add_int(data, "ggtt_mib", gpu->ggtt_bytes / XENGT_MIB);
	add_int(data, "low_total_mib", gpu->low_total_mib);
	add_int(data, "low_free_mib", gpu->low_free_mib);
	add_int(data, "low_largest_mib", gpu->low_largest_mib);
	add_int(data, "high_total_mib", gpu->high_total_mib);
	add_int(data, "high_free_mib", gpu->high_free_mib);
	add_int(data, "high_largest_mib", gpu->high_largest_mib);
	add_int(data, "fences_total", gpu->fences_total);
	add_int(data, "fences_free", gpu->fences_free);
	add_int(data, "fences_largest", gpu->fences_largest);
	add_int(data, "vgpus", gpu->vgpu_count);
	add_health(data, gpu);
	add_backend(data, gpu);
	add_way(data, gpu);
	return data;
}

struct json_object *xengt_json_views(const struct xengtd *d)
{
	struct json_object *list = json_object_new_array();

	for (const struct xengt_view *view = d->views; view; view = view->next) {
		struct json_object *obj = json_object_new_object();

		add_int(obj, "viewer", view->viewer);
		if (view->guest)
			add_text(obj, "guest", view->guest->req.domain);
		add_text(obj, "state", !view->guest ? "no guest" :
				       !view->is_wanted && !view->has_picture ? "not watched" :
				       view->has_picture ? "shown" : "no picture");
		add_int(obj, "pages", view->last.pages);
		add_int(obj, "drawn", view->looks);
		add_int(obj, "shown", view->last.shown);
		add_int(obj, "copied", view->last.copied);
		add_int(obj, "events", view->last.events);
		json_object_array_add(list, obj);
	}
	return list;
}

static void add_fault(struct json_object *faults, const char *fmt, uint64_t n)
{
	char text[128];

	if (!n)
		return;
	snprintf(text, sizeof(text), fmt, (unsigned long long)n);
	json_object_array_add(faults, xengt_control_text(text));
}

/*
 * Adds a line for each counter that exceeded its limit
 * (include/xengt/counters.h).
 */
static void add_abuse(struct json_object *faults, const struct xengt_bvgpu *v)
{
	char text[192];

	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		if (!v->abuse[i].trips)
			continue;
		snprintf(text, sizeof(text), "too many %s (%s): %llu so far",
			 xengt_metrics[i].name, xengt_metrics[i].doc,
			 (unsigned long long)v->abuse[i].events);
		json_object_array_add(faults, xengt_control_text(text));
	}
}

struct json_object *xengt_json_info(struct xengt_bvgpu *v)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *faults = json_object_new_array();
	struct xengt_vgpu_info info;
	struct xengt_info gpu;
	char text[256];
	int r;

	add_text(obj, "name", v->req.domain);
	add_int(obj, "domid", v->domid);
	add_int(obj, "vgpu_id", v->info.vgpu_id);
	add_text(obj, "state", xengt_bvgpu_state_name(v));
	add_int(obj, "pid", xengt_bvgpu_pid(v));
	add_int(obj, "slot", v->slot);
	add_int(obj, "low_mib", v->req.low_mib);
	add_int(obj, "high_mib", v->req.high_mib);
	add_int(obj, "fences", v->req.fences);
	add_int(obj, "low_base", v->info.low_base);
	add_int(obj, "high_base", v->info.high_base);
	add_int(obj, "primary", v->req.is_primary);
	add_text(obj, "aperture", v->req.is_aperture_lazy ? "lazy" : "upfront");
	add_int(obj, "cap", v->req.share.cap);
	add_int(obj, "weight", v->req.share.weight);
	add_int(obj, "timeslice", v->req.share.timeslice_ms);
	add_int(obj, "timeout", v->req.share.timeout_ms);
	add_int(obj, "stop", v->req.share.stop);
	add_text(obj, "on_abuse", xengt_on_abuse_name(v->req.on_abuse));
	r = xengt_gpudev_info(v->d->opt.device, &gpu);
	if (r == 0) {
		add_health(obj, &gpu);
		add_backend(obj, &gpu);
		add_way(obj, &gpu);
	} else {
		xengt_gpudev_explain(r, text, sizeof(text));
		add_text(obj, "gpu_health", text);
	}
	if (*v->error)
		json_object_array_add(faults, xengt_control_text(v->error));
	add_abuse(faults, v);
	if (v->state == XENGT_BVGPU_HELD)
		json_object_array_add(faults, xengt_control_text(v->held));
	if (v->fd >= 0 && xengt_gpudev_vgpu_info(v->fd, &info) == 0) {
		add_fault(faults, "%llu GGTT entries pointed to no RAM of the guest",
			  info.entries_scratched);
		add_fault(faults, "the module zapped the vGPU (state %llu)",
			  info.state);
	}
	json_object_object_add(obj, "faults", faults);
	return obj;
}

static const char *refusal_text(unsigned int refused)
{
	static const char *const texts[] = {
		[XENGT_REFUSED_UNKNOWN] = "unknown command",
		[XENGT_REFUSED_FORBIDDEN] = "forbidden command",
		[XENGT_REFUSED_LENGTH] = "wrong length of command",
		[XENGT_REFUSED_ADDRESS] = "graphics address outside of the vGPU, in command",
		[XENGT_REFUSED_REGISTER] = "forbidden register in command",
		[XENGT_REFUSED_BATCH] = "batch that cannot be checked, from command",
		[XENGT_REFUSED_LIMIT] = "commands exceed a limit, at command",
		[XENGT_REFUSED_CONTEXT] = "broken context image, at",
	};

	if (refused >= XENGT_ARRAY_SIZE(texts) || !texts[refused])
		return "refused command";
	return texts[refused];
}

static void fault_text(const struct xengt_fault *f, char *text, size_t size)
{
	static const char *const engines[XENGT_ENGINES] = {
		[XENGT_ENGINE_RCS] = "rcs", [XENGT_ENGINE_VCS] = "vcs",
		[XENGT_ENGINE_VECS] = "vecs", [XENGT_ENGINE_BCS] = "bcs",
	};
	const char *engine = engines[f->engine];

	if (f->error == -EBADMSG)
		snprintf(text, size, "%s: %s 0x%08x at 0x%llx, context 0x%x (%llu times)",
			 engine, refusal_text(f->refused), f->cmd,
			 (unsigned long long)f->at, f->context,
			 (unsigned long long)f->count);
	else if (f->error == -ETIME)
		snprintf(text, size, "%s: context 0x%x hung (%llu times)",
			 engine, f->context, (unsigned long long)f->count);
	else if (f->error == -ECANCELED)
		snprintf(text, size, "%s: context 0x%x was lost when the whole GPU was reset (%llu times)",
			 engine, f->context, (unsigned long long)f->count);
	else
		snprintf(text, size, "%s: context 0x%x was not run: %s (%llu times)",
			 engine, f->context, strerror(-f->error),
			 (unsigned long long)f->count);
}

/* ---- answers that need the worker: one build_X() for each question ---- */

/*
 * The first call has msg NULL, before the broker sends the question to the
 * worker. This call puts what the broker knows into the answer, and fills in
 * the question's body. Each further call has a message from the worker. Returns
 * true if the broker must send a->ask to the worker (again).
 */
typedef bool build_fn(struct xengt_answer *a, struct xengt_bvgpu *v,
		      const struct xengt_wp_msg *msg);

/*
 * Adds the state of the guest's driver, and the local time at which this state
 * began. The worker is not trusted: a time that localtime_r() refuses is left
 * out.
 */
static void add_driver(struct json_object *obj,
		       const struct xengt_wp_info *info)
{
	static const char *const names[XENGT_DRIVER_STATES] = {
		[XENGT_DRIVER_NONE] = "none yet",
		[XENGT_DRIVER_STARTING] = "starting",
		[XENGT_DRIVER_ACTIVE] = "active",
		[XENGT_DRIVER_ASLEEP] = "asleep",
		[XENGT_DRIVER_STOPPED] = "stopped",
	};
	time_t since = time(NULL) - (time_t)(info->driver_msec / 1000);
	char text[32];
	struct tm tm;

	add_text(obj, "driver", names[info->driver]);
	if (localtime_r(&since, &tm) &&
	    strftime(text, sizeof(text), "%F %T", &tm))
		add_text(obj, "driver_since", text);
}

static void add_faults(struct json_object *info,
		       const struct xengt_wp_info *faults)
{
	struct json_object *array;
	char text[192];

	if (!json_object_object_get_ex(info, "faults", &array))
		return;
	for (uint32_t i = 0; i < faults->count; i++) {
		fault_text(&faults->fault[i], text, sizeof(text));
		json_object_array_add(array, json_object_new_string(text));
	}
}

static bool build_info(struct xengt_answer *a, struct xengt_bvgpu *v,
		       const struct xengt_wp_msg *msg)
{
	if (msg) {
		add_driver(a->data, &msg->u.info);
		add_faults(a->data, &msg->u.info);
		return false;
	}
	/*
	 * The command `info` also works if the vGPU's worker has ended or does
	 * not answer.
	 */
	a->data = xengt_json_info(v);
	add_text(a->data, "driver", "unknown: the vGPU's process does not answer");
	a->is_enough = true;
	return false;
}

static void add_counters(struct json_object *data,
			 const struct xengt_counters *counters)
{
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
		add_int(data, xengt_metrics[i].name,
			xengt_counter_value(counters, i));
}

static void add_module_counters(struct json_object *data,
				const struct xengt_vgpu_info *info)
{
#define ADD(field) add_int(data, "module." #field, info->field)
	ADD(entries_written);
	ADD(entries_scratched);
	ADD(frames_held);
	ADD(frames_mapped);
	ADD(frames_released);
	ADD(hypercalls);
	ADD(tlb_flushes);
	ADD(revalidations);
	ADD(frames_followed);
	ADD(frames_kept);
#undef ADD
}

/*
 * Adds the worker's counters and, while the vGPU exists, the module's counters.
 */
static bool build_counters(struct xengt_answer *a, struct xengt_bvgpu *v,
			   const struct xengt_wp_msg *msg)
{
	struct xengt_vgpu_info info;

	if (!msg)
		return false;
	a->data = json_object_new_object();
	add_counters(a->data, &msg->u.counters);
	if (v && v->fd >= 0 && xengt_gpudev_vgpu_info(v->fd, &info) == 0)
		add_module_counters(a->data, &info);
	return false;
}

/*
 * Makes an empty list of registers. total is the number of all registers of
 * this kind, including those for which the answer has no room.
 */
static struct json_object *new_regs(uint32_t total)
{
	struct json_object *data = json_object_new_object();

	add_int(data, "total", total);
	json_object_object_add(data, "regs", json_object_new_array());
	return data;
}

/* Adds registers to the list; returns the list's length. */
static size_t add_regs(struct json_object *data,
		       const struct xengt_wp_regs *regs)
{
	struct json_object *array;

	if (!json_object_object_get_ex(data, "regs", &array))
		return 0;
	for (uint32_t i = 0; i < regs->count; i++) {
		const struct xengt_reg_view *r = &regs->reg[i];
		struct json_object *obj = json_object_new_object();

		add_int(obj, "off", r->off);
		add_int(obj, "value", r->value);
		if (*r->name)
			add_text(obj, "name", r->name);
		if (r->reset)
			add_int(obj, "reset", r->reset);
		if (r->is_read)
			add_int(obj, "r", 1);
		if (r->is_written)
			add_int(obj, "w", 1);
		json_object_array_add(array, obj);
	}
	return json_object_array_length(array);
}

static bool build_regs(struct xengt_answer *a, struct xengt_bvgpu *v,
		       const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_regs *regs;

	if (!msg) {
		a->ask.u.wanted.list = a->row->list;
		return false;
	}
	regs = &msg->u.regs;
	if (!a->data)
		a->data = new_regs(regs->left);
	if (add_regs(a->data, regs) >= REGS_MAX || regs->count == regs->left ||
	    !v)
		return false;
	a->ask.u.wanted.from = regs->reg[regs->count - 1].off + 4;
	return true;
}

static void refuse_picture(struct xengt_answer *a, int status)
{
	a->code = "no-picture";
	switch (status) {
	case -ENODATA:
		snprintf(a->error, sizeof(a->error), "there is no picture: the guest has not switched its display on");
		break;
	case -EOPNOTSUPP:
		snprintf(a->error, sizeof(a->error), "xengt cannot decode the picture: it does not know the picture's pixel format, tiling or rotation");
		break;
	case -E2BIG:
		snprintf(a->error, sizeof(a->error), "the picture is larger than %u pixels in width or height",
			 XENGT_PICTURE_MAX_SIDE);
		break;
	default:
		snprintf(a->error, sizeof(a->error), "the picture cannot be taken: %s",
			 strerror(-status));
		break;
	}
}

/*
 * The pixels stay in the file into which the worker drew. The answer names this
 * file as /proc/<xengtd's pid>/fd/<n>. The client must open this path before it
 * closes the connection.
 */
static bool build_picture(struct xengt_answer *a, struct xengt_bvgpu *v,
			  const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_picture *picture;
	char path[64];

	(void)v;
	if (!msg)
		return false;
	picture = &msg->u.picture;
	if (msg->status < 0 || !picture->width || !picture->height) {
		refuse_picture(a, msg->status < 0 ? msg->status : -EPROTO);
		return false;
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), a->fd);
	a->data = json_object_new_object();
	add_int(a->data, "width", picture->width);
	add_int(a->data, "height", picture->height);
	add_text(a->data, "file", path);
	return false;
}

/*
 * The row SET_EDID needs no function build_edid(): no client can send this
 * question, and the worker does not answer it.
 */
#define build_edid NULL

static bool build(struct xengt_answer *a, struct xengt_bvgpu *v,
		  const struct xengt_wp_msg *msg)
{
	static build_fn *const fns[XENGT_QUESTIONS] = {
#define ROW(id, command, get, ask, list, answer, body, file, build)	       \
		[XENGT_QUESTION_##id] = build_##build,
		XENGT_WP_QUESTIONS(ROW)
#undef ROW
	};

	return fns[a->row - xengt_wp_questions](a, v, msg);
}

void xengt_answer_begin(struct xengt_answer *a,
			const struct xengt_wp_question *row,
			struct xengt_bvgpu *v)
{
	*a = (struct xengt_answer){
		.row = row,
		.ask = { .type = row->get },
		.fd = a->fd,
	};
	build(a, v, NULL);
}

bool xengt_answer_add(struct xengt_answer *a, struct xengt_bvgpu *v,
		      const struct xengt_wp_msg *msg)
{
	return build(a, v, msg);
}

char *xengt_answer_line(struct xengt_answer *a)
{
	struct json_object *data = a->data;

	a->data = NULL;
	if (!a->code)
		return xengt_control_ok(data);
	json_object_put(data);
	return xengt_control_error(a->code, a->error);
}

char *xengt_answer_silent(struct xengt_answer *a, int error)
{
	if (!a->is_enough) {
		a->code = "no-answer";
		snprintf(a->error, sizeof(a->error), "the vGPU's process does not answer: %s",
			 strerror(-error));
	}
	return xengt_answer_line(a);
}
