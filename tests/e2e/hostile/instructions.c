// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions whose operand is in a piece of the aperture that is not mapped: Xen's emulator
 * executes them. docs/design/015-aperture.md has a table of what Xen makes of each.
 */
#include "kernel.h"

#include "hostile_gpu.h"

#define CR0_EM_TS	0x0cul
#define CR0_MP		0x02ul
#define CR4_SSE		0x600ul

/* Runs an instruction, or two, whose operand is at (%rbx). Defines a function that returns the vector. */
#define INSTRUCTION(name, text)							\
static uint32_t name(volatile uint8_t *at)					\
{										\
	fault_vector = 0;							\
	__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, fault_continues\n\t" \
			 "xorl %%eax, %%eax\n\txorl %%edx, %%edx\n\t"		\
			 "movl $4, %%ecx\n\t" text "\n"				\
			 "1:\tmovq $0, fault_continues"				\
			 : : "b"(at)						\
			 : "rax", "rcx", "rdx", "rsi", "rdi", "memory", "cc");	\
	return fault_vector;							\
}

INSTRUCTION(mov, "movl %%eax, (%%rbx)\n\tmovq (%%rbx), %%rax")
INSTRUCTION(movs, "movq %%rbx, %%rdi\n\tleaq 256(%%rbx), %%rsi\n\trep movsl")
INSTRUCTION(stos, "movq %%rbx, %%rdi\n\trep stosq")
INSTRUCTION(lods, "movq %%rbx, %%rsi\n\trep lodsl")
INSTRUCTION(xchg, "xchgl %%eax, (%%rbx)")
INSTRUCTION(lock_add, "lock addl $1, (%%rbx)")
INSTRUCTION(cmpxchg8b, "lock cmpxchg8b (%%rbx)")
INSTRUCTION(cmpxchg16b, "lock cmpxchg16b (%%rbx)")
INSTRUCTION(sse_load, "movaps (%%rbx), %%xmm0")
INSTRUCTION(sse_store, "movaps %%xmm0, (%%rbx)")
INSTRUCTION(movnt, "movntps %%xmm0, (%%rbx)\n\tmovntiq %%rax, (%%rbx)")
INSTRUCTION(maskmov, "movq %%rbx, %%rdi\n\tmaskmovdqu %%xmm0, %%xmm0")
INSTRUCTION(clflush, "clflush (%%rbx)")
INSTRUCTION(prefetch, "prefetcht0 (%%rbx)")
INSTRUCTION(fxsave, "fxsave (%%rbx)")
INSTRUCTION(fxrstor, "fxrstor (%%rbx)")
INSTRUCTION(fnsave, "fnsave (%%rbx)")
INSTRUCTION(frstor, "frstor (%%rbx)")
INSTRUCTION(fnstenv, "fnstenv (%%rbx)")
INSTRUCTION(fldenv, "fldenv (%%rbx)")
INSTRUCTION(run, "jmp *%%rbx")

static const struct {
	const char *name;
	uint32_t (*run)(volatile uint8_t *at);
	uint32_t vector;		/* 0: the instruction works */
} instructions[] = {
	{ "mov", mov, 0 }, { "rep movs", movs, 0 }, { "rep stos", stos, 0 },
	{ "rep lods", lods, 0 }, { "xchg", xchg, 0 }, { "lock add", lock_add, 0 },
	{ "cmpxchg8b", cmpxchg8b, 0 }, { "cmpxchg16b", cmpxchg16b, 0 },
	{ "movaps, load", sse_load, 0 }, { "movaps, store", sse_store, 0 },
	{ "movnt", movnt, 0 }, { "maskmovdqu", maskmov, 0 }, { "clflush", clflush, 0 },
	{ "prefetch", prefetch, 0 },
	{ "fxsave", fxsave, GP_VECTOR }, { "fxrstor", fxrstor, GP_VECTOR },
	{ "fnsave", fnsave, GP_VECTOR }, { "frstor", frstor, GP_VECTOR },
	{ "fnstenv", fnstenv, GP_VECTOR }, { "fldenv", fldenv, GP_VECTOR },
	{ "code", run, GP_VECTOR },
};

static void use_sse(void)
{
	uint64_t cr0, cr4;

	__asm__ volatile("mov %%cr0, %0\n\tmov %%cr4, %1" : "=r"(cr0), "=r"(cr4));
	cr0 = (cr0 & ~CR0_EM_TS) | CR0_MP;
	cr4 |= CR4_SSE;
	__asm__ volatile("mov %0, %%cr0\n\tmov %1, %%cr4\n\tfninit" : : "r"(cr0), "r"(cr4));
}

uint32_t aperture_instructions(struct evil *e, volatile uint8_t *bar2)
{
	volatile uint8_t *at = bar2 + e->low + EVIL_UNMAPPED;
	uint32_t wrong = 0;

	use_sse();
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		const uint32_t vector = instructions[i].run(at);
		char line[EVIL_LINE];
		uint32_t n = evil_add(line, 0, vector == instructions[i].vector ? "ok " : "not ok ");

		wrong += vector != instructions[i].vector;
		n = evil_add(line, n, instructions[i].name);
		n = evil_add(line, n, vector ? ": exception " : ": works ");
		evil_add_number(line, n, vector);
		e->ops->say(e->ctx, line);
	}
	return wrong;
}
