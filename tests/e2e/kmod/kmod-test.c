// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests /dev/xengt as root in dom0: every input that must be refused, every
 * kind of frame for which the GPU must get a scratch page, and the life of a
 * vGPU. Prints TAP.
 *
 *	gcc -Iinclude -o kmod-test tests/e2e/kmod/kmod-test.c tests/e2e/kmod/kmod_*.c
 *
 *	kmod-test unbound DOMID		without a GPU
 *	kmod-test refuse DOMID OTHER	inputs; two HVM domains of 64 MiB
 *	kmod-test frames DOMID OTHER	which frames the GPU gets
 *	kmod-test life DOMID OTHER	zap, kill, close, events
 *	kmod-test fuzz DOMID OTHER COUNT SEED	random calls by several threads
 *	kmod-test hold DOMID LOW HIGH N	make a vGPU, map N frames, then do what
 *					each line of standard input says:
 *					info, zap, revalidate, read, unmap,
 *					fill N, worker N (a child maps N
 *					frames and is killed)
 *	kmod-test balloon DOMID in|out N	give the domain N frames, or take
 *					N frames from the domain
 *	kmod-test poke REGISTER VALUE	write a register, in hexadecimal
 *	kmod-test peek REGISTER		print a register, in hexadecimal
 *	kmod-test entry PAGE ENTRY	write the GGTT entry of a page, make the
 *					GPU use the new entry, and print the old
 *					one; in hexadecimal
 *
 * With iomem=relaxed on dom0's kernel command line the program can access the
 * GPU's registers and the GGTT.
 */
#include "kmod_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t number(const char *text)
{
	return (uint32_t)atoi(text);
}

static int do_poke(char **arg)
{
	*gpu_register(arg[0]) = (uint32_t)strtoul(arg[1], NULL, 16);
	return 0;
}

static int do_peek(char **arg)
{
	printf("%08x\n", *gpu_register(arg[0]));
	return 0;
}

static int do_entry(char **arg)
{
	uint64_t old = swap_entry((uint32_t)strtoul(arg[0], NULL, 16),
				  strtoull(arg[1], NULL, 16));

	printf("%llx\n", (unsigned long long)old);
	return 0;
}

static int do_balloon(char **arg)
{
	return balloon(number(arg[0]), !strcmp(arg[1], "out"), number(arg[2]));
}

static int do_hold(char **arg)
{
	return hold(number(arg[0]), number(arg[1]), number(arg[2]),
		    number(arg[3]));
}

static int do_unbound(char **arg)
{
	return test_unbound(number(arg[0]));
}

static int do_refuse(char **arg)
{
	map_ggtt();
	return test_refuse(number(arg[0]), number(arg[1]));
}

static int do_frames(char **arg)
{
	map_ggtt();
	return test_frames(number(arg[0]), number(arg[1]));
}

static int do_life(char **arg)
{
	map_ggtt();
	return test_life(number(arg[0]), number(arg[1]));
}

static int do_fuzz(char **arg)
{
	return test_fuzz(number(arg[0]), number(arg[1]), number(arg[2]),
			 (uint32_t)strtoul(arg[3], NULL, 10));
}

static const struct {
	const char *name;
	int args;
	bool needs_dev;			/* true: main() opens /dev/xengt before the
					 * test */
	int (*run)(char **arg);
} verbs[] = {
	{ "unbound", 1, true, do_unbound },
	{ "refuse", 2, true, do_refuse },
	{ "frames", 2, true, do_frames },
	{ "life", 2, true, do_life },
	{ "fuzz", 4, true, do_fuzz },
	{ "hold", 4, true, do_hold },
	{ "balloon", 3, false, do_balloon },
	{ "poke", 2, false, do_poke },
	{ "peek", 1, false, do_peek },
	{ "entry", 2, false, do_entry },
};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < N_ELEMS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) || argc != verbs[i].args + 2)
			continue;
		if (verbs[i].needs_dev) {
			dev = open(DEV, O_RDWR | O_CLOEXEC);
			need(dev >= 0, "open " DEV);
		}
		return verbs[i].run(argv + 2);
	}
	fprintf(stderr, "usage: see the top of kmod-test.c\n");
	return 2;
}
