/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the content of a vGPU's OpRegion, and shows the OpRegion as device
 * memory at the guest address in ASLS.
 *
 *   firmware finds a hole in the guest's address space and writes it to ASLS
 *     -> aligned, below 4 GiB, no RAM of the guest there, not used otherwise:
 *        accesses are trapped, and answered from this vGPU's own bytes
 *     -> any other address: ASLS keeps it, and the OpRegion stays hidden
 *
 * The device never writes the OpRegion to guest RAM. Mailboxes 1 (ACPI) and 4
 * (VBT) exist. The device also answers SWSCI requests, which belong to mailbox
 * 2, because some drivers do not check whether mailbox 2 exists.
 */
#include "core/opregion.h"
#include "core/internal.h"
#include "core/pci_cfg.h"
#include "core/vbt.h"
#include "hv/hv.h"
#include "xengt/types.h"

#include <string.h>

#define SIGNATURE	"IntelGraphicsMem"
#define SIZE		0x10		/* the field's unit is KiB */
#define VERSION		0x14
#define MAILBOXES	0x58
#define LID_STATE	0x1ac		/* in mailbox 1 */
#define SCIC		0x200		/* in mailbox 2: the driver writes a
					 * command, firmware replaces it by a
					 * status */
#define PARM		0x204
#define VBT		0x400
#define VBT_MAX		0x1800

#define CFG_SWSCI	0xe8
#define CFG_ASLS	0xfc
#define SWSCI_TRIGGER	0x0001u
#define SWSCI_SELECT	0x8000u

static void put(struct xengt_opregion *op, uint32_t off, uint32_t val)
{
	for (uint32_t i = 0; i < 4; i++)
		op->bytes[off + i] = (uint8_t)(val >> 8 * i);
}

static uint32_t get(const struct xengt_opregion *op, uint32_t off)
{
	uint32_t val = 0;

	for (uint32_t i = 0; i < 4; i++)
		val |= (uint32_t)op->bytes[off + i] << 8 * i;
	return val;
}

static void fill(struct xengt_opregion *op)
{
	memset(op->bytes, 0, sizeof(op->bytes));
	memcpy(op->bytes, SIGNATURE, sizeof(SIGNATURE) - 1);
	put(op, SIZE, XENGT_OPREGION_BYTES / 1024);
	put(op, VERSION, 0x02000000);	/* version 2.0 */
	put(op, MAILBOXES, 1u << 0 | 1u << 3);
	put(op, LID_STATE, 0x3);	/* the lid is open */
	xengt_vbt_make(op->bytes + VBT, VBT_MAX);
}

/* ---- the address at which the OpRegion is shown ---- */

static int trap(struct xengt_vgpu *vgpu, bool on)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t first = vgpu->opregion.asls;

	return hv->ops->trap_range(hv, XENGT_RANGE_MMIO, first,
				   first + XENGT_OPREGION_BYTES - 1, on);
}

static void hide(struct xengt_vgpu *vgpu)
{
	if (vgpu->opregion.is_shown)
		trap(vgpu, false);
	vgpu->opregion.is_shown = false;
}

/*
 * Firmware chooses a hole in the guest's address space for the OpRegion. An
 * address that has RAM is no hole.
 */
static bool is_hole(struct xengt_vgpu *vgpu, uint64_t first)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint8_t byte;

	for (uint64_t at = first; at < first + XENGT_OPREGION_BYTES;
	     at += XENGT_PAGE_SIZE) {
		if (!hv->ops->read_guest(hv, gpa(at), &byte, 1))
			return false;
	}
	return true;
}

static bool is_free(const struct xengt_vgpu *vgpu, uint64_t first)
{
	uint64_t bar = vgpu->bars.mmio_base;

	return !bar || first >= bar + XENGT_BAR0_BYTES ||
	       first + XENGT_OPREGION_BYTES <= bar;
}

static void show(struct xengt_vgpu *vgpu)
{
	uint64_t first = vgpu->opregion.asls;

	if (!first)
		return;
	if (first % XENGT_PAGE_SIZE || !is_free(vgpu, first) ||
	    first + XENGT_OPREGION_BYTES > (uint64_t)1 << 32 ||
	    !is_hole(vgpu, first) || trap(vgpu, true)) {
		vgpu->counters.opregion_refused++;
		return;
	}
	vgpu->opregion.is_shown = true;
}

/* ---- software interrupts ---- */

/*
 * Answer a SWSCI request. The three queries for supported functions succeed and
 * report that no function is supported; all other requests fail.
 */
static void answer_swsci(struct xengt_opregion *op)
{
	uint32_t scic = get(op, SCIC);
	uint32_t function = scic >> 1 & 0xf;
	uint32_t sub = scic >> 8 & 0xff;
	bool is_query = (function == 4 && sub <= 1) ||
			(function == 6 && sub == 0);

	/* exit status in bits 7:5: 1 success, 2 invalid parameter */
	put(op, SCIC, (is_query ? 1u : 2u) << 5);
	put(op, PARM, 0);
}

void xengt_opregion_update(struct xengt_vgpu *vgpu)
{
	struct xengt_opregion *op = &vgpu->opregion;
	uint32_t asls = xengt_pci_cfg_read(&vgpu->pci, CFG_ASLS, 4);
	uint32_t swsci = xengt_pci_cfg_read(&vgpu->pci, CFG_SWSCI, 2);

	if (asls != op->asls) {
		hide(vgpu);
		op->asls = asls;
		show(vgpu);
	}
	if (swsci & SWSCI_TRIGGER && swsci & SWSCI_SELECT) {
		answer_swsci(op);
		/* clear the bit: the driver sees that the request is done */
		xengt_pci_cfg_write(&vgpu->pci, CFG_SWSCI, 2,
				    swsci & ~SWSCI_TRIGGER);
	}
}

void xengt_opregion_reset(struct xengt_vgpu *vgpu)
{
	hide(vgpu);
	vgpu->opregion.asls = 0;
	fill(&vgpu->opregion);
}

bool xengt_opregion_access(struct xengt_vgpu *vgpu, uint64_t addr,
			   uint32_t size, bool is_read, uint64_t *val)
{
	struct xengt_opregion *op = &vgpu->opregion;
	uint64_t off = addr - op->asls, result = 0;

	if (!op->is_shown || off >= XENGT_OPREGION_BYTES)
		return false;
	for (uint32_t i = 0; i < size; i++) {
		bool is_inside = off + i < XENGT_OPREGION_BYTES;

		if (is_read)
			result |= (uint64_t)(is_inside ? op->bytes[off + i] :
							 0xff) << 8 * i;
		else if (is_inside)
			op->bytes[off + i] = (uint8_t)(*val >> 8 * i);
	}
	if (is_read)
		*val = result;
	return true;
}
