// SPDX-License-Identifier: GPL-2.0-only
#include "gpulib.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

char dev_path[256] = "/sys/bus/pci/devices/0000:00:02.0";
volatile uint8_t *bar0;
volatile uint8_t *bar2;
size_t bar2_bytes;

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("FAIL ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	fflush(stdout);
	exit(1);
}

static volatile sig_atomic_t was_term;

static void on_term(int sig)
{
	(void)sig;
	was_term = 1;
}

void catch_term(void)
{
	signal(SIGTERM, on_term);
}

bool is_term_asked(void)
{
	return was_term;
}

static volatile uint8_t *map_bar(int bar, size_t *ret_bytes)
{
	char path[300];
	struct stat st;
	void *p;
	int fd;

	snprintf(path, sizeof(path), "%s/resource%d", dev_path, bar);
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		die("%s: %s", path, strerror(errno));
	p = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap %s: %s", path, strerror(errno));
	close(fd);
	*ret_bytes = st.st_size;
	return p;
}

void open_gpu(void)
{
	char path[300];
	size_t bytes;
	int fd;

	snprintf(path, sizeof(path), "%s/enable", dev_path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die("no device: %s: %s", path, strerror(errno));
	if (write(fd, "1", 1) != 1)
		die("enable: %s", strerror(errno));
	close(fd);
	bar0 = map_bar(0, &bytes);
	if (bytes != BAR0_BYTES)
		die("BAR0 is %zu bytes", bytes);
	bar2 = map_bar(2, &bar2_bytes);
}

uint32_t rd32(uint32_t off)
{
	return *(volatile uint32_t *)(bar0 + off);
}

void wr32(uint32_t off, uint32_t v)
{
	*(volatile uint32_t *)(bar0 + off) = v;
}

void pte_write(uint32_t index, uint64_t v)
{
	*(volatile uint64_t *)(bar0 + GGTT_OFF + 8 * index) = v;
	pte_flush();
}

void pte_flush(void)
{
	wr32(GFX_FLSH_CNTL, 1);
}

uint64_t pte_read(uint32_t index)
{
	return *(volatile uint64_t *)(bar0 + GGTT_OFF + 8 * index);
}

uint64_t frame_of(const volatile void *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t e = 0;

	if (fd < 0 || pread(fd, &e, 8, (uintptr_t)p / PAGE * 8) != 8 ||
	    !(e >> 63 & 1) || !(e & ((1ull << 55) - 1)))
		die("/proc/self/pagemap has no frame number of the page");
	close(fd);
	return e & ((1ull << 55) - 1);
}

volatile uint8_t *ram_pages(unsigned int n, uint64_t *ret_gfn)
{
	uint8_t *p = mmap(NULL, (size_t)n * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED || mlock(p, (size_t)n * PAGE))
		die("no memory: %s", strerror(errno));
	for (unsigned int i = 0; i < n; i++) {
		memset(p + (size_t)i * PAGE, 0, PAGE);
		ret_gfn[i] = frame_of(p + (size_t)i * PAGE);
	}
	return p;
}

struct pvinfo read_pvinfo(void)
{
	struct pvinfo p = {
		.magic = *(volatile uint64_t *)(bar0 + PVINFO),
		.major = *(volatile uint16_t *)(bar0 + PVINFO + 8),
		.minor = *(volatile uint16_t *)(bar0 + PVINFO + 10),
		.id = rd32(PVINFO + 0xc),
		.caps = rd32(PVINFO + 0x10),
		.low_base = rd32(PVINFO + 0x40),
		.low_bytes = rd32(PVINFO + 0x44),
		.high_base = rd32(PVINFO + 0x48),
		.high_bytes = rd32(PVINFO + 0x4c),
		.fences = rd32(PVINFO + 0x50),
	};

	return p;
}

struct pvinfo need_pvinfo(void)
{
	struct pvinfo p = read_pvinfo();

	if (p.magic != PVINFO_MAGIC)
		die("PVINFO magic is %#" PRIx64, p.magic);
	return p;
}
