/* SPDX-License-Identifier: GPL-2.0-only */
/* See bvgpu_rig.h. */
#include "bvgpu_rig.h"

/* ---- a clock ---- */

struct xengt_ev_timer *timers;

int64_t now;

int64_t xengt_ev_now_msec(void)
{
	return now;
}

int64_t xengt_ev_now_usec(void)
{
	return now * 1000 + world.spent_usec;
}

void xengt_ev_disarm(struct xengt_ev *e, struct xengt_ev_timer *timer)
{
	struct xengt_ev_timer **p = &timers;

	(void)e;
	while (*p && *p != timer)
		p = &(*p)->next;
	if (*p)
		*p = timer->next;
	timer->is_armed = false;
}

void xengt_ev_arm(struct xengt_ev *e, struct xengt_ev_timer *timer,
		  int64_t msec)
{
	xengt_ev_disarm(e, timer);
	timer->due_msec = now + msec;
	timer->next = timers;
	timer->is_armed = true;
	timers = timer;
}

void pass(int64_t msec)
{
	const int64_t end = now + msec;

	for (;;) {
		struct xengt_ev_timer *first = NULL;

		for (struct xengt_ev_timer *t = timers; t; t = t->next)
			if (t->due_msec <= end &&
			    (!first || t->due_msec < first->due_msec))
				first = t;
		if (!first)
			break;
		now = first->due_msec;
		xengt_ev_disarm(NULL, first);
		first->cb(first->ctx);
	}
	now = end;
}

/* ---- the world ---- */

/* test_vgpu_view tests what these functions do. */
void xengt_view_follow(struct xengt_bvgpu *v)
{
	assert_int_equal(v->state, XENGT_BVGPU_CONNECTED);
	world.view_followed++;
}

void xengt_view_leave(struct xengt_bvgpu *v)
{
	(void)v;
	world.view_left++;
}

void xengt_view_check(struct xengtd *d)
{
	(void)d;
	world.views_checked++;
}

struct xengtd broker;

static char dir[] = "/tmp/test-bvgpu-XXXXXX";

struct bvgpu_world world;

enum xengt_store_state xengt_store_state(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	return domid == DOMID ? world.state : XENGT_STORE_NONE;
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	(void)domid;
	if (!strcmp(node, "hotplug-status") && world.hotplug_status)
		return strdup(world.hotplug_status);
	if (!strcmp(node, "hotplug-error") && world.hotplug_error)
		return strdup(world.hotplug_error);
	if (!strcmp(node, "edid") && world.edid)
		return strdup(world.edid);
	if (!strcmp(node, "on-abuse") && world.on_abuse)
		return strdup(world.on_abuse);
	return NULL;
}

char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	(void)domid;
	errno = ENOENT;
	return world.is_store_empty ? NULL : strdup("guest");
}

int xengt_store_update(struct xengt_store *s, uint32_t domid,
		       enum xengt_store_state state, const char *error,
		       const struct xengt_store_node *nodes,
		       bool unless_requested)
{
	int r = state == XENGT_STORE_CLOSED ? world.update_error :
		state == XENGT_STORE_ACCEPTED ? world.accept_error :
		world.connect_error;

	(void)s;
	(void)nodes;
	assert_int_equal(domid, DOMID);
	world.update_error = 0;
	if (unless_requested && world.state == XENGT_STORE_REQUESTED)
		return -EEXIST;
	/* the request was withdrawn */
	if (r == -EBUSY)
		world.state = XENGT_STORE_CLOSING;
	if (r < 0)
		return r;
	world.state = state;
	snprintf(world.error, sizeof(world.error), "%s", error ? error : "");
	return 0;
}

void xengt_store_remove(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	assert_int_equal(domid, DOMID);
	world.state = XENGT_STORE_NONE;
	world.removed++;
}

int xengt_store_list(struct xengt_store *s, uint32_t **ret_domids,
		     unsigned int *ret_count)
{
	(void)s;
	if (world.list_error)
		return world.list_error;
	*ret_domids = malloc(sizeof(**ret_domids));
	(*ret_domids)[0] = DOMID;
	*ret_count = world.state != XENGT_STORE_NONE;
	return 0;
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	if (world.domctl_error)
		return world.domctl_error;
	*ret_info = (struct xengt_domain_info){ .is_dying = world.is_gone };
	return 0;
}

/* The address of the aperture slice of every vGPU in these tests. */
#define SLICE_AT	(32ull << 20)
#define SLICE_BYTES	(64ull << 20)
#define APERTURE_AT	0xe0000000ull
#define APERTURE_BYTES	(256ull << 20)

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	assert_true(vgpu_fd >= 0);
	if (world.info_error)
		return world.info_error;
	*ret_info = (struct xengt_vgpu_info){
		.vgpu_id = 1,
		.domid = world.info_domid ? world.info_domid : DOMID, .low_base = SLICE_AT,
		.low_bytes = SLICE_BYTES, .state = world.gpu_state,
	};
	return 0;
}

int new_fd(void)
{
	int fd = open("/dev/null", O_RDONLY);

	/* a number above all other fds, so that no other fd gets it later */
	world.fd = fcntl(fd, F_DUPFD, 100);
	assert_true(world.fd >= 0);
	close(fd);
	return world.fd;
}

bool is_slice_taken(void)
{
	return world.fd > 0 && fcntl(world.fd, F_GETFD) >= 0 &&
	       world.gpu_state != XENGT_VGPU_GPU_GONE;
}

/*
 * Imitates the module's ioctl. Checks that the broker asks only for the slice
 * at its old address.
 */
int xengt_gpudev_create(const char *device, struct xengt_create_vgpu *vgpu)
{
	(void)device;
	assert_int_equal(vgpu->domid, DOMID);
	assert_int_equal(vgpu->low_base_mib, SLICE_AT >> 20);
	assert_int_equal(vgpu->low_mib, SLICE_BYTES >> 20);
	assert_int_equal(vgpu->high_mib + vgpu->fences + vgpu->flags, 0);
	assert_false(is_slice_taken());
	if (world.create_error)
		return world.create_error;
	world.gpu_state = XENGT_VGPU_LIVE;
	vgpu->fd = new_fd();
	world.taken_again++;
	return 0;
}

int xengt_gpudev_zap(int vgpu_fd)
{
	assert_true(vgpu_fd >= 0);
	if (world.zap_error)
		return world.zap_error;
	world.zapped++;
	return 0;
}

/* ---- the domain's aperture ---- */

/* Returns a bit for each piece in these frames of the slice, which must be whole pieces. */
static uint64_t pieces_of(uint64_t from, uint64_t frames)
{
	const uint64_t first = from / XENGT_PIECE_FRAMES;
	const uint64_t n = frames / XENGT_PIECE_FRAMES;

	assert_int_equal(from % XENGT_PIECE_FRAMES, 0);
	assert_int_equal(frames % XENGT_PIECE_FRAMES, 0);
	assert_in_range(first + n, 1, (SLICE_BYTES >> 12) / XENGT_PIECE_FRAMES);
	return ((1ull << n) - 1) << first;
}

int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid, uint64_t first_gfn,
		     uint64_t first_mfn, uint64_t frames)
{
	const uint64_t from = first_mfn - ((APERTURE_AT + SLICE_AT) >> 12);
	const uint64_t pieces = pieces_of(from, frames);

	(void)d;
	world.placed_gfn = first_gfn;
	assert_int_equal(domid, DOMID);
	/* no piece may be mapped twice, and all pieces must belong to one address of the slice */
	assert_false(world.pieces & pieces);
	assert_true(!world.pieces || world.slice_gfn == first_gfn - from);
	/*
	 * the aperture is mapped only if the domain may access it and the
	 * module has reserved the slice
	 */
	assert_true(world.is_allowed);
	assert_true(is_slice_taken());
	world.is_mapped = true;
	world.pieces |= pieces;
	world.slice_gfn = first_gfn - from;
	world.placed++;
	world.spent_usec += world.place_usec;
	return world.map_error;
}

int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames)
{
	const uint64_t from = first_mfn - ((APERTURE_AT + SLICE_AT) >> 12);

	(void)d;
	assert_int_equal(domid, DOMID);
	assert_true(!world.pieces || world.slice_gfn == first_gfn - from);
	assert_false(world.is_gone);
	world.unmaps++;
	if (world.unmap_error)
		return world.unmap_error;
	world.pieces &= ~pieces_of(from, frames);
	world.is_mapped = world.pieces;
	return 0;
}

int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on)
{
	(void)d;
	assert_int_equal(domid, DOMID);
	assert_int_equal(first_mfn, (APERTURE_AT + SLICE_AT) >> 12);
	assert_int_equal(frames, SLICE_BYTES >> 12);
	assert_false(world.is_gone);
	if (on && world.permit_error)
		return world.permit_error;
	if (!on && world.forbid_error)
		return world.forbid_error;
	world.is_allowed = on;
	return 0;
}

int xengt_hv_xen_retire(uint32_t domid, uint16_t server_id,
			uint32_t *ret_answered)
{
	assert_int_equal(domid, DOMID);
	assert_int_equal(server_id, 3);
	*ret_answered = 1;
	/*
	 * before this the broker must have tried to zap the vGPU; if the broker has no fd of
	 * the vGPU, the worker had the last fd, and the worker's end closed the vGPU
	 */
	assert_true(world.zapped > 0 || world.zap_error || the_vgpu()->fd < 0);
	world.retired++;
	return world.retire_errors-- > 0 ? -EBUSY : 0;
}

int xengt_qmp_start(struct xengtd *d, uint32_t domid,
		    void (*done)(void *ctx, int error,
				 const struct xengt_qmp_slots *slots),
		    void *ctx, struct xengt_qmp **ret_qmp)
{
	(void)d;
	(void)domid;
	world.qemu_asked++;
	if (!world.is_qemu_there)
		return world.qmp_error ? world.qmp_error : -ENOENT;
	world.qmp_done = done;
	world.qmp_ctx = ctx;
	*ret_qmp = (struct xengt_qmp *)&world.qmp_done;
	return 0;
}

void xengt_qmp_cancel(struct xengt_qmp *qmp)
{
	if (qmp)
		world.qmp_done = NULL;
}

int xengt_script_start(struct xengtd *d, uint32_t domid, const char *command,
		       void (*done)(void *ctx, const char *error), void *ctx,
		       struct xengt_script **ret_script)
{
	(void)d;
	(void)domid;
	if (world.script_error)
		return world.script_error;
	snprintf(world.script, sizeof(world.script), "%s", command);
	world.script_done = done;
	world.script_ctx = ctx;
	*ret_script = (struct xengt_script *)&world.script;
	return 0;
}

void xengt_script_cancel(struct xengt_script *script)
{
	if (script)
		world.script_done = NULL;
}

void xengt_child_describe(int status, char *text, size_t len)
{
	snprintf(text, len, "status %d", status);
}

/* ---- the worker ---- */

static struct xengt_worker *new_worker(const struct xengt_worker_events *events,
				       void *ctx)
{
	assert_null(world.ctx);
	world.events = *events;
	world.ctx = ctx;
	return (struct xengt_worker *)&world.events;
}

int xengt_worker_start(struct xengtd *d, const struct xengt_worker_config *cfg,
		       const struct xengt_worker_events *events, void *ctx,
		       struct xengt_worker **ret_worker)
{
	(void)d;
	assert_int_equal(cfg->domid, DOMID);
	if (world.start_error)
		return world.start_error;
	*ret_worker = new_worker(events, ctx);
	return 0;
}

int xengt_worker_find(struct xengtd *d, uint32_t domid,
		      const struct xengt_worker_events *events, void *ctx,
		      struct xengt_worker **ret_worker)
{
	(void)d;
	assert_int_equal(domid, DOMID);
	if (world.find_error)
		return world.find_error;
	*ret_worker = new_worker(events, ctx);
	return 0;
}

void xengt_worker_free(struct xengt_worker *w)
{
	if (w)
		world.ctx = NULL;
}

void xengt_worker_kill(struct xengt_worker *w)
{
	assert_non_null(w);
	world.kills++;
}

void xengt_worker_quit(struct xengt_worker *w)
{
	assert_non_null(w);
	world.quits++;
}

pid_t xengt_worker_pid(const struct xengt_worker *w)
{
	(void)w;
	return 4711;
}

void xengt_worker_send(struct xengt_worker *w, enum xengt_wp_type type,
		       uint32_t seq, int status)
{
	(void)w;
	(void)seq;
	if (type == XENGT_WP_THROTTLE) {
		world.throttles++;
		return;
	}
	assert_int_equal(type, XENGT_WP_PLACED);
	world.sent++;
	world.last_status = status;
}

void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd)
{
	(void)w;
	(void)msg;
	(void)pass_fd;
}

int xengt_worker_send_edid(struct xengt_worker *w, const uint8_t *edid,
			   uint32_t len_bytes)
{
	(void)w;
	(void)edid;
	(void)len_bytes;
	if (world.send_edid_error)
		return world.send_edid_error;
	world.edids++;
	return 0;
}

void xengt_worker_socket_path(struct xengtd *d, uint32_t domid, char *path,
			      size_t size)
{
	(void)domid;
	snprintf(path, size, "%s/none", d->opt.run_dir);
}

void xengt_worker_log_path(struct xengtd *d, const char *name, char *path,
			   size_t size)
{
	(void)d;
	snprintf(path, size, "%s", strcmp(name, "guest") ? "no log" : "its log");
}

/* ---- functions of vgpu_make.c, ram.c and persist.c ---- */

static int refuse(struct xengt_bvgpu *v, int error, const char *text)
{
	if (error)
		strcpy(v->error, text);
	return error;
}

int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots)
{
	assert_non_null(slots);
	return refuse(v, world.slot_error, "no slot");
}

int xengt_bvgpu_check_domain(struct xengt_bvgpu *v)
{
	return refuse(v, world.check_error, "no domain");
}

int xengt_bvgpu_read_request(struct xengt_bvgpu *v)
{
	if (world.request_error)
		return refuse(v, world.request_error, "no request");
	strcpy(v->req.domain, "guest");
	v->req.stage = world.stage;
	world.is_request_other = false;
	return 0;
}

bool xengt_bvgpu_is_request_other(struct xengt_bvgpu *v)
{
	(void)v;
	return world.is_request_other;
}

void xengt_bvgpu_follow_share(struct xengt_bvgpu *v)
{
	(void)v;
	world.shares++;
}

int xengt_bvgpu_read_edid(struct xengt_bvgpu *v)
{
	return refuse(v, world.edid_error, "no EDID");
}

static void set_slice(struct xengt_bvgpu *v)
{
	v->info = (struct xengt_vgpu_info){
		.vgpu_id = 1, .domid = DOMID, .low_base = SLICE_AT,
		.low_bytes = SLICE_BYTES,
	};
	v->aperture_phys = APERTURE_AT;
	v->aperture_bytes = APERTURE_BYTES;
}

int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait)
{
	if (world.reserve_error == -EAGAIN && !may_wait) {
		strcpy(v->error, "not enough");
		return -ENOSPC;
	}
	if (world.reserve_error)
		return world.reserve_error;
	v->fd = new_fd();
	v->has_server = true;
	v->server_id = 3;
	set_slice(v);
	world.reserved++;
	return 0;
}

/* Saves the values that a broker would load after a restart. */
int xengt_bvgpu_save(const struct xengt_bvgpu *v)
{
	if (v->is_unread)
		return 0;
	if (world.save_error)
		return world.save_error;
	world.saved++;
	world.record.is_held = v->state == XENGT_BVGPU_HELD;
	world.record.has_aperture = v->has_aperture;
	world.record.has_iomem = v->has_iomem;
	world.record.aperture_gfn = v->aperture_gfn;
	world.record.piece_count = v->piece_count;
	memcpy(world.record.pieces, v->pieces, sizeof(v->pieces));
	memcpy(world.record.error, v->error, sizeof(v->error));
	return 0;
}

int xengt_bvgpu_load(struct xengt_bvgpu *v, const char *path)
{
	assert_non_null(strstr(path, "vgpu-7.json"));
	/*
	 * when the load fails, the broker must not use values that were read
	 * before the error
	 */
	v->has_server = true;
	if (world.load_error)
		return world.load_error;
	v->domid = world.load_domid ? world.load_domid : DOMID;
	strcpy(v->req.domain, "guest");
	v->has_server = true;
	v->server_id = 3;
	set_slice(v);
	if (world.record.is_held) {
		v->state = XENGT_BVGPU_HELD;
		memcpy(v->error, world.record.error, sizeof(v->error));
	}
	v->has_aperture = world.record.has_aperture;
	v->has_iomem = world.record.has_iomem;
	v->aperture_gfn = world.record.aperture_gfn;
	v->piece_count = world.record.piece_count;
	memcpy(v->pieces, world.record.pieces, sizeof(v->pieces));
	return 0;
}

void xengt_bvgpu_unsave(const struct xengt_bvgpu *v)
{
	(void)v;
	world.unsaved++;
	memset(&world.record, 0, sizeof(world.record));
}

int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on)
{
	(void)v;
	(void)gfn;
	(void)frames;
	(void)on;
	world.placed++;
	world.spent_usec += world.place_usec;
	return 0;
}

int xengt_ram_release(struct xengt_bvgpu *v)
{
	(void)v;
	return world.ram_error;
}

bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames)
{
	(void)ram;
	(void)gfn;
	(void)frames;
	return world.is_ram_there;
}

void xengt_ram_resume(struct xengt_bvgpu *v)
{
	(void)v;
}

void xengt_ram_follow_target(struct xengt_bvgpu *v)
{
	(void)v;
}

/* ---- the tests' tools ---- */

struct xengt_bvgpu *the_vgpu(void)
{
	return xengt_bvgpu_of_domain(&broker, DOMID);
}

const char *state_name(void)
{
	return the_vgpu() ? xengt_bvgpu_state_name(the_vgpu()) : "none";
}

void script_ends(const char *error)
{
	void (*done)(void *ctx, const char *error) = world.script_done;

	assert_non_null(done);
	world.script_done = NULL;
	done(world.script_ctx, error);
}

void worker_says(const struct xengt_wp_msg *msg, int fd)
{
	assert_non_null(world.ctx);
	world.events.message(world.ctx, msg, fd);
}

void worker_says_type(enum xengt_wp_type type)
{
	worker_says(&(struct xengt_wp_msg){ .type = type }, -1);
}

void worker_ends(void)
{
	assert_non_null(world.ctx);
	world.events.ended(world.ctx, ENDED);
}

void wish(enum xengt_store_state state)
{
	world.state = state;
	xengt_bvgpu_look(&broker, DOMID);
}

void begin_to(const char *state)
{
	wish(XENGT_STORE_REQUESTED);
	if (!strcmp(state_name(), state))
		return;
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.state, XENGT_STORE_ACCEPTED);
	assert_string_equal(world.script, "add");
	world.hotplug_status = "connected";
	script_ends(NULL);
	if (!strcmp(state_name(), state))
		return;
	assert_string_equal(state_name(), "starting");
	worker_says_type(XENGT_WP_READY);
	assert_string_equal(state_name(), state);
	assert_int_equal(world.state, XENGT_STORE_CONNECTED);
}

void goes(void)
{
	assert_string_equal(state_name(), "stopping");
	assert_string_equal(world.script, "remove");
	/* the domain can no longer access the slice */
	assert_true(world.is_gone || !(world.is_mapped || world.is_allowed));
	assert_false(is_slice_taken());
	assert_int_equal(world.unsaved, 0);
	script_ends(NULL);
	assert_int_equal(world.unsaved, 1);
	assert_null(the_vgpu());
	assert_null(timers);
	assert_null(world.ctx);
}

int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	now = 1000000;
	broker.opt.run_dir = dir;
	broker.opt.hotplug_script = "/script";
	xengt_log_set_level(XENGT_LOG_ERR);
	return 0;
}

int teardown(void **state)
{
	(void)state;
	xengt_bvgpu_forget_all(&broker);
	assert_null(broker.vgpus);
	assert_null(timers);
	return 0;
}

int make_dir(void **state)
{
	char path[64];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/vgpu-7.json", dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	return 0;
}

int remove_dir(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/vgpu-7.json", dir);
	unlink(path);
	return rmdir(dir);
}
