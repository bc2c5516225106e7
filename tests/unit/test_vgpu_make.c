/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the broker reads a request and reserves a vGPU's resources (vgpu_make.c): every
 * call that can fail fails once, and the user's files and nodes have every kind of fault.
 * test_vgpu_domain.c tests the conditions for the domain, test_keep_slices.c the slices and
 * dom0's memory.
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
#include <sys/stat.h>
#include <unistd.h>

#include "common/qmp_slots.h"
#include "complaints.h"
#include "hv/hv_xen.h"
#include "xengt/edid.h"
#include "xengt/log.h"
#include "xengtd/domctl.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/ram.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

#define DOMID	7u
#define OTHER	8u

/* ---- imitations of what vgpu_make.c calls ---- */

enum op { NOTHING, GPU, ROOM, PAGES, CREATE, VGPU, SHARE, SERVER, SAVE, PERMIT };

static struct {
	enum op fails;			/* the operation that fails */
	int error;			/* with this error */
	int after;			/* so many calls of the operation succeed first */
	int calls[PERMIT + 1];
	uint32_t vgpu_count;
	uint64_t available_kib;
	struct xengt_domain_info other;	/* Xen's answer about the other vGPU's domain */
	int other_error;
	const char *nodes[8][2];	/* names and values */
	const char *name;		/* the domain's name; NULL: xenstore has none */
	const char *bad_node;		/* this node cannot be read */
	int bad_errno;
	struct xengt_set_share share;	/* the last share that was set */
} world;

static int op(enum op which)
{
	world.calls[which]++;
	return which == world.fails && world.after-- <= 0 ? world.error : 0;
}

int xengt_gpudev_info(const char *device, struct xengt_info *ret_info)
{
	(void)device;
	*ret_info = (struct xengt_info){
		.aperture_bytes = 256ull << 20, .vgpu_count = world.vgpu_count,
	};
	return op(GPU);
}

int __wrap_xengt_room_read(const char *path, const char *label, unsigned int n,
			   uint64_t *ret_value);
int __wrap_xengt_room_read(const char *path, const char *label, unsigned int n,
			   uint64_t *ret_value)
{
	assert_string_equal(path, "/proc/meminfo");
	assert_string_equal(label, "MemAvailable:");
	assert_int_equal(n, 0);
	*ret_value = world.available_kib;
	return op(ROOM);
}

int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid, uint64_t *ret_pages)
{
	(void)d;
	*ret_pages = 1;
	return domid == DOMID ? op(PAGES) : 0;
}

int xengt_gpudev_create(const char *device, struct xengt_create_vgpu *vgpu)
{
	int r = op(CREATE);

	(void)device;
	assert_int_equal(vgpu->domid, DOMID);
	assert_int_equal(vgpu->low_mib, 64);
	assert_int_equal(vgpu->high_mib, 384);
	assert_int_equal(vgpu->fences, 4);
	if (!r)
		vgpu->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return r;
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	(void)vgpu_fd;
	*ret_info = (struct xengt_vgpu_info){ .vgpu_id = 3, .low_bytes = 64ull << 20 };
	return op(VGPU);
}

int xengt_gpudev_set_share(const char *device, const struct xengt_set_share *share)
{
	(void)device;
	world.share = *share;
	return op(SHARE);
}

int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id)
{
	assert_int_equal(domid, DOMID);
	*ret_server_id = 5;
	return op(SERVER);
}

int xengt_bvgpu_save(const struct xengt_bvgpu *v)
{
	(void)v;
	return op(SAVE);
}

int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid, uint64_t first_mfn,
			uint64_t frames, bool on)
{
	(void)d;
	(void)domid;
	(void)first_mfn;
	(void)frames;
	return on ? op(PERMIT) : 0;
}

int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid, uint64_t first_gfn,
		     uint64_t first_mfn, uint64_t frames)
{
	(void)d;
	(void)domid;
	(void)first_gfn;
	(void)first_mfn;
	(void)frames;
	fail();
	return -EIO;
}

int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid, uint64_t first_gfn,
		       uint64_t first_mfn, uint64_t frames)
{
	return xengt_domctl_map(d, domid, first_gfn, first_mfn, frames);
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	assert_int_equal(domid, OTHER);
	*ret_info = world.other;
	return world.other_error;
}

void xengt_gpudev_explain(int error, char *text, size_t len)
{
	snprintf(text, len, "explained: %d", error);
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	assert_int_equal(domid, DOMID);
	errno = ENOENT;
	if (world.bad_node && !strcmp(world.bad_node, node)) {
		errno = world.bad_errno;
		return NULL;
	}
	for (int i = 0; i < 8 && world.nodes[i][0]; i++)
		if (!strcmp(world.nodes[i][0], node))
			return strdup(world.nodes[i][1]);
	return NULL;
}

char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	assert_int_equal(domid, DOMID);
	return world.name ? strdup(world.name) : NULL;
}

bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn, uint64_t frames)
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

/* ---- the rig ---- */

static struct xengtd broker;
static struct xengt_bvgpu v, other;
static char dir[] = "/tmp/test-vgpu-make-XXXXXX";
static char file[64];

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	complaints = 0;
	world.available_kib = 1u << 30;
	world.name = "guest";
	broker.opt.types_conf = "/no/such/file";
	broker.opt.run_dir = dir;
	broker.opt.device = "/dev/xengt";
	memset(&other, 0, sizeof(other));
	memset(&v, 0, sizeof(v));
	v.d = &broker;
	v.domid = DOMID;
	v.fd = -1;
	broker.vgpus = &v;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (v.fd >= 0)
		close(v.fd);
	if (other.fd > 0)
		close(other.fd);
	return 0;
}

/* Reads the request with the present nodes, which must be valid. */
static void request(void)
{
	assert_int_equal(xengt_bvgpu_read_request(&v), 0);
	assert_string_equal(v.error, "");
}

static void says(const char *text)
{
	if (!strstr(v.error, text))
		fail_msg("no \"%s\" in \"%s\"", text, v.error);
}

/* ---- the resources ---- */

static void it_is_made(void **state)
{
	(void)state;
	world.nodes[0][0] = "weight";
	world.nodes[0][1] = "7";
	request();
	errno = EIO;		/* of an earlier call */
	assert_int_equal(xengt_bvgpu_reserve(&v, false), 0);
	assert_string_equal(v.error, "");
	assert_true(v.fd >= 0 && v.has_server && v.has_iomem);
	assert_int_equal(v.server_id, 5);
	assert_int_equal(v.info.vgpu_id, 3);
	assert_true(v.aperture_bytes == 256ull << 20);
	assert_int_equal(world.share.vgpu_id, 3);
	assert_int_equal(world.share.weight, 7);
}

/*
 * The test makes one step after another fail. The request fails with the step's error, later
 * steps are not taken, and the vGPU's struct says which resources must be given back.
 */
static void one_step_fails(void **state)
{
	static const struct {
		enum op op;
		int error, after;
		bool is_made, has_server;
		enum op never;		/* an operation of a later step */
		const char *text;
	} steps[] = {
		{ GPU, -ENODEV, 0, false, false, ROOM, "explained: -19" },
		{ ROOM, -EPROTO, 0, false, false, PAGES, "cannot ask how much memory" },
		{ PAGES, -EPERM, 0, false, false, CREATE, "cannot ask how much memory" },
		{ CREATE, -EIO, 0, false, false, VGPU, "explained: -5" },
		{ CREATE, -ESRCH, 0, false, false, VGPU, "is being destroyed" },
		{ CREATE, -EINVAL, 0, false, false, VGPU, "a vGPU with 64 MB of CPU-visible and 384 MB" },
		{ CREATE, -EEXIST, 0, false, false, VGPU, "has a vGPU already" },
		{ CREATE, -ENOSPC, 0, false, false, VGPU, "not enough CPU-visible" },
		{ VGPU, -EIO, 0, true, false, SHARE, "cannot read the properties" },
		{ SHARE, -EINVAL, 0, true, false, SERVER, "its share of time" },
		{ SERVER, -ENOSPC, 0, true, false, SAVE, "8 device models already" },
		{ SERVER, -EPERM, 0, true, false, SAVE, "allows no further device model" },
		{ SAVE, -EROFS, 0, true, true, PERMIT, "cannot write to" },
		{ SAVE, -EROFS, 1, true, true, PERMIT, "use its part of the aperture" },
		{ PERMIT, -EPERM, 0, true, true, NOTHING, "use its part of the aperture" },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(steps); i++) {
		setup(state);
		request();
		world.fails = steps[i].op;
		world.error = steps[i].error;
		world.after = steps[i].after;
		assert_int_equal(xengt_bvgpu_reserve(&v, false), steps[i].error);
		says(steps[i].text);
		assert_int_equal(v.fd >= 0, steps[i].is_made);
		assert_int_equal(v.has_server, steps[i].has_server);
		assert_int_equal(world.calls[steps[i].never], 0);
		teardown(state);
	}
}

/* Another vGPU holds graphics memory. May its memory soon be free? */
static const struct {
	bool has_fd;
	enum xengt_bvgpu_state state;
	struct xengt_domain_info info;
	int info_error;
	uint32_t vgpu_count;		/* number of vGPUs that the module has */
	bool is_coming;
} others[] = {
	{ true, XENGT_BVGPU_CONNECTED, { .vcpus = 1 }, 0, 1, false },
	{ true, XENGT_BVGPU_FOREIGN, { .vcpus = 1 }, 0, 1, false },
	{ true, XENGT_BVGPU_STOPPING, { .vcpus = 1 }, 0, 1, true },
	{ true, XENGT_BVGPU_RETIRING, { .vcpus = 1 }, 0, 1, true },
	{ true, XENGT_BVGPU_HELD, { .vcpus = 1 }, 0, 1, false },
	{ true, XENGT_BVGPU_CONNECTED, { .is_dying = true }, 0, 1, true },
	{ true, XENGT_BVGPU_CONNECTED, { .is_shutdown = true }, 0, 1, true },
	{ true, XENGT_BVGPU_CONNECTED, { .vcpus = 1 }, -ESRCH, 1, true },
	/* Xen does not answer, which does not mean that the domain is ending */
	{ true, XENGT_BVGPU_CONNECTED, { .is_dying = true }, -EPERM, 1, false },
	/* the module has a vGPU that the broker does not know */
	{ true, XENGT_BVGPU_CONNECTED, { .vcpus = 1 }, 0, 2, true },
	{ false, XENGT_BVGPU_STOPPING, { .vcpus = 1 }, 0, 0, false },
	{ false, XENGT_BVGPU_STOPPING, { .vcpus = 1 }, 0, 1, true },
};

static void add_other(size_t i)
{
	other = (struct xengt_bvgpu){
		.d = &broker, .domid = OTHER, .state = others[i].state,
		.fd = others[i].has_fd ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1,
	};
	v.next = &other;
	world.other = others[i].info;
	world.other_error = others[i].info_error;
	world.vgpu_count = others[i].vgpu_count;
}

/* A request waits only for memory that is coming, and only while it may wait. */
static void memory_may_be_coming(void **state)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(others); i++) {
		for (int may_wait = 0; may_wait < 2; may_wait++) {
			const bool waits = may_wait && others[i].is_coming;

			/* the GPU has no room */
			setup(state);
			request();
			add_other(i);
			world.fails = CREATE;
			world.error = -ENOSPC;
			assert_int_equal(xengt_bvgpu_reserve(&v, may_wait),
					 waits ? -EAGAIN : -ENOSPC);
			teardown(state);
			/* dom0 has no room */
			setup(state);
			request();
			add_other(i);
			world.available_kib = 0;
			assert_int_equal(xengt_bvgpu_reserve(&v, may_wait),
					 waits ? -EAGAIN : -ENOMEM);
			assert_int_equal(world.calls[CREATE], 0);
			teardown(state);
		}
	}
}

/* The domain's previous vGPU may still be ending. */
static void the_one_before_may_be_ending(void **state)
{
	(void)state;
	request();
	world.fails = CREATE;
	world.error = -EEXIST;
	assert_int_equal(xengt_bvgpu_reserve(&v, true), -EAGAIN);
	assert_string_equal(v.error, "");
}

/* ---- the request ---- */

static void its_name(void **state)
{
	static const struct {
		const char *node, *name, *expected;
	} cases[] = {
		{ "mine", "guest", "mine" }, { NULL, "guest", "guest" },
		{ NULL, "", "?" }, { NULL, NULL, "?" }, { "", "guest", "guest" },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		setup(state);
		world.name = cases[i].name;
		if (cases[i].node) {
			world.nodes[0][0] = "domain";
			world.nodes[0][1] = cases[i].node;
		}
		request();
		assert_string_equal(v.req.domain, cases[i].expected);
	}
	world.nodes[0][0] = "slot";
	world.nodes[0][1] = "9";
	request();
	assert_int_equal(v.slot, 9);
}

/* A node that cannot be read is not treated as a node that does not exist. */
static void a_node_cannot_be_read(void **state)
{
	static const int errors[] = { EIO, EACCES, ENOTCONN };

	(void)state;
	for (int i = 0; i < 3; i++) {
		world.bad_node = "weight";
		world.bad_errno = errors[i];
		assert_int_equal(xengt_bvgpu_read_request(&v), -errors[i]);
		says("cannot read the request from xenstore");
		assert_false(xengt_bvgpu_is_request_other(&v));
	}
	world.bad_errno = 0;		/* libxenstore says no reason */
	assert_int_equal(xengt_bvgpu_read_request(&v), -EIO);
	world.bad_errno = ENOENT;
	v.error[0] = '\0';
	request();
	world.nodes[0][0] = "weight";
	world.nodes[0][1] = "none";
	world.bad_node = NULL;
	assert_int_equal(xengt_bvgpu_read_request(&v), -EINVAL);
	says("weight is \"none\"");
	world.nodes[0][1] = "5";
	broker.opt.types_conf = dir;
	assert_true(xengt_bvgpu_read_request(&v) < 0);
	says(dir);
}

static void is_it_another_request(void **state)
{
	(void)state;
	request();
	assert_false(xengt_bvgpu_is_request_other(&v));
	world.nodes[0][0] = "fences";
	world.nodes[0][1] = "5";
	assert_true(xengt_bvgpu_is_request_other(&v));
	world.nodes[0][1] = "nonsense";
	assert_false(xengt_bvgpu_is_request_other(&v));
}

/* ---- the share of time ---- */

static void the_share_changes(void **state)
{
	(void)state;
	request();
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(world.calls[SHARE] + world.calls[SAVE], 0);
	assert_int_equal(complaints, 0);
	world.nodes[0][0] = "weight";
	world.nodes[0][1] = "9";
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(world.calls[SHARE], 1);
	assert_int_equal(world.calls[SAVE], 1);
	assert_int_equal(world.share.weight, 9);
	assert_int_equal(v.req.share.weight, 9);
	assert_int_equal(complaints, 0);
	/* the node cannot be read, or has nonsense: the share stays */
	world.bad_node = "weight";
	world.bad_errno = EIO;
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(complaints, 1);
	world.bad_node = NULL;
	world.nodes[0][1] = "0";
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(complaints, 2);
	assert_int_equal(world.calls[SHARE], 1);
	assert_int_equal(v.req.share.weight, 9);
	/* the module refuses: the share stays, and is not written */
	world.nodes[0][1] = "11";
	world.fails = SHARE;
	world.error = -EIO;
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(complaints, 3);
	assert_int_equal(v.req.share.weight, 9);
	assert_int_equal(world.calls[SAVE], 1);
	/* the record cannot be written */
	world.fails = SAVE;
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(complaints, 4);
	assert_int_equal(v.req.share.weight, 11);
	/* a node that goes away changes nothing */
	world.fails = NOTHING;
	world.nodes[0][0] = NULL;
	xengt_bvgpu_follow_share(&v);
	assert_int_equal(v.req.share.weight, 11);
	assert_int_equal(complaints, 4);
}

/* ---- the monitor ---- */

static const uint8_t edid_header[8] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

/* Writes a file of this size, which is an EDID if the size allows it. */
static void write_edid(size_t bytes, uint8_t mark)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES + 2] = { 0 };
	uint8_t sum = 0;
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	memcpy(edid, edid_header, sizeof(edid_header));
	edid[12] = mark;
	edid[54] = 1;
	edid[126] = bytes > XENGT_EDID_BLOCK_BYTES;
	for (int i = 0; i < 127; i++)
		sum = (uint8_t)(sum + edid[i]);
	edid[127] = (uint8_t)-sum;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, edid, bytes), bytes);
	close(fd);
}

static void the_monitor(void **state)
{
	static const struct {
		size_t bytes;
		bool is_valid;
	} sizes[] = {
		{ 0, false }, { 127, false }, { 128, true }, { 129, false },
		{ 255, false }, { 256, true }, { 257, false }, { 258, false },
	};

	(void)state;
	world.nodes[0][0] = "edid";
	world.nodes[0][1] = file;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(sizes); i++) {
		v.error[0] = '\0';
		v.edid_bytes = 0;
		write_edid(sizes[i].bytes, 1);
		assert_int_equal(xengt_bvgpu_read_request(&v),
				 sizes[i].is_valid ? 0 : -EINVAL);
		assert_int_equal(v.edid_bytes, sizes[i].is_valid ? sizes[i].bytes : 0);
		if (!sizes[i].is_valid)
			says("is no EDID that can be used");
	}
	world.nodes[0][1] = "monitor.bin";
	assert_int_equal(xengt_bvgpu_read_request(&v), -EINVAL);
	says("it must be a file by its full path");
	world.nodes[0][1] = "/no/such/file";
	assert_int_equal(xengt_bvgpu_read_request(&v), -ENOENT);
	says("edid: /no/such/file: No such file");
	world.nodes[0][1] = dir;
	assert_int_equal(xengt_bvgpu_read_request(&v), -EISDIR);
}

/* The predecessor's key: a file that is no EDID is ignored; one that is missing is not. */
static void the_predecessors_monitor(void **state)
{
	(void)state;
	world.nodes[0][0] = "monitor-config";
	world.nodes[0][1] = file;
	write_edid(128, 2);
	request();
	assert_int_equal(v.edid_bytes, 128);
	assert_int_equal(v.edid[12], 2);
	assert_int_equal(complaints, 0);
	v.edid_bytes = 0;
	write_edid(200, 2);
	request();
	assert_int_equal(v.edid_bytes, 0);
	assert_int_equal(complaints, 1);
	world.nodes[0][1] = "/no/such/file";
	assert_int_equal(xengt_bvgpu_read_request(&v), -ENOENT);
	says("monitor-config: /no/such/file");
	/* if there are both, the EDID of vgt_edid counts */
	v.error[0] = '\0';
	write_edid(256, 3);
	world.nodes[0][0] = "edid";
	world.nodes[0][1] = file;
	world.nodes[1][0] = "monitor-config";
	world.nodes[1][1] = "/proc/self/comm";
	request();
	assert_int_equal(v.edid_bytes, 256);
	assert_int_equal(v.edid[12], 3);
	assert_int_equal(complaints, 1);
}

/* No descriptor stays open, whatever the files are. */
static void its_files_are_closed(void **state)
{
	const char *const paths[] = { file, "/no/such/file", dir, "monitor.bin" };
	int next = dup(0);

	(void)state;
	close(next);
	write_edid(128, 1);
	for (int i = 0; i < 4; i++) {
		int fd;

		world.nodes[0][0] = "edid";
		world.nodes[0][1] = paths[i];
		xengt_bvgpu_read_request(&v);
		fd = dup(0);
		close(fd);
		assert_int_equal(fd, next);
	}
}

/* ---- the PCI slot ---- */

static void the_slot(void **state)
{
	static const struct {
		uint32_t used;
		uint8_t slot;
		bool has_slot;
		int r;
		uint8_t expected;
		const char *text;
	} cases[] = {
		{ 0x3, 2, false, 0, 2, "" },
		{ 0xb, 2, true, 0, 2, "" },
		{ 0x7, 2, false, 0, 3, "" },
		{ 0x4, 2, false, 0, 3, "" },	/* the slots 0 and 1 are not for devices */
		{ 0x80000000, 31, false, 0, 2, "" },
		{ 0x7fffffff, 2, false, 0, 31, "" },
		{ 0xffffffff, 2, false, -ENOSPC, 2, "has no free PCI slot" },
		{ 0xfffffffc, 2, false, -ENOSPC, 2, "has no free PCI slot" },
		{ 0x7, 2, true, -EBUSY, 2, "PCI slot 2 of \"guest\" is in use (a card): do not set a slot, or choose another, such as 3" },
	};

	(void)state;
	request();
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		struct xengt_qmp_slots slots = { .used = cases[i].used };

		strcpy(slots.what[cases[i].slot], "a card");
		v.error[0] = '\0';
		v.slot = cases[i].slot;
		v.req.has_slot = cases[i].has_slot;
		assert_int_equal(xengt_bvgpu_choose_slot(&v, &slots), cases[i].r);
		assert_int_equal(v.slot, cases[i].expected);
		says(cases[i].text);
	}
	/* without an answer of QEMU the slot stays as it is */
	v.slot = 2;
	assert_int_equal(xengt_bvgpu_choose_slot(&v, NULL), 0);
	assert_int_equal(v.slot, 2);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/edid", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(dir);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_made),
		TEST(one_step_fails),
		TEST(memory_may_be_coming),
		TEST(the_one_before_may_be_ending),
		TEST(its_name),
		TEST(a_node_cannot_be_read),
		TEST(is_it_another_request),
		TEST(the_share_changes),
		TEST(the_monitor),
		TEST(the_predecessors_monitor),
		TEST(its_files_are_closed),
		TEST(the_slot),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
