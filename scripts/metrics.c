/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the table of counters as rows of docs/metrics.md, for scripts/gen-metrics-md. */
#include <stdio.h>
#include <string.h>

#include "common/metrics.h"

static const char *const throttles[XENGT_THROTTLES] = {
	[XENGT_THROTTLE_NONE] = "only log",
	[XENGT_THROTTLE_PAUSE] = "wait",
	[XENGT_THROTTLE_ALWAYS] = "at all times",
};

static void print_adverse(void)
{
	puts("| counter | what it counts | at once | a minute | throttle | who causes such events in normal work |");
	puts("|---|---|---|---|---|---|");
	for (int i = 0; i < XENGT_COUNTERS_ALL; i++) {
		const struct xengt_metric *row = &xengt_metrics[i];

		if (row->burst)
			printf("| %s | %s | %u | %u | %s | %s |\n", row->name,
			       row->doc, row->burst, row->per_minute,
			       throttles[row->throttle], row->why);
	}
}

static void print_others(void)
{
	puts("| counter | what it counts |");
	puts("|---|---|");
	for (int i = 0; i < XENGT_COUNTERS_ALL; i++)
		if (!xengt_metrics[i].burst)
			printf("| %s | %s |\n", xengt_metrics[i].name,
			       xengt_metrics[i].doc);
}

/* The argument is "adverse" or "others": the table to print. */
int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "adverse"))
		print_adverse();
	else
		print_others();
	return 0;
}
