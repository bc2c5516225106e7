/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: many clients, none waited for. A client's questions are
 * answered in order, one at a time; while its answer is not written out, or a
 * worker is being asked, nothing more is read from it. The line and the answer
 * have limits, and when there are too many clients, the one that has been
 * silent for longest goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "common/version.h"
#include "control.h"
#include "gpudev.h"
#include "vgpu.h"
#include "xengt/log.h"
#include "xengtd.h"

#define CLIENTS_MAX	32
#define IDLE_MSEC	60000	/* with half a line, or not reading */

struct client {
	struct client *next;
	struct xengt_control *control;
	int fd;
	struct xengt_ev_io io;
	struct xengt_ev_timer timer;
	int64_t last_msec;
	char *in;			/* XENGT_CONTROL_LINE_MAX bytes */
	size_t in_len;
	char *out;			/* the answer; NULL: none */
	size_t out_len, out_sent;
	bool is_ended;			/* the peer sends no more */
	bool is_skipping;		/* the rest of a line that was too long */
	struct xengt_counters_request counters;
	bool is_waiting;		/* for counters */
	uint32_t counters_domid;
};

struct xengt_control {
	struct xengtd *d;
	struct xengt_ev_io io;
	struct client *clients;
	unsigned int count;
	char path[108];
};

static void serve(struct client *c);

static void destroy_client(struct client *c)
{
	struct xengtd *d = c->control->d;
	struct client **p = &c->control->clients;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	c->control->count--;
	xengt_bvgpu_cancel_counters(&c->counters);
	xengt_ev_disarm(d->ev, &c->timer);
	xengt_ev_remove(d->ev, &c->io);
	close(c->fd);
	free(c->in);
	free(c->out);
	free(c);
}

/* ---- answers ---- */

static void answer(struct client *c, char *line)
{
	c->out = line;
	c->out_len = line ? strlen(line) : 0;
	c->out_sent = 0;
	if (!line)
		c->is_ended = true;
}

static void add_int(struct json_object *obj, const char *name, uint64_t value)
{
	json_object_object_add(obj, name, json_object_new_int64(value));
}

static void add_text(struct json_object *obj, const char *name,
		     const char *text)
{
	json_object_object_add(obj, name, json_object_new_string(text));
}

static void answer_ping(struct client *c)
{
	struct json_object *data = json_object_new_object();

	add_text(data, "version", XENGT_VERSION);
	add_int(data, "abi", XENGT_ABI_VERSION);
	answer(c, xengt_control_ok(data));
}

static void add_gpu(struct json_object *data, const struct xengt_info *gpu)
{
	char text[32];

	add_text(data, "platform",
		 gpu->platform == XENGT_PLATFORM_BDW ? "bdw" :
		 gpu->platform == XENGT_PLATFORM_SKL ? "skl" : "none");
	snprintf(text, sizeof(text), "%04x:%02x:%02x.%u", gpu->pci_segment,
		 gpu->pci_bus, gpu->pci_devfn >> 3, gpu->pci_devfn & 7u);
	add_text(data, "pci_address", text);
	snprintf(text, sizeof(text), "%04x:%04x", gpu->pci_vendor,
		 gpu->pci_device);
	add_text(data, "pci_id", text);
	snprintf(text, sizeof(text), "%04x:%04x", gpu->pci_subvendor,
		 gpu->pci_subdevice);
	add_text(data, "pci_subsystem", text);
	add_int(data, "pci_revision", gpu->pci_revision);
	add_int(data, "aperture_mib", gpu->aperture_bytes / XENGT_MIB);
	add_int(data, "ggtt_mib", gpu->ggtt_bytes / XENGT_MIB);
	add_int(data, "low_total_mib", gpu->low_total_mib);
	add_int(data, "low_free_mib", gpu->low_free_mib);
	add_int(data, "low_largest_mib", gpu->low_largest_mib);
	add_int(data, "high_total_mib", gpu->high_total_mib);
	add_int(data, "high_free_mib", gpu->high_free_mib);
	add_int(data, "high_largest_mib", gpu->high_largest_mib);
	add_int(data, "fences_total", gpu->fences_total);
	add_int(data, "fences_free", gpu->fences_free);
	add_int(data, "vgpus", gpu->vgpu_count);
}

static void answer_resources(struct client *c)
{
	struct json_object *data;
	struct xengt_info gpu;
	char text[256];
	int r = xengt_gpudev_info(c->control->d->opt.device, &gpu);

	if (r < 0) {
		xengt_gpudev_explain(r, text, sizeof(text));
		answer(c, xengt_control_error(r == -ENODEV ? "no-gpu" :
					      "no-module", text));
		return;
	}
	data = json_object_new_object();
	add_gpu(data, &gpu);
	answer(c, xengt_control_ok(data));
}

static void add_fault(struct json_object *faults, const char *fmt, uint64_t n)
{
	char text[128];

	if (!n)
		return;
	snprintf(text, sizeof(text), fmt, (unsigned long long)n);
	json_object_array_add(faults, json_object_new_string(text));
}

static struct json_object *new_info(struct xengt_bvgpu *v)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *faults = json_object_new_array();
	struct xengt_vgpu_info info;

	add_text(obj, "name", v->req.domain);
	add_int(obj, "domid", v->domid);
	add_int(obj, "vgpu_id", v->info.vgpu_id);
	add_text(obj, "state", xengt_bvgpu_state_name(v));
	add_int(obj, "pid", xengt_bvgpu_pid(v));
	add_int(obj, "slot", v->slot);
	add_int(obj, "low_mib", v->req.low_mib);
	add_int(obj, "high_mib", v->req.high_mib);
	add_int(obj, "fences", v->req.fences);
	add_int(obj, "low_base", v->info.low_base);
	add_int(obj, "high_base", v->info.high_base);
	add_int(obj, "primary", v->req.is_primary);
	add_int(obj, "cap", v->req.cap);
	add_int(obj, "weight", v->req.weight);
	if (*v->error)
		json_object_array_add(faults,
				      json_object_new_string(v->error));
	if (v->fd >= 0 && xengt_gpudev_vgpu_info(v->fd, &info) == 0) {
		add_fault(faults, "%llu GGTT entries named no RAM of the guest",
			  info.entries_scratched);
		add_fault(faults, "the GPU was taken away (state %llu)",
			  info.state);
	}
	json_object_object_add(obj, "faults", faults);
	return obj;
}

static void answer_list(struct client *c)
{
	struct json_object *data = json_object_new_array();

	xengt_bvgpu_refresh_names(c->control->d);
	for (struct xengt_bvgpu *v = c->control->d->vgpus; v; v = v->next)
		json_object_array_add(data, new_info(v));
	answer(c, xengt_control_ok(data));
}

static void answer_no_vgpu(struct client *c, const char *vgpu)
{
	char text[256];

	snprintf(text, sizeof(text), "no vGPU for domain \"%s\"; xengt-ctl list shows what there is",
		 vgpu);
	answer(c, xengt_control_error("no-such-vgpu", text));
}

static void add_counters(struct json_object *data,
			 const struct xengt_counters *counters)
{
#define ADD(field, json, doc) add_int(data, json, counters->field);
	XENGT_COUNTERS(ADD)
#undef ADD
}

static void add_module_counters(struct json_object *data,
				const struct xengt_vgpu_info *info)
{
#define ADD(field) add_int(data, "module." #field, info->field)
	ADD(entries_written);
	ADD(entries_scratched);
	ADD(frames_held);
	ADD(frames_mapped);
	ADD(frames_released);
	ADD(hypercalls);
	ADD(tlb_flushes);
	ADD(revalidations);
	ADD(frames_followed);
#undef ADD
}

static void on_counters(void *ctx, int error,
			const struct xengt_counters *counters)
{
	struct client *c = ctx;
	struct xengt_bvgpu *v;
	struct json_object *data;
	struct xengt_vgpu_info info;
	char text[256], domid[16];

	c->is_waiting = false;
	if (error) {
		snprintf(text, sizeof(text), "the vGPU's process does not answer: %s",
			 strerror(-error));
		answer(c, xengt_control_error("no-answer", text));
		serve(c);
		return;
	}
	data = json_object_new_object();
	add_counters(data, counters);
	snprintf(domid, sizeof(domid), "%u", c->counters_domid);
	v = xengt_bvgpu_find(c->control->d, domid);
	if (v && v->fd >= 0 && xengt_gpudev_vgpu_info(v->fd, &info) == 0)
		add_module_counters(data, &info);
	answer(c, xengt_control_ok(data));
	serve(c);
}

static void answer_vgpu(struct client *c,
			const struct xengt_control_question *q)
{
	struct xengt_bvgpu *v;
	int r;

	xengt_bvgpu_refresh_names(c->control->d);
	v = xengt_bvgpu_find(c->control->d, q->vgpu);
	if (!v) {
		answer_no_vgpu(c, q->vgpu);
		return;
	}
	if (q->cmd == XENGT_CONTROL_INFO) {
		answer(c, xengt_control_ok(new_info(v)));
		return;
	}
	c->counters.done = on_counters;
	c->counters.ctx = c;
	c->counters_domid = v->domid;
	r = xengt_bvgpu_ask_counters(v, &c->counters);
	if (r == 0)
		c->is_waiting = true;
	else
		answer(c, xengt_control_error("no-answer",
					      "the vGPU's process is not there (yet, or any more)"));
}

static void handle_line(struct client *c, const char *line, size_t len)
{
	struct xengt_control_question q;
	const char *code;
	char err[256];

	if (xengt_control_parse(line, len, &q, &code, err, sizeof(err)) < 0) {
		answer(c, xengt_control_error(code, err));
		return;
	}
	switch (q.cmd) {
	case XENGT_CONTROL_PING:
		answer_ping(c);
		break;
	case XENGT_CONTROL_RESOURCES:
		answer_resources(c);
		break;
	case XENGT_CONTROL_LIST:
		answer_list(c);
		break;
	case XENGT_CONTROL_INFO:
	case XENGT_CONTROL_STAT:
		answer_vgpu(c, &q);
		break;
	}
}

/* ---- bytes ---- */

/* False: the client is gone. */
static bool write_out(struct client *c)
{
	ssize_t n;

	n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	if (n > 0) {
		c->out_sent += n;
		c->last_msec = xengt_ev_now_msec();
	}
	if (c->out_sent == c->out_len) {
		free(c->out);
		c->out = NULL;
	}
	return true;
}

/* Take the first line of the buffer, if a whole one is there. */
static bool take_line(struct client *c)
{
	char *end = memchr(c->in, '\n', c->in_len);
	size_t used;

	if (!end) {
		if (c->in_len < XENGT_CONTROL_LINE_MAX)
			return false;
		if (!c->is_skipping)
			answer(c, xengt_control_error("bad-request",
						      "the line is longer than 64 KiB"));
		c->is_skipping = true;
		c->in_len = 0;
		return true;
	}
	used = end + 1 - c->in;
	if (c->is_skipping)
		c->is_skipping = false;
	else
		handle_line(c, c->in, used - 1);
	memmove(c->in, c->in + used, c->in_len - used);
	c->in_len -= used;
	return true;
}

/* As far as it goes without waiting; may end the client. */
static void serve(struct client *c)
{
	struct xengtd *d = c->control->d;
	bool is_stuck;

	do {
		if (c->out && !write_out(c)) {
			destroy_client(c);
			return;
		}
	} while (!c->out && !c->is_waiting && take_line(c));

	if (c->is_ended && !c->out && !c->is_waiting) {
		destroy_client(c);
		return;
	}
	/* A client with nothing open may stay as long as it likes. */
	is_stuck = c->out || c->in_len || c->is_skipping;
	if (is_stuck && !c->timer.is_armed)
		xengt_ev_arm(d->ev, &c->timer, IDLE_MSEC);
	else if (!is_stuck)
		xengt_ev_disarm(d->ev, &c->timer);
	xengt_ev_change(d->ev, &c->io,
			(c->out ? EPOLLOUT : 0) |
			(!c->out && !c->is_waiting && !c->is_ended ? EPOLLIN :
								     0));
}

static void on_client(void *ctx, uint32_t events)
{
	struct client *c = ctx;
	ssize_t n;

	if (events & EPOLLIN && c->in_len < XENGT_CONTROL_LINE_MAX) {
		n = recv(c->fd, c->in + c->in_len,
			 XENGT_CONTROL_LINE_MAX - c->in_len, MSG_DONTWAIT);
		if (n > 0) {
			c->in_len += n;
			c->last_msec = xengt_ev_now_msec();
		} else if (n == 0) {
			c->is_ended = true;
		} else if (errno != EAGAIN && errno != EINTR) {
			destroy_client(c);
			return;
		}
	} else if (events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLIN)) {
		/* Nobody is left to read what we might write. */
		destroy_client(c);
		return;
	}
	serve(c);
}

static void on_client_timer(void *ctx)
{
	struct client *c = ctx;
	int64_t idle = xengt_ev_now_msec() - c->last_msec;

	if (idle >= IDLE_MSEC)
		destroy_client(c);
	else
		xengt_ev_arm(c->control->d->ev, &c->timer, IDLE_MSEC - idle);
}

static void drop_oldest(struct xengt_control *control)
{
	struct client *oldest = control->clients;

	for (struct client *c = oldest; c; c = c->next)
		if (c->last_msec < oldest->last_msec)
			oldest = c;
	if (oldest)
		destroy_client(oldest);
}

static void on_connect(void *ctx, uint32_t events)
{
	struct xengt_control *control = ctx;
	struct client *c;
	int fd;

	(void)events;
	fd = accept4(control->io.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (control->count >= CLIENTS_MAX)
		drop_oldest(control);
	c = calloc(1, sizeof(*c));
	if (c)
		c->in = malloc(XENGT_CONTROL_LINE_MAX);
	if (!c || !c->in) {
		free(c);
		close(fd);
		return;
	}
	c->control = control;
	c->fd = fd;
	c->last_msec = xengt_ev_now_msec();
	c->timer = (struct xengt_ev_timer){ .cb = on_client_timer, .ctx = c };
	c->io = (struct xengt_ev_io){ .fd = fd, .cb = on_client, .ctx = c };
	c->next = control->clients;
	control->clients = c;
	control->count++;
	if (xengt_ev_add(control->d->ev, &c->io, EPOLLIN) < 0) {
		c->io.fd = -1;
		destroy_client(c);
	}
}

/* A socket left by one that is gone refuses connections. */
static bool is_answered(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_there;

	if (fd < 0)
		return false;
	is_there = connect(fd, (const struct sockaddr *)addr,
			   sizeof(*addr)) == 0 || errno == EAGAIN;
	close(fd);
	return is_there;
}

static int start_listening(struct xengt_control *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	snprintf(c->path, sizeof(c->path), "%s/xengtd.sock",
		 c->d->opt.run_dir);
	strcpy(addr.sun_path, c->path);
	if (is_answered(&addr))
		return -EADDRINUSE;
	unlink(c->path);
	c->io.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  0);
	if (c->io.fd < 0)
		return -errno;
	mask = umask(0177);
	r = bind(c->io.fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ?
		-errno : 0;
	umask(mask);
	if (r < 0)
		return r;
	return listen(c->io.fd, 16) < 0 ? -errno : 0;
}

int xengt_control_create(struct xengtd *d, struct xengt_control **ret_control)
{
	struct xengt_control *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->d = d;
	c->io = (struct xengt_ev_io){ .fd = -1, .cb = on_connect, .ctx = c };
	r = start_listening(c);
	if (r == 0)
		r = xengt_ev_add(d->ev, &c->io, EPOLLIN);
	if (r < 0) {
		if (c->io.fd >= 0)
			close(c->io.fd);
		free(c);
		return r;
	}
	*ret_control = c;
	return 0;
}

void xengt_control_destroy(struct xengt_control *c)
{
	int fd;

	if (!c)
		return;
	while (c->clients)
		destroy_client(c->clients);
	fd = c->io.fd;
	xengt_ev_remove(c->d->ev, &c->io);
	close(fd);
	unlink(c->path);
	free(c);
}
