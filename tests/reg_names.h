/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of registers for tests. Tests of the simulator use only these names, because the
 * simulator is the oracle for src/hw and its tests must not use src/hw. Tests of core and
 * boundary use these names for registers that have no name in src/hw/facts.h. Source: Intel PRM
 * Broadwell and Skylake, volume 2c; a name that the PRM does not have is followed by a comment.
 * Offsets are in bytes from BAR0, or from an engine's base.
 */
#ifndef XENGT_TEST_REG_NAMES_H
#define XENGT_TEST_REG_NAMES_H

/* ---- engines: their bases, then registers from a base ---- */

#define RCS			0x2000U
#define VCS			0x12000U
#define VECS			0x1a000U
#define BCS			0x22000U

#define REG_RING_TAIL		0x30U
#define REG_RING_HEAD		0x34U
#define REG_RING_START		0x38U
#define REG_RING_CTL		0x3cU
#define REG_RING_ACTHD		0x74U
#define REG_RING_HWS_PGA	0x80U
#define REG_RING_IMR		0xa8U
#define REG_RING_EIR		0xb0U
#define REG_RING_EMR		0xb4U
#define REG_RING_ESR		0xb8U
#define REG_RING_RESET_CTL	0xd0U
#define REG_RING_BB_STATE	0x110U
#define REG_RING_SBBADDR	0x114U
#define REG_RING_SBB_STATE	0x118U
#define REG_RING_SBBADDR_UDW	0x11cU
#define REG_RING_BBADDR		0x140U
#define REG_RING_BBADDR_UDW	0x168U
#define REG_RING_BB_PER_CTX	0x1c0U
#define REG_RING_INDIRECT_CTX	0x1c4U
#define REG_RING_INDIRECT_CTX_OFFSET	0x1c8U
#define REG_BCS_SWCTRL		0x200U		/* only the blitter has this register */
#define REG_RING_ELSP		0x230U
#define REG_RING_STATUS_HI	0x238U
#define REG_RING_CTX_CONTROL	0x244U
#define REG_RING_PDP3_UDW	0x28cU
#define REG_RING_MODE		0x29cU
#define REG_RING_TIMESTAMP	0x358U
#define REG_RING_TIMESTAMP_UDW	0x35cU
#define REG_RING_CSB_CONTEXT	0x374U
#define REG_RING_CSB_PTR	0x3a0U
#define REG_RING_CTX_TIMESTAMP	0x3a8U
#define REG_RING_PREDICATE_RESULT_1	0x418U
#define REG_RING_FORCE_TO_NONPRIV	0x4d0U
#define REG_RING_GPR		0x600U

/* ---- all other registers; registers of a pipe are those of pipe A ---- */

#define PIPE_B(reg)		((reg) + 0x1000U)
#define PIPE_C(reg)		((reg) + 0x2000U)

#define REG_FORCEWAKE_RENDER_ACK	0xd84U
#define REG_GTT_CACHE_EN	0x4024U
#define REG_GAMW_ECO_DEV	0x4080U
#define REG_RING_FAULT		0x4094U
#define REG_FAULT_TLB_DATA0	0x4b10U
#define REG_FAULT_TLB_DATA1	0x4b14U
#define REG_NO_ROW		0x5000U		/* a register for which src/core
						 * has no row */
#define REG_SC_INSTDONE		0x7100U
#define REG_FUSE2		0x9120U
#define REG_L3_MOCS		0xb020U		/* the first register of a table */
#define REG_L3SQCREG4		0xb118U
#define REG_GDRST		0x941cU
#define REG_RPNSWREQ		0xa008U
#define REG_RPSTAT1		0xa01cU
#define REG_FORCEWAKE_MT	0xa188U
#define REG_CTC_MODE		0xa26cU
#define REG_FORCEWAKE_RENDER	0xa278U
#define REG_DMA_CTRL		0xc314U
/* the first register of each engine's table of memory types */
#define REG_MOCS_RCS		0xc800U
#define REG_MOCS_VCS		0xc900U
#define REG_MOCS_VECS		0xcb00U
#define REG_MOCS_BCS		0xcc00U
#define REG_FUSE_STATUS		0x42000U
#define REG_FPGA_DBG		0x42300U
#define REG_IPS_CTL		0x43408U
#define REG_MASTER_INTERRUPT	0x44200U
#define REG_GT0_IMR		0x44304U
#define REG_GT0_IIR		0x44308U
#define REG_GT0_IER		0x4430cU
#define REG_GT1_IMR		0x44314U
#define REG_GT1_IIR		0x44318U
#define REG_DE_PIPE_A_IMR	0x44404U
#define REG_DE_PIPE_A_IER	0x4440cU
#define REG_DE_PIPE_C_IMR	0x44424U
#define REG_DE_PIPE_C_IIR	0x44428U
#define REG_DE_PIPE_C_IER	0x4442cU
#define REG_DE_PORT_IMR		0x44444U
#define REG_IRQ_PAGE_LAST	0x44ff0U		/* the last register in the page of the
							 * interrupt registers */
#define REG_DBUF_CTL		0x45008U
#define REG_PWR_WELL_CTL1	0x45400U
#define REG_PWR_WELL_CTL2	0x45404U
#define REG_LCPLL1_CTL		0x46010U
#define REG_LCPLL2_CTL		0x46014U
#define REG_SPLL_CTL		0x46020U
#define REG_WRPLL_CTL1		0x46040U
#define REG_WRPLL_CTL2		0x46060U
#define REG_PORT_CLK_SEL_B	0x46104U
#define REG_PORT_CLK_SEL_C	0x46108U
#define REG_TRANS_CLK_SEL_A	0x46140U
#define REG_SWF0		0x4f000U		/* scratch register for software */
#define REG_SWF64		0x4f100U
#define REG_HTOTAL		0x60000U
#define REG_VTOTAL		0x6000cU
#define REG_PIPE_SRCSZ		0x6001cU
#define REG_LINK_M1		0x60040U
#define REG_LINK_N1		0x60044U
#define REG_TRANS_DDI_FUNC_CTL	0x60400U
#define REG_DDI_BUF_CTL_B	0x64100U
#define REG_DDI_AUX_CTL_B	0x64110U
#define REG_DDI_AUX_DATA_B	0x64114U
#define REG_DPLL1_CFGCR1	0x6c040U
#define REG_DPLL1_CFGCR2	0x6c044U
#define REG_DPLL_CTRL1		0x6c058U
#define REG_DPLL_CTRL2		0x6c05cU
#define REG_DPLL_STATUS		0x6c060U
#define REG_PIPE_SCANLINE	0x70000U
#define REG_PIPE_CONF		0x70008U
#define REG_PIPE_FRMCNT		0x70040U
#define REG_PIPE_FLIPCNT	0x70044U
#define REG_CUR_CTL		0x70080U
#define REG_CUR_BASE		0x70084U
#define REG_CUR_POS		0x70088U
#define REG_CUR_FBC_CTL		0x700a0U
#define REG_CUR_SURFLIVE	0x700acU
#define REG_PLANE_CTL_1		0x70180U
#define REG_PLANE_STRIDE_1	0x70188U
#define REG_PLANE_POS_1		0x7018cU
#define REG_PLANE_SIZE_1	0x70190U
#define REG_PLANE_SURF_1	0x7019cU
#define REG_PLANE_OFFSET_1	0x701a4U
#define REG_PLANE_SURFLIVE_1	0x701acU
#define REG_PLANE_SURF_2	0x7029cU
#define REG_PLANE_SURFLIVE_2	0x702acU
#define REG_PVINFO_VERSION	0x78008U
#define REG_PVINFO_VGT_ID	0x7800cU
#define REG_PVINFO_CAPS		0x78010U
#define REG_PVINFO_LOW		0x78040U
#define REG_PVINFO_HIGH		0x78048U
#define REG_PVINFO_FENCES	0x78050U
#define REG_PVINFO_DISPLAY_READY	0x78804U
#define REG_PVINFO_G2V_NOTIFY	0x78818U
#define REG_PVINFO_CURSOR_HOT	0x78830U
#define REG_PVINFO_PDP		0x78838U
#define REG_PIPE_CONF_EDP	0x7f008U
#define REG_SFUSE_STRAP		0xc2014U
#define REG_SDE_ISR		0xc4000U
#define REG_SDE_IMR		0xc4004U
#define REG_SDE_IIR		0xc4008U
#define REG_HOTPLUG_CTL		0xc4030U
#define REG_GPIO_CTL_C		0xc5018U
#define REG_GPIO_CTL_E		0xc5020U
#define REG_GMBUS0		0xc5100U
#define REG_GMBUS1		0xc5104U
#define REG_GMBUS2		0xc5108U
#define REG_GMBUS4		0xc5110U
#define REG_SBI_ADDR		0xc6000U
#define REG_SBI_DATA		0xc6004U
#define REG_SBI_CTL_STAT	0xc6008U
#define REG_PP_STATUS		0xc7200U
#define REG_PP_CONTROL		0xc7204U
#define REG_FENCE0		0x100000U
#define REG_GFX_FLSH_CNTL	0x101008U
#define REG_LCPLL_CTL		0x130040U
#define REG_FORCEWAKE_MT_ACK	0x130044U
#define REG_PCODE_DATA1		0x13812cU
#define REG_RP_STATE_CAP	0x145998U
#define REG_MCH_SSKPD		0x145d10U
#define REG_END			0x200000U		/* end of the registers */
#define REG_HOLE		0x400000U		/* an address between registers and GGTT */
#define REG_GGTT		0x800000U		/* the GGTT's entries, up to the end of BAR0 */
#define REG_GGTT_END		0x1000000U

#endif /* XENGT_TEST_REG_NAMES_H */
