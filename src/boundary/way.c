// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the choice of the way to hold guests' frames (way.h)
 *
 * Two options of Xen's command line say what the IOMMU does with accesses of dom0's
 * devices: iommu= and dom0-iommu= (Xen 4.17 to 4.20, docs/misc/xen-command-line.pandoc).
 * The value of each option is a list of switches: NAME, no-NAME or NAME=VALUE. If a
 * switch occurs twice, the later occurrence counts.
 */
#include "boundary/way.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

struct text {
	const char *at;
	size_t len;
};

struct options {
	bool is_off;			/* Xen uses no IOMMU */
	bool is_off_for_graphics;
	bool is_strict;			/* devices of a PV dom0 can reach only dom0's own
					 * memory */
};

static bool is_word(struct text t, const char *word)
{
	return t.len == strlen(word) && !memcmp(t.at, word, t.len);
}

static bool is_any(struct text t, const char *const words[5])
{
	size_t i;

	for (i = 0; i < 5; i++) {
		if (is_word(t, words[i]))
			return true;
	}
	return false;
}

/* If the text is a word for yes or no, sets *value and returns true. */
static bool read_bool(struct text t, bool *value)
{
	static const char *const no[] = { "no", "off", "false", "disable", "0" };
	static const char *const yes[] = { "yes", "on", "true", "enable", "1" };

	if (is_any(t, no))
		*value = false;
	else if (is_any(t, yes))
		*value = true;
	else
		return false;
	return true;
}

static bool is_one_of(char c, const char *ends)
{
	while (*ends && *ends != c)
		ends++;
	return *ends;
}

/*
 * Returns the part of *t before the first character that is in 'ends'. *t becomes the
 * text after this character.
 */
static struct text cut(struct text *t, const char *ends)
{
	struct text part = { t->at, 0 };

	while (part.len < t->len && !is_one_of(part.at[part.len], ends))
		part.len++;
	t->at += part.len;
	t->len -= part.len;
	if (t->len) {
		t->at++;
		t->len--;
	}
	return part;
}

static void drop(struct text *t, size_t n)
{
	t->at += n;
	t->len -= n;
}

static bool takes_no(struct text *t)
{
	if (t->len <= 3 || memcmp(t->at, "no-", 3))
		return false;
	drop(t, 3);
	return true;
}

/*
 * If the member of the list is the switch 'name', sets *value to the state of
 * the switch.
 */
static void read_switch(struct text member, const char *name, bool *value)
{
	bool is_no = takes_no(&member);
	struct text key = cut(&member, "=");

	if (!is_word(key, name))
		return;
	if (is_no)
		*value = false;
	else if (!member.len || !read_bool(member, value))
		*value = true;
}

static void read_iommu(struct options *o, struct text list)
{
	bool is_on = !o->is_off, has_graphics = !o->is_off_for_graphics;

	while (list.len) {
		struct text member = cut(&list, ",:;");

		read_bool(member, &is_on);
		read_switch(member, "igfx", &has_graphics);
		read_switch(member, "dom0-strict", &o->is_strict);
	}
	o->is_off = !is_on;
	o->is_off_for_graphics = !has_graphics;
}

static void read_dom0_iommu(struct options *o, struct text list)
{
	while (list.len)
		read_switch(cut(&list, ",:;"), "strict", &o->is_strict);
}

static void read_cmdline(struct options *o, const char *cmdline)
{
	struct text rest = { cmdline, strlen(cmdline) };

	while (rest.len) {
		struct text word = cut(&rest, " ");
		bool is_no = takes_no(&word);
		struct text key = cut(&word, "=");

		if (is_word(key, "iommu") && is_no)
			o->is_off = true;
		else if (is_word(key, "iommu"))
			read_iommu(o, word);
		else if (is_word(key, "dom0-iommu") || is_word(key, "dom0_iommu"))
			read_dom0_iommu(o, word);
	}
}

/*
 * Returns true if the text is Xen's whole command line. Returns false if Xen
 * returned no text or "<denied>", or if the text may be cut off at the end of
 * the buffer.
 */
static bool is_told(const char *cmdline)
{
	return cmdline && strlen(cmdline) < XENGT_WAY_CMDLINE_BYTES - 1 &&
	       cmdline[0] != '<';
}

static const char *why_not_pv(const struct options *o)
{
	/*
	 * If the IOMMU is off for all devices or for the GPU, the GPU can reach
	 * all memory.
	 */
	if (o->is_strict && !o->is_off && !o->is_off_for_graphics)
		return "Xen has dom0-iommu=strict: the GPU could reach only dom0's own memory, and no memory of guests; remove strict from Xen's command line";
	return NULL;
}

static const char *why_not_pvh(const struct options *o,
			       const struct xengt_platform *platform)
{
	if (o->is_off)
		return "Xen has iommu=off: without an IOMMU a PVH dom0 does not know the addresses of guests' memory; boot Xen with iommu=on, or with a PV dom0 (without dom0=pvh)";
	if (platform->wants_no_igfx)
		return "this GPU needs iommu=no-igfx, but with this option a PVH dom0 does not know the addresses of guests' memory; boot Xen with a PV dom0 (without dom0=pvh)";
	if (o->is_off_for_graphics)
		return "Xen has iommu=no-igfx: with this option a PVH dom0 does not know the addresses of guests' memory; remove no-igfx from Xen's command line, or boot a PV dom0 (without dom0=pvh)";
	return NULL;
}

int xengt_way_choose(const struct xengt_way_facts *facts, enum xengt_way *ret_way,
		     const char **ret_reason)
{
	enum xengt_way way = facts->is_pv ? XENGT_WAY_PV : XENGT_WAY_PVH;
	struct options o = { 0 };
	const char *why;

	if (!facts->is_dom0 || facts->is_pv == facts->is_pvh) {
		why = "this domain is no dom0 of Xen: neither a PV dom0 nor a PVH dom0";
	} else if (!is_told(facts->cmdline)) {
		why = "Xen does not tell its whole command line, so xengt cannot know which memory Xen's IOMMU lets the GPU reach";
	} else {
		read_cmdline(&o, facts->cmdline);
		why = way == XENGT_WAY_PV ? why_not_pv(&o) :
					    why_not_pvh(&o, facts->platform);
	}
	if (why) {
		*ret_reason = why;
		return -ENODEV;
	}
	*ret_way = way;
	return 0;
}
