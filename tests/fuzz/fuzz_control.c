/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The input's first byte says what the rest is: a line of the control socket, a
 * packet of a worker, or a request in xenstore. The rest must be refused with a
 * reason, or be parsed to values within the limits.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/control_proto.h"
#include "common/vgt_request.h"
#include "common/worker_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_line(const char *line, size_t len)
{
	struct xengt_control_question q = { 0 };
	const char *code = NULL;
	char err[256] = "", *answer;
	int r;

	r = xengt_control_parse(line, len, &q, &code, err, sizeof(err));
	assert((r == 0) == (code == NULL) && (r == 0) == (*err == '\0'));
	assert(memchr(q.vgpu, '\0', sizeof(q.vgpu)));
	if (r == 0)
		return;
	/*
	 * The answer must be one line, even if it quotes a newline of the
	 * input.
	 */
	answer = xengt_control_error(code, err);
	assert(strchr(answer, '\n') == answer + strlen(answer) - 1);
	free(answer);
}

static void fuzz_packet(const uint8_t *data, size_t len)
{
	struct xengt_wp_msg msg;

	if (xengt_wp_parse(data, len, &msg) < 0)
		return;
	if (msg.type == XENGT_WP_FAILED)
		assert(memchr(msg.u.text, '\0', sizeof(msg.u.text)));
	if (msg.type == XENGT_WP_PLACE)
		assert(!(msg.u.place.gfn >> 40) && msg.u.place.on <= 1 &&
		       msg.u.place.what < XENGT_WP_PLACE_WHATS &&
		       msg.u.place.frames <= XENGT_RAM_FRAMES_MAX);
}

struct nodes {
	const char *text;	/* "name\0value\0name\0value\0..." */
	size_t len;
};

static char *get_node(void *ctx, const char *name)
{
	const struct nodes *n = ctx;
	const char *p = n->text, *end = n->text + n->len;

	while (p < end) {
		const char *value = p + strlen(p) + 1;

		if (value >= end)
			break;
		if (!strcmp(p, name))
			return strdup(value);
		p = value + strlen(value) + 1;
	}
	return NULL;
}

static void fuzz_request(const char *text, size_t len)
{
	struct nodes nodes = { text, len };
	struct xengt_request req;
	char err[XENGT_REQUEST_ERR_MAX] = "";

	if (xengt_request_parse(get_node, &nodes, NULL, &req, err, sizeof(err)) < 0) {
		assert(*err && !strchr(err, '\n'));
		return;
	}
	assert(req.low_mib >= 2 && req.low_mib <= 4096 && req.low_mib % 2 == 0);
	assert(req.high_mib <= 4096 && req.high_mib % 2 == 0);
	assert(req.fences <= 32 && req.share.cap <= 100);
	assert(req.slot >= 2 && req.slot <= 31);
	assert(memchr(req.domain, '\0', sizeof(req.domain)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	if (!size)
		return 0;
	/*
	 * A copy of exactly this size, so that the sanitizer sees a read beyond
	 * it. Only the copy for a request ends with a NUL.
	 */
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	copy[size - 1] = '\0';
	if (data[0] % 3 == 2) {
		fuzz_request(copy, size);
	} else {
		copy = realloc(copy, size - 1 ? size - 1 : 1);
		if (data[0] % 3 == 0)
			fuzz_line(copy, size - 1);
		else
			fuzz_packet((uint8_t *)copy, size - 1);
	}
	free(copy);
	return 0;
}
