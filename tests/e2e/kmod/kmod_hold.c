// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds a vGPU and does what scripts write to standard input; see the head of kmod-test.c.
 */
#include "kmod_test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* BAR0 has registers, and the GGTT's entries. */
#define REGS_BYTES	(2u << 20)
#define GGTT_AT		(8 << 20)
#define GGTT_BYTES	(8u << 20)
#define GFX_FLSH_CNTL	"101008"

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

int hold(uint32_t domid, uint32_t low, uint32_t high, uint32_t n)
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
			printf("0 state %u held %llu kept %llu followed %llu\n",
			       i.state, (unsigned long long)i.frames_held,
			       (unsigned long long)i.frames_kept,
			       (unsigned long long)i.frames_followed);
		} else if (!strcmp(line, "read\n")) {
			r = has_event(fd) && read(fd, &ev, sizeof(ev)) == sizeof(ev) ?
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

int balloon(uint32_t domid, bool out, uint32_t n)
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

/* Maps a part of BAR0. */
static volatile void *map_bar(off_t at, size_t bytes)
{
	int fd = open(GPU_SYSFS "resource0", O_RDWR | O_CLOEXEC);
	volatile void *p;

	need(fd >= 0, "resource0");
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
	need(p != MAP_FAILED, "mmap resource0");
	close(fd);
	return p;
}

volatile uint32_t *gpu_register(const char *hex)
{
	uint32_t reg = (uint32_t)strtoul(hex, NULL, 16);
	volatile uint32_t *regs;

	need(reg < REGS_BYTES, "a register's offset");
	regs = map_bar(0, REGS_BYTES);
	return &regs[reg / 4];
}

uint64_t swap_entry(uint32_t page, uint64_t entry)
{
	volatile uint64_t *entries = map_bar(GGTT_AT, GGTT_BYTES);
	uint64_t old;

	need(page < GGTT_BYTES / sizeof(*entries), "a page of the GGTT");
	old = entries[page];
	entries[page] = entry;
	*gpu_register(GFX_FLSH_CNTL) = 1;
	return old;
}
