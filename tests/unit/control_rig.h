/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig that runs the control socket with real clients, for test_control_clients.c
 * and test_control_answers.c. Clock, event loop, xenstore, workers and GPU are
 * imitated.
 */
#ifndef CONTROL_RIG_H
#define CONTROL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/worker_proto.h"
#include "xengtd/ev.h"

struct xengt_bvgpu;
struct xengt_control;
struct xengtd;

/* The imitated event loop. */
#define IOS	64

struct xengt_ev {
	struct {
		struct xengt_ev_io *io;
		uint32_t events;
	} ios[IOS];
	struct xengt_ev_timer *timers;
	int64_t now_msec;
	int add_error;			/* the error of each call of xengt_ev_add(); 0: none */
};

/*
 * The answers of the imitated xenstore and GPU, and the last question to a worker.
 */
struct control_world {
	const char *names[8];		/* names of the domains, by domid */
	uint32_t ended;			/* the domain whose vGPU has ended; 0: none */
	struct xengt_wp_msg asked;	/* the last question to a worker */
	int questions;
	int gpu_error;
	uint32_t health;
};

extern struct xengt_ev made_ev;
extern struct xengtd broker;
extern struct xengt_control *control;
extern struct control_world world;

/* Handle all descriptors that are ready. */
void run(void);
/* Let time pass, and call the timers that become due. */
void pass(int64_t msec);

/* Adds a vGPU whose worker is connected. teardown() frees the vGPU. */
struct xengt_bvgpu *add_vgpu(uint32_t domid, const char *name);
/* Sends msg as the worker's answer to the last question. */
void worker_says(struct xengt_bvgpu *v, struct xengt_wp_msg *msg);

/* cmocka fixtures, for each test and for the group. */
int setup(void **state);
int teardown(void **state);
int make_dir(void **state);
int remove_dir(void **state);
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Returns the number of clients that the control socket watches. */
int clients(void);
const char *socket_path(void);
/* Connects a new client, and returns its descriptor. */
int join(void);
void say(int fd, const char *text);
/*
 * Returns the next line without its newline, "" if no line has come yet, or NULL if
 * the connection ended.
 */
const char *hear(int fd);
/* Sends a command for a vGPU. vgpu is a JSON value. */
void ask(int fd, const char *cmd, const char *vgpu);

#define has(line, part) assert_non_null(strstr((line), (part)))
#define PING "{\"v\":1,\"cmd\":\"ping\"}\n"

#endif /* CONTROL_RIG_H */
