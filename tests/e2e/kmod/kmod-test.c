// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries /dev/xengt as root in dom0: every input that must be refused, every
 * kind of frame that must become scratch, and the life of a vGPU. Prints TAP.
 *
 *	gcc -Iinclude -o kmod-test tests/e2e/kmod/kmod-test.c
 *
 * libxenctrl is loaded at run time, whichever version dom0 has: the few calls
 * used here have not changed from 4.17 to 4.20.
 *
 *	kmod-test unbound DOMID		without a GPU
 *	kmod-test refuse DOMID OTHER	inputs; two HVM domains of 64 MiB
 *	kmod-test frames DOMID OTHER	which frames the GPU gets
 *	kmod-test life DOMID OTHER	zap, kill, close, events
 *	kmod-test hold DOMID LOW HIGH N	make a vGPU, map N frames, then obey
 *					standard input, a line at a time:
 *					info, zap, revalidate, read, unmap,
 *					fill N, worker N (a child maps them
 *					and is killed)
 *	kmod-test balloon DOMID in|out N	give or take those frames
 *	kmod-test poke REGISTER VALUE	write a register, in hexadecimal
 *	kmod-test peek REGISTER		print it, in hexadecimal
 *
 * With iomem=relaxed on dom0's kernel command line the GGTT is looked at, too.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenctrl.h>

#include "uapi/xengt.h"

#define DEV		"/dev/" XENGT_DEV_NAME
#define GPU_SYSFS	"/sys/bus/pci/devices/0000:00:02.0/"
#define PAGES(mib)	((mib) << 8)
#define PTE(gfn)	((uint64_t)(gfn) << 12 | 1)
#define N_ELEMS(a)	(sizeof(a) / sizeof((a)[0]))

/* a frame of RAM in any HVM guest of 64 MiB, and how many follow it */
#define RAM_GFN		0x400u
#define RAM_FRAMES	0x2000u

static int dev = -1;
static unsigned int n_tests, n_failed;

/* ---- TAP ---- */

static bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	n_tests++;
	n_failed += !good;
	printf("%sok %u - ", good ? "" : "not ", n_tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	puts("");
	fflush(stdout);
	return good;
}

static void ok_is(long got, long want, const char *name)
{
	if (!ok(got == want, "%s", name))
		printf("# got %ld (%s), want %ld\n", got,
		       got < 0 ? strerror((int)-got) : "no error", want);
}

static void need(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(2);
}

static int done(void)
{
	printf("1..%u\n", n_tests);
	return n_failed ? 1 : 0;
}

/* ---- Xen ---- */

static xc_interface *xc;
static typeof(&xc_domain_decrease_reservation_exact) take_frames;
static typeof(&xc_domain_populate_physmap_exact) give_frames;
static typeof(&xc_domain_iomem_permission) iomem_permission;
static typeof(&xc_domain_memory_mapping) memory_mapping;
static typeof(&xc_domain_add_to_physmap) add_to_physmap;

static void *symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	need(p, name);
	return p;
}

static void open_xen(void)
{
	typeof(&xc_interface_open) open_interface;
	void *lib = NULL;
	glob_t found;

	if (!glob("/usr/lib/*/libxenctrl.so.4.*", 0, NULL, &found))
		lib = dlopen(found.gl_pathv[0], RTLD_NOW);
	need(lib, "libxenctrl");
	open_interface = symbol(lib, "xc_interface_open");
	take_frames = symbol(lib, "xc_domain_decrease_reservation_exact");
	give_frames = symbol(lib, "xc_domain_populate_physmap_exact");
	iomem_permission = symbol(lib, "xc_domain_iomem_permission");
	memory_mapping = symbol(lib, "xc_domain_memory_mapping");
	add_to_physmap = symbol(lib, "xc_domain_add_to_physmap");
	xc = open_interface(NULL, NULL, 0);
	need(xc, "xc_interface_open");
}

/* ---- the device ---- */

static long call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

static long make(uint32_t domid, uint32_t low, uint32_t high, uint32_t fences,
		 int *ret_fd)
{
	struct xengt_create_vgpu c = {
		.domid = domid, .low_mib = low, .high_mib = high,
		.fences = fences, .fd = -1,
	};
	long r = call(dev, XENGT_IOC_CREATE_VGPU, &c);

	*ret_fd = r ? -1 : c.fd;
	return r;
}

static int make_ok(uint32_t domid, uint32_t low, uint32_t high)
{
	int fd;
	long r = make(domid, low, high, 1, &fd);

	if (r)
		errno = (int)-r;
	need(!r, "create a vGPU");
	return fd;
}

static long put(int fd, uint32_t first, const uint64_t *e, uint32_t count,
		uint32_t *ret_scratched)
{
	struct xengt_vgpu_ggtt_write w = {
		.first = first, .count = count, .entries = (uintptr_t)e,
		.scratched = ~0u,
	};
	long r = call(fd, XENGT_VGPU_IOC_GGTT_WRITE, &w);

	if (!r && ret_scratched)
		*ret_scratched = w.scratched;
	return r;
}

static struct xengt_vgpu_info info_of(int fd)
{
	struct xengt_vgpu_info i;

	memset(&i, 0xff, sizeof(i));
	need(!call(fd, XENGT_VGPU_IOC_INFO, &i), "vGPU info");
	return i;
}

static struct xengt_info gpu_info(void)
{
	struct xengt_info i;

	memset(&i, 0xff, sizeof(i));
	need(!call(dev, XENGT_IOC_INFO, &i), "info");
	return i;
}

static uint32_t low_page(int fd)
{
	return (uint32_t)(info_of(fd).low_base >> 12);
}

static uint32_t high_page(int fd)
{
	return (uint32_t)(info_of(fd).high_base >> 12);
}

/* ---- the GGTT behind its back ---- */

static volatile uint64_t *ggtt;

static void map_ggtt(void)
{
	int fd = open(GPU_SYSFS "resource0", O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0)
		p = mmap(NULL, 8 << 20, PROT_READ, MAP_SHARED, fd, 8 << 20);
	if (p != MAP_FAILED)
		ggtt = p;
	else
		printf("# the GGTT is not looked at: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* the host's own part of the GGTT is always scratch */
static bool is_scratch(uint32_t page)
{
	return !ggtt || ggtt[page] == ggtt[0];
}

static bool is_mapped(uint32_t page)
{
	return !ggtt || (ggtt[page] != ggtt[0] && ggtt[page] & 1);
}

static bool all_scratch(uint32_t page, uint32_t count)
{
	for (; count; page++, count--) {
		if (!is_scratch(page))
			return false;
	}
	return true;
}

/* ---- inputs ---- */

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
		{ "create: padding", F(pad), 1, -EINVAL },
		{ "create: dom0", F(domid), 0, -EINVAL },
		{ "create: DOMID_SELF", F(domid), 0x7ff0, -EINVAL },
		{ "create: DOMID_IO", F(domid), 0x7ff1, -EINVAL },
		{ "create: DOMID_XEN", F(domid), 0x7ff2, -EINVAL },
		{ "create: DOMID_INVALID", F(domid), 0x7ff4, -EINVAL },
		{ "create: domid 0x7fff", F(domid), 0x7fff, -EINVAL },
		{ "create: domid 0x8001", F(domid), 0x8001, -EINVAL },
		{ "create: domid that is one if cut to 16 bits", F(domid), 0x10001,
		  -EINVAL },
		{ "create: domid ~0", F(domid), ~0u, -EINVAL },
		{ "create: no such domain", F(domid), 0x7fef, -ESRCH },
		{ "create: no low", F(low_mib), 0, -EINVAL },
		{ "create: odd low", F(low_mib), 17, -EINVAL },
		{ "create: odd high", F(high_mib), 49, -EINVAL },
		{ "create: low ~0", F(low_mib), ~0u, -EINVAL },
		{ "create: low beyond all", F(low_mib), ~1u, -ENOSPC },
		{ "create: low one too large", F(low_mib), 242, -ENOSPC },
		{ "create: high beyond all", F(high_mib), ~1u, -ENOSPC },
		{ "create: high one too large", F(high_mib), 3778, -ENOSPC },
		{ "create: too many fences", F(fences), 29, -ENOSPC },
		{ "create: fences ~0", F(fences), ~0u, -ENOSPC },
#undef F
	};
	struct xengt_info before = gpu_info();
	struct xengt_create_vgpu c;
	struct rlimit lim, none;
	void *ro;
	size_t i;
	int fd;

	for (i = 0; i < N_ELEMS(cases); i++) {
		c = (struct xengt_create_vgpu){
			.domid = domid, .low_mib = 16, .high_mib = 48,
			.fences = 1,
		};
		memcpy((char *)&c + cases[i].field, &cases[i].value, 4);
		ok_is(call(dev, XENGT_IOC_CREATE_VGPU, &c), cases[i].want,
		      cases[i].name);
	}
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

	getrlimit(RLIMIT_NOFILE, &lim);
	none = lim;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	ok_is(make(domid, 16, 0, 0, &fd), -EMFILE, "create: no free fd");
	setrlimit(RLIMIT_NOFILE, &lim);

	ok(!memcmp(&before, &(struct xengt_info[]){ gpu_info() }[0],
		   sizeof(before)), "after all that nothing is missing");
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
	uint8_t *p;

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
	ok_is(put(fd, low - 1, e, 1, NULL), -ERANGE, "write: below low");
	ok_is(put(fd, low - 1, e, 2, NULL), -ERANGE, "write: into low");
	ok_is(put(fd, low_end, e, 1, NULL), -ERANGE, "write: behind low");
	ok_is(put(fd, low_end - 1, e, 2, NULL), -ERANGE, "write: out of low");
	ok_is(put(fd, high - 1, e, 1, NULL), -ERANGE, "write: below high");
	ok_is(put(fd, high_end, e, 1, NULL), -ERANGE, "write: behind high");
	ok_is(put(fd, high_end - 1, e, 2, NULL), -ERANGE, "write: out of high");
	ok_is(put(fd, theirs, e, 1, NULL), -ERANGE, "write: another's slice");
	ok_is(put(fd, 0xfffff, e, 1, NULL), -ERANGE, "write: last of the GGTT");
	ok_is(put(fd, 0x100000, e, 1, NULL), -ERANGE, "write: behind the GGTT");
	ok_is(put(fd, ~0u, e, 2, NULL), -ERANGE, "write: first + count wraps");

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
	      "write: entries run into nothing");
	ok_is(put(fd, low, (void *)(p + 4096 - 64), 40, NULL), -EFAULT,
	      "write: many entries run into nothing");
	*(struct xengt_vgpu_ggtt_write *)p = (struct xengt_vgpu_ggtt_write){
		.first = low, .count = 1, .entries = (uintptr_t)e };
	mprotect(p, 4096, PROT_READ);
	ok_is(call(fd, XENGT_VGPU_IOC_GGTT_WRITE, p), -EFAULT,
	      "write: the answer cannot be written");
	munmap(p, 4096);

	ok(info_of(fd).entries_written == 0 && info_of(fd).frames_held == 0 &&
	   info_of(fd).frames_mapped == 0, "refused writes held nothing");
	ok(all_scratch(low, 64) && all_scratch(high, 64) && is_scratch(theirs),
	   "refused writes changed nothing");
}

#include "kmod-work.h"

static int test_refuse(uint32_t domid, uint32_t other_domid)
{
	struct xengt_info before = gpu_info(), i;
	struct xengt_vgpu_info a, b;
	int fd, other, again;
	pid_t pid;
	int status;

	ok_is(i.abi_version = before.abi_version, XENGT_ABI_VERSION,
	      "info: version");
	ok(before.pci_vendor == 0x8086 && before.aperture_bytes == 256u << 20,
	   "info: who it is");
	refuse_create(domid);

	fd = make_ok(domid, 16, 48);
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "create: fd is close-on-exec");
	ok_is(make(domid, 16, 48, 1, &again), -EEXIST,
	      "create: the domain has one");
	ok_is(make(domid, 17, 48, 1, &again), -EINVAL,
	      "create: a wrong size is told before EEXIST");
	other = make_ok(other_domid, 16, 48);
	a = info_of(fd);
	b = info_of(other);
	ok(a.vgpu_id && b.vgpu_id && a.vgpu_id != b.vgpu_id, "two ids");
	ok(a.low_base + a.low_bytes <= b.low_base ||
	   b.low_base + b.low_bytes <= a.low_base, "low slices are apart");
	ok(a.high_base + a.high_bytes <= b.high_base ||
	   b.high_base + b.high_bytes <= a.high_base, "high slices are apart");
	ok(a.fence_base != b.fence_base && a.fence_base >= 4,
	   "fences are apart");
	ok(a.low_base >= 16u << 20 && a.low_base % (2u << 20) == 0 &&
	   a.low_bytes == 16u << 20 && a.high_bytes == 48u << 20 &&
	   a.high_base >= before.aperture_bytes && a.pad == 0,
	   "slices lie as promised");
	i = gpu_info();
	ok(i.vgpu_count == 2 && i.low_free_mib == before.low_free_mib - 32 &&
	   i.high_free_mib == before.high_free_mib - 96 &&
	   i.fences_free == before.fences_free - 2, "info counts them");

	refuse_others(fd);
	refuse_write(fd, other);
	refuse_tables(fd);
	refuse_submit(fd);
	close(fd);
	close(other);
	i = gpu_info();
	ok(!memcmp(&i, &before, sizeof(i)), "closed, all is given back");

	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(open(DEV, O_RDWR) < 0 && errno == EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "others than root cannot open the device");
	return done();
}

/* ---- frames ---- */

static void one_frame(int fd, uint64_t e, bool want_scratch, const char *name)
{
	uint32_t low = low_page(fd), scratched = 77;
	uint64_t held = info_of(fd).frames_held;
	long r = put(fd, low, &e, 1, &scratched);

	if (!ok(!r && scratched == (want_scratch && e & 1) &&
		(want_scratch ? is_scratch(low) : is_mapped(low)) &&
		info_of(fd).frames_held == held + !want_scratch,
		"%s is %s", name, want_scratch ? "scratch" : "mapped"))
		printf("# entry 0x%llx: result %ld, scratched %u, held %llu\n",
		       (unsigned long long)e, r, scratched,
		       (unsigned long long)info_of(fd).frames_held);
	e = 0;
	put(fd, low, &e, 1, NULL);
}

static void kinds_of_frames(int fd)
{
	static const struct {
		uint64_t e;
		bool scratch;
		const char *name;
	} cases[] = {
		{ PTE(RAM_GFN), false, "RAM" },
		{ PTE(0x10), false, "RAM below 640 KiB" },
		{ PTE(RAM_GFN) | 0xffe, false, "RAM, with bits 11:1" },
		{ PTE(RAM_GFN) & ~1ull, true, "an entry not present" },
		{ ~1ull, true, "an entry not present, all else set" },
		{ PTE(0xa0), true, "the VGA hole" },
		{ PTE(0xbf), true, "the VGA hole's end" },
		{ PTE(0x5000), true, "just above RAM" },
		{ PTE(0xf0000), true, "the MMIO hole" },
		{ PTE(0xfec00), true, "the IOAPIC" },
		{ PTE(0xfed00), true, "the HPET" },
		{ PTE(0xfee00), true, "the LAPIC page" },
		{ PTE(0xfffff), true, "the last frame below 4 GiB" },
		{ PTE(0x100000), true, "the first frame above 4 GiB" },
		{ PTE(0x7ffffff), true, "the last frame an entry can name" },
		{ PTE(RAM_GFN) | 1ull << 39, true, "RAM plus 2^39" },
		{ PTE(RAM_GFN) | 1ull << 45, true, "RAM plus 2^45" },
		{ PTE(RAM_GFN) | 1ull << 63, true, "RAM plus 2^63" },
		{ ~0ull, true, "all ones" },
	};
	size_t i;

	for (i = 0; i < N_ELEMS(cases); i++)
		one_frame(fd, cases[i].e, cases[i].scratch, cases[i].name);
}

/* Numbers that are machine frames of dom0, Xen, and other guests. */
static void sweep_machine(int fd)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX];
	uint32_t low = low_page(fd), scratched = 0, gfn = 0x4800, n = 0, bad = 0;
	size_t i;

	while (gfn < 4096u << 8) {
		for (i = 0; i < N_ELEMS(e); i++, gfn += 61)
			e[i] = PTE(gfn);
		if (put(fd, low, e, N_ELEMS(e), &scratched))
			bad++;
		n += N_ELEMS(e);
		bad += (uint32_t)N_ELEMS(e) - scratched;
	}
	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
	ok(!bad, "%u machine frame numbers are all scratch", n);
	ok_is((long)info_of(fd).frames_held, 0, "... and nothing is held");
}

static void many_entries(int fd)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX];
	struct xengt_vgpu_info a = info_of(fd), b;
	uint32_t low = low_page(fd), high = high_page(fd), scratched, i;

	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN + i);
	ok_is(put(fd, low, e, N_ELEMS(e), &scratched), 0, "512 entries");
	b = info_of(fd);
	ok(scratched == 0 && b.frames_held == N_ELEMS(e), "512 frames");
	/* the second may be a TLB flush, due for frames released before */
	ok(b.hypercalls - a.hypercalls <= 2, "... by one hypercall or two");
	ok_is((long)(b.tlb_flushes - a.tlb_flushes), 1, "... and one flush");
	ok(is_mapped(low) && is_mapped(low + 511) && is_scratch(low + 512),
	   "... and are there");

	ok_is(put(fd, high, e, N_ELEMS(e), NULL), 0, "again, elsewhere");
	ok_is((long)info_of(fd).frames_held, N_ELEMS(e), "... the same frames");
	ok_is((long)(info_of(fd).hypercalls - b.hypercalls), 0,
	      "... for no hypercall");
	ok(!ggtt || ggtt[high + 7] == ggtt[low + 7], "... the same entries");

	a = info_of(fd);
	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = i % 2 ? PTE(RAM_GFN + i) : PTE(0x80000 + i);
	ok_is(put(fd, low, e, N_ELEMS(e), &scratched), 0, "half are holes");
	ok_is(scratched, 256, "... which are scratch");
	ok(is_scratch(low) && is_mapped(low + 1), "... one by one");
	ok_is((long)info_of(fd).frames_held, N_ELEMS(e),
	      "... and what is named elsewhere stays");

	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
	put(fd, high, e, N_ELEMS(e), NULL);
	b = info_of(fd);
	ok(b.frames_held == 0 && b.frames_mapped == b.frames_released,
	   "unmapped, nothing is held");
	ok(all_scratch(low, 512) && all_scratch(high, 512),
	   "... and all is scratch");

	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN);
	put(fd, low, e, N_ELEMS(e), NULL);
	ok_is((long)info_of(fd).frames_held, 1, "512 entries, one frame");
	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN + 1);
	put(fd, low, e, N_ELEMS(e), NULL);
	ok_is((long)info_of(fd).frames_held, 1, "... replaced by another");
	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
}

static void revalidate_ok(int fd, uint64_t dropped, uint64_t resolved,
			  const char *name)
{
	struct xengt_vgpu_revalidate v = { 0 };
	long r = call(fd, XENGT_VGPU_IOC_REVALIDATE, &v);

	if (!ok(!r && v.dropped == dropped && v.resolved == resolved, "%s",
		name))
		printf("# result %ld dropped %llu resolved %llu\n", r,
		       (unsigned long long)v.dropped,
		       (unsigned long long)v.resolved);
}

static void guest_moves_frames(int fd, uint32_t domid)
{
	xen_pfn_t gfn = RAM_GFN + 0x100;
	uint64_t e[4] = { PTE(gfn), PTE(gfn + 1), PTE(gfn), PTE(0x90000) };
	uint32_t low = low_page(fd);
	xen_pfn_t hole = 0x90000;

	put(fd, low, e, 4, NULL);
	revalidate_ok(fd, 0, 0, "revalidate: nothing to do");
	need(!take_frames(xc, domid, 1, 0, &gfn),
	     "take a frame from the guest");
	ok(is_mapped(low) && info_of(fd).frames_held == 2,
	   "a frame given away stays held");
	revalidate_ok(fd, 1, 0, "revalidate: the frame is released");
	ok(is_scratch(low) && is_mapped(low + 1) && is_scratch(low + 2),
	   "... and its entries are scratch");
	need(!give_frames(xc, domid, 1, 0, 0, &gfn),
	     "give it another");
	revalidate_ok(fd, 0, 2, "revalidate: the new frame is found");
	ok(is_mapped(low) && is_mapped(low + 2), "... by its entries");
	need(!take_frames(xc, domid, 1, 0, &gfn) &&
	     !give_frames(xc, domid, 1, 0, 0, &gfn),
	     "replace the frame");
	revalidate_ok(fd, 1, 2, "revalidate: a replaced frame is followed");
	ok(is_mapped(low) && info_of(fd).frames_followed == 2,
	   "... in one call");
	need(!give_frames(xc, domid, 1, 0, 0, &hole),
	     "RAM in the hole");
	revalidate_ok(fd, 0, 1, "revalidate: RAM appears in a hole");
	need(!take_frames(xc, domid, 1, 0, &hole),
	     "no RAM in the hole");
	revalidate_ok(fd, 1, 0, "revalidate: and goes");
	memset(e, 0, sizeof(e));
	put(fd, low, e, 4, NULL);
}

/* The guest's own aperture, mapped to it as the device model does. */
static void aperture_is_not_ram(int fd, uint32_t domid)
{
	const unsigned long gfn = 0xe0000, pages = 512;
	unsigned long mfn = (unsigned long)
		((gpu_info().aperture_phys + info_of(fd).low_base) >> 12);

	need(!iomem_permission(xc, domid, mfn, pages, 1) &&
	     !memory_mapping(xc, domid, gfn, mfn, pages, 1),
	     "map the aperture");
	one_frame(fd, PTE(gfn), true, "the guest's own aperture");
	one_frame(fd, PTE(gfn + pages - 1), true, "... its end");
	need(!memory_mapping(xc, domid, gfn, mfn, pages, 0) &&
	     !iomem_permission(xc, domid, mfn, pages, 0),
	     "unmap the aperture");
}

/* A page of Xen's that the guest may have in its address space: it is the
 * guest's to write by CPU already, and Xen counts our hold. */
static void shared_info_is_harmless(int fd, uint32_t domid)
{
	uint64_t e = PTE(0x98000);
	uint32_t scratched;

	if (add_to_physmap(xc, domid, XENMAPSPACE_shared_info, 0, 0x98000)) {
		printf("# no shared info page: %s\n", strerror(errno));
		return;
	}
	ok_is(put(fd, low_page(fd), &e, 1, &scratched), 0, "shared info page");
	printf("# it is %s\n", scratched ? "scratch" : "mapped");
	e = 0;
	put(fd, low_page(fd), &e, 1, NULL);
}

static int test_frames(uint32_t domid, uint32_t other_domid)
{
	int fd = make_ok(domid, 16, 48), other = make_ok(other_domid, 16, 48);
	const uint64_t e = PTE(RAM_GFN + 5);

	open_xen();
	kinds_of_frames(fd);
	many_entries(fd);
	put(fd, low_page(fd), &e, 1, NULL);
	put(other, low_page(other), &e, 1, NULL);
	ok(!ggtt || ggtt[low_page(fd)] != ggtt[low_page(other)],
	   "one number in two guests is two frames");
	put(fd, low_page(fd), (uint64_t[]){ 0 }, 1, NULL);
	sweep_machine(fd);
	guest_moves_frames(fd, domid);
	aperture_is_not_ram(fd, domid);
	shared_info_is_harmless(fd, domid);
	ok_is((long)info_of(fd).frames_held, 0, "nothing is held");
	close(fd);
	close(other);
	return done();
}

/* ---- life ---- */

static bool polls(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

static void zap(uint32_t domid)
{
	struct xengt_vgpu_revalidate v = { 0 };
	uint64_t e[] = { PTE(RAM_GFN), PTE(RAM_GFN + 1), PTE(0x90000) };
	int fd = make_ok(domid, 16, 48), second;
	uint32_t low = low_page(fd), high = high_page(fd), free_mib;
	struct xengt_event ev[2];
	struct xengt_vgpu_info i;

	put(fd, low, e, 3, NULL);
	put(fd, high, e, 3, NULL);
	ok(!polls(fd), "no event");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ok(read(fd, ev, sizeof(ev)) < 0 && errno == EAGAIN,
	   "read without an event");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "zap");
	ok(all_scratch(low, 8) && all_scratch(high, 8), "... all is scratch");
	i = info_of(fd);
	ok(i.state == XENGT_VGPU_ZAPPED && i.frames_held == 0 &&
	   i.frames_released == 2, "... nothing is held");
	ok_is(put(fd, low, e, 3, NULL), -ESTALE, "... write");
	ok_is(call(fd, XENGT_VGPU_IOC_REVALIDATE, &v), -ESTALE,
	      "... revalidate");
	ok_is(put(fd, 0, e, 3, NULL), -ERANGE, "... a wrong write");
	ok(polls(fd), "... event");
	ok(read(fd, ev, 7) < 0 && errno == EINVAL, "read of 7 bytes");
	ok(read(fd, ev, 0) < 0 && errno == EINVAL, "read of nothing");
	ok(read(fd, ev, sizeof(ev)) == sizeof(ev[0]) &&
	   ev[0].type == XENGT_EVENT_ZAPPED &&
	   ev[0].value == XENGT_VGPU_ZAPPED, "read says zapped");
	ok(!polls(fd) && read(fd, ev, sizeof(ev)) < 0 && errno == EAGAIN,
	   "... once");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "zap again");
	ok(!polls(fd), "... without an event");
	ok_is(put(fd, low, e, 3, NULL), -ESTALE, "... still dead");

	free_mib = gpu_info().low_free_mib;
	second = make_ok(domid, 16, 48);
	ok(low_page(second) != low, "another vGPU gets other slices");
	close(fd);
	ok_is(gpu_info().low_free_mib, free_mib, "... the old come back last");
	close(second);
}

static void last_close(uint32_t domid)
{
	uint64_t e = PTE(RAM_GFN);
	int fd = make_ok(domid, 16, 0), copy = dup(fd);
	uint32_t low = low_page(fd);

	put(fd, low, &e, 1, NULL);
	close(fd);
	ok(is_mapped(low) && info_of(copy).frames_held == 1,
	   "close of one copy changes nothing");
	close(copy);
	ok(is_scratch(low) && gpu_info().vgpu_count == 0,
	   "close of the last zaps");
}

static void killed(uint32_t domid)
{
	uint64_t e = PTE(RAM_GFN);
	int fd = make_ok(domid, 16, 0), to[2], status;
	uint32_t low = low_page(fd);
	pid_t pid;
	char c;

	/* a worker with a copy */
	pid = fork();
	if (!pid) {
		put(fd, low, &e, 1, NULL);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && is_mapped(low), "worker killed: still there");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "... zapped by the copy");
	ok(is_scratch(low), "... all is scratch");
	close(fd);

	/* one that has the only fd */
	need(!pipe(to), "pipe");
	pid = fork();
	if (!pid) {
		fd = make_ok(domid, 16, 0);
		put(fd, low_page(fd), &e, 1, NULL);
		if (write(to[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	need(read(to[0], &c, 1) == 1, "child");
	ok(is_mapped(low), "the child's entry");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(is_scratch(low), "only holder killed: all is scratch");
	ok_is(gpu_info().vgpu_count, 0, "... and no vGPU is left");
}

static void cycles(uint32_t domid)
{
	struct xengt_info before = gpu_info(), after;
	uint64_t e[] = { PTE(RAM_GFN), PTE(RAM_GFN + 1) };
	int i, fd;

	for (i = 0; i < 200; i++) {
		if (make(domid, 16, 48, 1, &fd))
			break;
		put(fd, low_page(fd), e, 2, NULL);
		close(fd);
	}
	after = gpu_info();
	ok(i == 200 && !memcmp(&before, &after, sizeof(after)),
	   "200 lives, and nothing is missing");
}

static int test_life(uint32_t domid, uint32_t other)
{
	(void)other;
	zap(domid);
	last_close(domid);
	killed(domid);
	cycles(domid);
	return done();
}

static int test_unbound(uint32_t domid)
{
	struct xengt_info i;
	int fd;

	ok_is(call(dev, XENGT_IOC_INFO, &i), -ENODEV, "info without a GPU");
	ok_is(make(domid, 16, 48, 1, &fd), -ENODEV, "create without a GPU");
	ok_is(make(0, 16, 48, 1, &fd), -EINVAL, "create for dom0 without one");
	return done();
}

/* ---- hold: a hand on a vGPU for scripts ---- */

static long fill(int fd, uint32_t n, uint64_t flags)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX];
	uint32_t at, i, count;
	long r = 0;

	for (at = 0; at < n && !r; at += count) {
		count = n - at < N_ELEMS(e) ? n - at : N_ELEMS(e);
		for (i = 0; i < count; i++)
			e[i] = flags ? PTE(RAM_GFN + at + i) : 0;
		r = put(fd, low_page(fd) + at, e, count, NULL);
	}
	return r;
}

static int hold(uint32_t domid, uint32_t low, uint32_t high, uint32_t n)
{
	struct xengt_vgpu_revalidate v = { 0 };
	struct xengt_vgpu_info i;
	struct xengt_event ev;
	int fd = make_ok(domid, low, high);
	char line[64];
	long r = fill(fd, n, 1);

	i = info_of(fd);
	printf("%ld slice %llu %llu %llu %llu held %llu\n", r,
	       (unsigned long long)i.low_base, (unsigned long long)i.low_bytes,
	       (unsigned long long)i.high_base,
	       (unsigned long long)i.high_bytes,
	       (unsigned long long)i.frames_held);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "zap\n")) {
			printf("%ld\n", call(fd, XENGT_VGPU_IOC_ZAP, NULL));
		} else if (!strcmp(line, "revalidate\n")) {
			r = call(fd, XENGT_VGPU_IOC_REVALIDATE, &v);
			printf("%ld dropped %llu resolved %llu\n", r,
			       (unsigned long long)v.dropped,
			       (unsigned long long)v.resolved);
		} else if (!strcmp(line, "info\n")) {
			i = info_of(fd);
			printf("0 state %u held %llu\n", i.state,
			       (unsigned long long)i.frames_held);
		} else if (!strcmp(line, "read\n")) {
			r = polls(fd) && read(fd, &ev, sizeof(ev)) == sizeof(ev) ?
				(long)ev.value : -1;
			printf("%ld\n", r);
		} else if (!strncmp(line, "fill ", 5)) {
			printf("%ld\n", fill(fd, (uint32_t)atoi(line + 5), 1));
		} else if (!strcmp(line, "unmap\n")) {
			printf("%ld\n", fill(fd, n, 0));
		} else if (!strncmp(line, "worker ", 7)) {
			pid_t pid = fork();

			if (!pid) {
				fill(fd, (uint32_t)atoi(line + 7), 1);
				kill(getpid(), SIGKILL);
			}
			printf("%d\n", waitpid(pid, NULL, 0) == pid);
		} else {
			printf("?\n");
		}
		fflush(stdout);
	}
	return 0;
}

static int balloon(uint32_t domid, bool out, uint32_t n)
{
	xen_pfn_t gfns[512];
	uint32_t i;

	open_xen();
	need(n <= N_ELEMS(gfns), "at most 512");
	for (i = 0; i < n; i++)
		gfns[i] = RAM_GFN + i;
	if (out)
		need(!take_frames(xc, domid, n, 0, gfns), "take");
	else
		need(!give_frames(xc, domid, n, 0, 0, gfns), "give");
	return 0;
}

/* Past the module. */
static volatile uint32_t *gpu_register(const char *hex)
{
	int fd = open(GPU_SYSFS "resource0", O_RDWR | O_CLOEXEC);
	uint32_t reg = (uint32_t)strtoul(hex, NULL, 16);
	volatile uint32_t *regs;

	need(fd >= 0 && reg < 2 << 20, "resource0");
	regs = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(regs != MAP_FAILED, "mmap resource0");
	return &regs[reg / 4];
}

int main(int argc, char **argv)
{
	uint32_t a = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	uint32_t b = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && !strcmp(argv[1], "poke")) {
		*gpu_register(argv[2]) = (uint32_t)strtoul(argv[3], NULL, 16);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "peek")) {
		printf("%08x\n", *gpu_register(argv[2]));
		return 0;
	}
	if (argc == 5 && !strcmp(argv[1], "balloon"))
		return balloon(a, !strcmp(argv[3], "out"),
			       (uint32_t)atoi(argv[4]));
	dev = open(DEV, O_RDWR | O_CLOEXEC);
	need(dev >= 0, "open " DEV);
	if (argc == 6 && !strcmp(argv[1], "hold"))
		return hold(a, b, (uint32_t)atoi(argv[4]),
			    (uint32_t)atoi(argv[5]));
	if (argc == 3 && !strcmp(argv[1], "unbound"))
		return test_unbound(a);
	if (argc == 4)
		map_ggtt();
	if (argc == 4 && !strcmp(argv[1], "refuse"))
		return test_refuse(a, b);
	if (argc == 4 && !strcmp(argv[1], "frames"))
		return test_frames(a, b);
	if (argc == 4 && !strcmp(argv[1], "life"))
		return test_life(a, b);
	fprintf(stderr, "usage: see the top of kmod-test.c\n");
	return 2;
}
