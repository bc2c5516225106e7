/* SPDX-License-Identifier: GPL-2.0-only */
/* See domain_features.h. */
#include "common/domain_features.h"

/* Each feature must have a check in the front end or in the broker. */
#define CHECK(id, name, verdict, keys, front, broker, why, remedy)	       \
	_Static_assert(front || broker, #id ": nobody looks for it");
XENGT_DOMAIN_FEATURES(CHECK)
#undef CHECK

const struct xengt_domain_feature xengt_domain_features[XENGT_FEATURES] = {
#define ROW(id, name_, verdict_, keys_, front, broker, why_, remedy_)	       \
	[XENGT_FEATURE_##id] = {					       \
		.name = name_, .verdict = XENGT_FEATURE_##verdict_,	       \
		.keys = keys_, .is_in_config = front, .is_in_xen = broker,     \
		.why = why_, .remedy = remedy_,				       \
	},
	XENGT_DOMAIN_FEATURES(ROW)
#undef ROW
};
