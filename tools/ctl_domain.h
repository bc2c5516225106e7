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
	char *name;			/* the domain's name in xenstore */
};

/*
 * Open xenstore and find a domain by name or id. As in xl, a number is a domain's name
 * only if no domain has this id. Returns CTL_OK, or another exit status after an error
 * message. Call ctl_domain_close() only after CTL_OK.
 */
int ctl_domain_open(struct ctl *ctl, const char *text, struct ctl_domain *ret);
void ctl_domain_close(struct ctl_domain *domain);

#endif /* XENGT_CTL_DOMAIN_H */
