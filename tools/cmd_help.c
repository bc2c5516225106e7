/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl help: prints the table of verbs or the table of keys. */
#include <stdio.h>
#include <string.h>

#include "../xen-hooks/vgt_keys.h"
#include "ctl.h"

static void help_all(void)
{
	puts("usage: xengt-ctl VERB [ARGUMENT...] [--json]\n");
	for (size_t i = 0; i < ctl_verb_count; i++)
		printf("  %-8s %s\n", ctl_verbs[i].name, ctl_verbs[i].help);
	puts("\nExit status: 0 done, 1 failed, 2 wrong usage, 3 no such guest, vGPU or PCI\n"
	     "device, 4 xengtd is not running, 5 not root. More in xengt-ctl(8).");
}

int cmd_help(struct ctl *ctl, int argc, char **argv)
{
	bool is_roff = false;
	/*
	 * --roff prints the section KEYS of the man page xengt-xl.cfg(5); a
	 * test compares the output with the man page.
	 */
	const struct ctl_option options[] = {
		{ .name = "roff", .flag = &is_roff },
	};
	const char *word;
	int r = ctl_parse(ctl, argc, argv, options, 1, &word, 0, 1);

	if (r)
		return r;
	if (!word) {
		help_all();
		return CTL_OK;
	}
	if (!strcmp(word, "keys")) {
		if (is_roff) {
			vgt_keys_print_roff(stdout);
			return CTL_OK;
		}
		puts("Keys of a guest's xl.cfg:\n");
		vgt_keys_print(stdout);
		return CTL_OK;
	}
	for (size_t i = 0; i < ctl_verb_count; i++) {
		if (strcmp(ctl_verbs[i].name, word))
			continue;
		printf("%s\n", ctl_verbs[i].help);
		ctl_print_usage(&ctl_verbs[i]);
		return CTL_OK;
	}

	return ctl_fail(ctl, CTL_USAGE, "no help for \"%s\": 'xengt-ctl help' lists the verbs",
			word);
}
