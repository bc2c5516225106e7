// SPDX-License-Identifier: GPL-2.0-only
#include "kmod_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

int dev = -1;

static unsigned int n_tests, n_failed;

bool ok(bool good, const char *fmt, ...)
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

void ok_is(long got, long want, const char *name)
{
	if (!ok(got == want, "%s", name))
		printf("# got %ld (%s), want %ld\n", got,
		       got < 0 ? strerror((int)-got) : "no error", want);
}

void need(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(2);
}

int done(void)
{
	printf("1..%u\n", n_tests);
	return n_failed ? 1 : 0;
}

long call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

long make(uint32_t domid, uint32_t low, uint32_t high, uint32_t fences,
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

int make_ok(uint32_t domid, uint32_t low, uint32_t high)
{
	int fd;
	long r = make(domid, low, high, 1, &fd);

	if (r)
		errno = (int)-r;
	need(!r, "create a vGPU");
	return fd;
}

long put(int fd, uint32_t first, const uint64_t *e, uint32_t count,
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

struct xengt_vgpu_info info_of(int fd)
{
	struct xengt_vgpu_info i;

	memset(&i, 0xff, sizeof(i));
	need(!call(fd, XENGT_VGPU_IOC_INFO, &i), "vGPU info");
	return i;
}

struct xengt_info gpu_info(void)
{
	struct xengt_info i;

	memset(&i, 0xff, sizeof(i));
	need(!call(dev, XENGT_IOC_INFO, &i), "info");
	return i;
}

uint32_t low_page(int fd)
{
	return (uint32_t)(info_of(fd).low_base >> 12);
}

uint32_t high_page(int fd)
{
	return (uint32_t)(info_of(fd).high_base >> 12);
}

bool has_event(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

volatile uint64_t *ggtt;

void map_ggtt(void)
{
	int fd = open(GPU_SYSFS "resource0", O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0)
		p = mmap(NULL, 8 << 20, PROT_READ, MAP_SHARED, fd, 8 << 20);
	if (p != MAP_FAILED)
		ggtt = p;
	else
		printf("# cannot check the GGTT: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/*
 * Does the entry point to the host's scratch page, as the first entry does, or a vGPU's
 * scratch page, as the module shows it?
 */
static bool names_scratch(uint64_t entry)
{
	unsigned long long bus;
	bool found = entry == ggtt[0];
	char line[256];
	FILE *f = fopen("/sys/kernel/debug/xengt/state", "r");

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, " scratch page 0x%llx", &bus) == 1 &&
			entry == (bus | 1);
	if (f)
		fclose(f);
	return found;
}

bool is_scratch(uint32_t page)
{
	return !ggtt || names_scratch(ggtt[page]);
}

bool is_mapped(uint32_t page)
{
	return !ggtt || (ggtt[page] & 1 && !names_scratch(ggtt[page]));
}

bool all_scratch(uint32_t page, uint32_t count)
{
	uint64_t first = ggtt ? ggtt[page] : 0;

	for (; ggtt && count; page++, count--) {
		if (ggtt[page] != first)
			return false;
	}
	return !ggtt || names_scratch(first);
}
