/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-gpusim: types and functions that its files share. gpusim_proxy.c
 * handles QEMU's messages, gpusim_qtest.c delivers interrupts, gpusim_mem.c
 * maps the machine's memory, gpusim_log.c writes log and counters, gpusim_cpu.c
 * chooses a processor, gpusim_control.c serves the control socket, gpusim_png.c
 * writes pictures, gpusim_record.c records, gpusim_set.c parses the options
 * that let engines misbehave, gpusim_exec.c executes QEMU, gpusim_run.c creates
 * and runs one simulator. The program has one thread and no locks.
 */
#ifndef XENGT_GPUSIM_H
#define XENGT_GPUSIM_H

#include "sim/sim.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Exit statuses. The exit status is 0 if QEMU closed the socket. */
#define EXIT_USAGE	2
#define EXIT_SETUP	3	/* a file or socket could not be opened, or no
				 * memory */
#define EXIT_PROTOCOL	4	/* QEMU sent an invalid message */

/* --- the protocol of QEMU 7.2 ---------------------------------- */

#define PROXY_MAX_FDS	8

enum proxy_cmd {
	PROXY_SYNC_SYSMEM,
	PROXY_RET,
	PROXY_CFG_WRITE,
	PROXY_CFG_READ,
	PROXY_BAR_WRITE,
	PROXY_BAR_READ,
	PROXY_SET_IRQFD,
	PROXY_RESET,
};

struct proxy_hdr {
	int32_t cmd;
	uint32_t pad;
	uint64_t size;
};

struct proxy_sysmem {
	uint64_t bus[PROXY_MAX_FDS];
	uint64_t len[PROXY_MAX_FDS];
	uint64_t offset[PROXY_MAX_FDS];
};

struct proxy_cfg {
	uint32_t off;
	uint32_t val;
	int32_t size;
};

struct proxy_bar {
	uint64_t addr;
	uint64_t val;
	uint32_t size;
	uint8_t is_memory;
	uint8_t pad[3];
};

union proxy_body {
	struct proxy_sysmem sysmem;
	struct proxy_cfg cfg;
	struct proxy_bar bar;
};

/* --- state ---------------------------------------------------------------- */

#define RX_BYTES	4096
#define FD_QUEUE	64
#define MAPS_MAX	16
#define QTEST_TX_BYTES	4096
#define QTEST_RETRY_MS	100

/* A memory file of QEMU. Each file is mapped once, as a whole. */
struct gpusim_map {
	dev_t dev;
	ino_t ino;
	uint8_t *host;
	size_t len;
	int fd;			/* open until the program ends */
};

struct gpusim_control;
struct gpusim_png;

struct gpusim {
	struct xengt_sim *sim;
	int fd;
	uint64_t requests;
	uint64_t busy_ns;	/* total time of the accesses that 'timed'
				 * counts */
	uint64_t timed;

	uint8_t rx[RX_BYTES];
	size_t rx_head, rx_tail;
	int fds[FD_QUEUE];	/* received descriptors that belong to a message
				 * that was not handled yet */
	unsigned int n_fds;

	struct gpusim_map maps[MAPS_MAX];
	unsigned int n_maps;

	const char *qtest_path;
	int qtest_fd;		/* -1: not connected */
	uint64_t qtest_next_try;
	char qtest_tx[QTEST_TX_BYTES];
	size_t qtest_len;
	uint64_t msi_dropped;
	uint16_t rid;			/* the GPU's requester id for the IOMMU:
					 * bus << 8 | devfn */

	const char *counts_path;	/* path of the file to which the
					 * simulator writes how often each
					 * register was accessed; NULL: no
					 * file */
	struct gpusim_control *control;	/* NULL: no control socket */
	FILE *record;			/* NULL: nothing is recorded. While the
					 * session is recorded, the simulator's
					 * time is virtual */
	uint64_t record_since;

	FILE *log;
	long log_bytes;
	uint64_t log_second;
	unsigned int log_in_second;
	uint64_t log_suppressed;

	int timeout_ms;
};

#define GPUSIM_CPU_FREE	-1	/* a processor that no other simulator uses */
#define GPUSIM_CPU_ANY	-2	/* any processor, as the scheduler chooses */

struct gpusim_options {
	const struct xengt_sim_platform *platform;
	const char *qtest;
	const char *judge;
	const char *log;
	const char *counts;
	const char *control;
	const char *record;
	int fd;
	bool has_tlb;
	bool has_iommu;
	uint16_t rid;
	unsigned int gtt_mib;
	struct xengt_sim_exec_opts exec;
	bool has_exec;		/* true: exec is valid; false: the simulator
				 * uses its defaults */
	int cpu;		/* a processor's number, or GPUSIM_CPU_* */
	char **exec_argv;	/* NULL: serve --fd */
};

/*
 * The handler of SIGUSR1 sets this; gpusim_serve() then writes the counters to
 * the log.
 */
extern volatile sig_atomic_t gpusim_want_stats;

/* --- gpusim_log.c --------------------------------------------------------- */

/* Returns the time of CLOCK_MONOTONIC. */
uint64_t gpusim_now_ns(void);
/*
 * Write a line to the log. The log's size and its lines per second have limits;
 * further lines are dropped.
 */
void gpusim_log_line(void *opaque, enum xengt_sim_log_level level,
		     const char *line);
void gpusim_say(struct gpusim *s, enum xengt_sim_log_level level,
		const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void gpusim_log_stats(struct gpusim *s);
/* Write "OFFSET READS WRITES" for each register that the CPU has accessed. */
void gpusim_write_counts(struct gpusim *s);

/* --- gpusim_qtest.c ------------------------------------------------------- */

/* The operation msi of struct xengt_sim_ops. Never blocks. */
void gpusim_qtest_msi(void *opaque, uint64_t addr, uint32_t data);
/*
 * The operation iommu of struct xengt_sim_ops: reads registers of QEMU's intel-iommu.
 * Waits for QEMU's answer, at most UNIT_WAIT_MS. Returns 0, or -errno if no answer came.
 */
int gpusim_qtest_iommu(void *opaque, struct xengt_sim_unit *ret_unit);
/*
 * Connects to the qtest socket, sends the messages in qtest_tx, and drops
 * QEMU's answers. Call this regularly.
 */
void gpusim_qtest_service(struct gpusim *s);

/* --- gpusim_mem.c --------------------------------------------------------- */

/*
 * Map the memory that the message names. The function closes the message's
 * descriptors, also on failure.
 */
void gpusim_sync_sysmem(struct gpusim *s, const struct proxy_sysmem *p,
			const int *fds, unsigned int n);
/* The operation data_at of struct xengt_sim_ops. opaque: a struct gpusim. */
uint64_t gpusim_data_at(void *opaque, const uint8_t *from, uint64_t max,
			uint64_t *ret_skip);

/* --- gpusim_proxy.c ------------------------------------------------------- */

/* Serve QEMU's socket. Returns 0 if QEMU closed the socket, or -errno. */
int gpusim_serve(struct gpusim *s);

/* --- gpusim_cpu.c --------------------------------------------------------- */

/*
 * Bind this process, and the processes that it will start, to one processor.
 * cpu: the processor's number, or GPUSIM_CPU_*. Returns the processor's number,
 * or -errno. -EBUSY: nothing is bound, because cpu is GPUSIM_CPU_ANY, or
 * because cpu is GPUSIM_CPU_FREE and no processor is free.
 */
int gpusim_pin(int cpu);

/* --- gpusim_control.c ----------------------------------------------------- */

/*
 * Make a socket for commands at path. If a socket exists at path, the function
 * replaces that socket. Returns 0 or -errno.
 */
int gpusim_control_open(struct gpusim *s, const char *path);
/*
 * Does a limited piece of work for the control socket. Call this regularly.
 * Returns true if there is more to do: then call the function again at once.
 */
bool gpusim_control_service(struct gpusim *s);
/* Does nothing if there is no control socket. */
void gpusim_control_close(struct gpusim *s);

/* --- gpusim_set.c --------------------------------------------------------- */

/*
 * Set the option 'name' of *o to 'value'; xengt-gpusim --help lists names and
 * values. Returns 0; -ENOENT: there is no such name; -EINVAL: there is no such
 * value. On an error *o does not change.
 */
int gpusim_set(struct xengt_sim_exec_opts *o, const char *name,
	       const char *value);

/* --- gpusim_png.c --------------------------------------------------------- */

/*
 * Begin a PNG file of a picture with 3 bytes per pixel. rgb comes from
 * malloc(). *ret_p owns rgb from this call on. If the call fails, the function
 * frees rgb. Returns 0 or -errno.
 */
int gpusim_png_create(const char *path, uint8_t *rgb, unsigned int width,
		      unsigned int height, struct gpusim_png **ret_p);
/*
 * Write some more rows. Returns 1: not finished; 0: the file is complete; or
 * -errno.
 */
int gpusim_png_step(struct gpusim_png *p);
/* Accepts NULL. If the file is not complete, the function removes the file. */
void gpusim_png_destroy(struct gpusim_png *p);

/* --- gpusim_exec.c -------------------------------------------------------- */

/* Write 'what' and the text of errno to standard error. Returns EXIT_SETUP. */
int gpusim_setup_failed(const char *what);
/*
 * Replace each "@FD@" in arg by the number fd. Returns arg itself if arg has no
 * "@FD@", or NULL if there is no memory.
 */
char *gpusim_with_fd(char *arg, int fd);
/*
 * Execute QEMU; "@FD@" in its arguments is replaced by fd. Returns only on
 * failure: EXIT_SETUP.
 */
int gpusim_exec_qemu(char **argv, int fd);

/* --- gpusim_record.c ------------------------------------------------------ */

/*
 * Start a recording. Call this before any other call on s->sim. Returns 0 or
 * -errno.
 */
int gpusim_record_start(struct gpusim *s, const char *path,
			const struct xengt_sim_config *config);
/*
 * If the session is recorded, advance the simulator's virtual time to the
 * machine's clock. Call this regularly.
 */
void gpusim_record_time(struct gpusim *s);
void gpusim_record_end(struct gpusim *s);

/* --- gpusim_run.c --------------------------------------------------------- */

/*
 * Open, map and format the judge's file. Call this before QEMU maps the file.
 * Returns NULL and sets errno on an error.
 */
void *gpusim_open_judge(const char *path);
/* Run a simulator until QEMU closes its socket. Returns the exit code. */
int gpusim_run(const struct gpusim_options *o, int fd, FILE *log, void *shm);

#endif /* XENGT_GPUSIM_H */
