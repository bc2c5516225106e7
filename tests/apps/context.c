// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contexts and address spaces that the program creates by ioctls (Linux:
 * i915_gem_context.c).
 */
#include "standin.h"

#include <errno.h>
#include <i915_drm.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXTS_MAX	1024u
#define VMS_MAX		1024u
#define GTT_BYTES	(1ull << 48)
#define FIRST_FREE_VA	0x100000ull

static struct app_context *contexts[CONTEXTS_MAX];
static struct app_vm *vms[VMS_MAX];

/* ---- address spaces ---- */

static struct app_vm *vm_new(void)
{
	struct app_vm *vm = calloc(1, sizeof(*vm));

	if (!vm)
		app_die("no memory for a space");
	vm->space = app_space_create();
	vm->users = 1;
	return vm;
}

static struct app_binding **binding_at(struct app_bo *bo, const struct app_vm *vm)
{
	struct app_binding **at = &bo->bindings;

	while (*at && (*at)->space != vm->space)
		at = &(*at)->next;
	return at;
}

/* Returns the index of the first range whose end is above va. */
static uint32_t range_at(const struct app_vm *vm, uint64_t va)
{
	uint32_t low = 0, high = vm->n_ranges;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (vm->ranges[mid].va + vm->ranges[mid].bo->bytes <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void unbind(struct app_vm *vm, struct app_bo *bo)
{
	struct app_binding **at = binding_at(bo, vm), *b = *at;
	uint32_t i;

	if (!b)
		return;
	i = range_at(vm, b->va);
	memmove(&vm->ranges[i], &vm->ranges[i + 1],
		(vm->n_ranges - i - 1) * sizeof(vm->ranges[0]));
	vm->n_ranges--;
	app_space_unmap(vm->space, b->va, bo->pages);
	*at = b->next;
	free(b);
}

static void vm_put(struct app_vm *vm)
{
	if (--vm->users)
		return;
	while (vm->n_ranges)
		unbind(vm, vm->ranges[0].bo);
	app_space_destroy(vm->space);
	free(vm->ranges);
	free(vm);
}

static bool is_free(const struct app_vm *vm, uint64_t va, uint64_t bytes)
{
	uint32_t i = range_at(vm, va);

	return i == vm->n_ranges || vm->ranges[i].va >= va + bytes;
}

static uint64_t find_free(const struct app_vm *vm, uint64_t bytes, uint64_t align,
			  uint64_t limit)
{
	uint64_t va = FIRST_FREE_VA;

	while (va + bytes <= limit && va + bytes > va) {
		uint32_t i;

		va = (va + align - 1) / align * align;
		if (is_free(vm, va, bytes))
			return va + bytes <= limit ? va : UINT64_MAX;
		i = range_at(vm, va);
		va = vm->ranges[i].va + vm->ranges[i].bo->bytes;
	}
	return UINT64_MAX;
}

static void bind(struct app_vm *vm, struct app_bo *bo, uint64_t va)
{
	struct app_binding *b = malloc(sizeof(*b));
	uint32_t i = range_at(vm, va);

	if (vm->n_ranges == vm->room) {
		vm->room = vm->room * 2 + 64;
		vm->ranges = realloc(vm->ranges, vm->room * sizeof(vm->ranges[0]));
	}
	if (!b || !vm->ranges)
		app_die("no memory for a range");
	memmove(&vm->ranges[i + 1], &vm->ranges[i],
		(vm->n_ranges - i) * sizeof(vm->ranges[0]));
	vm->ranges[i] = (struct app_range){ va, bo };
	vm->n_ranges++;
	*b = (struct app_binding){ vm->space, va, bo->bindings };
	bo->bindings = b;
	app_space_map(vm->space, va, bo->first, bo->pages);
}

int app_vm_place(struct app_vm *vm, struct app_bo *bo, uint64_t va, uint64_t align,
		 uint64_t limit, uint64_t *ret_va)
{
	struct app_binding *b = *binding_at(bo, vm);

	if (b && (va == UINT64_MAX ? b->va % align == 0 && b->va + bo->bytes <= limit :
		  va == b->va)) {
		*ret_va = b->va;
		return 0;
	}
	unbind(vm, bo);
	if (va == UINT64_MAX) {
		va = find_free(vm, bo->bytes, align, limit);
		if (va == UINT64_MAX)
			return -ENOSPC;
	}
	if (va % APP_PAGE || va + bo->bytes > GTT_BYTES)
		return -EINVAL;
	while (!is_free(vm, va, bo->bytes))
		unbind(vm, vm->ranges[range_at(vm, va)].bo);
	bind(vm, bo, va);
	*ret_va = va;
	return 0;
}

void app_vm_forget(struct app_bo *bo)
{
	for (uint32_t i = 0; i < VMS_MAX; i++)
		if (vms[i])
			unbind(vms[i], bo);
	for (uint32_t i = 0; i < CONTEXTS_MAX; i++)
		if (contexts[i])
			unbind(contexts[i]->vm, bo);
}

static int vm_create(struct drm_i915_gem_vm_control *c)
{
	for (uint32_t i = 1; i < VMS_MAX; i++) {
		if (vms[i])
			continue;
		vms[i] = vm_new();
		c->vm_id = i;
		return 0;
	}
	return -ENOSPC;
}

static int vm_destroy(const struct drm_i915_gem_vm_control *c)
{
	if (c->vm_id >= VMS_MAX || !vms[c->vm_id])
		return -ENOENT;
	vm_put(vms[c->vm_id]);
	vms[c->vm_id] = NULL;
	return 0;
}

/* ---- contexts ---- */

static struct app_context *context_new(uint32_t id)
{
	struct app_context *c = calloc(1, sizeof(*c));

	if (!c)
		app_die("no memory for a context");
	c->id = id;
	c->vm = vm_new();
	c->params[I915_CONTEXT_PARAM_BANNABLE] = 1;
	c->params[I915_CONTEXT_PARAM_RECOVERABLE] = 1;
	c->params[I915_CONTEXT_PARAM_PERSISTENCE] = 1;
	contexts[id] = c;
	return c;
}

struct app_context *app_context_of(uint32_t id)
{
	if (id >= CONTEXTS_MAX)
		return NULL;
	/* each open file has context 0 from the start */
	return contexts[id] || id ? contexts[id] : context_new(0);
}

static void drop_rings(struct app_context *c)
{
	for (uint32_t i = 0; i < APP_ENGINE_MAP; i++) {
		if (c->rings[i])
			app_ring_destroy(c->rings[i]);
		c->rings[i] = NULL;
	}
}

static void context_free(struct app_context *c)
{
	drop_rings(c);
	contexts[c->id] = NULL;
	vm_put(c->vm);
	free(c);
}

struct app_ring *app_context_ring(struct app_context *c, uint64_t flags,
				  enum xengt_engine_id *ret_engine)
{
	static const int8_t legacy[] = {
		XENGT_ENGINE_RCS, XENGT_ENGINE_RCS, XENGT_ENGINE_VCS, XENGT_ENGINE_BCS,
		XENGT_ENGINE_VECS,
	};
	uint32_t i = flags & I915_EXEC_RING_MASK;
	int engine;

	if (c->has_map)
		engine = i < c->n_map ? c->map[i] : -1;
	else
		engine = i < sizeof(legacy) ? legacy[i] : -1;
	if (engine < 0)
		return NULL;
	if (!c->has_map)
		i = (uint32_t)engine;
	*ret_engine = (enum xengt_engine_id)engine;
	if (!c->rings[i])
		c->rings[i] = app_ring_create(*ret_engine, c->vm->space);
	return c->rings[i];
}

static int engine_of(struct i915_engine_class_instance e)
{
	static const int8_t by_class[] = {
		[I915_ENGINE_CLASS_RENDER] = XENGT_ENGINE_RCS,
		[I915_ENGINE_CLASS_COPY] = XENGT_ENGINE_BCS,
		[I915_ENGINE_CLASS_VIDEO] = XENGT_ENGINE_VCS,
		[I915_ENGINE_CLASS_VIDEO_ENHANCE] = XENGT_ENGINE_VECS,
	};

	if (e.engine_instance || e.engine_class >= sizeof(by_class))
		return -1;
	return by_class[e.engine_class];
}

static int set_engines(struct app_context *c, const struct drm_i915_gem_context_param *p)
{
	const struct i915_context_param_engines *e = (void *)(uintptr_t)p->value;
	uint32_t n;

	drop_rings(c);
	c->has_map = p->size != 0;
	c->n_map = 0;
	if (!p->size)
		return 0;
	if (p->size < sizeof(*e) || e->extensions)
		return -EINVAL;
	n = (uint32_t)((p->size - sizeof(*e)) / sizeof(e->engines[0]));
	if (n > APP_ENGINE_MAP)
		return -EINVAL;
	for (uint32_t i = 0; i < n; i++) {
		bool is_none = e->engines[i].engine_class ==
			(uint16_t)I915_ENGINE_CLASS_INVALID;

		c->map[i] = (int8_t)engine_of(e->engines[i]);
		if (c->map[i] < 0 && !is_none)
			return -ENOENT;
	}
	c->n_map = n;
	return 0;
}

static int set_vm(struct app_context *c, uint64_t id)
{
	if (id >= VMS_MAX || !vms[id])
		return -ENOENT;
	drop_rings(c);
	vm_put(c->vm);
	c->vm = vms[id];
	c->vm->users++;
	return 0;
}

static int set_param(struct app_context *c, const struct drm_i915_gem_context_param *p)
{
	switch (p->param) {
	case I915_CONTEXT_PARAM_ENGINES:
		return set_engines(c, p);
	case I915_CONTEXT_PARAM_VM:
		return set_vm(c, p->value);
	case I915_CONTEXT_PARAM_BANNABLE:
	case I915_CONTEXT_PARAM_PRIORITY:
	case I915_CONTEXT_PARAM_SSEU:
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_PERSISTENCE:
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
		c->params[p->param] = p->value;
		return 0;
	default:
		return -EINVAL;
	}
}

static int get_vm(struct app_context *c, __u64 *ret_id)
{
	for (uint32_t i = 1; i < VMS_MAX; i++) {
		if (vms[i])
			continue;
		vms[i] = c->vm;
		c->vm->users++;
		*ret_id = i;
		return 0;
	}
	return -ENOSPC;
}

static int get_sseu(const struct drm_i915_gem_context_param *p)
{
	struct drm_i915_gem_context_param_sseu *s = (void *)(uintptr_t)p->value;

	if (p->size < sizeof(*s))
		return -EINVAL;
	s->slice_mask = 1;
	s->subslice_mask = (1 << APP_SUBSLICES) - 1;
	s->min_eus_per_subslice = s->max_eus_per_subslice = APP_EUS;
	return 0;
}

static int get_param(struct app_context *c, struct drm_i915_gem_context_param *p)
{
	switch (p->param) {
	case I915_CONTEXT_PARAM_GTT_SIZE:
		p->value = GTT_BYTES;
		break;
	case I915_CONTEXT_PARAM_VM:
		return get_vm(c, &p->value);
	case I915_CONTEXT_PARAM_SSEU:
		return get_sseu(p);
	case I915_CONTEXT_PARAM_BANNABLE:
	case I915_CONTEXT_PARAM_PRIORITY:
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_PERSISTENCE:
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
		p->value = c->params[p->param];
		break;
	default:
		return -EINVAL;
	}
	p->size = 0;
	return 0;
}

static int apply_extensions(struct app_context *c, uint64_t at)
{
	int r = 0;

	while (at && !r) {
		const struct drm_i915_gem_context_create_ext_setparam *e =
			(void *)(uintptr_t)at;

		if (e->base.name != I915_CONTEXT_CREATE_EXT_SETPARAM)
			return -EINVAL;
		r = set_param(c, &e->param);
		at = e->base.next_extension;
	}
	return r;
}

static int context_create(struct drm_i915_gem_context_create_ext *e)
{
	bool has_extensions = e->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS;
	struct app_context *c;
	int r;

	for (uint32_t i = 1; i < CONTEXTS_MAX; i++) {
		if (contexts[i])
			continue;
		c = context_new(i);
		r = has_extensions ? apply_extensions(c, e->extensions) : 0;
		if (r)
			context_free(c);
		else
			e->ctx_id = i;
		return r;
	}
	return -ENOSPC;
}

static int context_param(struct drm_i915_gem_context_param *p, bool is_set)
{
	struct app_context *c = app_context_of(p->ctx_id);

	if (!c)
		return -ENOENT;
	return is_set ? set_param(c, p) : get_param(c, p);
}

static int context_destroy(const struct drm_i915_gem_context_destroy *d)
{
	if (!d->ctx_id || !app_context_of(d->ctx_id))
		return -ENOENT;
	context_free(app_context_of(d->ctx_id));
	return 0;
}

static int reset_stats(struct drm_i915_reset_stats *s)
{
	s->reset_count = s->batch_active = s->batch_pending = 0;
	return app_context_of(s->ctx_id) ? 0 : -ENOENT;
}

int app_context_ioctl(unsigned int nr, void *arg)
{
	switch (nr) {
	case DRM_I915_GEM_CONTEXT_CREATE:
		return context_create(arg);
	case DRM_I915_GEM_CONTEXT_DESTROY:
		return context_destroy(arg);
	case DRM_I915_GEM_CONTEXT_GETPARAM:
		return context_param(arg, false);
	case DRM_I915_GEM_CONTEXT_SETPARAM:
		return context_param(arg, true);
	case DRM_I915_GEM_VM_CREATE:
		return vm_create(arg);
	case DRM_I915_GEM_VM_DESTROY:
		return vm_destroy(arg);
	case DRM_I915_GET_RESET_STATS:
		return reset_stats(arg);
	default:
		return -ENOTTY;
	}
}
