// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkfirmware HVMLOADER VMLINUX BZIMAGE INITRD CMDLINE OUT
 *
 * Makes a file for xl.cfg's firmware_override: Xen's own hvmloader and, in the same ELF
 * file, a Linux kernel, its initrd and its boot parameters, each with its address in
 * the guest's memory. The domain builder copies the whole file, and bios.S jumps to the
 * kernel: no boot loader reads a disk and no guest decompresses a kernel. Under
 * emulation boot loader and decompression take three quarters of a guest's boot.
 *
 * VMLINUX is the ELF file inside of BZIMAGE; BZIMAGE gives the setup header. CMDLINE is
 * the kernel's command line. INITRD is copied unchanged; the guest boots fastest if
 * INITRD is not compressed.
 */
#include "layout.h"

#include <elf.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE		4096u
#define LARGE_PAGE	0x200000u
#define SEGMENTS_MAX	16

struct blob {
	unsigned char *data;
	size_t len;
};

struct segment {
	uint64_t addr;
	const unsigned char *data;
	uint64_t file_len, mem_len;
};

static struct segment segments[SEGMENTS_MAX];
static size_t segments_nr;

static struct blob read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct blob b = { NULL, 0 };
	long len;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET))
		err(1, "%s", path);
	b.len = (size_t)len;
	b.data = malloc(b.len + 1);
	if (!b.data || fread(b.data, 1, b.len, f) != b.len)
		err(1, "%s", path);
	fclose(f);
	return b;
}

/* Adds a segment, which must not overlap another segment, nor end above 4 GiB. */
static void add_segment(const char *what, uint64_t addr,
			const unsigned char *data, uint64_t file_len,
			uint64_t mem_len)
{
	struct segment *s = &segments[segments_nr];

	if (segments_nr == SEGMENTS_MAX)
		errx(1, "%s: too many segments", what);
	if (addr + mem_len > UINT32_MAX || file_len > mem_len)
		errx(1, "%s: a segment has an impossible size", what);
	for (size_t i = 0; i < segments_nr; i++)
		if (addr < segments[i].addr + segments[i].mem_len &&
		    segments[i].addr < addr + mem_len)
			errx(1, "%s: a segment overlaps an earlier one", what);
	/*
	 * zeroes at the end of a segment need not be copied; a kernel's last segment
	 * ends with zeroes
	 */
	while (file_len && !data[file_len - 1])
		file_len--;
	*s = (struct segment){ addr, data, file_len, mem_len };
	segments_nr++;
}

/* Adds Xen's hvmloader, a 32-bit ELF file. Returns the address of its entry. */
static uint32_t add_hvmloader(const char *path)
{
	struct blob b = read_file(path);
	const Elf32_Ehdr *e = (const void *)b.data;
	const Elf32_Phdr *p;

	if (b.len < sizeof(*e) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_CLASS] != ELFCLASS32 ||
	    e->e_phoff + e->e_phnum * sizeof(*p) > b.len)
		errx(1, "%s: is not a 32-bit ELF file", path);
	p = (const void *)(b.data + e->e_phoff);
	for (unsigned int i = 0; i < e->e_phnum; i++, p++) {
		if (p->p_type != PT_LOAD)
			continue;
		if ((uint64_t)p->p_offset + p->p_filesz > b.len)
			errx(1, "%s: is cut off", path);
		add_segment(path, p->p_paddr, b.data + p->p_offset,
			    p->p_filesz, p->p_memsz);
	}
	return e->e_entry;
}

/* Adds the kernel. Returns the physical address of its entry. */
static uint64_t add_kernel(const char *path, uint64_t *ret_start)
{
	struct blob b = read_file(path);
	const Elf64_Ehdr *e = (const void *)b.data;
	const Elf64_Phdr *p;

	if (b.len < sizeof(*e) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_CLASS] != ELFCLASS64 ||
	    e->e_phoff + e->e_phnum * sizeof(*p) > b.len)
		errx(1, "%s: is not a 64-bit ELF file", path);
	*ret_start = UINT64_MAX;
	p = (const void *)(b.data + e->e_phoff);
	for (unsigned int i = 0; i < e->e_phnum; i++, p++) {
		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_offset + p->p_filesz > b.len)
			errx(1, "%s: is cut off", path);
		add_segment(path, p->p_paddr, b.data + p->p_offset,
			    p->p_filesz, p->p_memsz);
		if (p->p_paddr < *ret_start)
			*ret_start = p->p_paddr;
	}
	return e->e_entry;
}

static void put32(unsigned char *page, unsigned int at, uint32_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static uint32_t get32(const unsigned char *page, unsigned int at)
{
	uint32_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

/* Writes page tables of three levels, which map 4 GiB with pages of 2 MiB. */
static void make_page_tables(unsigned char *params)
{
	uint64_t *pml4 = (void *)(params + BOOT_PML4 - BOOT_PARAMS);
	uint64_t *pdpt = (void *)(params + BOOT_PDPT - BOOT_PARAMS);
	uint64_t *pd = (void *)(params + BOOT_PD - BOOT_PARAMS);

	pml4[0] = BOOT_PDPT | 3;		/* present, writable */
	for (uint64_t i = 0; i < 4; i++)
		pdpt[i] = (BOOT_PD + i * PAGE) | 3;
	for (uint64_t i = 0; i < 4 * 512; i++)
		pd[i] = i * LARGE_PAGE | 0x83;	/* present, writable, large */
}

/* Writes the boot parameters, except those that only firmware knows (bios.S adds them).
 * Returns init_size. */
static uint32_t make_params(unsigned char *params, const char *path,
			    const char *cmdline)
{
	struct blob b = read_file(path);
	size_t end;

	if (b.len < 1024 || memcmp(b.data + 0x202, "HdrS", 4))
		errx(1, "%s: no bzImage", path);
	end = 0x202 + b.data[0x201];
	if (end > BP_E820_TABLE || end < BP_INIT_SIZE + 4)
		errx(1, "%s: the setup header has an unknown size", path);
	memcpy(params + BP_SETUP_HEADER, b.data + BP_SETUP_HEADER,
	       end - BP_SETUP_HEADER);
	params[BP_LOADER_TYPE] = 0xff;
	if (strlen(cmdline) >= PAGE)
		errx(1, "the command line is too long");
	strcpy((char *)params + BOOT_CMDLINE - BOOT_PARAMS, cmdline);
	put32(params, BP_CMDLINE, BOOT_CMDLINE);
	make_page_tables(params);
	return get32(params, BP_INIT_SIZE);
}

static void write_elf(const char *path, uint32_t entry)
{
	Elf32_Ehdr e = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_386, .e_version = EV_CURRENT,
		.e_entry = entry, .e_phoff = sizeof(e),
		.e_ehsize = sizeof(e), .e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = (Elf32_Half)segments_nr,
	};
	FILE *f = fopen(path, "wb");
	uint32_t at = (uint32_t)(sizeof(e) + segments_nr * sizeof(Elf32_Phdr));

	if (!f)
		err(1, "%s", path);
	fwrite(&e, sizeof(e), 1, f);
	for (size_t i = 0; i < segments_nr; i++) {
		const struct segment *s = &segments[i];
		Elf32_Phdr p = {
			.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
			.p_offset = at, .p_vaddr = (uint32_t)s->addr,
			.p_paddr = (uint32_t)s->addr,
			.p_filesz = (uint32_t)s->file_len,
			.p_memsz = (uint32_t)s->mem_len, .p_align = 1,
		};

		fwrite(&p, sizeof(p), 1, f);
		at += p.p_filesz;
	}
	for (size_t i = 0; i < segments_nr; i++)
		fwrite(segments[i].data, 1, segments[i].file_len, f);
	if (ferror(f) || fclose(f))
		err(1, "%s", path);
}

int main(int argc, char **argv)
{
	static unsigned char params[BOOT_END - BOOT_PARAMS];
	uint64_t kernel, start, initrd_at, init_size;
	struct blob initrd;
	uint32_t entry;

	if (argc != 7)
		errx(2, "usage: mkfirmware HVMLOADER VMLINUX BZIMAGE INITRD CMDLINE OUT");
	init_size = make_params(params, argv[3], argv[5]);
	entry = add_hvmloader(argv[1]);
	kernel = add_kernel(argv[2], &start);
	memcpy(params + BOOT_ENTRY - BOOT_PARAMS, &kernel, sizeof(kernel));
	/*
	 * the kernel may use init_size bytes from its start address on; put the initrd
	 * above them
	 */
	initrd_at = (start + init_size + LARGE_PAGE - 1) & -(uint64_t)LARGE_PAGE;
	initrd = read_file(argv[4]);
	put32(params, BP_RAMDISK, (uint32_t)initrd_at);
	put32(params, BP_RAMDISK_LEN, (uint32_t)initrd.len);
	add_segment(argv[4], initrd_at, initrd.data, initrd.len, initrd.len);
	add_segment("boot parameters", BOOT_PARAMS, params, sizeof(params),
		    sizeof(params));
	write_elf(argv[6], entry);
	return 0;
}
