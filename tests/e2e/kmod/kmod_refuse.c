// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that the device refuses wrong inputs, and that a vGPU refuses wrong inputs
 * for its GGTT.
 */
#include "kmod_test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void refuse_create_pointers(uint32_t domid)
{
	void *ro;

	ok_is(call(dev, XENGT_IOC_CREATE_VGPU, NULL), -EFAULT, "create: NULL");
	ok_is(call(dev, XENGT_IOC_CREATE_VGPU, (void *)-4096), -EFAULT,
	      "create: kernel pointer");

	ro = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(ro != MAP_FAILED, "mmap");
	*(struct xengt_create_vgpu *)ro = (struct xengt_create_vgpu){
		.domid = domid, .low_mib = 16,
	};
	mprotect(ro, 4096, PROT_READ);
	ok_is(call(dev, XENGT_IOC_CREATE_VGPU, ro), -EFAULT,
	      "create: the answer cannot be written");
	munmap(ro, 4096);
}

static void refuse_create_without_fd(uint32_t domid)
{
	struct rlimit lim, none;
	int fd;

	getrlimit(RLIMIT_NOFILE, &lim);
	none = lim;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	ok_is(make(domid, 16, 0, 0, &fd), -EMFILE, "create: no free fd");
	setrlimit(RLIMIT_NOFILE, &lim);
}

static void refuse_create(uint32_t domid)
{
	static const struct {
		const char *name;
		size_t field;
		uint32_t value;
		int want;
	} cases[] = {
#define F(f) offsetof(struct xengt_create_vgpu, f)
		{ "create: flag", F(flags), 1, -EINVAL },
		{ "create: all flags", F(flags), ~0u, -EINVAL },
		{ "create: a base for low memory with a size of high memory", F(low_base_mib), 128,
		  -EINVAL },
		{ "create: dom0", F(domid), 0, -EINVAL },
		{ "create: DOMID_SELF", F(domid), 0x7ff0, -EINVAL },
		{ "create: DOMID_IO", F(domid), 0x7ff1, -EINVAL },
		{ "create: DOMID_XEN", F(domid), 0x7ff2, -EINVAL },
		{ "create: DOMID_INVALID", F(domid), 0x7ff4, -EINVAL },
		{ "create: domid 0x7fff", F(domid), 0x7fff, -EINVAL },
		{ "create: domid 0x8001", F(domid), 0x8001, -EINVAL },
		{ "create: domid that would be valid if cut to 16 bits", F(domid), 0x10001,
		  -EINVAL },
		{ "create: domid ~0", F(domid), ~0u, -EINVAL },
		{ "create: no such domain", F(domid), 0x7fef, -ESRCH },
		{ "create: no low slice", F(low_mib), 0, -EINVAL },
		{ "create: low size is odd", F(low_mib), 17, -EINVAL },
		{ "create: high size is odd", F(high_mib), 49, -EINVAL },
		{ "create: low ~0", F(low_mib), ~0u, -EINVAL },
		{ "create: low size beyond all memory", F(low_mib), ~1u, -ENOSPC },
		{ "create: low size just too large", F(low_mib), 242, -ENOSPC },
		{ "create: high size beyond all memory", F(high_mib), ~1u, -ENOSPC },
		{ "create: high size just too large", F(high_mib), 3586, -ENOSPC },
		{ "create: too many fences", F(fences), 33, -ENOSPC },
		{ "create: fences ~0", F(fences), ~0u, -ENOSPC },
#undef F
	};
	struct xengt_info before = gpu_info();
	struct xengt_create_vgpu c;
	size_t i;

	for (i = 0; i < N_ELEMS(cases); i++) {
		c = (struct xengt_create_vgpu){
			.domid = domid, .low_mib = 16, .high_mib = 48,
			.fences = 1,
		};
		memcpy((char *)&c + cases[i].field, &cases[i].value, 4);
		ok_is(call(dev, XENGT_IOC_CREATE_VGPU, &c), cases[i].want,
		      cases[i].name);
	}
	refuse_create_pointers(domid);
	refuse_create_without_fd(domid);
	ok(!memcmp(&before, &(struct xengt_info[]){ gpu_info() }[0],
		   sizeof(before)), "after all refusals no resource is missing");
}

/* A vGPU keeps its share when the module refuses an invalid share. */
static void refuse_share(int fd)
{
	static const struct {
		const char *name;
		size_t field;
		uint32_t value;
		int want;
	} cases[] = {
#define F(f) offsetof(struct xengt_set_share, f)
		{ "share: flag", F(flags), 1, -EINVAL },
		{ "share: padding", F(pad), 1, -EINVAL },
		{ "share: no such vGPU", F(vgpu_id), ~0u, -ENOENT },
		{ "share: vGPU 0", F(vgpu_id), 0, -ENOENT },
		{ "share: weight 0", F(weight), 0, -EINVAL },
		{ "share: weight 1001", F(weight), 1001, -EINVAL },
		{ "share: cap 101", F(cap), 101, -EINVAL },
		{ "share: timeslice 0", F(slice_ms), 0, -EINVAL },
		{ "share: timeslice 101", F(slice_ms), 101, -EINVAL },
		{ "share: timeout 9", F(timeout_ms), 9, -EINVAL },
		{ "share: timeout 10001", F(timeout_ms), 10001, -EINVAL },
		{ "share: stop 1001", F(stop), 1001, -EINVAL },
		{ "share: all ones", F(weight), ~0u, -EINVAL },
#undef F
	};
	struct xengt_vgpu_info info;
	struct xengt_set_share share;
	size_t i;

	ok_is(call(fd, XENGT_VGPU_IOC_INFO, &info), 0, "vGPU info");
	for (i = 0; i < N_ELEMS(cases); i++) {
		share = (struct xengt_set_share){
			.vgpu_id = info.vgpu_id, .weight = 1, .slice_ms = 1,
			.timeout_ms = 10,
		};
		ok_is(call(dev, XENGT_IOC_SET_SHARE, &share), 0, "share: least");
		memcpy((char *)&share + cases[i].field, &cases[i].value, 4);
		ok_is(call(dev, XENGT_IOC_SET_SHARE, &share), cases[i].want,
		      cases[i].name);
	}
	share = (struct xengt_set_share){
		.vgpu_id = info.vgpu_id, .weight = 1000, .cap = 100,
		.slice_ms = 100, .timeout_ms = 10000, .stop = 1000,
	};
	ok_is(call(dev, XENGT_IOC_SET_SHARE, &share), 0, "share: most");
	ok_is(call(dev, XENGT_IOC_SET_SHARE, NULL), -EFAULT, "share: NULL");
	ok_is(call(fd, XENGT_IOC_SET_SHARE, &share), -ENOTTY,
	      "share: a worker cannot set it");
}

static void refuse_others(int fd)
{
	static const unsigned long unknown[] = {
		_IO(XENGT_IOC_MAGIC, 0x02), _IO(XENGT_IOC_MAGIC, 0x7f),
		_IO('x', 0), 0, ~0ul, _IO(XENGT_IOC_MAGIC, 0x24),
	};
	struct xengt_vgpu_revalidate v = { .flags = 1 };
	char buf[8];
	size_t i;

	for (i = 0; i < N_ELEMS(unknown); i++) {
		ok_is(call(dev, unknown[i], NULL), -ENOTTY,
		      "device: unknown request");
		ok_is(call(fd, unknown[i], NULL), -ENOTTY,
		      "vGPU: unknown request");
	}
	ok_is(call(dev, XENGT_VGPU_IOC_ZAP, NULL), -ENOTTY,
	      "device: a request of vGPUs");
	ok_is(call(fd, XENGT_IOC_CREATE_VGPU, NULL), -ENOTTY,
	      "vGPU: a request of the device");
	ok_is(call(dev, XENGT_IOC_INFO, NULL), -EFAULT, "info: NULL");
	ok_is(call(fd, XENGT_VGPU_IOC_INFO, NULL), -EFAULT, "vGPU info: NULL");
	ok_is(call(fd, XENGT_VGPU_IOC_REVALIDATE, &v), -EINVAL,
	      "revalidate: flag");
	v = (struct xengt_vgpu_revalidate){ .pad = 1 };
	ok_is(call(fd, XENGT_VGPU_IOC_REVALIDATE, &v), -EINVAL,
	      "revalidate: padding");
	ok_is(call(fd, XENGT_VGPU_IOC_REVALIDATE, NULL), -EFAULT,
	      "revalidate: NULL");
	ok(read(dev, buf, 8) < 0 && errno == EINVAL, "device: read");
	ok(write(fd, buf, 8) < 0 && errno == EINVAL, "vGPU: write");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED &&
	   errno == ENODEV, "vGPU: mmap");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, dev, 0) == MAP_FAILED &&
	   errno == ENODEV, "device: mmap");
}

/* The slice must have at least 8 entries. */
static void refuse_write_pointers(int fd, const uint64_t *e)
{
	const uint32_t low = low_page(fd);
	uint8_t *p;

	ok_is(put(fd, low, NULL, 1, NULL), -EFAULT, "write: entries NULL");
	ok_is(put(fd, low, (void *)-4096, 1, NULL), -EFAULT,
	      "write: entries in the kernel");
	ok_is(call(fd, XENGT_VGPU_IOC_GGTT_WRITE, NULL), -EFAULT,
	      "write: NULL");

	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(p != MAP_FAILED, "mmap");
	memcpy(p + 4096 - 64, e, 64);
	munmap(p + 4096, 4096);
	ok_is(put(fd, low, (void *)(p + 4096 - 64), 9, NULL), -EFAULT,
	      "write: entries end in unmapped memory");
	ok_is(put(fd, low, (void *)(p + 4096 - 64), 40, NULL), -EFAULT,
	      "write: many entries end in unmapped memory");
	*(struct xengt_vgpu_ggtt_write *)p = (struct xengt_vgpu_ggtt_write){
		.first = low, .count = 1, .entries = (uintptr_t)e };
	mprotect(p, 4096, PROT_READ);
	ok_is(call(fd, XENGT_VGPU_IOC_GGTT_WRITE, p), -EFAULT,
	      "write: the answer cannot be written");
	munmap(p, 4096);
}

static void refuse_write(int fd, int other)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX + 1];
	const struct xengt_vgpu_info i = info_of(fd);
	const uint32_t low = (uint32_t)(i.low_base >> 12);
	const uint32_t low_end = low + (uint32_t)(i.low_bytes >> 12);
	const uint32_t high = (uint32_t)(i.high_base >> 12);
	const uint32_t high_end = high + (uint32_t)(i.high_bytes >> 12);
	const uint32_t theirs = low_page(other);
	struct xengt_vgpu_ggtt_write w;

	for (size_t k = 0; k < N_ELEMS(e); k++)
		e[k] = PTE(RAM_GFN + k);

	ok_is(put(fd, low, e, 0, NULL), -EINVAL, "write: count 0");
	ok_is(put(fd, low, e, XENGT_GGTT_WRITE_MAX + 1, NULL), -EINVAL,
	      "write: count above the limit");
	ok_is(put(fd, low, e, ~0u, NULL), -EINVAL, "write: count ~0");
	ok_is(put(fd, low, e, 0x80000001, NULL), -EINVAL,
	      "write: count that overflows bytes");
	w = (struct xengt_vgpu_ggtt_write){ .first = low, .count = 1,
		.entries = (uintptr_t)e, .flags = 1 };
	ok_is(call(fd, XENGT_VGPU_IOC_GGTT_WRITE, &w), -EINVAL, "write: flag");

	ok_is(put(fd, 0, e, 1, NULL), -ERANGE, "write: the host's first page");
	ok_is(put(fd, low - 1, e, 1, NULL), -ERANGE, "write: below the low slice");
	ok_is(put(fd, low - 1, e, 2, NULL), -ERANGE, "write: from below the low slice into it");
	ok_is(put(fd, low_end, e, 1, NULL), -ERANGE, "write: above the low slice");
	ok_is(put(fd, low_end - 1, e, 2, NULL), -ERANGE, "write: across the end of the low slice");
	ok_is(put(fd, high - 1, e, 1, NULL), -ERANGE, "write: below the high slice");
	ok_is(put(fd, high_end, e, 1, NULL), -ERANGE, "write: above the high slice");
	ok_is(put(fd, high_end - 1, e, 2, NULL), -ERANGE, "write: across the end of the high slice");
	ok_is(put(fd, theirs, e, 1, NULL), -ERANGE, "write: the slice of another vGPU");
	ok_is(put(fd, 0xfffff, e, 1, NULL), -ERANGE, "write: the last entry of the GGTT");
	ok_is(put(fd, 0x100000, e, 1, NULL), -ERANGE, "write: beyond the GGTT");
	ok_is(put(fd, ~0u, e, 2, NULL), -ERANGE, "write: first + count wraps");

	refuse_write_pointers(fd, e);

	ok(info_of(fd).entries_written == 0 && info_of(fd).frames_held == 0 &&
	   info_of(fd).frames_mapped == 0, "refused writes hold no frame");
	ok(all_scratch(low, 64) && all_scratch(high, 64) && is_scratch(theirs),
	   "refused writes changed nothing");
}

static void slices_lie_as_promised(int fd, int other)
{
	const struct xengt_vgpu_info a = info_of(fd), b = info_of(other);

	ok(a.vgpu_id && b.vgpu_id && a.vgpu_id != b.vgpu_id, "two ids");
	ok(a.low_base + a.low_bytes <= b.low_base ||
	   b.low_base + b.low_bytes <= a.low_base, "low slices do not overlap");
	ok(a.high_base + a.high_bytes <= b.high_base ||
	   b.high_base + b.high_bytes <= a.high_base, "high slices do not overlap");
	ok(a.fence_base != b.fence_base,
	   "the vGPUs have different fences");
	ok(a.low_base >= 16u << 20 && a.low_base % (2u << 20) == 0 &&
	   a.low_bytes == 16u << 20 && a.high_bytes == 48u << 20 &&
	   a.high_base >= gpu_info().aperture_bytes && a.pad == 0,
	   "slices have the promised places and sizes");
}

static void only_root_may_open(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(open(DEV, O_RDWR) < 0 && errno == EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "users other than root cannot open the device");
}

int test_refuse(uint32_t domid, uint32_t other_domid)
{
	struct xengt_info before = gpu_info(), i;
	int fd, other, again;

	ok_is(i.abi_version = before.abi_version, XENGT_ABI_VERSION,
	      "info: version");
	ok(before.pci_vendor == 0x8086 && before.aperture_bytes == 256u << 20,
	   "info: the GPU's vendor and aperture");
	ok(before.backend == XENGT_BACKEND_ALONE, "info: xengt.ko drives the GPU");
	refuse_create(domid);

	fd = make_ok(domid, 16, 48);
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "create: fd is close-on-exec");
	ok_is(make(domid, 16, 48, 1, &again), -EEXIST,
	      "create: the domain has a vGPU already");
	ok_is(make(domid, 17, 48, 1, &again), -EINVAL,
	      "create: a wrong size is refused with EINVAL before EEXIST");
	other = make_ok(other_domid, 16, 48);
	slices_lie_as_promised(fd, other);
	i = gpu_info();
	ok(i.vgpu_count == 2 && i.low_free_mib == before.low_free_mib - 32 &&
	   i.high_free_mib == before.high_free_mib - 96 &&
	   i.fences_free == before.fences_free - 2, "info counts both vGPUs");

	refuse_share(fd);
	refuse_others(fd);
	refuse_write(fd, other);
	refuse_tables(fd);
	refuse_work(fd);
	close(fd);
	close(other);
	i = gpu_info();
	ok(!memcmp(&i, &before, sizeof(i)), "after both were closed, all is free again");
	only_root_may_open();
	return done();
}
