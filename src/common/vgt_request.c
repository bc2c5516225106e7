/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses the nodes of a request; see vgt_request.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/vgt_request.h"
#include "common/text.h"
#include "uapi/xengt.h"
#include "xengt/types.h"

struct number_node {
	const char *name;
	uint32_t min, max, step;
	uint32_t def;
	const char *alias;		/* another text that means the default
					 * value */
	size_t offset;			/* offset of the value, a uint32_t in
					 * struct numbers */
};

struct numbers {
	uint32_t low_mib, high_mib, fences, primary, slot;
	/* must be the last member: xengt_request_is_share_node() compares offsets */
	struct xengt_request_share share;
};

/* clang-format off */
static const struct number_node number_nodes[] = {
	{ .name = "low-mib", .min = 2, .max = 4096,
	  .step = XENGT_SLICE_ALIGN_MIB, .def = XENGT_REQUEST_LOW_MIB,
	  .offset = offsetof(struct numbers, low_mib) },
	{ .name = "high-mib", .min = 0, .max = 4096,
	  .step = XENGT_SLICE_ALIGN_MIB, .def = XENGT_REQUEST_HIGH_MIB,
	  .offset = offsetof(struct numbers, high_mib) },
	{ .name = "fences", .min = 0, .max = 32, .step = 1,
	  .def = XENGT_REQUEST_FENCES,
	  .offset = offsetof(struct numbers, fences) },
	{ .name = "primary", .min = 0, .max = 1, .step = 1, .def = 1,
	  .alias = "-1", .offset = offsetof(struct numbers, primary) },
	{ .name = "cap", .min = 0, .max = XENGT_SHARE_CAP_MAX, .step = 1,
	  .def = 0, .offset = offsetof(struct numbers, share.cap) },
	{ .name = "weight", .min = 1, .max = XENGT_SHARE_WEIGHT_MAX, .step = 1,
	  .def = XENGT_SHARE_WEIGHT,
	  .offset = offsetof(struct numbers, share.weight) },
	{ .name = "timeslice", .min = 1, .max = XENGT_SHARE_SLICE_MS_MAX,
	  .step = 1, .def = XENGT_SHARE_SLICE_MS,
	  .offset = offsetof(struct numbers, share.timeslice_ms) },
	{ .name = "timeout", .min = XENGT_SHARE_TIMEOUT_MS_MIN,
	  .max = XENGT_SHARE_TIMEOUT_MS_MAX, .step = 1,
	  .def = XENGT_SHARE_TIMEOUT_MS,
	  .offset = offsetof(struct numbers, share.timeout_ms) },
	{ .name = "stop", .min = 0, .max = XENGT_SHARE_STOP_MAX, .step = 1,
	  .def = XENGT_SHARE_STOP, .offset = offsetof(struct numbers, share.stop) },
	/*
	 * The host bridge has PCI slot 0, and the south bridge PCI slot 1. The
	 * default 0 means that the request chooses no PCI slot.
	 */
	{ .name = "slot", .min = 2, .max = 31, .step = 1, .def = 0,
	  .offset = offsetof(struct numbers, slot) },
};
/* clang-format on */

static uint32_t *value_of(struct numbers *n, const struct number_node *node)
{
	return (uint32_t *)((char *)n + node->offset);
}

static int refuse(const struct number_node *node, char *text, char *err,
		  size_t err_len)
{
	int n;

	if (strlen(text) > 40)
		strcpy(text + 37, "...");
	xengt_text_clean(text);
	n = snprintf(err, err_len, "%s is \"%s\": it must be a number from %u to %u",
		     node->name, text, node->min, node->max);
	if (node->step > 1 && n > 0 && (size_t)n < err_len)
		snprintf(err + n, err_len - n, " that is a multiple of %u",
			 node->step);
	return -EINVAL;
}

/* *ret is the value of an absent node. */
static int parse_number(const struct number_node *node, char *text,
			uint32_t *ret, char *err, size_t err_len)
{
	uint64_t value;

	if (!text)
		return 0;
	if (node->alias && !strcmp(text, node->alias)) {
		*ret = node->def;
		return 0;
	}
	if (xengt_text_number(text, node->max, &value) < 0 ||
	    value < node->min || value % node->step)
		return refuse(node, text, err, err_len);
	*ret = value;
	return 0;
}

static int parse_text(const char *name, const char *text, char *ret,
		      size_t size, char *err, size_t err_len)
{
	if (!text)
		return 0;
	if (strlen(text) >= size) {
		snprintf(err, err_len, "%s is longer than %zu characters", name,
			 size - 1);
		return -EINVAL;
	}
	strcpy(ret, text);
	xengt_text_clean(ret);
	return 0;
}

static const char *const on_abuse_names[XENGT_ON_ABUSES] = {
	[XENGT_ON_ABUSE_LOG] = "log",
	[XENGT_ON_ABUSE_THROTTLE] = "throttle",
	[XENGT_ON_ABUSE_STOP] = "stop",
};

const char *xengt_on_abuse_name(enum xengt_on_abuse action)
{
	return on_abuse_names[action];
}

int xengt_on_abuse_parse(const char *text, enum xengt_on_abuse *ret_action)
{
	for (int i = 0; i < XENGT_ON_ABUSES; i++) {
		if (strcmp(text, on_abuse_names[i]))
			continue;
		*ret_action = i;
		return 0;
	}
	return -EINVAL;
}

static int parse_on_abuse(char *text, enum xengt_on_abuse *ret_action,
			  char *err, size_t err_len)
{
	*ret_action = XENGT_ON_ABUSE_LOG;
	if (!text || xengt_on_abuse_parse(text, ret_action) == 0)
		return 0;
	xengt_text_clean(text);
	snprintf(err, err_len, "on-abuse is \"%.40s\": it must be log, throttle or stop",
		 text);
	return -EINVAL;
}

static int parse_aperture(char *text, bool *ret_is_lazy, char *err,
			  size_t err_len)
{
	*ret_is_lazy = text && !strcmp(text, "lazy");
	if (!text || *ret_is_lazy || !strcmp(text, "upfront"))
		return 0;
	xengt_text_clean(text);
	snprintf(err, err_len, "aperture is \"%.40s\": it must be lazy or upfront",
		 text);
	return -EINVAL;
}

static int parse_stage(char *text, enum xengt_stage *ret_stage, char *err,
		       size_t err_len)
{
	*ret_stage = XENGT_STAGE_UNKNOWN;
	if (!text)
		return 0;
	if (!strcmp(text, "start")) {
		*ret_stage = XENGT_STAGE_START;
		return 0;
	}
	if (!strcmp(text, "soft-reset")) {
		*ret_stage = XENGT_STAGE_SOFT_RESET;
		return 0;
	}
	xengt_text_clean(text);
	snprintf(err, err_len, "stage is \"%.40s\": it must be start or soft-reset",
		 text);
	return -EINVAL;
}

static void put_numbers(const struct numbers *n, struct xengt_request *req)
{
	req->low_mib = n->low_mib;
	req->high_mib = n->high_mib;
	req->fences = n->fences;
	req->share = n->share;
	req->is_primary = n->primary;
	req->has_slot = n->slot != 0;
	req->slot = n->slot ? n->slot : XENGT_REQUEST_SLOT;
}

bool xengt_request_is_share_node(const char *node)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(number_nodes); i++)
		if (!strcmp(number_nodes[i].name, node))
			return number_nodes[i].offset >=
			       offsetof(struct numbers, share);
	return false;
}

/* Set the values of absent nodes. */
static void put_defaults(struct numbers *n,
			 const struct xengt_request_share *share)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(number_nodes); i++)
		*value_of(n, &number_nodes[i]) = number_nodes[i].def;
	if (share)
		n->share = *share;
}

/* Parse the nodes whose value is one of a few words. */
static int parse_words(char *(*get)(void *ctx, const char *node), void *ctx,
		       struct xengt_request *req, char *err, size_t err_len)
{
	char *text = get(ctx, "on-abuse");
	int r = parse_on_abuse(text, &req->on_abuse, err, err_len);

	free(text);
	if (r < 0)
		return r;
	text = get(ctx, "aperture");
	r = parse_aperture(text, &req->is_aperture_lazy, err, err_len);
	free(text);
	if (r < 0)
		return r;
	text = get(ctx, "stage");
	r = parse_stage(text, &req->stage, err, err_len);
	free(text);
	return r;
}

int xengt_request_parse(char *(*get)(void *ctx, const char *node), void *ctx,
			const struct xengt_request_share *share,
			struct xengt_request *ret_req, char *err,
			size_t err_len)
{
	struct xengt_request req = { 0 };
	struct {
		const char *name;
		char *to;
		size_t size;
	} texts[] = {
		{ "domain", req.domain, sizeof(req.domain) },
		{ "edid", req.edid, sizeof(req.edid) },
		{ "monitor-config", req.monitor_config,
		  sizeof(req.monitor_config) },
	};
	struct numbers n;
	int r = 0;

	put_defaults(&n, share);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(number_nodes) && r == 0; i++) {
		const struct number_node *node = &number_nodes[i];
		char *text = get(ctx, node->name);

		r = parse_number(node, text, value_of(&n, node), err, err_len);
		free(text);
	}
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(texts) && r == 0; i++) {
		char *text = get(ctx, texts[i].name);

		r = parse_text(texts[i].name, text, texts[i].to, texts[i].size,
			       err, err_len);
		free(text);
	}
	if (r == 0)
		r = parse_words(get, ctx, &req, err, err_len);
	if (r < 0)
		return r;
	put_numbers(&n, &req);
	*ret_req = req;
	return 0;
}

bool xengt_request_is_same_share(const struct xengt_request *a,
				 const struct xengt_request *b)
{
	_Static_assert(sizeof(a->share) == 5 * sizeof(uint32_t), "no padding");
	return !memcmp(&a->share, &b->share, sizeof(a->share));
}

bool xengt_request_is_same(const struct xengt_request *a,
			   const struct xengt_request *b)
{
	return a->low_mib == b->low_mib && a->high_mib == b->high_mib &&
	       a->fences == b->fences &&
	       xengt_request_is_same_share(a, b) && a->on_abuse == b->on_abuse &&
	       a->stage == b->stage &&
	       a->is_primary == b->is_primary &&
	       a->is_aperture_lazy == b->is_aperture_lazy &&
	       a->has_slot == b->has_slot && a->slot == b->slot &&
	       !strcmp(a->edid, b->edid) &&
	       !strcmp(a->monitor_config, b->monitor_config);
}
