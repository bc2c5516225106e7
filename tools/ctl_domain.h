/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the domain that a verb's argument names, for verbs that write to
 * xenstore.
 */
#ifndef XENGT_CTL_DOMAIN_H
#define XENGT_CTL_DOMAIN_H

#include <xenstore.h>

#include "ctl.h"

struct ctl_domain {
	struct xs_handle *xs;
	unsigned int id;
	char *name;			/* as xenstore has it */
};

/*
 * Open xenstore and find the domain: a number is a domid first, as for xl. CTL_OK,
 * or another exit code after a message; ctl_domain_close() after CTL_OK only.
 */
int ctl_domain_open(struct ctl *ctl, const char *text, struct ctl_domain *ret);
void ctl_domain_close(struct ctl_domain *domain);

#endif /* XENGT_CTL_DOMAIN_H */
