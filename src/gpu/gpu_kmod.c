// SPDX-License-Identifier: GPL-2.0-only
/*
 * Implements gpu.h by the fd of a vGPU of /dev/xengt. Each op is one system
 * call; what the calls mean is in uapi/xengt.h.
 */
#include "gpu/gpu.h"
#include "uapi/xengt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct gpu_kmod {
	struct xengt_gpu base;
	int fd;
};

static struct gpu_kmod *to_kmod(struct xengt_gpu *gpu)
{
	return (struct gpu_kmod *)gpu;
}

static int call(struct xengt_gpu *gpu, unsigned long request, void *arg)
{
	int r;

	do {
		r = ioctl(to_kmod(gpu)->fd, request, arg);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int kmod_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	struct xengt_vgpu_info info;
	int r = call(gpu, XENGT_VGPU_IOC_INFO, &info);

	if (!r)
		*ret_info = info;
	return r;
}

static int kmod_ggtt_write(struct xengt_gpu *gpu, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *ret_scratched)
{
	struct xengt_vgpu_ggtt_write arg = {
		.first = first,
		.count = count,
		.entries = (uintptr_t)entries,
	};
	int r = call(gpu, XENGT_VGPU_IOC_GGTT_WRITE, &arg);

	if (!r && ret_scratched)
		*ret_scratched = arg.scratched;
	return r;
}

static int kmod_revalidate(struct xengt_gpu *gpu)
{
	struct xengt_vgpu_revalidate arg = { 0 };

	return call(gpu, XENGT_VGPU_IOC_REVALIDATE, &arg);
}

static int kmod_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
			     uint32_t flags, uint32_t *ret_id)
{
	struct xengt_vgpu_ppgtt_create arg = { .level = level, .flags = flags };
	int r = call(gpu, XENGT_VGPU_IOC_PPGTT_CREATE, &arg);

	if (!r)
		*ret_id = arg.id;
	return r;
}

static int kmod_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	struct xengt_vgpu_ppgtt_destroy arg = { .id = id };

	return call(gpu, XENGT_VGPU_IOC_PPGTT_DESTROY, &arg);
}

static int kmod_ppgtt_write(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
			    const uint64_t *entries, uint32_t count,
			    uint32_t *ret_scratched)
{
	struct xengt_vgpu_ppgtt_write arg = {
		.id = id,
		.first = first,
		.count = count,
		.entries = (uintptr_t)entries,
	};
	int r = call(gpu, XENGT_VGPU_IOC_PPGTT_WRITE, &arg);

	if (!r && ret_scratched)
		*ret_scratched = arg.scratched;
	return r;
}

static int kmod_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	return call(gpu, XENGT_VGPU_IOC_SUBMIT, work);
}

static int kmod_engine_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	struct xengt_vgpu_engine_reset arg = { .mask = mask };

	return call(gpu, XENGT_VGPU_IOC_ENGINE_RESET, &arg);
}

static int kmod_timestamp(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	struct xengt_vgpu_timestamp arg;
	int r = call(gpu, XENGT_VGPU_IOC_TIMESTAMP, &arg);

	if (!r)
		*ret_ticks = arg.ticks;
	return r;
}

static int kmod_own_frames(struct xengt_gpu *gpu, gfn_t first, uint32_t count)
{
	struct xengt_vgpu_own_frames arg = {
		.first = gfn_x(first),
		.count = count,
	};

	return call(gpu, XENGT_VGPU_IOC_OWN_FRAMES, &arg);
}

static int kmod_fence_write(struct xengt_gpu *gpu, uint32_t index,
			    uint64_t value)
{
	struct xengt_vgpu_fence arg = { .index = index, .value = value };

	return call(gpu, XENGT_VGPU_IOC_FENCE, &arg);
}

static int kmod_aperture(struct xengt_gpu *gpu,
			 struct xengt_vgpu_aperture *access)
{
	return call(gpu, XENGT_VGPU_IOC_APERTURE, access);
}

static int kmod_zap(struct xengt_gpu *gpu)
{
	return call(gpu, XENGT_VGPU_IOC_ZAP, NULL);
}

static int kmod_next_event(struct xengt_gpu *gpu,
			   struct xengt_gpu_event *ret_ev)
{
	struct xengt_event ev;
	ssize_t n;

	do {
		n = read(to_kmod(gpu)->fd, &ev, sizeof(ev));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n != sizeof(ev))
		return -EIO;
	ret_ev->type = (enum xengt_event_type)ev.type;
	ret_ev->value = ev.value;
	ret_ev->engine = (enum xengt_engine_id)ev.engine;
	ret_ev->seqno = ev.seqno;
	return 1;
}

static int kmod_event_fd(struct xengt_gpu *gpu)
{
	return to_kmod(gpu)->fd;
}

static void kmod_destroy(struct xengt_gpu *gpu)
{
	if (!gpu)
		return;
	close(to_kmod(gpu)->fd);
	free(gpu);
}

static const struct xengt_gpu_ops kmod_ops = {
	.info = kmod_info,
	.ggtt_write = kmod_ggtt_write,
	.revalidate = kmod_revalidate,
	.ppgtt_create = kmod_ppgtt_create,
	.ppgtt_destroy = kmod_ppgtt_destroy,
	.ppgtt_write = kmod_ppgtt_write,
	.submit = kmod_submit,
	.engine_reset = kmod_engine_reset,
	.timestamp = kmod_timestamp,
	.own_frames = kmod_own_frames,
	.fence_write = kmod_fence_write,
	.aperture = kmod_aperture,
	.zap = kmod_zap,
	.next_event = kmod_next_event,
	.event_fd = kmod_event_fd,
	.destroy = kmod_destroy,
};

int xengt_gpu_kmod_create(int vgpu_fd, struct xengt_gpu **ret_gpu)
{
	struct gpu_kmod *kmod;
	int r, flags;

	kmod = calloc(1, sizeof(*kmod));
	if (!kmod) {
		close(vgpu_fd);
		return -ENOMEM;
	}
	kmod->base.ops = &kmod_ops;
	kmod->fd = vgpu_fd;

	/*
	 * next_event must not block. The broker's copy of the fd shares this
	 * flag; nobody reads from that copy
	 */
	flags = fcntl(vgpu_fd, F_GETFL);
	if (flags < 0 || fcntl(vgpu_fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		r = -errno;
		goto fail;
	}
	*ret_gpu = &kmod->base;
	return 0;

fail:
	kmod_destroy(&kmod->base);
	return r;
}
