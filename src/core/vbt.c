/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a Video BIOS Table, version 186 (the format is what Linux's
 * intel_vbt_defs.h documents): a header, then a "BIOS data block" that consists
 * of blocks. A driver needs two blocks, the general features and the list of
 * devices. The list has one device, a DisplayPort connector at port B.
 */
#include "core/vbt.h"

#include <string.h>

#define VERSION		186

struct vbt_header {
	char signature[20];
	uint16_t version;
	uint16_t header_bytes;
	uint16_t vbt_bytes;
	uint8_t checksum;
	uint8_t pad;
	uint32_t bdb_off;
	uint32_t aim_off[4];
} __attribute__((packed));

struct bdb_header {
	char signature[16];
	uint16_t version;
	uint16_t header_bytes;
	uint16_t bdb_bytes;
} __attribute__((packed));

struct block_header {
	uint8_t id;
	uint16_t bytes;
} __attribute__((packed));

/* Block 1. All fields are 0: there is no panel and no analog port. */
struct general_features {
	uint8_t bytes[7];
} __attribute__((packed));

/* A device entry, with the size that version 186 prescribes. */
struct device {
	uint16_t handle;
	uint16_t type;
	uint8_t id[10];
	uint16_t addin_off;
	uint8_t port;
	uint8_t i2c_pin;
	uint8_t i2c_addr;
	uint8_t ddc_pin;
	uint16_t edid_ptr;
	uint8_t cfg;
	uint16_t flags;		/* bit 9: DisplayPort */
	uint8_t aux_channel;
	uint8_t dongle;
	uint8_t capabilities;
	uint8_t wiring[2];
	uint16_t extended_type;
	uint8_t function;
} __attribute__((packed));

/* Block 2 */
struct general_definitions {
	uint8_t crt_pin;
	uint8_t dpms;
	uint8_t boot_display[2];
	uint8_t device_bytes;
	struct device device[1];
} __attribute__((packed));

struct vbt {
	struct vbt_header vbt;
	struct bdb_header bdb;
	struct block_header features_header;
	struct general_features features;
	struct block_header definitions_header;
	struct general_definitions definitions;
} __attribute__((packed));

static const struct vbt table = {
	.vbt = {
		.signature = { '$', 'V', 'B', 'T', ' ', 'X', 'E', 'N', 'G', 'T',
			       ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
			       ' ' },
		.version = 100,
		.header_bytes = sizeof(struct vbt_header),
		.vbt_bytes = sizeof(struct vbt),
		.bdb_off = sizeof(struct vbt_header),
	},
	.bdb = {
		.signature = "BIOS_DATA_BLOCK",
		.version = VERSION,
		.header_bytes = sizeof(struct bdb_header),
		.bdb_bytes = sizeof(struct vbt) - sizeof(struct vbt_header),
	},
	.features_header = { 1, sizeof(struct general_features) },
	.definitions_header = { 2, sizeof(struct general_definitions) },
	.definitions = {
		.device_bytes = sizeof(struct device),
		.device[0] = {
			.handle = 0x0004,	/* first external device */
			.type = 0x68c6,		/* DisplayPort */
			.port = 7,		/* port B, as DisplayPort */
			.flags = 0x0200,
			.aux_channel = 0x10,	/* AUX channel B */
		},
	},
};

uint32_t xengt_vbt_make(uint8_t *ret_vbt, uint32_t max_bytes)
{
	uint8_t sum = 0;

	if (max_bytes < sizeof(table))
		return 0;
	memcpy(ret_vbt, &table, sizeof(table));
	for (uint32_t i = 0; i < sizeof(table); i++)
		sum = (uint8_t)(sum + ret_vbt[i]);
	ret_vbt[offsetof(struct vbt, vbt.checksum)] = (uint8_t)-sum;
	return sizeof(table);
}
