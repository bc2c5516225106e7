/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests config space, compared with an oracle that does not use pci_cfg.c's table, and BAR
 * sizing as hvmloader and Linux do it.
 */
#include "rig.h"

struct oracle {
	uint8_t bytes[256];
	uint8_t writable[256];
};

static void oracle_init(struct oracle *o, bool is_primary)
{
	static const struct { uint8_t off, val; } start[] = {
		{ 0x00, 0x86 }, { 0x01, 0x80 }, { 0x02, 0x16 }, { 0x03, 0x19 },
		{ 0x06, 0x10 }, { 0x08, 0x07 }, { 0x0b, 0x03 },
		{ 0x10, 0x04 }, { 0x18, 0x0c },
		{ 0x2c, 0x28 }, { 0x2d, 0x10 }, { 0x2e, 0xdc }, { 0x2f, 0x06 },
		{ 0x34, 0x90 }, { 0x3d, 0x01 }, { 0x50, 0xc0 },
		{ 0x90, 0x05 }, { 0x91, 0xd0 }, { 0xa4, 0x13 }, { 0xa6, 0x06 },
		{ 0xa7, 0x03 }, { 0xd0, 0x01 }, { 0xd1, 0xa4 }, { 0xd2, 0x22 },
		{ 0xd4, 0x08 },
	};
	static const struct { uint8_t first, last, mask; } rw[] = {
		{ 0x04, 0x04, 0x07 }, { 0x05, 0x05, 0x04 },
		{ 0x13, 0x13, 0xff }, { 0x14, 0x17, 0xff },
		{ 0x1b, 0x1b, 0xf0 }, { 0x1c, 0x1f, 0xff },
		{ 0x3c, 0x3c, 0xff }, { 0x92, 0x92, 0x71 },
		{ 0x94, 0x94, 0xfc }, { 0x95, 0x99, 0xff },
		{ 0xd4, 0xd4, 0x03 }, { 0xe8, 0xe9, 0xff },
		{ 0xfc, 0xff, 0xff },
	};

	memset(o, 0, sizeof(*o));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(start); i++)
		o->bytes[start[i].off] = start[i].val;
	if (!is_primary)
		o->bytes[0x0a] = 0x80;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(rw); i++)
		for (unsigned int at = rw[i].first; at <= rw[i].last; at++)
			o->writable[at] = rw[i].mask;
}

static void oracle_write(struct oracle *o, uint32_t reg, uint32_t size,
			 uint32_t val)
{
	for (uint32_t i = 0; i < size && reg + i < 256; i++) {
		uint8_t byte = (uint8_t)(val >> 8 * i);
		uint8_t *at = &o->bytes[reg + i];
		uint8_t mask = o->writable[reg + i];

		/* the device has only the power states D0 and D3hot */
		if (reg + i == 0xd4 && ((byte & 3) == 1 || (byte & 3) == 2))
			continue;
		*at = (uint8_t)((*at & ~mask) | (byte & mask));
	}
}

static uint32_t oracle_read(const struct oracle *o, uint32_t reg, uint32_t size)
{
	uint32_t val = 0;

	for (uint32_t i = 0; i < size; i++)
		val |= (uint32_t)(reg + i < 256 ? o->bytes[reg + i] : 0xff) <<
		       8 * i;
	return val;
}

/*
 * What a write makes the caller do: COMMAND decides whether the BARs decode (its second byte does
 * not), the two BARs are 8 bytes each, and bit 0 of AF_CTRL is a function level reset.
 */
static unsigned int oracle_did(uint32_t reg, uint32_t size, uint32_t val)
{
	unsigned int did = 0;

	for (uint32_t i = 0; i < size && reg + i < 256; i++) {
		uint32_t at = reg + i;

		if (at == 0x04 || (at >= 0x10 && at <= 0x17) || (at >= 0x18 && at <= 0x1f))
			did |= XENGT_PCI_DID_DECODE;
		if (at == 0xa8 && val >> 8 * i & 1)
			did |= XENGT_PCI_DID_RESET;
	}
	return did;
}

static void compare_all(const struct xengt_pci_cfg *pci,
			const struct oracle *o)
{
	static const uint32_t sizes[] = { 1, 2, 4 };

	for (uint32_t reg = 0; reg < 256; reg++)
		for (size_t s = 0; s < 3; s++)
			assert_int_equal(
				xengt_pci_cfg_read(pci, reg, sizes[s]),
				oracle_read(o, reg, sizes[s]));
}

static void every_byte_every_width(void **state)
{
	static const uint32_t patterns[] = {
		0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x12345678, 0x00ff00ff,
		0xff00ff00, 0x80000001, 0xfffffffe,
	};
	static const uint32_t sizes[] = { 1, 2, 4 };

	(void)state;
	for (int primary = 0; primary < 2; primary++) {
		struct xengt_vgpu_config cfg = {
			.pci_device = 0x1916, .pci_revision = 7,
			.pci_subvendor = 0x1028, .pci_subdevice = 0x06dc,
			.is_primary = primary, .aperture_bytes = RIG_APERTURE,
		};
		struct xengt_pci_cfg pci;
		struct oracle o;

		xengt_pci_cfg_reset(&pci, &cfg,
				    xengt_platform_get(XENGT_PLATFORM_SKL));
		oracle_init(&o, primary);
		compare_all(&pci, &o);
		for (uint32_t reg = 0; reg < 256; reg++) {
			for (size_t s = 0; s < 3; s++) {
				for (size_t p = 0;
				     p < XENGT_ARRAY_SIZE(patterns); p++) {
					assert_int_equal(
						xengt_pci_cfg_write(&pci, reg, sizes[s],
								    patterns[p]),
						oracle_did(reg, sizes[s], patterns[p]));
					oracle_write(&o, reg, sizes[s],
						     patterns[p]);
					assert_memory_equal(pci.bytes, o.bytes,
							    256);
				}
			}
			compare_all(&pci, &o);
		}
	}
}

static void identity_comes_from_the_platform(void **state)
{
	static const struct {
		enum xengt_platform_id id;
		uint32_t ids, rev;
	} want[] = {
		{ XENGT_PLATFORM_BDW, 0x16168086, 0x09 },
		{ XENGT_PLATFORM_SKL, 0x19128086, 0x06 },
		{ XENGT_PLATFORM_KBL, 0x59168086, 0x02 },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(want); i++) {
		struct xengt_vgpu_config cfg = {
			.aperture_bytes = RIG_APERTURE,
			.pci_revision = 0x55,	/* a revision that no device has */
		};
		struct xengt_pci_cfg pci;

		xengt_pci_cfg_reset(&pci, &cfg, xengt_platform_get(want[i].id));
		assert_int_equal(xengt_pci_cfg_read(&pci, 0, 4), want[i].ids);
		assert_int_equal(xengt_pci_cfg_read(&pci, 8, 1), want[i].rev);
		assert_int_equal(xengt_pci_cfg_read(&pci, 8, 4) >> 8, 0x038000);
	}
	assert_null(xengt_platform_get(XENGT_PLATFORM_NONE));
}

static void beyond_the_end(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig_cfg_read(rig, 0x100, 4), 0xffffffff);
	assert_int_equal(rig_cfg_read(rig, 0xfff, 1), 0xff);
	/*
	 * byte 0xff is the last byte of ASLS, which is 0 after a reset; the bytes beyond
	 * it read as all-ones
	 */
	assert_int_equal(rig_cfg_read(rig, 0xff, 4), 0xffffff00);
	rig_cfg_write(rig, 0xff, 4, 0xffffffff);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0xff000000);
	rig_cfg_write(rig, 0xfffffffe, 4, 0xffffffff);
	assert_int_equal(rig_cfg_read(rig, 0xfffffffe, 4), 0xffffffff);
}

static void asls_keeps_what_was_written(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0);
	rig_cfg_write(rig, 0xfc, 4, 0xfdffc018);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0xfdffc018);
	rig_cfg_write(rig, 0xfe, 1, 0x00);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0xfd00c018);
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0);
}

/*
 * Determines a BAR's size as tools/firmware/hvmloader/pci.c does, with decode off: write
 * all-ones, read back, restore the value. hvmloader does this first for the low dword of a
 * 64-bit BAR, then for the high dword.
 */
static uint64_t size_like_hvmloader(struct rig *rig, uint32_t reg)
{
	uint32_t old = rig_cfg_read(rig, reg, 4), mask, high, high_mask;

	rig_cfg_write(rig, reg, 4, 0xffffffff);
	mask = rig_cfg_read(rig, reg, 4);
	rig_cfg_write(rig, reg, 4, old);
	if ((mask & 0x7) != 0x4)
		return mask & 0xfffffff0 ? (~(mask & 0xfffffff0)) + 1 : 0;
	high = rig_cfg_read(rig, reg + 4, 4);
	rig_cfg_write(rig, reg + 4, 4, 0xffffffff);
	high_mask = rig_cfg_read(rig, reg + 4, 4);
	rig_cfg_write(rig, reg + 4, 4, high);
	return ~((uint64_t)high_mask << 32 | (mask & 0xfffffff0)) + 1;
}

/*
 * Determines a BAR's size as Linux does (__pci_read_base() in drivers/pci/probe.c): writes
 * all-ones to one half, then to the other half.
 */
static uint64_t size_like_linux(struct rig *rig, uint32_t reg)
{
	uint32_t low = rig_cfg_read(rig, reg, 4), high, low_sz, high_sz;
	uint64_t mask;

	rig_cfg_write(rig, reg, 4, low | 0xffffffff);
	low_sz = rig_cfg_read(rig, reg, 4);
	rig_cfg_write(rig, reg, 4, low);
	high = rig_cfg_read(rig, reg + 4, 4);
	rig_cfg_write(rig, reg + 4, 4, 0xffffffff);
	high_sz = rig_cfg_read(rig, reg + 4, 4);
	rig_cfg_write(rig, reg + 4, 4, high);
	mask = (uint64_t)high_sz << 32 | (low_sz & 0xfffffff0);
	return mask & (~mask + 1);
}

static void sizing(void **state)
{
	struct rig *rig = *state;
	uint32_t traps, apertures;
	gfn_t at;

	/* hvmloader, with decode off */
	rig_cfg_write(rig, 0x04, 2, 0);
	traps = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_TRAP);
	apertures = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE);
	assert_int_equal(size_like_hvmloader(rig, 0x10), 16 * XENGT_MIB);
	assert_int_equal(size_like_hvmloader(rig, 0x18), RIG_APERTURE);
	assert_int_equal(size_like_hvmloader(rig, 0x20), 0);
	assert_int_equal(size_like_hvmloader(rig, 0x24), 0);
	assert_int_equal(size_like_hvmloader(rig, 0x30), 0);
	assert_int_equal(size_like_linux(rig, 0x10), 16 * XENGT_MIB);
	assert_int_equal(size_like_linux(rig, 0x18), RIG_APERTURE);
	/* the device traps no range during the sizing */
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_TRAP),
			 traps);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE),
			 apertures);
	assert_int_equal(rig_cfg_read(rig, 0x10, 4), RIG_BAR0 | 0x4);
	assert_int_equal(rig_cfg_read(rig, 0x18, 4), RIG_BAR2 | 0xc);

	/*
	 * firmware that does not switch decode off determines the sizes: afterwards the
	 * BARs are as before
	 */
	rig_cfg_write(rig, 0x04, 2, 0x0006);
	assert_int_equal(size_like_linux(rig, 0x10), 16 * XENGT_MIB);
	assert_int_equal(size_like_linux(rig, 0x18), RIG_APERTURE);
	assert_true(xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_MMIO,
					     RIG_BAR0,
					     RIG_BAR0 + 0xffffff));
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 1);
	assert_true(xengt_hv_fake_aperture(rig->fake, &at));
	assert_int_equal(gfn_x(at), (RIG_BAR2 + RIG_LOW_BASE) >> 12);
}

static void aperture_sizes(void **state)
{
	(void)state;
	for (uint64_t bytes = XENGT_APERTURE_MIN; bytes <= XENGT_APERTURE_MAX;
	     bytes *= 2) {
		struct xengt_vgpu_config cfg = { .aperture_bytes = bytes };
		struct xengt_pci_cfg pci;
		uint64_t mask;

		xengt_pci_cfg_reset(&pci, &cfg,
				    xengt_platform_get(XENGT_PLATFORM_SKL));
		xengt_pci_cfg_write(&pci, 0x18, 4, 0xffffffff);
		xengt_pci_cfg_write(&pci, 0x1c, 4, 0xffffffff);
		mask = (uint64_t)xengt_pci_cfg_read(&pci, 0x1c, 4) << 32 |
		       (xengt_pci_cfg_read(&pci, 0x18, 4) & ~0xfu);
		assert_int_equal(~mask + 1, bytes);
	}
}

/*
 * The values that firmware and drivers write, and must read back. The rules are those of
 * the PCI Local Bus Specification 3.0 (PCI), the PCI Power Management specification 1.2
 * (PM), the Advanced Capabilities ECN (AF), and, where these leave a choice, of Intel's
 * datasheet of device 2 (IGD). After the write a read of the same size must give 'want'.
 */
static const struct rule {
	const char *why;
	uint32_t reg, size, val, want;
} rules[] = {
	/* COMMAND: PCI 6.2.2; a bit that the function does not implement reads as 0 */
	{ "vgaarb takes the legacy I/O", 0x04, 2, 0x0001, 0x0001 },
	{ "... and gives it back", 0x04, 2, 0x0000, 0x0000 },
	{ "memory decode", 0x04, 2, 0x0002, 0x0002 },
	{ "bus master", 0x04, 2, 0x0004, 0x0004 },
	{ "special cycles: IGD has none", 0x04, 2, 0x0008, 0 },
	{ "write and invalidate: IGD has none", 0x04, 2, 0x0010, 0 },
	{ "palette snoop: IGD has none", 0x04, 2, 0x0020, 0 },
	{ "parity errors: IGD has none", 0x04, 2, 0x0040, 0 },
	{ "SERR#: IGD has none", 0x04, 2, 0x0100, 0 },
	{ "back to back: IGD has none", 0x04, 2, 0x0200, 0 },
	{ "no INTx", 0x04, 2, 0x0400, 0x0400 },
	{ "reserved bits", 0x04, 2, 0xf880, 0 },
	{ "one byte of COMMAND", 0x05, 1, 0x04, 0x04 },
	/* STATUS: PCI 6.2.3; a written 1 clears a bit, and no write sets a bit */
	{ "all errors cleared", 0x06, 2, 0xffff, 0x0010 },
	{ "... and nothing set by 0", 0x06, 2, 0x0000, 0x0010 },
	/* the other fields of the header: PCI 6.2 */
	{ "vendor", 0x00, 4, 0xffffffff, 0x19128086 },
	{ "class", 0x08, 4, 0, 0x03800006 },
	{ "cache line: IGD has none", 0x0c, 1, 0x40, 0 },
	{ "latency timer: IGD has none", 0x0d, 1, 0x40, 0 },
	{ "one function, header 0", 0x0e, 1, 0xff, 0 },
	{ "no self-test", 0x0f, 1, 0xff, 0 },
	{ "BAR0 is sized", 0x10, 4, 0xffffffff, 0xff000004 },
	{ "... its high half, too", 0x14, 4, 0xffffffff, 0xffffffff },
	{ "BAR2 is sized", 0x18, 4, 0xffffffff, 0xf000000c },
	{ "... its high half, too", 0x1c, 4, 0xffffffff, 0xffffffff },
	{ "no I/O BAR", 0x20, 4, 0xffffffff, 0 },
	{ "no BAR5", 0x24, 4, 0xffffffff, 0 },
	{ "no CardBus", 0x28, 4, 0xffffffff, 0 },
	{ "subsystem: locked by firmware", 0x2c, 4, 0xffffffff, 0 },
	{ "no ROM", 0x30, 4, 0xfffff800, 0 },
	{ "no ROM, with the enable bit", 0x30, 4, 0xffffffff, 0 },
	{ "capabilities", 0x34, 4, 0, 0x90 },
	{ "reserved", 0x38, 4, 0xffffffff, 0 },
	{ "the interrupt's line", 0x3c, 1, 0xa5, 0xa5 },
	{ "INTA", 0x3d, 1, 0x00, 0x01 },
	{ "no MIN_GNT, MAX_LAT", 0x3e, 2, 0xffff, 0 },
	/* MSI: PCI 6.8.1; one message, 32-bit address, no mask bits */
	{ "capability and next", 0x90, 2, 0xffff, 0xd005 },
	{ "enable", 0x92, 2, 0x0001, 0x0001 },
	{ "disable", 0x92, 2, 0x0000, 0x0000 },
	{ "the number of enabled messages: software writes it", 0x92, 2, 0x0070, 0x0070 },
	{ "the number of possible messages: read-only", 0x92, 2, 0x000e, 0 },
	{ "64 bit and mask bits: none", 0x92, 2, 0xff80, 0 },
	{ "address, whole dwords", 0x94, 4, 0xfee00fff, 0xfee00ffc },
	{ "data", 0x98, 2, 0xffff, 0xffff },
	{ "the bytes behind the data", 0x9a, 2, 0xffff, 0 },
	/* the AF capability */
	{ "capability, next, length, what it can", 0xa4, 4, 0, 0x03060013 },
	{ "transactions pending: none", 0xa9, 1, 0xff, 0 },
	/* the power management capability: PM 3.2 */
	{ "capability and next", 0xd0, 2, 0, 0xa401 },
	{ "no PME, no D1, no D2", 0xd2, 2, 0xffff, 0x0022 },
	{ "D3hot", 0xd4, 2, 0x0003, 0x000b },
	{ "D1 is ignored: the state stays", 0xd4, 2, 0x0001, 0x000b },
	{ "D2 is ignored", 0xd4, 2, 0x0002, 0x000b },
	{ "D0", 0xd4, 2, 0x0000, 0x0008 },
	{ "no PME to enable, no data to select", 0xd4, 2, 0x9f00, 0x0008 },
	{ "no PME to clear", 0xd4, 2, 0x8000, 0x0008 },
	{ "no bridge, no data", 0xd6, 2, 0xffff, 0 },
	/* registers of IGD */
	{ "graphics control: locked", 0x50, 2, 0xffff, 0x00c0 },
	{ "stolen memory: none", 0x5c, 4, 0xffffffff, 0 },
	{ "ASLS", 0xfc, 4, 0xfc001000, 0xfc001000 },
};

static void what_software_reads_back(void **state)
{
	struct xengt_vgpu_config cfg = { .aperture_bytes = RIG_APERTURE };
	struct xengt_pci_cfg pci;

	(void)state;
	xengt_pci_cfg_reset(&pci, &cfg, xengt_platform_get(XENGT_PLATFORM_SKL));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];
		uint32_t got;

		xengt_pci_cfg_write(&pci, r->reg, r->size, r->val);
		got = xengt_pci_cfg_read(&pci, r->reg, r->size);
		if (got != r->want)
			fail_msg("0x%02x: %s: 0x%x, not 0x%x", r->reg, r->why,
				 got, r->want);
	}
}

/*
 * SeaBIOS uses the first VGA controller that has I/O decode and memory decode on, which
 * must be the emulated controller. hvmloader switches on only the decodes for which a
 * function has a BAR. So the vGPU does not have both decodes on when SeaBIOS searches for
 * a VGA controller.
 */
static void the_bios_takes_another_vga(void **state)
{
	struct xengt_vgpu_config cfg = {
		.is_primary = true, .aperture_bytes = RIG_APERTURE,
	};
	struct xengt_pci_cfg pci;
	uint32_t cmd = 0x0004;

	(void)state;
	xengt_pci_cfg_reset(&pci, &cfg, xengt_platform_get(XENGT_PLATFORM_SKL));
	for (uint32_t reg = 0x10; reg < 0x28; reg += 4) {
		uint32_t bar;

		xengt_pci_cfg_write(&pci, reg, 4, 0xffffffff);
		bar = xengt_pci_cfg_read(&pci, reg, 4);
		if (bar)
			cmd |= bar & 1 ? 0x0001 : 0x0002;
		reg += bar & 0x4 ? 4 : 0;
	}
	xengt_pci_cfg_write(&pci, 0x04, 2,
			    xengt_pci_cfg_read(&pci, 0x04, 2) | cmd);
	assert_int_equal(xengt_pci_cfg_read(&pci, 0x08, 4) >> 16, 0x0300);
	assert_int_equal(xengt_pci_cfg_read(&pci, 0x04, 2), 0x0006);
}

/*
 * A BAR decodes at the address that the guest wrote, if memory decode is on. It does not decode
 * at 0, and not while the guest reads the BAR's size. BAR2 of 4 GiB has no writable bit in its
 * low half.
 */
static void where_a_bar_decodes(void **state)
{
	static const struct { uint64_t aperture; uint32_t low, high; uint64_t want; } cases[] = {
		{ 256 * XENGT_MIB, 0xe000000c, 0, 0xe0000000 },
		{ 256 * XENGT_MIB, 0xe0000000, 0x1f, 0x1fe0000000 },
		{ 256 * XENGT_MIB, 0xefffffff, 0, 0xe0000000 },
		{ 256 * XENGT_MIB, 0, 0, 0 },
		{ 256 * XENGT_MIB, 0, 1, 0x100000000 },
		{ 256 * XENGT_MIB, 0xffffffff, 0, 0 },
		{ 256 * XENGT_MIB, 0xffffffff, 1, 0x1f0000000 },
		{ 256 * XENGT_MIB, 0, 0xffffffff, 0 },
		{ 256 * XENGT_MIB, 0xe0000000, 0xffffffff, 0 },
		{ 256 * XENGT_MIB, 0xffffffff, 0xffffffff, 0 },
		{ 256 * XENGT_MIB, 0xe0000000, 0xfffffffe, 0xfffffffee0000000 },
		{ 4096 * XENGT_MIB, 0, 0, 0 },
		{ 4096 * XENGT_MIB, 0xffffffff, 0, 0 },
		{ 4096 * XENGT_MIB, 0xffffffff, 5, 0x500000000 },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		struct xengt_vgpu_config cfg = { .aperture_bytes = cases[i].aperture };
		struct xengt_pci_cfg pci;

		xengt_pci_cfg_reset(&pci, &cfg, xengt_platform_get(XENGT_PLATFORM_SKL));
		xengt_pci_cfg_write(&pci, 0x18, 4, cases[i].low);
		xengt_pci_cfg_write(&pci, 0x1c, 4, cases[i].high);
		assert_int_equal(xengt_pci_cfg_bar_base(&pci, 0x18), 0);
		xengt_pci_cfg_write(&pci, 0x04, 2, 0x0005);
		assert_int_equal(xengt_pci_cfg_bar_base(&pci, 0x18), 0);
		xengt_pci_cfg_write(&pci, 0x04, 2, 0x0002);
		assert_int_equal(xengt_pci_cfg_bar_base(&pci, 0x18), cases[i].want);
	}
}

static void only_d3hot_is_asleep(void **state)
{
	struct xengt_vgpu_config cfg = { .aperture_bytes = RIG_APERTURE };
	struct xengt_pci_cfg pci;

	(void)state;
	xengt_pci_cfg_reset(&pci, &cfg, xengt_platform_get(XENGT_PLATFORM_SKL));
	assert_false(xengt_pci_cfg_is_asleep(&pci));
	for (uint32_t power = 0; power < 4; power++) {
		xengt_pci_cfg_write(&pci, 0xd4, 2, 0);
		xengt_pci_cfg_write(&pci, 0xd4, 2, power);
		assert_int_equal(xengt_pci_cfg_is_asleep(&pci), power == 3);
	}
}

static void requests_that_are_no_config_access(void **state)
{
	struct rig *rig = *state;
	const struct xengt_req good = {
		.type = XENGT_REQ_PCI_CONFIG, .addr = rig_sbdf(RIG_SLOT),
		.size = 4, .count = 1, .is_read = true,
	};
	struct xengt_req bad[7];
	uint64_t before = xengt_vgpu_counters(rig->vgpu)->exit_invalid;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++)
		bad[i] = good;
	bad[0].size = 8;
	bad[1].size = 3;
	bad[2].size = 0;
	bad[3].count = 2;
	bad[4].count = 0;
	bad[5].data_is_ptr = true;
	bad[6].addr = rig_sbdf(RIG_SLOT + 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++)
		assert_int_equal(rig_request(rig, bad[i]), ALL_ONES);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->exit_invalid - before,
			 XENGT_ARRAY_SIZE(bad));
	assert_int_equal(rig_request(rig, good), 0x19168086);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_every_width),
		cmocka_unit_test(identity_comes_from_the_platform),
		rig_test(beyond_the_end),
		rig_test(asls_keeps_what_was_written),
		rig_test(sizing),
		cmocka_unit_test(aperture_sizes),
		cmocka_unit_test(what_software_reads_back),
		cmocka_unit_test(the_bios_takes_another_vga),
		cmocka_unit_test(where_a_bar_decodes),
		cmocka_unit_test(only_d3hot_is_asleep),
		rig_test(requests_that_are_no_config_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
