/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By this library a program inside a machine reaches a GPU without a driver: BARs
 * through sysfs, entries of the GGTT, pages of RAM with their frame numbers, PVINFO.
 * The library knows the layout of Gen8 and Gen9 (GGTT entries at 8 MiB of BAR0, PVINFO
 * at 0x78000).
 *
 * The library needs root to read /proc/self/pagemap and to map the BARs. If a function
 * fails, it prints "FAIL ..." and ends the program with status 1.
 */
#ifndef GPULIB_H
#define GPULIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAR0_BYTES	(16u << 20)
#define GGTT_OFF	(8u << 20)
#define GGTT_ENTRIES	(1u << 20)
#define PVINFO		0x78000u
#define GFX_FLSH_CNTL	0x101008u
#define PVINFO_MAGIC	0x4776544776544776ull
#define PAGE		4096u
#define PTE_PRESENT	1u

extern char dev_path[256];		/* the path in sysfs of the PCI device 00:02.0 */
extern volatile uint8_t *bar0;
extern volatile uint8_t *bar2;
extern size_t bar2_bytes;

void die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* Enables the PCI device and maps both BARs. */
void open_gpu(void);

/* From now on SIGTERM does not end the program, but sets this variable. */
void catch_term(void);
bool is_term_asked(void);

uint32_t rd32(uint32_t off);
void wr32(uint32_t off, uint32_t v);
/*
 * Write an entry and flush, so that hardware uses the entry. If you store entries
 * in another way, call pte_flush() after it.
 */
void pte_write(uint32_t index, uint64_t v);
void pte_flush(void);
uint64_t pte_read(uint32_t index);

/*
 * Allocate anonymous, locked, zeroed pages. *ret_gfn gets their frame numbers.
 */
volatile uint8_t *ram_pages(unsigned int n, uint64_t *ret_gfn);
/* Returns the frame number of the page at an address of this process. */
uint64_t frame_of(const volatile void *p);

struct pvinfo {
	uint64_t magic;
	uint32_t low_base, low_bytes, high_base, high_bytes, fences, id, caps;
	uint16_t major, minor;
};

struct pvinfo read_pvinfo(void);
/* Reads PVINFO. Fails if the device is no vGPU. */
struct pvinfo need_pvinfo(void);

#endif /* GPULIB_H */
