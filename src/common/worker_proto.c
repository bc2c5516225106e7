/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks, sends and receives the messages between broker and worker. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/worker_proto.h"
#include "common/packet.h"
#include "common/metrics.h"
#include "common/text.h"
#include "common/worker_questions.h"
#include "uapi/xengt.h"
#include "xengt/driver.h"
#include "xengt/fault.h"
#include "xengt/limits.h"
#include "xengt/picture.h"
#include "xengt/reg_view.h"
#include "xengt/types.h"

#define HEADER_BYTES	offsetof(struct xengt_wp_msg, u)

const struct xengt_wp_question xengt_wp_questions[XENGT_QUESTIONS] = {
#define ROW(id, cmd, ask_type, ask, which, answer_type, body, file, build)     \
	[XENGT_QUESTION_##id] = {					       \
		.command = cmd, .get = XENGT_WP_##ask_type,		       \
		.answer = XENGT_WP_##answer_type, .list = which,	       \
		.file_bytes = file,					       \
	},
	XENGT_WP_QUESTIONS(ROW)
#undef ROW
};

const struct xengt_wp_question *xengt_wp_question_of(uint32_t get)
{
	for (size_t i = 0; i < XENGT_QUESTIONS; i++)
		if (xengt_wp_questions[i].get == get)
			return &xengt_wp_questions[i];
	return NULL;
}

bool xengt_wp_is_answer(uint32_t type)
{
	for (size_t i = 0; i < XENGT_QUESTIONS; i++)
		if (type != XENGT_WP_NONE &&
		    xengt_wp_questions[i].answer == type)
			return true;
	return false;
}

static bool is_nothing_valid(const struct xengt_wp_msg *msg)
{
	(void)msg;
	return true;
}

/* A counter may have any value. */
static bool is_counters_valid(const struct xengt_wp_msg *msg)
{
	(void)msg;
	return true;
}

/* A text may have any bytes: clean_texts() makes it printable. */
static bool is_text_valid(const struct xengt_wp_msg *msg)
{
	(void)msg;
	return true;
}

static bool is_info_valid(const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_info *info = &msg->u.info;

	if (info->count > XENGT_FAULTS_KEPT ||
	    info->driver >= XENGT_DRIVER_STATES)
		return false;
	for (uint32_t i = 0; i < info->count; i++) {
		const struct xengt_fault *f = &info->fault[i];

		if (f->engine >= XENGT_ENGINES || f->pad)
			return false;
	}
	return true;
}

/*
 * Each offset must be larger than the offset before it. The broker asks for
 * further registers after the last offset that it received, so ascending
 * offsets make sure that the broker's questions end.
 */
static bool is_regs_valid(const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_regs *regs = &msg->u.regs;

	if (regs->count > XENGT_WP_REGS_MAX || regs->count > regs->left ||
	    (regs->left && !regs->count))
		return false;
	for (uint32_t i = 0; i < regs->count; i++) {
		const struct xengt_reg_view *r = &regs->reg[i];

		if (r->is_read > 1 || r->is_written > 1 || r->pad ||
		    r->off % 4 || r->off >= 16 * XENGT_MIB ||
		    (i && r->off <= regs->reg[i - 1].off))
			return false;
	}
	return true;
}

static bool is_wanted_valid(const struct xengt_wp_msg *msg)
{
	return msg->u.wanted.list < XENGT_REG_LISTS;
}

static bool is_picture_valid(const struct xengt_wp_msg *msg)
{
	return msg->u.picture.width <= XENGT_PICTURE_MAX_SIDE &&
	       msg->u.picture.height <= XENGT_PICTURE_MAX_SIDE;
}

static bool is_place_valid(const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_place *place = &msg->u.place;
	bool is_ram = place->what == XENGT_WP_PLACE_RAM;

	return place->what < XENGT_WP_PLACE_WHATS && place->on <= 1 &&
	       !(place->gfn >> 40) && place->piece < XENGT_PIECES_MAX &&
	       (!place->piece || place->what == XENGT_WP_PLACE_PIECE) &&
	       is_ram == (place->frames != 0) &&
	       place->frames <= XENGT_RAM_FRAMES_MAX;
}

static bool is_abuse_valid(const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_abuse *abuse = &msg->u.abuse;

	return abuse->row < XENGT_COUNTERS_ALL &&
	       xengt_metrics[abuse->row].burst && !abuse->pad;
}

static bool is_state_valid(const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_state *state = &msg->u.state;

	return state->is_unplugged <= 1 && state->is_dead <= 1 &&
	       state->has_aperture <= 1 && !state->pad &&
	       state->server_id <= UINT16_MAX && !(state->aperture_gfn >> 40);
}

/* The body of each type of message, and the check of its fields. */
struct layout {
	uint32_t type;
	size_t body_bytes;
	bool (*is_valid)(const struct xengt_wp_msg *msg);
};

static const struct layout layouts[] = {
#define BODY(msg_type, member)						       \
	{ XENGT_WP_##msg_type,						       \
	  sizeof(((struct xengt_wp_msg *)0)->u.member), is_##member##_valid },
	/* clang-format off */
	BODY(HELLO, nothing)
	BODY(PING, nothing)
	BODY(UNPLUG, nothing)
	BODY(QUIT, nothing)
	BODY(PLACED, nothing)
	BODY(THROTTLE, nothing)
	BODY(READY, state)
	BODY(FAILED, text)
	BODY(STATE, state)
	BODY(PONG, nothing)
	BODY(UNPLUGGED, nothing)
	BODY(PLACE, place)
	BODY(DEAD, nothing)
	BODY(ABUSE, abuse)
#define ROW(id, cmd, ask_type, ask, which, answer_type, body, file, build)     \
	BODY(ask_type, ask) BODY(answer_type, body)
	XENGT_WP_QUESTIONS(ROW)
#undef ROW
#undef BODY
	/* clang-format on */
};

/* Returns the layout of a message type, or NULL if there is no such type. */
static const struct layout *find_layout(uint32_t type)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(layouts); i++)
		if (type != XENGT_WP_NONE && layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

static void clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	xengt_text_clean(text);
}

static void clean_texts(struct xengt_wp_msg *msg)
{
	struct xengt_wp_regs *regs = &msg->u.regs;

	if (msg->type == XENGT_WP_FAILED)
		clean(msg->u.text, sizeof(msg->u.text));
	for (uint32_t i = 0; msg->type == XENGT_WP_REGS && i < regs->count; i++)
		clean(regs->reg[i].name, sizeof(regs->reg[i].name));
}

int xengt_wp_parse(const void *buf, size_t len_bytes,
		   struct xengt_wp_msg *ret_msg)
{
	struct xengt_wp_msg msg = { 0 };
	const struct layout *layout;

	if (len_bytes < HEADER_BYTES || len_bytes > sizeof(msg))
		return -EPROTO;
	memcpy(&msg, buf, len_bytes);
	if (msg.version != XENGT_WP_VERSION)
		return -EPROTONOSUPPORT;
	layout = find_layout(msg.type);
	if (!layout || len_bytes != HEADER_BYTES + layout->body_bytes ||
	    !layout->is_valid(&msg))
		return -EPROTO;
	clean_texts(&msg);
	*ret_msg = msg;
	return 0;
}

int xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd)
{
	const struct layout *layout = find_layout(msg->type);

	if (!layout)
		return -EINVAL;
	msg->version = XENGT_WP_VERSION;
	return xengt_packet_send(fd, msg, HEADER_BYTES + layout->body_bytes,
				 pass_fd);
}

int xengt_wp_recv(int fd, struct xengt_wp_msg *ret_msg, int *ret_fd)
{
	char buf[sizeof(struct xengt_wp_msg) + 1];
	int passed = -1, r;
	ssize_t n = xengt_packet_recv(fd, buf, sizeof(buf), &passed);

	if (n <= 0)
		return (int)n;
	r = xengt_wp_parse(buf, n, ret_msg);
	if (r < 0 || !ret_fd) {
		if (passed >= 0)
			close(passed);
	} else {
		*ret_fd = passed;
	}
	return r < 0 ? r : 1;
}
