/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the nodes of a request, backend/vgt/<domid>/0/X (docs/protocol.md, section 1),
 * into a struct. The caller reads the nodes; this code does no I/O.
 */
#ifndef XENGT_VGT_REQUEST_H
#define XENGT_VGT_REQUEST_H

#include "xengt/types.h"

/* values of absent nodes; the sizes are those of the vgt_type V5_8 */
#define XENGT_REQUEST_LOW_MIB	64
#define XENGT_REQUEST_HIGH_MIB	384
#define XENGT_REQUEST_FENCES	4
#define XENGT_REQUEST_SLOT	2

#define XENGT_REQUEST_NAME_MAX	128
#define XENGT_REQUEST_PATH_MAX	512
/* Room for any message of xengt_request_parse(). */
#define XENGT_REQUEST_ERR_MAX	256

/* The reaction when a guest causes adverse events too often (counters.h). */
enum xengt_on_abuse {
	XENGT_ON_ABUSE_LOG,		/* only log it; the default */
	XENGT_ON_ABUSE_THROTTLE,	/* log it, and slow the guest down if the
					 * counter's row has THROTTLE_PAUSE */
	XENGT_ON_ABUSE_STOP,		/* end the guest's vGPU */
	XENGT_ON_ABUSES,
};

/* The point of the domain's life at which the request is made: the node `stage`. */
enum xengt_stage {
	XENGT_STAGE_UNKNOWN,		/* no node: a QEMU may run already */
	XENGT_STAGE_START,		/* "start": before QEMU starts, which will leave
					 * the slot free */
	XENGT_STAGE_SOFT_RESET,		/* "soft-reset": also before QEMU starts, but the
					 * domain has run, and Xen has reset it */
	XENGT_STAGES,
};

/* A share of each engine's time: the values of struct xengt_set_share. */
struct xengt_request_share {
	uint32_t cap;
	uint32_t weight;
	uint32_t timeslice_ms;
	uint32_t timeout_ms;
	uint32_t stop;
};

struct xengt_request {
	char domain[XENGT_REQUEST_NAME_MAX];	/* "" when absent */
	uint32_t low_mib;
	uint32_t high_mib;
	uint32_t fences;
	struct xengt_request_share share;	/* may change while the guest runs */
	enum xengt_on_abuse on_abuse;
	enum xengt_stage stage;
	bool is_primary;
	bool is_aperture_lazy;		/* pieces of the aperture are mapped at
					 * the guest's first touch */
	bool has_slot;
	uint8_t slot;
	char edid[XENGT_REQUEST_PATH_MAX];	/* "" when absent */
	char monitor_config[XENGT_REQUEST_PATH_MAX];
};

/*
 * Parse a request. get() returns the text of a node, which this function frees, or NULL
 * if there is no such node. 0, or -EINVAL: err has one line for the user that names the
 * node, its value and the allowed values.
 */
int xengt_request_parse(char *(*get)(void *ctx, const char *node), void *ctx,
			struct xengt_request *ret_req, char *err,
			size_t err_len);

/*
 * Returns true if both requests ask for the same vGPU. The domain's name is not
 * compared.
 */
bool xengt_request_is_same(const struct xengt_request *a,
			   const struct xengt_request *b);

/* Returns true if both requests ask for the same share of time. */
bool xengt_request_is_same_share(const struct xengt_request *a,
				 const struct xengt_request *b);

/*
 * Convert a word of the node `on-abuse` to its number, and back. -EINVAL: the word is
 * none of these.
 */
int xengt_on_abuse_parse(const char *text, enum xengt_on_abuse *ret_action);
const char *xengt_on_abuse_name(enum xengt_on_abuse action);

#endif /* XENGT_VGT_REQUEST_H */
