// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: the control socket. Each line is a command. The answer is the command's
 * output, followed by a line "ok" or "error TEXT".
 *
 * - screenshot PIPE FILE: write what display pipe A, B or C shows as PNG;
 * - monitor N on|off: plug monitor 0 (DisplayPort) or 1 (HDMI) in or out;
 * - stats: print all counters, each as a line "NAME VALUE";
 * - set NAME VALUE: make engines misbehave (gpusim_set.c).
 *
 * QEMU must not wait for this socket: each call does a limited amount of work and never
 * blocks. The socket serves one peer at a time. The connection to a peer that is silent
 * for PATIENCE_NS is closed, so that the next peer is served.
 */
#include "gpusim.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_BYTES	1024
#define ANSWER_BYTES	4096
#define PATIENCE_NS	10000000000ULL

struct gpusim_control {
	char *path;
	int listen_fd;
	int fd;				/* connection to the peer; -1: no
					 * peer */
	uint64_t since;			/* time at which the peer last sent or received
					 * bytes */
	char line[LINE_BYTES];
	size_t len;
	char answer[ANSWER_BYTES];
	size_t answer_len, answer_at;
	struct gpusim_png *png;		/* picture that is being written; the answer follows
					 * when it is complete */
};

__attribute__((format(printf, 2, 3)))
static void answer(struct gpusim_control *c, const char *fmt, ...)
{
	size_t room = sizeof(c->answer) - c->answer_len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(c->answer + c->answer_len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		c->answer_len += (size_t)n < room ? (size_t)n : room - 1;
}

static void answer_result(struct gpusim_control *c, int r)
{
	if (r)
		answer(c, "error %s\n", strerror(-r));
	else
		answer(c, "ok\n");
}

/* arg[0] is the first word after the command's name; arg[1] is the rest of the line. */
static void do_screenshot(struct gpusim *s, char *arg[2])
{
	struct gpusim_control *c = s->control;
	unsigned int pipe, width, height;
	uint8_t *rgb;
	int r;

	if (!arg[0] || !arg[1] || strlen(arg[0]) != 1 || arg[0][0] < 'A' ||
	    arg[0][0] > 'C') {
		answer(c, "error usage: screenshot A|B|C FILE\n");
		return;
	}
	pipe = (unsigned int)(arg[0][0] - 'A');
	r = xengt_sim_picture_size(s->sim, pipe, &width, &height);
	if (r == -ENODEV) {
		answer(c, "error pipe %s is off\n", arg[0]);
		return;
	}
	if (r) {
		answer_result(c, r);
		return;
	}
	rgb = malloc(3ULL * width * height);
	r = rgb ? xengt_sim_picture(s->sim, pipe, rgb, 3ULL * width * height) :
		-ENOMEM;
	if (r)
		free(rgb);
	else
		r = gpusim_png_create(arg[1], rgb, width, height, &c->png);
	if (r)
		answer_result(c, r);
}

static void do_monitor(struct gpusim *s, char *arg[2])
{
	bool on = arg[1] && !strcmp(arg[1], "on");

	if (!arg[0] || strlen(arg[0]) != 1 || !arg[1] ||
	    (!on && strcmp(arg[1], "off"))) {
		answer(s->control, "error usage: monitor 0|1 on|off\n");
		return;
	}
	if (xengt_sim_set_monitor(s->sim, (unsigned int)(arg[0][0] - '0'), on))
		answer(s->control, "error no monitor %s\n", arg[0]);
	else
		answer(s->control, "ok\n");
}

static void do_stats(struct gpusim *s, char *arg[2])
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = {
#define ROW(name) { #name, offsetof(struct xengt_sim_stats, name) }
		ROW(cfg_reads), ROW(cfg_writes), ROW(mmio_reads),
		ROW(mmio_writes), ROW(ggtt_reads), ROW(ggtt_writes),
		ROW(ggtt_flushes), ROW(aperture_reads), ROW(aperture_writes),
		ROW(gpu_accesses), ROW(gtt_faults), ROW(dma_faults),
		ROW(iommu_translations), ROW(iommu_moved), ROW(iommu_faults),
		ROW(iommu_stale), ROW(iommu_laps), ROW(dma_blocked), ROW(tlb_hits), ROW(tlb_fills),
		ROW(tlb_stale), ROW(msis), ROW(irq_lost), ROW(bad_accesses),
		ROW(resets),
#undef ROW
	};
	struct xengt_sim_stats st;

	(void)arg;
	xengt_sim_get_stats(s->sim, &st);
	answer(s->control, "requests %llu\n", (unsigned long long)s->requests);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t val;

		memcpy(&val, (const char *)&st + rows[i].at, sizeof(val));
		answer(s->control, "%s %llu\n", rows[i].name,
		       (unsigned long long)val);
	}
	answer(s->control, "ok\n");
}

static void do_set(struct gpusim *s, char *arg[2])
{
	struct xengt_sim_exec_opts o;
	int r;

	if (!arg[0] || !arg[1]) {
		answer(s->control, "error usage: set NAME VALUE\n");
		return;
	}
	if (s->record) {
		answer(s->control, "error a recorded session cannot be changed by set\n");
		return;
	}
	xengt_sim_get_exec(s->sim, &o);
	r = gpusim_set(&o, arg[0], arg[1]);
	if (r) {
		answer(s->control, "error no such %s: %s\n",
		       r == -ENOENT ? "name" : "value",
		       arg[r == -ENOENT ? 0 : 1]);
		return;
	}
	xengt_sim_set_exec(s->sim, &o);
	answer(s->control, "ok\n");
}

static const struct {
	const char *name;
	void (*fn)(struct gpusim *s, char *arg[2]);
} commands[] = {
	{ "screenshot", do_screenshot },
	{ "monitor", do_monitor },
	{ "stats", do_stats },
	{ "set", do_set },
};

/*
 * Returns the next word of *p and moves *p to the text after the word. Returns NULL if
 * there is no further word.
 */
static char *next_word(char **p)
{
	char *word = *p + strspn(*p, " ");

	*p = word + strcspn(word, " ");
	if (**p)
		*(*p)++ = '\0';
	return *word ? word : NULL;
}

static void obey(struct gpusim *s, char *line)
{
	char *name = next_word(&line), *arg[2];

	arg[0] = next_word(&line);
	arg[1] = *line ? line : NULL;
	for (size_t i = 0; name && i < sizeof(commands) / sizeof(*commands);
	     i++) {
		if (strcmp(name, commands[i].name))
			continue;
		commands[i].fn(s, arg);
		return;
	}
	answer(s->control, "error the commands are screenshot, monitor, stats and set\n");
}

static void drop_peer(struct gpusim_control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->len = 0;
	c->answer_len = 0;
	c->answer_at = 0;
	gpusim_png_destroy(c->png);
	c->png = NULL;
}

static void take_peer(struct gpusim_control *c)
{
	c->fd = accept4(c->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (c->fd >= 0)
		c->since = gpusim_now_ns();
}

/*
 * Handle one line. gpusim_control_service() calls this function again only after the
 * answer to the line has been sent.
 */
static void take_line(struct gpusim *s)
{
	struct gpusim_control *c = s->control;
	char *end = memchr(c->line, '\n', c->len);
	ssize_t n;

	if (!end && c->len < sizeof(c->line)) {
		n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			drop_peer(c);
			return;
		}
		if (n < 0)
			return;
		c->since = gpusim_now_ns();
		c->len += (size_t)n;
		end = memchr(c->line, '\n', c->len);
	}
	if (!end) {
		if (c->len < sizeof(c->line))
			return;
		answer(c, "error line too long\n");
		c->len = 0;
		return;
	}
	*end = '\0';
	obey(s, c->line);
	c->len -= (size_t)(end + 1 - c->line);
	memmove(c->line, end + 1, c->len);
}

static void send_answer(struct gpusim_control *c)
{
	ssize_t n = send(c->fd, c->answer + c->answer_at,
			 c->answer_len - c->answer_at,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			drop_peer(c);
		return;
	}
	c->since = gpusim_now_ns();
	c->answer_at += (size_t)n;
	if (c->answer_at == c->answer_len) {
		c->answer_len = 0;
		c->answer_at = 0;
	}
}

bool gpusim_control_service(struct gpusim *s)
{
	struct gpusim_control *c = s->control;
	int r;

	if (!c)
		return false;
	if (c->fd < 0)
		take_peer(c);
	if (c->fd < 0)
		return false;
	if (c->png) {
		r = gpusim_png_step(c->png);
		if (r > 0)
			return true;
		gpusim_png_destroy(c->png);
		c->png = NULL;
		answer_result(c, r);
	} else if (!c->answer_len) {
		take_line(s);
	}
	if (c->answer_len)
		send_answer(c);
	if (c->fd >= 0 && !c->png && gpusim_now_ns() - c->since > PATIENCE_NS)
		drop_peer(c);
	return c->png || memchr(c->line, '\n', c->len);
}

int gpusim_control_open(struct gpusim *s, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct gpusim_control *c = calloc(1, sizeof(*c));
	struct stat st;
	int r;

	if (!c)
		return -ENOMEM;
	c->fd = -1;
	strncpy(sa.sun_path, path, sizeof(sa.sun_path) - 1);
	c->listen_fd = socket(AF_UNIX,
			      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->listen_fd < 0)
		goto fail;
	/* remove a socket that an earlier run left */
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
		unlink(path);
	if (bind(c->listen_fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    listen(c->listen_fd, 4))
		goto fail;
	c->path = strdup(path);
	s->control = c;
	return 0;
fail:
	r = -errno;
	if (c->listen_fd >= 0)
		close(c->listen_fd);
	free(c);
	return r;
}

void gpusim_control_close(struct gpusim *s)
{
	struct gpusim_control *c = s->control;

	if (!c)
		return;
	drop_peer(c);
	close(c->listen_fd);
	if (c->path)
		unlink(c->path);
	free(c->path);
	free(c);
	s->control = NULL;
}
