/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Features that Xen can give a domain, and whether a domain with the feature can have a
 * vGPU: one row for each feature. The rows are the source of the xl front end's checks
 * (xen-hooks/vgt_features.c); of the broker's checks, which also apply to domains of
 * other toolstacks (src/xengtd/vgpu_domain.c); and of docs/domain-features.md
 * (scripts/gen-domain-features-md).
 *
 * Columns of XENGT_DOMAIN_FEATURES():
 *   id       XENGT_FEATURE_<id>
 *   name     what the domain has, in words
 *   verdict  XENGT_FEATURE_<verdict>
 *   keys     keys of xl.cfg that ask for the feature; "": none
 *   front    1: the front end's function wants_<id>() finds the feature in the config;
 *            0: wants_<id> is NULL
 *   broker   1: the broker's function has_<id>() asks Xen whether the domain has the
 *            feature; 0: has_<id> is NULL
 *   why      why the feature has this verdict
 *   remedy   what the administrator is to do; "": nothing
 * In each row, front or broker is 1. A row without the function that it names does not
 * compile.
 */
#ifndef XENGT_DOMAIN_FEATURES_H
#define XENGT_DOMAIN_FEATURES_H

#include <stdbool.h>

/*
 * The largest number of vCPUs of a domain with a vGPU: an ioreq page has a slot
 * for each of this many vCPUs.
 */
#define XENGT_DOMAIN_VCPUS_MAX	128

/* clang-format off */
#define XENGT_DOMAIN_FEATURES(X)					       \
	X(POD, "memory populated on demand", REFUSED, "maxmem above memory",   \
	  1, 1, "a GPU cannot wait until a page exists",		       \
	  "set maxmem to the value of memory")				       \
	X(ALTP2M, "alternate views of its memory", REFUSED,		       \
	  "altp2m, altp2mhvm", 1, 1,					       \
	  "xengt would not see a store through another view, and the GPU would use old page tables", \
	  "remove altp2m and altp2mhvm")				       \
	X(PAGING, "memory that is paged out", REFUSED, "", 0, 1,	       \
	  "a GPU cannot wait until a page comes back", "end xenpaging")	       \
	X(SHARING, "memory shared with other domains", REFUSED, "", 0, 1,      \
	  "the GPU would write to pages of other domains", "end the sharing")	       \
	X(NESTED, "hypervisors inside", REFUSED, "nestedhvm", 1, 0,	       \
	  "no test shows what the inner hypervisor's page tables do to protected pages", \
	  "remove nestedhvm")						       \
	X(PASSTHROUGH, "PCI devices of the host", REFUSED,		       \
	  "pci, passthrough", 1, 0,					       \
	  "no test has such a device, and the IOMMU keeps the device from protected pages", \
	  "remove pci and passthrough")					       \
	X(FLASK, "a FLASK label", UNTESTED, "seclabel", 1, 0,		       \
	  "Debian's Xen has no FLASK; if a policy denies dom0 a call that xengt needs, the creation fails with Xen's error", \
	  "")								       \
	X(UEFI, "UEFI firmware", UNTESTED, "firmware, bios = \"ovmf\"", 1, 0,    \
	  "no test boots a guest with UEFI", "")
/* clang-format on */

enum xengt_feature_verdict {
	XENGT_FEATURE_UNTESTED,		/* the front end warns */
	XENGT_FEATURE_REFUSED,		/* a guest with the feature gets no
					 * vGPU */
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
	bool is_in_config;		/* the column 'front' */
	bool is_in_xen;			/* the column 'broker' */
	const char *why;
	const char *remedy;
};

/* By enum xengt_feature_id. */
extern const struct xengt_domain_feature xengt_domain_features[XENGT_FEATURES];

#endif /* XENGT_DOMAIN_FEATURES_H */
