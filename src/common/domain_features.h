/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Features that Xen can give a domain, and whether such a domain can have a vGPU: one row
 * for each feature. These are made from the rows: the xl front end's checks
 * (xen-hooks/vgt_features.c); the broker's checks, which also hold for other toolstacks
 * (src/xengtd/vgpu_domain.c); docs/domain-features.md (scripts/gen-domain-features-md).
 *
 * Columns of XENGT_DOMAIN_FEATURES():
 *   id       XENGT_FEATURE_<id>
 *   name     what the domain has, in words
 *   verdict  XENGT_FEATURE_<verdict>
 *   keys     keys of xl.cfg that ask for it; "": none
 *   front    1: the front end sees it in the config, by wants_<id>(), which is NULL
 *            otherwise
 *   broker   1: Xen can be asked for it, by has_<id>(), which is NULL otherwise
 *   why      why it has this verdict
 *   remedy   what the administrator is to do; "": nothing
 * A row has front or broker; without the function it does not compile.
 */
#ifndef XENGT_DOMAIN_FEATURES_H
#define XENGT_DOMAIN_FEATURES_H

#include <stdbool.h>

/* Most vCPUs of a domain with a vGPU: the slots of an ioreq page. */
#define XENGT_DOMAIN_VCPUS_MAX	128

/* clang-format off */
#define XENGT_DOMAIN_FEATURES(X)					       \
	X(POD, "memory populated on demand", REFUSED, "maxmem above memory",   \
	  1, 1, "a GPU cannot wait until a page is there",		       \
	  "set maxmem to the value of memory")				       \
	X(ALTP2M, "alternate views of its memory", REFUSED,		       \
	  "altp2m, altp2mhvm", 1, 1,					       \
	  "a store through another view would not be seen, and the GPU would go on with old page tables", \
	  "remove altp2m and altp2mhvm")				       \
	X(PAGING, "memory that is paged out", REFUSED, "", 0, 1,	       \
	  "a GPU cannot wait until a page comes back", "end xenpaging")	       \
	X(SHARING, "memory shared with other domains", REFUSED, "", 0, 1,      \
	  "the GPU would write to pages of others", "end the sharing")	       \
	X(NESTED, "hypervisors inside", REFUSED, "nestedhvm", 1, 0,	       \
	  "nobody has tried what the inner hypervisor's page tables do to protected pages", \
	  "remove nestedhvm")						       \
	X(PASSTHROUGH, "PCI devices of the host", REFUSED,		       \
	  "pci, passthrough", 1, 0,					       \
	  "nobody has tried it, and the IOMMU keeps such a device from protected pages", \
	  "remove pci and passthrough")					       \
	X(FLASK, "a FLASK label", UNTESTED, "seclabel", 1, 0,		       \
	  "Debian's Xen has no FLASK; what a policy denies to dom0 ends the creation with Xen's error", \
	  "")								       \
	X(UEFI, "UEFI firmware", UNTESTED, "firmware, bios = \"ovmf\"", 1, 0,    \
	  "no test boots a guest with it", "")
/* clang-format on */

enum xengt_feature_verdict {
	XENGT_FEATURE_UNTESTED,		/* the front end warns */
	XENGT_FEATURE_REFUSED,		/* such a guest is refused */
};

enum xengt_feature_id {
#define XENGT_FEATURE_ID(id, ...) XENGT_FEATURE_##id,
	XENGT_DOMAIN_FEATURES(XENGT_FEATURE_ID)
#undef XENGT_FEATURE_ID
	XENGT_FEATURES
};

/* A row of XENGT_DOMAIN_FEATURES(). */
struct xengt_domain_feature {
	const char *name;
	enum xengt_feature_verdict verdict;
	const char *keys;
	bool is_in_config;		/* front */
	bool is_in_xen;			/* broker */
	const char *why;
	const char *remedy;
};

/* By enum xengt_feature_id. */
extern const struct xengt_domain_feature xengt_domain_features[XENGT_FEATURES];

#endif /* XENGT_DOMAIN_FEATURES_H */
