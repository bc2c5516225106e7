// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random streams go through the audit. A stream that passes is decoded a second time here,
 * by hand and without the audit's tables: no command that writes or reads memory with the
 * GGTT bit may reach outside of the slices, no command may load a register of the host, and
 * a patched copy must pass a second audit unchanged. The copy has exactly the stream's
 * size, so that ASAN sees a read beyond it.
 *
 * promise: P9 (XENGT_FAULT_NO_AUDIT turns it red)
 */
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "boundary/image.h"
#include "fuzz/rig_input.h"

#define LOW		0x02000000u
#define LOW_BYTES	0x00040000u
#define HIGH		0x20000000u
#define HIGH_BYTES	0x00800000u
#define HWS		(LOW + 0x3000u)
#define MOST		512u

static const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW >> 12, LOW_BYTES >> 12 }, { HIGH >> 12, HIGH_BYTES >> 12 },
};

/* Dwords that random input seldom has: commands, addresses, registers. */
static const uint32_t words[] = {
	0, 0x05000000, 0x10400002, 0x10600003, 0x11000001, 0x11000003,
	0x12400002, 0x14c00002, 0x15000001, 0x17600003, 0x17c00001, 0x0e400002,
	0x0e010002, 0x13000001, 0x13204002, 0x13004003, 0x1320c003, 0x18800001,
	0x18800101, 0x18c00001, 0x1b600002, 0x10a00001, 0x7a000004, 0x54c00008,
	0x54000005, 0x01000000, 0x04000001, 0x02800000, 0x78140000, 0x11800002,
	LOW, LOW - 8, LOW + LOW_BYTES - 4, LOW + LOW_BYTES, HIGH + 4,
	HIGH + HIGH_BYTES - 8, HIGH + HIGH_BYTES, HWS | 4, 0x80, 0x84, 0xff8,
	0x01004000, 0x01204000, 0x0020c000, 0x00804000, 0x2600, 0x22600, 0x12600,
	0x209c, 0x229c, 0x22200, 0x2358, 0x01000100, 0xffffffff, 1,
};

#define WORDS	(sizeof(words) / sizeof(words[0]))

static bool is_inside(uint64_t addr, uint64_t bytes)
{
	return (addr >= LOW && addr + bytes <= LOW + LOW_BYTES) ||
		(addr >= HIGH && addr + bytes <= (uint64_t)HIGH + HIGH_BYTES);
}

static bool is_host_reg(uint32_t reg)
{
	/* offsets in an engine's page of registers */
	static const struct {
		uint32_t first, last;
	} host[] = {
		{ 0x30, 0x80 }, { 0x110, 0x1c8 }, { 0x230, 0x28c },
		{ 0x29c, 0x29c }, { 0x4d0, 0x4fc },
	};
	uint32_t page = reg & ~0xfffu, at = reg & 0xfff;

	if (reg & ~0x1ffffcu || reg >= 0x22000 + 0x1000)
		return true;
	if (page != 0x2000 && page != 0x12000 && page != 0x1a000 &&
	    page != 0x22000)
		return reg >= 0xc000 && reg < 0xe000;	/* registers of cacheability control
							 * (MOCS) */
	for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++)
		if (at >= host[i].first && at <= host[i].last)
			return true;
	return false;
}

static uint64_t at64(const uint32_t *dw)
{
	return (uint64_t)dw[1] << 32 | dw[0];
}

/*
 * Returns the number of dwords of a command. The length field of an MI command depends on
 * the command; the length field of most other commands is the low byte.
 */
static uint32_t length(uint32_t dw0)
{
	uint32_t op = dw0 >> 23;

	if (dw0 >> 29 == 0) {
		if (op < 0x10)
			return 1;
		return (dw0 & (op == 0x20 ? 0x3ff : op == 0x26 ? 0x3f : 0xff)) +
			2;
	}
	if (dw0 >> 16 == 0x6904 || dw0 >> 16 == 0x680b ||
	    dw0 >> 16 == 0x780b)
		return 1;
	return (dw0 & (dw0 >> 16 == 0x7917 ? 0x1ff : 0xff)) + 2;
}

static void judge_mi(const uint32_t *dw, uint32_t len, bool is_user)
{
	bool is_ggtt = dw[0] >> 22 & 1;

	switch (dw[0] >> 23) {
	case 0x20:
		must(!is_ggtt || (!is_user && is_inside(at64(dw + 1) & ~3ull,
							4ull * (len - 3))));
		return;
	case 0x22:
		for (uint32_t i = 1; i + 1 < len; i += 2)
			must(!is_host_reg(dw[i]));
		return;
	case 0x24:
	case 0x29:
		must(!is_ggtt || (!is_user && is_inside(at64(dw + 2) & ~3ull, 4)));
		must(!is_host_reg(dw[1]));
		return;
	case 0x1c:
		must(!is_ggtt || (!is_user && is_inside(at64(dw + 2) & ~3ull, 4)));
		return;
	case 0x36:
		must(!is_ggtt || (!is_user && is_inside(at64(dw + 2) & ~7ull, 8)));
		return;
	case 0x2a:
		must(!is_host_reg(dw[2]));
		return;
	case 0x2e:
		must(!(dw[0] >> 21 & 1) ||
		     (!is_user && is_inside(at64(dw + 1) & ~3ull, 4)));
		must(!is_ggtt || (!is_user && is_inside(at64(dw + 3) & ~3ull, 4)));
		return;
	case 0x2f:
		must(!is_ggtt ||
		     (!is_user && is_inside(at64(dw + 1) & ~15ull, 16)));
		return;
	case 0x21:
		must(dw[0] >> 21 & 1 && dw[1] + 4 * (len - 2) <= 4096);
		return;
	case 0x26:
		if (!(dw[0] >> 14 & 3) || !(dw[1] & 4))
			return;
		must(!is_user && !(dw[0] >> 21 & 1));
		must(is_inside(at64(dw + 1) & ~7ull, 8));
		return;
	case 0x23:
	case 0x18:
	case 0x14:
		must(!"a command that is never allowed");
	}
}

/*
 * Checks that the audit refuses bits for protected content, for flushes of shared caches,
 * and for other address modes.
 */
static void judge_reserved(const uint32_t *dw)
{
	switch (dw[0] >> 23) {
	case 0x26:
		must(!(dw[0] & (1u << 22 | 1u << 6)));
		return;
	case 0x20:
		must(!(dw[1] & 3));
		return;
	}
	if (dw[0] >> 16 != 0x7a00)
		return;
	must(!(dw[1] & (1u << 22 | 1u << 26)));
	must(!(dw[1] >> 27 & 1) || dw[1] >> 20 & 1);
}

static void judge(const uint32_t *dw, uint32_t len, bool is_user)
{
	judge_reserved(dw);
	if (dw[0] >> 29 == 0) {
		judge_mi(dw, len, is_user);
		return;
	}
	if (dw[0] >> 16 != 0x7a00)
		return;
	must(len == 6);
	if (dw[1] >> 23 & 1) {
		must(!is_host_reg(dw[2]));
		return;
	}
	if (!(dw[1] >> 14 & 3) || !(dw[1] >> 24 & 1))
		return;
	must(!is_user && !(dw[1] >> 21 & 1));
	must(is_inside(at64(dw + 2) & ~7ull, 8));
}

struct source {
	const uint32_t *guest;
	uint32_t *copy;
	uint32_t next;
};

static int fetch(void *ctx, uint32_t first, uint32_t count)
{
	struct source *source = ctx;

	must(first == source->next);
	memcpy(source->copy + first, source->guest + first, 4ul * count);
	source->next += count;
	return 0;
}

static int batch_start(void *ctx, uint64_t addr, bool is_ppgtt, bool is_second,
		       uint64_t *ret_addr, bool *ret_is_ppgtt)
{
	(void)ctx;
	(void)is_second;
	must(is_ppgtt || is_inside(addr, 4));
	*ret_addr = addr;
	*ret_is_ppgtt = is_ppgtt;
	return addr & 0x40 ? -EBADMSG : 0;
}

/*
 * A byte below 0x80 chooses a dword of words[]; after a byte from 0x80 on, the dword itself
 * follows in the input.
 */
static uint32_t make_stream(const uint8_t *data, size_t size, uint32_t *dw)
{
	uint32_t n = 0;

	for (size_t i = 0; i < size && n < MOST; n++) {
		uint8_t what = data[i++];

		dw[n] = 0;
		if (what < 0x80) {
			dw[n] = words[what % WORDS];
		} else {
			size_t take = size - i < 4 ? size - i : 4;

			memcpy(&dw[n], data + i, take);
			i += take;
		}
	}
	return n;
}

static void check_stream(struct xengt_audit *audit, uint32_t *copy, uint32_t n)
{
	struct xengt_audit_result first, again;
	bool is_user = audit->kind == XENGT_AUDIT_USER_BATCH;
	uint32_t at = 0;
	int r;

	r = xengt_audit_run(audit, copy, 0, n, &first);
	must(r == (first.refusal ? -EBADMSG : 0));
	must(first.used <= n && first.at <= n);
	if (r)
		return;
	while (at < first.used) {
		uint32_t len = length(copy[at]);

		must(len <= first.used - at);
		judge(copy + at, len, is_user);
		at += len;
	}
	must(at == first.used);
	audit->fetch = NULL;
	must(xengt_audit_run(audit, copy, 0, n, &again) == 0);
	must(again.used == first.used && !again.noops);
}

/* ---- images ---- */

/*
 * A template: an image that loads registers and state. A guest may not choose the value of
 * register 0x83a4.
 */
static const uint32_t own_image[] = {
	0, 0x11000005, 0x2600, 1, 0x83a4, 2, 0x209c, 0xffff0040,
	0x784c0000, 3, 0x05000000,
};

#define OWN_DWORDS	(sizeof(own_image) / 4)

static bool has_key(const struct xengt_image *image, uint32_t key)
{
	for (uint32_t i = 0; i < image->n_keys; i++)
		if (image->keys[i].key == key)
			return true;
	return false;
}

/*
 * The merged image loads all registers that the template loads and no others, 0x83a4 has
 * the template's value, and a second merge changes nothing.
 */
static void check_image(const struct xengt_audit *audit, const uint32_t *guest,
			uint32_t n)
{
	static struct xengt_image_key own_keys[XENGT_IMAGE_KEYS_MAX];
	static struct xengt_image_key keys[XENGT_IMAGE_KEYS_MAX];
	static uint32_t own[MOST], page[MOST], again[MOST];
	struct xengt_image image = { .dw = own, .count = n, .keys = own_keys };
	struct xengt_image got = { .dw = page, .count = n, .keys = keys };
	uint32_t nopid = xengt_audit_base(audit) + XENGT_AUDIT_NOPID;

	if (n < OWN_DWORDS)
		return;
	memset(own, 0, sizeof(own));
	memcpy(own, own_image, sizeof(own_image));
	xengt_image_learn(&image, audit);
	memcpy(page, guest, 4ul * n);
	xengt_image_merge(&image, audit, page);
	xengt_image_learn(&got, audit);
	for (uint32_t i = 0; i < image.n_keys; i++)
		must(has_key(&got, image.keys[i].key));
	for (uint32_t i = 0; i < got.n_keys; i++) {
		uint32_t key = got.keys[i].key;

		must(key & XENGT_IMAGE_STATE || key == nopid ||
		     has_key(&image, key));
		if (key == 0x83a4)
			must(page[got.keys[i].at] == 2);
	}
	memcpy(again, page, 4ul * n);
	xengt_image_merge(&image, audit, again);
	must(!memcmp(again, page, 4ul * n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source source = { 0 };
	struct xengt_audit audit = {
		.slices = slices, .batch_start = batch_start, .fetch = fetch,
		.ctx = &source,
	};
	uint32_t guest[MOST], n;

	if (size < 3)
		return 0;
	audit.platform = xengt_platform_get(data[0] & 1 ? XENGT_PLATFORM_SKL :
						   XENGT_PLATFORM_BDW);
	audit.engine = data[0] >> 1 & 3;
	audit.kind = data[1] % XENGT_AUDIT_IMAGE;
	audit.hws_pga = data[1] & 0x80 ? HWS : 0;
	n = make_stream(data + 2, size - 2, guest);
	source.guest = guest;
	source.copy = malloc(4ul * n);
	must(source.copy);

	check_image(&audit, guest, n);
	check_stream(&audit, source.copy, n);
	free(source.copy);
	return 0;
}
