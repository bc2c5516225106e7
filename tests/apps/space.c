// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of four levels in the guest's memory, as i915 makes them; a message through
 * PVINFO tells the vGPU of each root.
 */
#include "standin.h"

#include <stdlib.h>
#include <string.h>

#include "hw/facts.h"
#include "reg_names.h"

#define ENTRIES		512u
#define CREATE		4u		/* numbers of the messages about a root of
					 * four levels */
#define DESTROY		5u

struct table {
	uint32_t frame;
	struct table *below[ENTRIES];	/* a table of level 1 has only NULL here */
};

struct app_space {
	struct table *root;
};

static struct table *table_create(void)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t)
		t->frame = app_frames_get(1);
	if (!t || !t->frame)
		app_die("no memory for page tables");
	return t;
}

static void table_destroy(struct table *t)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		if (t->below[i])
			table_destroy(t->below[i]);
	app_frames_put(t->frame, 1);
	free(t);
}

static void notify(const struct app_space *space, uint32_t message)
{
	uint64_t root = app_space_root(space);

	app_wr(REG_PVINFO_PDP, (uint32_t)root);
	app_wr(REG_PVINFO_PDP + 4, (uint32_t)(root >> 32));
	app_wr(REG_PVINFO_G2V_NOTIFY, message);
}

struct app_space *app_space_create(void)
{
	struct app_space *space = calloc(1, sizeof(*space));

	if (!space)
		app_die("no memory for a space");
	space->root = table_create();
	notify(space, CREATE);
	return space;
}

void app_space_destroy(struct app_space *space)
{
	notify(space, DESTROY);
	table_destroy(space->root);
	free(space);
}

uint64_t app_space_root(const struct app_space *space)
{
	return (uint64_t)space->root->frame * APP_PAGE;
}

/* Returns the table of level 1 for this address. Makes the table if it is missing. */
static struct table *lowest(struct app_space *space, uint64_t va)
{
	struct table *t = space->root;

	for (int level = 3; level > 0; level--) {
		uint32_t i = (uint32_t)(va >> (12 + 9 * level)) % ENTRIES;

		if (!t->below[i]) {
			t->below[i] = table_create();
			app_store(t->frame, i, (uint64_t)t->below[i]->frame * APP_PAGE |
				  XENGT_PTE_PRESENT | XENGT_PTE_WRITABLE);
		}
		t = t->below[i];
	}
	return t;
}

static void set(struct app_space *space, uint64_t va, uint64_t entry)
{
	app_store(lowest(space, va)->frame, (uint32_t)(va / APP_PAGE) % ENTRIES, entry);
}

void app_space_map(struct app_space *space, uint64_t va, uint32_t first, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		set(space, va + (uint64_t)i * APP_PAGE,
		    (uint64_t)(first + i) * APP_PAGE | XENGT_PTE_PRESENT |
		    XENGT_PTE_WRITABLE);
}

void app_space_unmap(struct app_space *space, uint64_t va, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		set(space, va + (uint64_t)i * APP_PAGE, 0);
}
