// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: parses the options that make engines misbehave (--set, and the
 * command "set" of the control socket).
 */
#include "gpusim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COST_MAX	1000000

/*
 * Convert "none", "all", or a list of names with commas between them to a mask.
 * Bit i of the mask is for names[i].
 */
static int parse_names(const char *text, const char *const *names,
		       unsigned int n, unsigned int *ret_mask)
{
	unsigned int mask = 0;

	if (!strcmp(text, "none") || !strcmp(text, "all")) {
		*ret_mask = *text == 'n' ? 0 : (1U << n) - 1;
		return 0;
	}
	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned int i = 0;

		while (i < n && (strlen(names[i]) != len ||
				 strncmp(names[i], text, len)))
			i++;
		if (i == n)
			return -EINVAL;
		mask |= 1U << i;
		if (!text[len])
			break;
		text += len + 1;
	}
	*ret_mask = mask;
	return 0;
}

static int parse_engines(const char *text, unsigned int *ret_mask)
{
	static const char *const names[XENGT_SIM_ENGINES] = {
		"rcs", "vcs", "vecs", "bcs",
	};

	return parse_names(text, names, XENGT_SIM_ENGINES, ret_mask);
}

/* The names are in the order of the bits of XENGT_SIM_STRICT_*. */
static int set_strict(struct xengt_sim_exec_opts *o, const char *text)
{
	static const char *const names[] = {
		"images", "residue", "bytes", "idle", "events",
		"torn", "caches",
	};

	return parse_names(text, names, sizeof(names) / sizeof(names[0]),
			   &o->strict);
}

static int set_ignore_preempt(struct xengt_sim_exec_opts *o, const char *text)
{
	return parse_engines(text, &o->ignore_preempt);
}

static int set_lose_irq(struct xengt_sim_exec_opts *o, const char *text)
{
	return parse_engines(text, &o->lose_irq);
}

static int set_stick_tlb(struct xengt_sim_exec_opts *o, const char *text)
{
	return parse_engines(text, &o->stick_tlb);
}

static int set_stick_reset(struct xengt_sim_exec_opts *o, const char *text)
{
	return parse_engines(text, &o->stick_reset);
}

static int set_stick_full_reset(struct xengt_sim_exec_opts *o,
				const char *text)
{
	if (strcmp(text, "on") && strcmp(text, "off"))
		return -EINVAL;
	o->stick_full_reset = !strcmp(text, "on");
	return 0;
}

static int set_blt_hole(struct xengt_sim_exec_opts *o, const char *text)
{
	if (strcmp(text, "open") && strcmp(text, "closed"))
		return -EINVAL;
	o->no_blt_hole = !strcmp(text, "closed");
	return 0;
}

static int set_cost(struct xengt_sim_exec_opts *o, const char *text)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > COST_MAX)
		return -EINVAL;
	o->cost_percent = (uint32_t)n;
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(struct xengt_sim_exec_opts *o, const char *text);
} rows[] = {
	{ "ignore-preempt", set_ignore_preempt },
	{ "lose-irq", set_lose_irq },
	{ "stick-tlb", set_stick_tlb },
	{ "stick-reset", set_stick_reset },
	{ "stick-full-reset", set_stick_full_reset },
	{ "blt-hole", set_blt_hole },
	{ "strict", set_strict },
	{ "cost", set_cost },
};

int gpusim_set(struct xengt_sim_exec_opts *o, const char *name,
	       const char *value)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(name, rows[i].name))
			return rows[i].fn(o, value);
	return -ENOENT;
}
