/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drmtest: random batches through i915's ioctls, compared with drmtest's own
 * model. This header is for all files of drmtest.
 *
 * A batch works on its slot's data object: MI_BYTES for the command streamer's
 * stores, then two surfaces for the blitter. When drmtest emits a command, it
 * also applies the command to the slot's expected content and to the context's
 * expected registers, so a generated batch comes with its result.
 */
#ifndef DRMTEST_H
#define DRMTEST_H

#include <stdbool.h>
#include <stdint.h>

#include <libdrm/i915_drm.h>

#define PAGE_BYTES	4096u
#define MI_BYTES	16384u
#define SURFACE_BYTES	24576u
#define DATA_BYTES	(MI_BYTES + 2 * SURFACE_BYTES)
#define SHARED_BYTES	4096u
#define BATCH_BYTES	16384u
#define MAIN_DWORDS	2560u		/* size of the first level's part; second level
					 * batches follow */
#define BATCH_DWORDS	(BATCH_BYTES / 4)
#define ROOM_DWORDS	200u		/* more dwords than any command group
					 * has */
#define MAX_RELOCS	1024u
#define MAX_STAMPS	8u
#define GPRS		16u
#define STAMPS_OFF	(MI_BYTES - 16 * MAX_STAMPS)	/* only commands that store
							 * timestamps use the bytes from here
							 * on */

enum engine { RCS, VCS, VECS, BCS, ENGINES };
extern const char *const engine_names[ENGINES];

/* --- the device: drm_dev.c ------------------------------------------------ */

struct bo {
	uint32_t handle;
	uint64_t bytes;
	uint64_t pinned;		/* the address that the test chose; otherwise 0 */
	uint64_t last;			/* the last address that the driver chose */
	void *map;
};

struct gpu {
	int fd;
	unsigned int chipset;
	unsigned int gen;
	uint64_t top;			/* end of the address space */
	unsigned int major, minor;	/* numbers of the device node */
};

struct rng {
	uint64_t state;
};

void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
uint64_t rng_next(struct rng *r);
/* Returns a random number from 0 to n - 1. */
uint32_t rng_below(struct rng *r, uint32_t n);
double seconds(void);

/*
 * Writes val unless it is 0. Returns the old value, or 0 if the file does not
 * exist.
 */
unsigned int set_sysfs(const char *path, unsigned int val);

/* All functions of this group end the program when the driver refuses. */
void gpu_open(struct gpu *gpu, const char *node);
bool gpu_has_engine(const struct gpu *gpu, enum engine e);
void bo_create(const struct gpu *gpu, struct bo *bo, uint64_t bytes);
uint32_t context_create(const struct gpu *gpu, int priority);
/* Returns the number of hangs for which the driver blames the context. */
unsigned int context_hangs(const struct gpu *gpu, uint32_t id);
/* Waits for the object. Returns false if the object is still busy after ns. */
bool bo_wait(const struct gpu *gpu, const struct bo *bo, int64_t ns);

/* --- batches -------------------------------------------------------------- */

struct context {
	uint32_t id;
	int priority;
	bool is_known[ENGINES];		/* true: the registers have the values in gpr */
	uint64_t gpr[ENGINES][GPRS];
};

/* Offsets of two timestamps in the data object; 'second' is taken after 'first'. */
struct stamps {
	uint32_t first;
	uint32_t second;
};

/*
 * The object to which a command's address belongs, in the order of execbuffer's
 * list.
 */
enum target { AT_BATCH, AT_DATA, AT_SHARED, TARGETS };

struct batch {
	const struct gpu *gpu;
	struct rng *rng;
	enum engine engine;
	struct context *ctx;
	bool is_softpinned;
	bool uses_shared;
	struct bo *bo[TARGETS];
	uint8_t *expect;		/* expected content of the data
					 * object */
	uint8_t *expect_shared;
	uint32_t *writer;		/* for each dword the command that wrote
					 * it */

	uint32_t *dw;
	unsigned int n;			/* number of dwords in the main part */
	unsigned int n_sub;		/* index of the dword where the next
					 * second level batch begins */
	unsigned int *cursor;		/* points to n, or to the position in a
					 * second level batch */
	bool in_sub;
	bool is_dead;			/* true: the engine does not execute the commands
					 * that follow */
	unsigned int n_relocs;
	struct drm_i915_gem_relocation_entry reloc[MAX_RELOCS];
	unsigned int n_stamps;
	struct stamps stamps[MAX_STAMPS];
};

/* drm_emit.c: emits dwords and addresses, and updates the model */
void emit(struct batch *b, uint32_t dw);
void emit_addr(struct batch *b, enum target target, uint64_t off);
bool has_gprs(const struct batch *b);
uint32_t gpr_reg(const struct batch *b, unsigned int half);
uint32_t gpr_half(const struct batch *b, unsigned int half);
void set_gpr_half(struct batch *b, unsigned int half, uint32_t val);
void set_gpr(struct batch *b, unsigned int n, uint64_t val);
void model_get(const struct batch *b, uint32_t off, void *val,
	       unsigned int bytes);
void model_put(struct batch *b, uint32_t off, const void *val,
	       unsigned int bytes);
uint32_t model_get32(const struct batch *b, uint32_t off);
void model_put32(struct batch *b, uint32_t off, uint32_t val);
/* Returns a random place for a command streamer's store. */
uint32_t mi_place(struct batch *b, unsigned int align);

/* drm_mi.c, drm_flow.c, drm_blt.c: command groups */
typedef void op_fn(struct batch *b);
op_fn op_store, op_store_qword, op_copy, op_load_imm, op_load_mem, op_load_reg,
	op_store_reg, op_store_all, op_math, op_atomic, op_atomic_octword,
	op_shared;
op_fn op_noop, op_arb_check, op_semaphore, op_post_sync, op_timestamps,
	op_predicated_store, op_set_predicate, op_second_level,
	op_predicated_batch, op_cond_end;
op_fn op_fill, op_blit, op_fast_copy;

/* drm_gen.c */
void generate(struct batch *b);
/* Emit a random group that is allowed in a second level batch. */
void generate_simple(struct batch *b);
/* Print the names of the groups and how many of each were executed. */
void print_groups(void);
/* Give all registers of the context on this engine known values. */
void init_gprs(struct batch *b);

/* drm_hang.c */
struct test;
/*
 * Hangs each engine in each of two ways, but hangs at most `most` times in all. Returns false
 * if the test failed and has printed why.
 */
bool test_hang(struct test *t, unsigned int most);

/* drmtest.c */
struct slot {
	struct bo batch, data;
	uint64_t batch_place, data_place;	/* see set_places() */
	uint8_t *expect;
	uint32_t *writer;
	struct batch b;			/* the last batch that was generated for
					 * the slot */
	uint64_t number;
};

#define CONTEXTS 4u

struct test {
	struct gpu gpu;
	struct rng rng;
	uint64_t seed;
	unsigned int engines;		/* mask */
	unsigned int group;
	struct context ctx[CONTEXTS];
	struct bo shared;
	uint8_t *expect_shared;
	struct slot *slot;
	uint64_t done, wrong, on_engine[ENGINES];
	uint64_t softpinned;
	bool is_told;			/* true: the first mismatch has been printed */
};

/*
 * Submit n batches, at most t->group, and wait for them once. Returns false if
 * they do not end.
 */
bool run_group(struct test *t, unsigned int n);
void submit(const struct gpu *gpu, const struct batch *b);

#endif /* DRMTEST_H */
