/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the table of features as rows of docs/domain-features.md. */
#include <stdio.h>

#include "common/domain_features.h"

static const char *const verdicts[] = {
	[XENGT_FEATURE_UNTESTED] = "untested",
	[XENGT_FEATURE_REFUSED] = "refused",
};

static const char *who_looks(const struct xengt_domain_feature *f)
{
	if (f->is_in_config && f->is_in_xen)
		return "xl create, xengtd";
	return f->is_in_config ? "xl create" : "xengtd";
}

int main(void)
{
	puts("| the domain has | keys in xl.cfg | verdict | checked by | why | what to do |");
	puts("|---|---|---|---|---|---|");
	for (int i = 0; i < XENGT_FEATURES; i++) {
		const struct xengt_domain_feature *f = &xengt_domain_features[i];

		printf("| %s | %s | %s | %s | %s | %s |\n", f->name,
		       *f->keys ? f->keys : "none", verdicts[f->verdict],
		       who_looks(f), f->why, *f->remedy ? f->remedy : "nothing");
	}
	return 0;
}
