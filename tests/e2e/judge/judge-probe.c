// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge-probe: plants GGTT entries from dom0, to try the judge itself.
 *
 * Runs without the module under test: the program maps the simulated GPU's BAR0
 * and the judge's memory through sysfs. See usage().
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <xengt/judge_abi.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define GPU		"/sys/bus/pci/devices/0000:00:02.0/"
#define BAR0_BYTES	(16UL << 20)
#define GGTT_OFF	(8UL << 20)
#define GGTT_ENTRIES	(1UL << 20)
#define FLUSH_OFF	0x101008UL

static volatile uint8_t *bar0;
static volatile uint64_t *ggtt;
static volatile uint64_t *owners;

static void die(const char *what)
{
	fprintf(stderr, "judge-probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr,
"usage: judge-probe IVSHMEM-SLOT COMMAND [ARG]...\n"
"  fill MFN              make all entries point to this frame, and flush\n"
"  map INDEX DOMID N     make N entries point to N recorded frames of a domain\n"
"  set INDEX MFN         make one entry point to this frame; no flush\n"
"  clear INDEX           make one entry not present; no flush\n"
"  flush                 write GFX_FLSH_CNTL\n"
"  frame DOMID K         print the K-th frame of a domain\n"
"  nobody                print a frame of RAM that has no owner\n"
"  access INDEX          read through the aperture\n"
"  time N                print the microseconds of a register read, mean of N\n");
	exit(2);
}

static void *map_file(const char *path, size_t bytes)
{
	void *p;
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);

	if (fd < 0)
		die(path);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		die(path);
	return p;
}

static void enable_gpu(void)
{
	uint16_t command = 0x0006;	/* memory decode, bus master */
	int fd = open(GPU "config", O_RDWR | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, &command, 2, 4) != 2)
		die(GPU "config");
	close(fd);
}

static uint64_t frame_of(uint64_t domid, uint64_t k)
{
	for (uint64_t mfn = 0; mfn < XENGT_JUDGE_OWNERS_MAX; mfn++)
		if ((owners[mfn] & XENGT_JUDGE_OWNER_VALID) &&
		    XENGT_JUDGE_OWNER_DOMID(owners[mfn]) == domid && !k--)
			return mfn;
	fprintf(stderr, "judge-probe: domain has not that many frames\n");
	exit(1);
}

static void flush(void)
{
	*(volatile uint32_t *)(bar0 + FLUSH_OFF) = 1;
}

static void map_domain(uint64_t index, uint64_t domid, uint64_t n)
{
	for (uint64_t mfn = 0; n && mfn < XENGT_JUDGE_OWNERS_MAX; mfn++) {
		if (!(owners[mfn] & XENGT_JUDGE_OWNER_VALID) ||
		    XENGT_JUDGE_OWNER_DOMID(owners[mfn]) != domid)
			continue;
		ggtt[index++] = mfn << 12 | 1;
		n--;
	}
	flush();
}

static void time_reads(uint64_t n)
{
	struct timespec a, b;
	double us;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (uint64_t i = 0; i < n; i++)
		(void)*(volatile uint32_t *)(bar0 + 0x2030);
	clock_gettime(CLOCK_MONOTONIC, &b);
	us = (double)(b.tv_sec - a.tv_sec) * 1e6 +
		(double)(b.tv_nsec - a.tv_nsec) / 1e3;
	printf("%.2f\n", us / (double)n);
}

static uint64_t arg(int argc, char **argv, int i)
{
	if (i >= argc)
		usage();
	return strtoull(argv[i], NULL, 0);
}

int main(int argc, char **argv)
{
	char path[128];
	const char *cmd;

	if (argc < 3)
		usage();
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource2",
		 argv[1]);
	owners = (volatile uint64_t *)
		((uint8_t *)map_file(path, XENGT_JUDGE_FILE_BYTES) +
		 XENGT_JUDGE_OWNERS_OFF);
	enable_gpu();
	bar0 = map_file(GPU "resource0", BAR0_BYTES);
	ggtt = (volatile uint64_t *)(bar0 + GGTT_OFF);

	cmd = argv[2];
	if (!strcmp(cmd, "fill")) {
		uint64_t pte = arg(argc, argv, 3) << 12 | 1;

		for (size_t i = 0; i < GGTT_ENTRIES; i++)
			ggtt[i] = pte;
		flush();
	} else if (!strcmp(cmd, "map")) {
		map_domain(arg(argc, argv, 3), arg(argc, argv, 4),
			   arg(argc, argv, 5));
	} else if (!strcmp(cmd, "set")) {
		ggtt[arg(argc, argv, 3)] = arg(argc, argv, 4) << 12 | 1;
	} else if (!strcmp(cmd, "clear")) {
		ggtt[arg(argc, argv, 3)] = 0;
	} else if (!strcmp(cmd, "flush")) {
		flush();
	} else if (!strcmp(cmd, "frame")) {
		printf("0x%llx\n", (unsigned long long)
		       frame_of(arg(argc, argv, 3), arg(argc, argv, 4)));
	} else if (!strcmp(cmd, "nobody")) {
		/* Xen owns the first frames above 1 MiB */
		for (uint64_t mfn = 0x400; ; mfn++)
			if (!owners[mfn]) {
				printf("0x%llx\n", (unsigned long long)mfn);
				break;
			}
	} else if (!strcmp(cmd, "access")) {
		uint64_t off = arg(argc, argv, 3) << 12;
		uint8_t *bar2 = map_file(GPU "resource2", 256UL << 20);

		printf("0x%x\n", *(volatile uint32_t *)(bar2 + off));
	} else if (!strcmp(cmd, "time")) {
		time_reads(arg(argc, argv, 3));
	} else {
		usage();
	}
	return 0;
}
