/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grant-page DOMID: grants a page of dom0 to domain DOMID. Prints "ref N" and
 * keeps the page, with a pattern in each dword, until the program is killed;
 * then the program prints whether the pattern has changed.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <xengnttab.h>

#define PATTERN	0x6772616eu
#define DWORDS	1024

int main(int argc, char **argv)
{
	xengntshr_handle *h = xengntshr_open(NULL, 0);
	volatile uint32_t *page;
	unsigned int wrong = 0;
	sigset_t set;
	uint32_t ref;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	page = h && argc == 2 ? xengntshr_share_pages(
		h, (uint32_t)atoi(argv[1]), 1, &ref, 1) : NULL;
	if (!page) {
		perror("grant-page");
		return 1;
	}
	for (int i = 0; i < DWORDS; i++)
		page[i] = PATTERN;
	printf("ref %u\n", ref);
	fflush(stdout);
	sigwait(&set, &sig);
	for (int i = 0; i < DWORDS; i++)
		wrong += page[i] != PATTERN;
	printf("%u dwords changed\n", wrong);
	return wrong != 0;
}
