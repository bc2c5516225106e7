// SPDX-License-Identifier: GPL-2.0-only
/*
 * gputool: shows and tries what a program inside a guest can do with its GPU, without a
 * driver. gputool is linked statically, so that it runs in any small guest. Each command
 * prints "key value" lines. If a check fails, the program prints "FAIL ..." and ends with
 * status 1.
 */
#include "gpulib.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xen/sys/gntdev.h>

/*
 * Write the same entry 'count' times. Uses one string store for each page of the table,
 * because Xen hands a string store to the device model as one request. Single stores to
 * the whole GGTT would cost a million exits.
 */
static void pte_fill(uint32_t index, uint32_t count, uint64_t v)
{
	volatile void *p = bar0 + GGTT_OFF + 8 * index;
	unsigned long n = count;

	__asm__ volatile("rep stosq" : "+D"(p), "+c"(n) : "a"(v) : "memory");
}

static int cmd_pvinfo(int argc, char **argv)
{
	struct pvinfo p;

	open_gpu();
	p = need_pvinfo();
	printf("nonce %s\n", argc > 0 ? argv[0] : "none");
	printf("magic %#" PRIx64 "\nversion %u.%u\nid %u\ncaps %#x\n", p.magic,
	       p.major, p.minor, p.id, p.caps);
	printf("mappable %#x + %u MiB\nunmappable %#x + %u MiB\nfences %u\n",
	       p.low_base, p.low_bytes >> 20, p.high_base, p.high_bytes >> 20,
	       p.fences);
	return 0;
}

/* Reaches four pages of RAM through the aperture, at both ends of the slice. */
static int cmd_aperture(int argc, char **argv)
{
	struct pvinfo p;
	uint64_t gfns[4];
	volatile uint8_t *ram;
	uint32_t seed = argc > 0 ? strtoul(argv[0], NULL, 0) : 1;
	unsigned int i, j;

	open_gpu();
	p = need_pvinfo();
	if ((uint64_t)p.low_base + p.low_bytes > bar2_bytes)
		die("mappable slice ends outside BAR2");
	ram = ram_pages(4, gfns);
	for (i = 0; i < 4; i++) {
		uint32_t page = i < 2 ? i : p.low_bytes / PAGE - 4 + i;
		uint32_t index = p.low_base / PAGE + page;
		volatile uint32_t *ap = (void *)(bar2 + p.low_base +
						 (size_t)page * PAGE);
		volatile uint32_t *mem = (void *)(ram + (size_t)i * PAGE);

		pte_write(index, gfns[i] << 12 | PTE_PRESENT);
		if (pte_read(index) != (gfns[i] << 12 | PTE_PRESENT))
			die("entry %#x reads back %#" PRIx64, index,
			    pte_read(index));
		for (j = 0; j < PAGE / 4; j += 61) {
			uint32_t v = seed * 2654435761u + i * 4096 + j;

			mem[j] = v;
			if (ap[j] != v)
				die("page %u dword %u: RAM %#x, aperture %#x",
				    i, j, v, ap[j]);
			ap[j] = ~v;
			if (mem[j] != ~v)
				die("page %u dword %u: aperture write lost: %#x",
				    i, j, mem[j]);
		}
	}
	/*
	 * After an entry is cleared, the aperture must not reach the entry's page any
	 * more.
	 */
	pte_write(p.low_base / PAGE, 0);
	rd32(0x101008);
	*(volatile uint32_t *)(bar0 + 0x101008) = 1;
	*(volatile uint32_t *)ram = 0x11111111;
	*(volatile uint32_t *)(bar2 + p.low_base) = 0x22222222;
	if (*(volatile uint32_t *)ram != 0x11111111)
		die("a cleared entry still reaches RAM");
	printf("aperture ok\n");
	return 0;
}

/*
 * Checks that entries which point to frames outside our RAM all lead to one page. An
 * entry that points to no frame leads to this page, too, so the page is none of the named
 * frames.
 */
static void one_page_for_all(const struct pvinfo *p, const uint64_t *gfns,
			     unsigned int n)
{
	volatile uint8_t *ap = bar2 + p->low_base + 8 * PAGE;
	uint32_t first = p->low_base / PAGE + 8;

	pte_write(first + n, 0);
	for (unsigned int i = 0; i < n; i++)
		pte_write(first + i, gfns[i] << 12 | PTE_PRESENT);
	for (unsigned int i = 0; i < n; i++) {
		uint32_t v = 0xa5000000 + i;
		uint32_t is;

		*(volatile uint32_t *)(ap + i * PAGE + 16) = v;
		is = *(volatile uint32_t *)(ap + i * PAGE + 16);
		printf("frame %#" PRIx64 " reads %#x\n", gfns[i], is);
		for (unsigned int j = 0; j <= n; j++) {
			uint32_t other = *(volatile uint32_t *)(ap + j * PAGE +
								16);

			if (other != is)
				die("frame %#" PRIx64 " reads %#x, frame %#" PRIx64 " reads %#x: not the same page",
				    gfns[i], is, j < n ? gfns[j] : 0, other);
		}
	}
	for (unsigned int i = 0; i < n; i++)
		pte_write(first + i, 0);
}

/*
 * Tries entries outside of our slices, and entries that point to frames that are not our
 * RAM.
 */
static int cmd_outside(int argc, char **argv)
{
	/*
	 * frames of the LAPIC, the VGA hole, the last frame that an entry can point to,
	 * the I/O APIC, a frame above RAM; then the frames of the device's BARs are added
	 */
	uint64_t gfns[8] = { 0xfee00, 0xa0, 0x7ffffff, 0xfec00, 0x3ffff };
	struct pvinfo p;
	char path[300];
	FILE *f;
	unsigned int i, n = 5;
	unsigned long long start;

	(void)argc;
	(void)argv;
	open_gpu();
	p = need_pvinfo();
	snprintf(path, sizeof(path), "%s/resource", dev_path);
	f = fopen(path, "r");
	for (i = 0; f && i < 3; i++) {
		if (fscanf(f, "%llx %*x %*x", &start) == 1 && start)
			gfns[n++] = start >> 12;
	}
	if (f)
		fclose(f);
	one_page_for_all(&p, gfns, n);
	/* Outside the slices writes are dropped and reads give 0. */
	{
		const uint32_t outside[] = {
			0, p.low_base / PAGE - 1,
			(p.low_base + p.low_bytes) / PAGE,
			GGTT_ENTRIES - 1,
		};
		uint64_t own;

		ram_pages(1, &own);
		for (i = 0; i < 4; i++) {
			pte_write(outside[i], own << 12 | PTE_PRESENT);
			if (pte_read(outside[i]))
				die("entry %#x outside the slice reads %#" PRIx64,
				    outside[i], pte_read(outside[i]));
		}
	}
	printf("outside ok\n");
	return 0;
}

/*
 * Writes every entry of the GGTT, inside and outside of our slices. Without 'first' all
 * entries point to one frame of ours; with 'first' the entries of each page of the table
 * point to another frame, from frame 'first' on.
 */
static int cmd_attack(int argc, char **argv)
{
	struct pvinfo p;
	uint64_t own;
	uint64_t first = argc > 0 ? strtoull(argv[0], NULL, 0) : 0;
	uint32_t i;

	open_gpu();
	p = need_pvinfo();
	ram_pages(1, &own);
	for (i = 0; i < GGTT_ENTRIES; i += 512)
		pte_fill(i, 512, (first ? first + i / 512 : own) << 12 |
			 PTE_PRESENT);
	/* half entries around the slice's first entry, and words at the table's begin */
	for (i = 0; i < 64; i++) {
		*(volatile uint32_t *)(bar0 + GGTT_OFF +
				       (p.low_base / PAGE - 32 + i) * 8) =
			own << 12 | 1;
		*(volatile uint16_t *)(bar0 + GGTT_OFF + i * 2) = 0xffff;
	}
	pte_flush();
	printf("attack done, own frame %#" PRIx64 "\n", own);
	return 0;
}

/* Reads the OpRegion at the address in ASLS, a register in config space. */
static int cmd_opregion(int argc, char **argv)
{
	char path[300], signature[17] = "";
	uint32_t asls;
	const char *p;
	int fd;

	(void)argc;
	(void)argv;
	snprintf(path, sizeof(path), "%s/config", dev_path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &asls, 4, 0xfc) != 4)
		die("%s: %s", path, strerror(errno));
	close(fd);
	printf("asls %#x\n", asls);
	if (!asls || asls % PAGE)
		die("ASLS names no page");
	/* read() of /dev/mem fails above RAM; mmap() needs iomem=relaxed */
	fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, asls);
	if (p == MAP_FAILED)
		die("/dev/mem at %#x: %s", asls, strerror(errno));
	close(fd);
	memcpy(signature, p, 16);
	printf("opregion %s\n", signature);
	if (strcmp(signature, "IntelGraphicsMem"))
		die("no OpRegion at %#x", asls);
	return 0;
}

/* Sets all our entries to 0, the value that they had before a driver wrote them. */
static int cmd_clear(int argc, char **argv)
{
	struct pvinfo p;

	(void)argc;
	(void)argv;
	open_gpu();
	p = need_pvinfo();
	for (uint32_t i = 0; i < p.low_bytes / PAGE; i += 512)
		pte_fill(p.low_base / PAGE + i, 512, 0);
	for (uint32_t i = 0; i < p.high_bytes / PAGE; i += 512)
		pte_fill(p.high_base / PAGE + i, 512, 0);
	pte_flush();
	printf("cleared\n");
	return 0;
}

/*
 * The victim: 'hold SECONDS' keeps a pattern in RAM that its own entries point to, and
 * checks the pattern from time to time, until the time is over or SIGTERM comes. The
 * command fails if the pattern or an entry has changed.
 */
static int cmd_hold(int argc, char **argv)
{
	enum { PAGES = 16 };
	struct pvinfo p;
	uint64_t gfns[PAGES];
	volatile uint8_t *ram;
	time_t end = time(NULL) + (argc > 0 ? atoi(argv[0]) : 10);
	unsigned int i, rounds = 0;

	open_gpu();
	p = need_pvinfo();
	ram = ram_pages(PAGES, gfns);
	for (i = 0; i < PAGES; i++) {
		pte_write(p.low_base / PAGE + i, gfns[i] << 12 | PTE_PRESENT);
		*(volatile uint64_t *)(ram + (size_t)i * PAGE) =
			0x1234567800000000ull + i;
	}
	catch_term();
	printf("holding\n");
	fflush(stdout);
	do {
		for (i = 0; i < PAGES; i++) {
			uint64_t want = 0x1234567800000000ull + i;
			uint64_t via = *(volatile uint64_t *)(bar2 +
					p.low_base + (size_t)i * PAGE);
			uint64_t mem = *(volatile uint64_t *)(ram +
					(size_t)i * PAGE);

			if (via != want || mem != want)
				die("page %u: aperture %#" PRIx64 ", RAM %#"
				    PRIx64, i, via, mem);
			if (pte_read(p.low_base / PAGE + i) !=
			    (gfns[i] << 12 | PTE_PRESENT))
				die("entry %u changed", i);
		}
		rounds++;
		usleep(200000);
	} while (time(NULL) < end && !is_term_asked());
	printf("held %u rounds\n", rounds);
	return 0;
}

/*
 * 'hammer SECONDS' reads a register again and again. Prints the number of reads, and
 * whether a read gave all-ones because the device was gone.
 */
static int cmd_hammer(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 0 ? atoi(argv[0]) : 10);
	unsigned long ok = 0, ones = 0, other = 0;
	uint32_t want;

	open_gpu();
	want = (uint32_t)PVINFO_MAGIC;
	printf("hammering\n");
	fflush(stdout);
	do {
		uint32_t v = rd32(PVINFO);

		if (v == want)
			ok++;
		else if (v == 0xffffffff)
			ones++;
		else
			other++;
		rd32(0x2034);
		if (ones > 200)
			break;
	} while (time(NULL) < end);
	printf("reads %lu all-ones %lu other %lu\n", ok, ones, other);
	if (other)
		die("a read returned neither the register's value nor all-ones");
	return 0;
}

/*
 * 'live N' writes entries for N pages of RAM and sleeps, so that the judge can check
 * these entries.
 */
static int cmd_live(int argc, char **argv)
{
	unsigned int n = argc > 0 ? atoi(argv[0]) : 64, i;
	unsigned int secs = argc > 1 ? atoi(argv[1]) : 3600;
	uint64_t *gfns = calloc(n, sizeof(*gfns));
	struct pvinfo p;

	if (!gfns || !n || n > 4096)
		die("live: 1..4096 pages");
	open_gpu();
	p = need_pvinfo();
	ram_pages(n, gfns);
	for (i = 0; i < n; i++)
		pte_write(p.low_base / PAGE + i, gfns[i] << 12 | PTE_PRESENT);
	printf("live %u first gfn %#" PRIx64 "\n", n, gfns[0]);
	fflush(stdout);
	sleep(secs);
	free(gfns);
	return 0;
}

/*
 * 'grant REF' maps a page that dom0 granted to us. A granted page is not our RAM,
 * whatever its guest frame number is.
 */
static int cmd_grant(int argc, char **argv)
{
	struct ioctl_gntdev_map_grant_ref map = { .count = 1 };
	int fd = open("/dev/xen/gntdev", O_RDWR | O_CLOEXEC);
	volatile uint32_t *page, *ap;
	uint32_t before, index;
	struct pvinfo p;
	uint64_t frame;

	if (argc < 1 || fd < 0)
		die("grant: a reference and /dev/xen/gntdev are needed");
	map.refs[0].ref = (uint32_t)strtoul(argv[0], NULL, 0);
	if (ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, &map))
		die("cannot map grant %u: %s", map.refs[0].ref,
		    strerror(errno));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (off_t)map.index);
	if (page == MAP_FAILED)
		die("mmap of a grant: %s", strerror(errno));
	before = page[0];
	frame = frame_of(page);
	open_gpu();
	p = need_pvinfo();
	index = p.low_base / PAGE + 40;
	ap = (void *)(bar2 + p.low_base + 40 * PAGE);
	pte_write(index, frame << 12 | PTE_PRESENT);
	if (ap[0] == before)
		die("the GPU reads the granted page");
	ap[0] = ~before;
	if (page[0] != before)
		die("the GPU writes the granted page");
	pte_write(index, 0);
	printf("granted page at frame %#" PRIx64 ", %#x: out of reach\n", frame,
	       before);
	return 0;
}

static int cmd_read(int argc, char **argv)
{
	open_gpu();
	printf("%#x\n", rd32(argc > 0 ? strtoul(argv[0], NULL, 0) &
			     (BAR0_BYTES - 4) : PVINFO));
	return 0;
}

static int cmd_write(int argc, char **argv)
{
	uint32_t off;

	if (argc < 2)
		die("write needs OFFSET and VALUE");
	off = strtoul(argv[0], NULL, 0) & (BAR0_BYTES - 4);
	open_gpu();
	need_pvinfo();
	wr32(off, strtoul(argv[1], NULL, 0));
	printf("%#x\n", rd32(off));
	return 0;
}

static const struct {
	const char *name, *args, *help;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "pvinfo", "[NONCE]", "print PVINFO and the nonce", cmd_pvinfo },
	{ "aperture", "[SEED]", "RAM through GGTT and BAR2, both directions",
	  cmd_aperture },
	{ "outside", "", "try entries and frames that are not ours", cmd_outside },
	{ "attack", "[GFN]", "write every entry of the GGTT", cmd_attack },
	{ "opregion", "", "read the OpRegion at the address in ASLS", cmd_opregion },
	{ "clear", "", "make every entry of ours point to no frame", cmd_clear },
	{ "hold", "[SECONDS]", "keep a pattern and check it", cmd_hold },
	{ "hammer", "[SECONDS]", "read registers, count all-ones", cmd_hammer },
	{ "live", "[PAGES [SECONDS]]", "write entries and keep them", cmd_live },
	{ "grant", "REF", "try a page that dom0 granted", cmd_grant },
	{ "read", "[OFFSET]", "one register", cmd_read },
	{ "write", "OFFSET VALUE", "write one register, and read it back",
	  cmd_write },
};

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc > 2 && !strcmp(argv[1], "-d")) {
		snprintf(dev_path, sizeof(dev_path), "/sys/bus/pci/devices/%s",
			 argv[2]);
		argv += 2;
		argc -= 2;
	}
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	}
	printf("usage: gputool [-d 0000:00:02.0] COMMAND\n");
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		printf("  %-9s %-20s %s\n", commands[i].name, commands[i].args,
		       commands[i].help);
	return 2;
}
