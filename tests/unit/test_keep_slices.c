/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A new vGPU gets a slice only after the broker has reserved each slice that
 * another domain may still reach. If the broker cannot reserve one of these
 * slices, the broker makes no new vGPU.
 *
 * The broker also makes no new vGPU if dom0 has not enough memory for all vGPUs.
 *
 * promise: P14, P16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hv/hv_xen.h"
#include "xengtd/domctl.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/ram.h"
#include "xengtd/room.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

#define NEW	3u
#define OLD	7u
#define GONE	UINT64_MAX		/* pages of a domain that does not exist */

/* ---- imitations of what the files under test call ---- */

static struct {
	enum xengt_vgpu_state old_state;
	int keep_error;
	uint32_t made[4];		/* domids of the vGPUs that were made, in order */
	uint32_t count;
	uint32_t shares;
	uint64_t available_kib;		/* memory that dom0 has */
	uint64_t old_pages;		/* size of the old vGPU's domain */
	uint64_t worker_pages;		/* resident memory of the old vGPU's worker */
	int room_error;			/* the error of a question about dom0's memory */
	struct xengt_vgpu_info old_info;
} world;

int xengt_gpudev_info(const char *device, struct xengt_info *ret_info)
{
	(void)device;
	*ret_info = (struct xengt_info){ .aperture_bytes = 256ull << 20 };
	return 0;
}

int xengt_gpudev_create(const char *device, struct xengt_create_vgpu *vgpu)
{
	(void)device;
	if (vgpu->domid == OLD) {
		assert_int_equal(vgpu->low_base_mib, 32);
		if (world.keep_error)
			return world.keep_error;
	} else {
		assert_int_equal(vgpu->low_base_mib, 0);
	}
	assert_true(world.count < 4);
	world.made[world.count++] = vgpu->domid;
	vgpu->fd = open("/dev/null", O_RDONLY);
	return 0;
}

/* Checks that the broker sets the share of the request. */
int xengt_gpudev_set_share(const char *device,
			   const struct xengt_set_share *share)
{
	(void)device;
	assert_int_equal(share->weight, XENGT_SHARE_WEIGHT);
	assert_int_equal(share->cap, 0);
	assert_int_equal(share->slice_ms, XENGT_SHARE_SLICE_MS);
	assert_int_equal(share->timeout_ms, XENGT_SHARE_TIMEOUT_MS);
	assert_int_equal(share->stop, XENGT_SHARE_STOP);
	world.shares++;
	return 0;
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	(void)vgpu_fd;
	*ret_info = world.old_info;
	ret_info->state = world.old_state;
	ret_info->low_base = 64 << 20;
	ret_info->low_bytes = 32 << 20;
	return 0;
}

void xengt_gpudev_explain(int error, char *text, size_t len)
{
	(void)error;
	snprintf(text, len, "?");
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	*ret_info = (struct xengt_domain_info){ 0 };
	return 0;
}

int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid)
{
	(void)d;
	(void)domid;
	return 0;
}

int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages)
{
	(void)d;
	if (domid == OLD && world.old_pages == GONE)
		return -ESRCH;
	*ret_pages = domid == OLD ? world.old_pages : 1;
	return 0;
}

int __wrap_xengt_room_read(const char *path, const char *label, unsigned int n,
			   uint64_t *ret_value);
int __wrap_xengt_room_read(const char *path, const char *label, unsigned int n,
			   uint64_t *ret_value)
{
	if (world.room_error)
		return world.room_error;
	if (!strcmp(path, "/proc/meminfo")) {
		assert_string_equal(label, "MemAvailable:");
		assert_int_equal(n, 0);
		*ret_value = world.available_kib;
		return 0;
	}
	assert_string_equal(path, "/proc/4711/statm");
	assert_int_equal(n, 1);
	*ret_value = world.worker_pages;
	return 0;
}

int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid, uint64_t first_gfn,
		     uint64_t first_mfn, uint64_t frames)
{
	(void)d;
	(void)domid;
	(void)first_gfn;
	(void)first_mfn;
	(void)frames;
	return -EIO;
}

int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames)
{
	return xengt_domctl_map(d, domid, first_gfn, first_mfn, frames);
}

int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on)
{
	/* the new vGPU gets the permission when it is made */
	if (on && domid == NEW)
		return 0;
	return xengt_domctl_map(d, domid, 0, first_mfn, frames);
}

int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id)
{
	assert_int_equal(domid, NEW);
	*ret_server_id = 1;
	return 0;
}

int xengt_bvgpu_save(const struct xengt_bvgpu *v)
{
	(void)v;
	return 0;
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	(void)domid;
	(void)node;
	return NULL;
}

char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid)
{
	return xengt_store_read(s, domid, "");
}

bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames)
{
	(void)ram;
	(void)gfn;
	(void)frames;
	return false;
}

pid_t xengt_worker_pid(const struct xengt_worker *w)
{
	(void)w;
	return 4711;
}

/* ---- the tests ---- */

static struct xengtd broker;
static struct xengt_bvgpu old, new;

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.available_kib = 1u << 30;
	world.old_pages = 1;
	world.worker_pages = 300;
	old = (struct xengt_bvgpu){
		.d = &broker, .domid = OLD, .fd = -1,
		.state = XENGT_BVGPU_HELD, .has_aperture = true,
		.req = { .domain = "old", .low_mib = 8 },
		.info = { .low_base = 32ull << 20, .low_bytes = 8ull << 20 },
	};
	new = (struct xengt_bvgpu){
		.d = &broker, .domid = NEW, .fd = -1, .next = &old,
		.req = { .domain = "new", .low_mib = 8,
			 .share = { .weight = XENGT_SHARE_WEIGHT,
				    .timeslice_ms = XENGT_SHARE_SLICE_MS,
				    .timeout_ms = XENGT_SHARE_TIMEOUT_MS,
				    .stop = XENGT_SHARE_STOP } },
	};
	broker.vgpus = &new;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (old.fd >= 0)
		close(old.fd);
	if (new.fd >= 0)
		close(new.fd);
	return 0;
}

static void the_old_slice_first(void **state)
{
	(void)state;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), 0);
	assert_int_equal(world.count, 2);
	assert_int_equal(world.made[0], OLD);
	assert_int_equal(world.made[1], NEW);
	assert_int_equal(world.shares, 1);
	assert_true(old.fd >= 0 && new.fd >= 0);
}

/* Each domain that may still reach a slice keeps it. */
static void each_old_slice_first(void **state)
{
	struct xengt_bvgpu second = old;

	(void)state;
	old.next = &second;
	assert_int_equal(xengt_bvgpu_reserve(&new, true), 0);
	assert_int_equal(world.count, 3);
	assert_int_equal(world.made[0], OLD);
	assert_int_equal(world.made[1], OLD);
	assert_int_equal(world.made[2], NEW);
	assert_string_equal(new.error, "");
	assert_true(second.fd >= 0);
	close(second.fd);
	old.next = NULL;
}

static void gets_nothing(void)
{
	assert_int_equal(xengt_bvgpu_reserve(&new, true), -EAGAIN);
	assert_true(xengt_bvgpu_reserve(&new, false) < 0);
	assert_non_null(strstr(new.error, "mapped into domain 7 (old)"));
	assert_int_equal(world.count, 0);
	assert_int_equal(new.fd, -1);
}

static void if_it_cannot_be_taken(void **state)
{
	(void)state;
	world.keep_error = -ENOSPC;
	gets_nothing();
	/*
	 * the aperture is unmapped, but the domain still has the right to map it
	 */
	old.has_aperture = false;
	old.has_iomem = true;
	gets_nothing();
	old.is_domain_gone = true;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), 0);
}

/*
 * The broker knows the old vGPU's slice only from the vGPU's record, and cannot read this
 * record.
 */
static void if_it_is_not_known(void **state)
{
	(void)state;
	old.has_aperture = false;
	old.is_unread = true;
	gets_nothing();
}

/*
 * The GPU was unbound and bound again; the old vGPU's worker has not reported the
 * vGPU's end yet.
 */
static void if_its_vgpu_has_not_ended(void **state)
{
	(void)state;
	old.state = XENGT_BVGPU_CONNECTED;
	old.fd = open("/dev/null", O_RDONLY);
	world.old_state = XENGT_VGPU_GPU_GONE;
	gets_nothing();
	world.old_state = XENGT_VGPU_LIVE;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), 0);
	assert_int_equal(world.count, 1);
}

/* Checks that the broker makes the new vGPU if dom0 has 'kib' KiB, but not if it has 1 KiB less. */
static void needs_exactly(uint64_t kib)
{
	world.available_kib = kib - 1;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), -ENOMEM);
	assert_int_equal(new.fd, -1);
	world.available_kib = kib;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), 0);
	close(new.fd);
	new.fd = -1;
	world.count = 0;
}

/*
 * dom0 must have the memory that the new vGPU is promised, and also the memory that the old
 * vGPU was promised but does not use yet.
 */
static void memory_for_all(void **state)
{
	const uint64_t need = xengt_room_promise_kib(8, 0, 1);
	uint64_t owed;

	(void)state;
	/* if the broker has no fd of the old vGPU, it does not add the old vGPU's promise */
	old.state = XENGT_BVGPU_CONNECTED;
	old.has_aperture = false;
	needs_exactly(need);
	old.fd = open("/dev/null", O_RDONLY);
	world.old_pages = 1000000;
	owed = xengt_room_promise_kib(8, 0, world.old_pages);
	needs_exactly(need + owed);
	world.old_info.ppgtt_tables = 100;
	world.old_info.frames_held = 1000;
	needs_exactly(need + owed - xengt_room_spent_kib(&world.old_info, 0));
	old.worker = (struct xengt_worker *)&world;
	needs_exactly(need + owed - xengt_room_spent_kib(&world.old_info, 1200));
	/* the old vGPU uses more than it was promised */
	world.old_info.frames_held = UINT32_MAX;
	needs_exactly(need);
	/* the old vGPU's domain does not exist any more */
	world.old_pages = GONE;
	needs_exactly(need);
}

/* If the broker cannot learn how much memory there is, no vGPU is made. */
static void memory_that_nobody_knows(void **state)
{
	(void)state;
	world.room_error = -EPROTO;
	assert_int_equal(xengt_bvgpu_reserve(&new, false), -EPROTO);
	assert_int_equal(world.count, 0);
	assert_non_null(strstr(new.error, "cannot ask how much memory"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_old_slice_first),
		TEST(each_old_slice_first),
		TEST(if_it_cannot_be_taken),
		TEST(if_it_is_not_known),
		TEST(if_its_vgpu_has_not_ended),
		TEST(memory_for_all),
		TEST(memory_that_nobody_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
