// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets up the engines and shuts them down: status pages, and the module's own
 * contexts and commands (template.c, prelude.c).
 */
#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/engine.h"
#include "boundary/prelude.h"
#include "boundary/share.h"
#include "boundary/template.h"
#include "boundary/writeback.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

int xengt_sched_init(struct xengt_sched *sched, const struct xengt_hw *hw,
		     struct xengt_space *space, uint32_t hang_ms)
{
	uint32_t i;
	int r;

	memset(sched, 0, sizeof(*sched));
	sched->hw = hw;
	sched->space = space;
	sched->hang_ns = (hang_ms ? hang_ms : XENGT_HANG_MS) * XENGT_NS_PER_MS;
	sched->call_at = XENGT_NEVER;
	for (i = 0; i < XENGT_ENGINES; i++) {
		sched->engines[i].id = (enum xengt_engine_id)i;
		xengt_queue_init(&sched->engines[i].queue);
		r = xengt_area_create(space, XENGT_REGION_ENGINES, 2,
				      &sched->engines[i].hws);
		if (r)
			goto fail;
	}
	r = xengt_sched_resume(sched);
	if (r)
		xengt_sched_fini(sched);
	return r;

fail:
	while (i--)
		xengt_area_destroy(space, &sched->engines[i].hws);
	sched->space = NULL;
	return r;
}

/*
 * Set the private PAT: the memory types that page table entries select by an index. All
 * guests use this PAT. The PAT registers have power only while the render engine has power
 * (Linux 6.1, intel_uncore.c): without power a write to them is lost.
 */
static void write_pat(const struct xengt_hw *hw)
{
#ifdef XENGT_FAULT_NO_PAT
	(void)hw;
#else
	if (hw->is_shared)
		return;
	hw->ops->reg_write(hw->ctx, XENGT_PRIVATE_PAT_LO,
			   (uint32_t)hw->platform->pat);
	hw->ops->reg_write(hw->ctx, XENGT_PRIVATE_PAT_HI,
			   (uint32_t)(hw->platform->pat >> 32));
#endif
}

int xengt_sched_resume(struct xengt_sched *sched)
{
	struct xengt_engine *engine;
	uint32_t i;
	int r;

	xengt_bnd_wake(sched->hw);
	write_pat(sched->hw);
	xengt_for_each(engine, sched->engines) {
		xengt_area_restore(sched->space, &engine->hws);
		xengt_engine_enable(sched, engine);
	}
	r = xengt_templates_make(sched);
	for (i = 0; i < XENGT_ENGINES && !r; i++)
		r = xengt_prelude_make(sched, &sched->engines[i]);
	if (!r)
		r = xengt_write_back_init(sched);
	xengt_bnd_sleep(sched->hw);
	return r;
}

void xengt_sched_fini(struct xengt_sched *sched)
{
	struct xengt_engine *engine;

	if (!sched->space)
		return;
	xengt_bnd_wake(sched->hw);
	xengt_for_each(engine, sched->engines)
		xengt_engine_disable(sched, engine);
	xengt_bnd_sleep(sched->hw);
	xengt_for_each(engine, sched->engines)
		xengt_area_destroy(sched->space, &engine->hws);
	xengt_templates_free(sched);
	xengt_write_back_fini(sched);
	sched->space = NULL;
}
