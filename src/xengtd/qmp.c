/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements the part of QEMU's monitor protocol (QMP) that the command
 * query-pci needs: greeting, capabilities, question, answer. The code skips
 * events that arrive in between. A monitor socket serves one client at a time.
 * libxl makes QEMU open two monitor sockets, one for libxl and one for
 * libxenstat. The broker tries the socket of libxenstat first, so that it does
 * not disturb libxl.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "xengtd/qmp.h"
#include "common/qmp_slots.h"
#include "xengtd/ev.h"
#include "xengtd/xengtd.h"

#define ANSWER_MSEC	3000
#define INPUT_MAX	(256 * 1024)

struct xengt_qmp {
	struct xengtd *d;
	void (*done)(void *ctx, int error,
		     const struct xengt_qmp_slots *slots);
	void *ctx;
	struct xengt_ev_io io;
	struct xengt_ev_timer timer;
	struct json_tokener *tok;
	size_t input_bytes;
	int answers;		/* number of "return" messages seen: first
				 * for the capabilities, then for query-pci */
	bool is_greeted;
};

static void destroy(struct xengt_qmp *q)
{
	int fd = q->io.fd;

	xengt_ev_disarm(q->d->ev, &q->timer);
	xengt_ev_remove(q->d->ev, &q->io);
	if (fd >= 0)
		close(fd);
	if (q->tok)
		json_tokener_free(q->tok);
	free(q);
}

void xengt_qmp_cancel(struct xengt_qmp *q)
{
	if (q)
		destroy(q);
}

static void finish(struct xengt_qmp *q, int error,
		   const struct xengt_qmp_slots *slots)
{
	void (*done)(void *ctx, int err, const struct xengt_qmp_slots *s) =
		q->done;
	void *ctx = q->ctx;

	destroy(q);
	done(ctx, error, slots);
}

static void on_timeout(void *ctx)
{
	finish(ctx, -ETIMEDOUT, NULL);
}

static int ask(struct xengt_qmp *q, const char *command)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "{\"execute\":\"%s\"}\n", command);

	return send(q->io.fd, line, n, MSG_NOSIGNAL | MSG_DONTWAIT) == n ? 0 :
									   -EIO;
}

/*
 * Handles one message of QEMU. Returns 1: *ret_slots is filled in; 0: wait for
 * the next message; or -errno.
 */
static int handle(struct xengt_qmp *q, struct json_object *obj,
		  struct xengt_qmp_slots *ret_slots)
{
	struct json_object *value;
	int r;

	if (json_object_object_get_ex(obj, "QMP", &value) && !q->is_greeted) {
		q->is_greeted = true;
		return ask(q, "qmp_capabilities");
	}
	if (json_object_object_get_ex(obj, "error", &value))
		return -EPROTO;
	if (!json_object_object_get_ex(obj, "return", &value))
		return 0;
	if (q->answers++ == 0)
		return ask(q, "query-pci");
	r = xengt_qmp_slots_parse(value, ret_slots);
	return r < 0 ? r : 1;
}

static int handle_text(struct xengt_qmp *q, const char *text, size_t len,
		       struct xengt_qmp_slots *ret_slots)
{
	while (len) {
		struct json_object *obj =
			json_tokener_parse_ex(q->tok, text, len);
		enum json_tokener_error e = json_tokener_get_error(q->tok);
		size_t used = json_tokener_get_parse_end(q->tok);
		int r;

		if (e == json_tokener_continue)
			return 0;
		if (e != json_tokener_success)
			return -EPROTO;
		r = json_object_is_type(obj, json_type_object) ?
			handle(q, obj, ret_slots) : -EPROTO;
		json_object_put(obj);
		json_tokener_reset(q->tok);
		if (r != 0)
			return r;
		/*
		 * Skip white space: the parser would treat white space as the
		 * start of the next value.
		 */
		for (text += used, len -= used; len && strchr("\r\n ", *text);
		     text++, len--)
			;
	}
	return 0;
}

static void on_readable(void *ctx, uint32_t events)
{
	struct xengt_qmp *q = ctx;
	struct xengt_qmp_slots slots;
	char buf[4096];
	ssize_t n = recv(q->io.fd, buf, sizeof(buf), MSG_DONTWAIT);
	int r;

	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		finish(q, n < 0 ? -errno : -ECONNRESET, NULL);
		return;
	}
	q->input_bytes += n;
	if (q->input_bytes > INPUT_MAX) {
		finish(q, -E2BIG, NULL);
		return;
	}
	r = handle_text(q, buf, n, &slots);
	if (r != 0)
		finish(q, r < 0 ? r : 0, &slots);
}

static int connect_qemu(uint32_t domid)
{
	static const char *const names[] = { "libxenstat", "libxl" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = -ENOENT;

	if (fd < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		struct sockaddr_un addr = { .sun_family = AF_UNIX };

		snprintf(addr.sun_path, sizeof(addr.sun_path),
			 "/var/run/xen/qmp-%s-%u", names[i], domid);
		if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
			return fd;
		if (errno != ENOENT)
			r = -errno;
	}
	close(fd);
	return r;
}

int xengt_qmp_start(struct xengtd *d, uint32_t domid,
		    void (*done)(void *ctx, int error,
				 const struct xengt_qmp_slots *slots),
		    void *ctx, struct xengt_qmp **ret_qmp)
{
	struct xengt_qmp *q = calloc(1, sizeof(*q));
	int r;

	if (!q)
		return -ENOMEM;
	q->d = d;
	q->done = done;
	q->ctx = ctx;
	q->io = (struct xengt_ev_io){ .fd = -1, .cb = on_readable, .ctx = q };
	q->timer = (struct xengt_ev_timer){ .cb = on_timeout, .ctx = q };
	q->tok = json_tokener_new_ex(16);
	r = q->tok ? connect_qemu(domid) : -ENOMEM;
	if (r >= 0) {
		q->io.fd = r;
		r = xengt_ev_add(d->ev, &q->io, EPOLLIN);
	}
	if (r < 0) {
		destroy(q);
		return r;
	}
	xengt_ev_arm(d->ev, &q->timer, ANSWER_MSEC);
	*ret_qmp = q;
	return 0;
}
