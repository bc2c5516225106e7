/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns a request for a vGPU into a struct. The request consists of the xenstore nodes
 * backend/vgt/<domid>/0/X (docs/protocol.md, section 1). The caller reads the nodes;
 * this code does no I/O.
 */
#ifndef XENGT_VGT_REQUEST_H
#define XENGT_VGT_REQUEST_H

#include "xengt/types.h"

/*
 * the values if the request does not have the node; the sizes are those of the
 * vgt_type V5_8
 */
#define XENGT_REQUEST_LOW_MIB	64
#define XENGT_REQUEST_HIGH_MIB	384
#define XENGT_REQUEST_FENCES	4
#define XENGT_REQUEST_SLOT	2

#define XENGT_REQUEST_NAME_MAX	128
#define XENGT_REQUEST_PATH_MAX	512
/* Size of a buffer for any error text of xengt_request_parse(), in bytes. */
#define XENGT_REQUEST_ERR_MAX	256

/* The reaction when a guest causes adverse events too often (counters.h). */
enum xengt_on_abuse {
	XENGT_ON_ABUSE_LOG,		/* only log the event; the default */
	XENGT_ON_ABUSE_THROTTLE,	/* log the event, and slow the guest down
					 * if the counter's row has
					 * THROTTLE_PAUSE */
	XENGT_ON_ABUSE_STOP,		/* end the guest's vGPU */
	XENGT_ON_ABUSES,
};

/* The node `stage`: when in the domain's life the toolstack wrote the request. */
enum xengt_stage {
	XENGT_STAGE_UNKNOWN,		/* there is no node: the domain's QEMU
					 * may run already */
	XENGT_STAGE_START,		/* "start": QEMU has not started yet, and will
					 * leave the vGPU's PCI slot free */
	XENGT_STAGE_SOFT_RESET,		/* "soft-reset": the domain has run, Xen has
					 * reset the domain, and its new QEMU has not
					 * started yet */
	XENGT_STAGES,
};

/* A share of each engine's time; struct xengt_set_share explains the values. */
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
	struct xengt_request_share share;	/* xengtd can change it while the guest runs */
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
 * Parse a request. get() returns the text of a node, or NULL if there is no such node;
 * xengt_request_parse() frees the text. Nodes of the share of time that do not exist get
 * their values from share; NULL: the built-in values. Returns 0, or -EINVAL: err has one
 * line for the user that names the node, its value and the allowed values.
 */
int xengt_request_parse(char *(*get)(void *ctx, const char *node), void *ctx,
			const struct xengt_request_share *share,
			struct xengt_request *ret_req, char *err,
			size_t err_len);

/* Returns true if this node is part of the share of time. */
bool xengt_request_is_share_node(const char *node);

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
 * Convert between a word of the node `on-abuse` and its enum xengt_on_abuse.
 * -EINVAL: the node cannot have this word.
 */
int xengt_on_abuse_parse(const char *text, enum xengt_on_abuse *ret_action);
const char *xengt_on_abuse_name(enum xengt_on_abuse action);

#endif /* XENGT_VGT_REQUEST_H */
