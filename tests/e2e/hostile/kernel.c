// SPDX-License-Identifier: GPL-2.0-only
/* The commands of the hostile kernel: see kernel.h. "help" lists them. */
#include "kernel.h"

#include "hostile_attacks.h"

#define LINE		1024u
#define WORDS		4u
#define PATIENCE	1200000u	/* number of pauses, about ten minutes: the host
					 * never takes as long */
#define PCI_MEMORY_MASTER 6u
#define ELSEWHERE	0x80000000u	/* another address for BAR0: nothing is there */

static uint8_t pool[EVIL_PAGES * EVIL_PAGE] __attribute__((aligned(4096)));
static volatile uint8_t *bar0, *bar2;
static struct evil evil, second;
static uint64_t second_seed;
static volatile bool is_second_up, is_racing;
static void (*second_job)(void);

/* ---- the machine of the attacks ---- */

static uint32_t op_rd(void *ctx, uint32_t off)
{
	(void)ctx;
	return *(volatile uint32_t *)(bar0 + off);
}

static void op_wr(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	*(volatile uint32_t *)(bar0 + off) = val;
}

static void op_wr64(void *ctx, uint32_t off, uint64_t val)
{
	(void)ctx;
	*(volatile uint64_t *)(bar0 + off) = val;
}

static uint32_t op_get(void *ctx, uint32_t page, uint32_t dword)
{
	(void)ctx;
	return ((volatile uint32_t *)(pool + (size_t)page * EVIL_PAGE))[dword];
}

static void op_put(void *ctx, uint32_t page, uint32_t dword, uint32_t val)
{
	(void)ctx;
	((volatile uint32_t *)(pool + (size_t)page * EVIL_PAGE))[dword] = val;
}

static void op_put64(void *ctx, uint32_t page, uint32_t i, uint64_t val)
{
	(void)ctx;
	((volatile uint64_t *)(pool + (size_t)page * EVIL_PAGE))[i] = val;
}

static void op_pause(void *ctx)
{
	(void)ctx;
	cpu_pause();
}

/* ---- output: each line begins with the question's id ---- */

static char id[64];

static void op_say(void *ctx, const char *text)
{
	char line[EVIL_LINE + sizeof(id)];
	uint32_t n;

	(void)ctx;
	n = evil_add(line, 0, id);
	n = evil_add(line, n, "| ");
	evil_add(line, n, text);
	console_put(line);
}

static const struct evil_ops ops = {
	.rd = op_rd, .wr = op_wr, .wr64 = op_wr64, .get = op_get,
	.put = op_put, .put64 = op_put64, .pause = op_pause, .say = op_say,
};

static void say_number(const char *text, uint64_t val)
{
	char line[EVIL_LINE];

	evil_add_number(line, evil_add(line, 0, text), val);
	op_say(NULL, line);
}

/* ---- commands; each returns its exit status ---- */

static bool begin(void)
{
	const uint32_t seed_low = (uint32_t)evil.seed, victim = evil.victim;
	const uint32_t device = pci_read(0) >> 16;

	bar0 = (volatile uint8_t *)(uintptr_t)(pci_read(0x10) & ~0xfu);
	bar2 = (volatile uint8_t *)(uintptr_t)(pci_read(0x18) & ~0xfu);
	if (device == 0xffff || !bar0 || pci_read(0x14)) {
		op_say(NULL, "no GPU below 4 GiB");
		return false;
	}
	pci_write(4, (pci_read(4) & 0xffff) | PCI_MEMORY_MASTER);
	evil = (struct evil){
		.ops = &ops, .gpa = (uintptr_t)pool, .victim = victim,
		.is_gen9 = device >> 8 != 0x16, .patience = PATIENCE,
		.seed = seed_low,
	};
	if (!evil_begin(&evil)) {
		op_say(NULL, "no vGPU");
		return false;
	}
	if (!evil.victim)
		evil.victim = evil.low_end;
	return true;
}

static int cmd_table(const uint64_t *arg)
{
	struct evil_counts counts;

	memset(&counts, 0, sizeof(counts));
	evil_table(&evil, arg[0], &counts);
	evil_say_counts(&evil, &counts);
	return evil.is_gone ? 3 : counts.failed ? 1 : 0;
}

static int cmd_victim(const uint64_t *arg)
{
	evil.victim = (uint32_t)arg[0];
	return 0;
}

/* Resets all engines, and checks that each engine works. */
static bool all_work(void)
{
	for (uint32_t i = 0; i < EVIL_ENGINES; i++)
		if (!evil_reset(&evil, i))
			return false;
	if (!evil_begin(&evil))
		return false;
	for (uint32_t i = 0; i < EVIL_ENGINES; i++)
		if (!evil_witness(&evil, i))
			return false;
	return true;
}

static bool start_second(void)
{
	is_second_up = false;
	cpu_start_second();
	for (uint32_t i = 0; i < PATIENCE && !is_second_up; i++)
		cpu_pause();
	return is_second_up;
}

static void rewrite(void)
{
	evil_rewrite(&second, &second_seed);
}

static void touch(void)
{
	aperture_touch(&second, bar2);
}

/*
 * The second processor runs only during a race: otherwise it is down, and takes no time from
 * the victim.
 */
static int cmd_race(const uint64_t *arg)
{
	uint32_t done = 0;

	evil.seed = arg[1];
	second = evil;
	second_seed = arg[1] ^ 0x5bd1e995;
	second_job = rewrite;
	is_racing = true;
	if (!start_second()) {
		op_say(NULL, "there is no second processor");
		return 1;
	}
	evil_race(&evil, (uint32_t)arg[0], &done);
	is_racing = false;
	say_number("submissions that ran to their end: ", done);
	if (all_work()) {
		op_say(NULL, "ok each engine works");
		return done ? 0 : 1;
	}
	op_say(NULL, evil.is_gone ? "gone" : "not ok an engine does not work");
	return evil.is_gone ? 3 : 1;
}

/* Touches BAR2 where it is, or where it was. */
static void touch_both(void)
{
	aperture_touch(&second, evil_random(&second, 2) ? bar2 :
					(volatile uint8_t *)APERTURE_ELSEWHERE);
}

static bool has_aperture(void)
{
	if (bar2 && !pci_read(0x1c))
		return true;
	op_say(NULL, "no aperture below 4 GiB");
	return false;
}

/* Runs a race about the aperture: 'job' is what the second processor does meanwhile. */
static int race_aperture(const uint64_t *arg, void (*job)(void),
			 const char *(*run)(struct evil *e, volatile uint8_t *bar2, uint32_t count))
{
	const char *why;

	if (!has_aperture())
		return 1;
	evil.seed = arg[1];
	second = evil;
	second.seed ^= 0x5bd1e995;
	second_job = job;
	is_racing = true;
	if (!start_second())
		return 1;
	why = run(&evil, bar2, (uint32_t)arg[0]);
	is_racing = false;
	if (why)
		op_say(NULL, why);
	return !all_work() ? 3 : why ? 1 : 0;
}

static int cmd_aperture(const uint64_t *arg)
{
	return race_aperture(arg, touch, aperture_change);
}

static int cmd_moves(const uint64_t *arg)
{
	return race_aperture(arg, touch_both, aperture_move);
}

static int cmd_instructions(const uint64_t *arg)
{
	uint32_t wrong = ~0u;

	(void)arg;
	if (has_aperture())
		wrong = aperture_instructions(&evil, bar2);
	return wrong ? 1 : all_work() ? 0 : 3;
}

/* The next question ends this command. */
static int cmd_hangs(const uint64_t *arg)
{
	uint64_t n = 0;

	while (n < arg[0] && !evil.is_gone && !console_is_asked()) {
		evil_hang(&evil, EVIL_RCS);
		if (!evil_wait_ended(&evil, EVIL_RCS) ||
		    !evil_reset(&evil, EVIL_RCS))
			break;
		n++;
	}
	say_number("hangs: ", n);
	return evil.is_gone ? 3 : n == arg[0] ? 0 : 1;
}

/* Submits arg[0] contexts that have an unknown command. The host must refuse each of them. */
static int cmd_refused(const uint64_t *arg)
{
	const struct evil_attack *a = evil_attacks;
	struct evil_counts counts;

	memset(&counts, 0, sizeof(counts));
	while (a->outcome != EVIL_UNKNOWN)
		a++;
	for (uint64_t i = 0; i < arg[0] && !evil.is_gone; i++)
		evil_attack_run(&evil, a, EVIL_RCS, &counts);
	say_number("refused: ", counts.refused - counts.failed);
	return evil.is_gone ? 3 : counts.failed ? 1 : 0;
}

/*
 * Makes arg[0] submissions, each with an interrupt, as fast as this processor can. The next
 * question ends this command.
 */
static int cmd_flood(const uint64_t *arg)
{
	/* with the store's 4 dwords these are 8 dwords, so no command crosses the ring's end */
	const uint32_t rest[] = { EVIL_USER_INTERRUPT, EVIL_NOOP, EVIL_NOOP, EVIL_NOOP };
	uint64_t i = 0;

	evil_context(&evil, EVIL_RCS);
	while (i < arg[0] && !evil.is_gone && !console_is_asked()) {
		evil_put(&evil, EVIL_DATA, EVIL_MARK_C, 0);
		for (uint32_t n = 0; n < 64; n++, i++) {
			evil_emit_mark(&evil, EVIL_RCS, n == 63 ? EVIL_MARK_C :
				       EVIL_MARK_A);
			evil_emit(&evil, EVIL_RCS, rest, 4);
			evil_submit(&evil, EVIL_RCS);
		}
		if (!evil_wait_mark(&evil, EVIL_MARK_C))
			return evil.is_gone ? 3 : 1;
	}
	say_number("submissions: ", i);
	return evil.is_gone ? 3 : evil_reset(&evil, EVIL_RCS) ? 0 : 1;
}

/* Submits an endless batch that the engine may preempt, like a busy guest. Returns at once. */
static int cmd_spin(const uint64_t *arg)
{
	const uint32_t at = evil_at(&evil, EVIL_BATCH);
	const uint32_t loop[] = { 0x02800000, EVIL_START, at, 0 };
	const uint32_t ring[] = { EVIL_ARB_OFF, EVIL_START, at, 0 };

	(void)arg;
	evil_context(&evil, EVIL_RCS);
	for (uint32_t i = 0; i < 4; i++)
		evil_put(&evil, EVIL_BATCH, i, loop[i]);
	evil_emit(&evil, EVIL_RCS, ring, 4);
	evil_submit(&evil, EVIL_RCS);
	return 0;
}

/*
 * Moves BAR0 to ELSEWHERE and back, arg[0] times, and each time gives away the RAM that the host
 * puts behind BAR0. The guest must not get more memory by this than the host granted for this
 * RAM.
 */
static int cmd_bars(const uint64_t *arg)
{
	const uint32_t home = pci_read(0x10) & ~0xfu, command = pci_read(4) & 0xffff;
	uint32_t given = 0;

	for (uint64_t i = 0; i < 2 * arg[0]; i++) {
		const uint32_t at = i % 2 ? home : ELSEWHERE;

		pci_write(4, command & ~2u);
		pci_write(0x10, at);
		pci_write(4, command);
		bar0 = (volatile uint8_t *)(uintptr_t)at;
		/* the host puts RAM there when a driver reads PVINFO */
		if (op_rd(NULL, EVIL_PVINFO) == ~0u)
			return 3;
		given += xen_give_away((at + EVIL_PVINFO) / EVIL_PAGE, 1);
		given += xen_give_away((at + EVIL_GGTT + evil.low / EVIL_PAGE * 8) /
				       EVIL_PAGE, 4);
	}
	say_number("frames given away: ", given);
	return begin() && all_work() ? 0 : 1;
}

/* Makes random stores of all sizes and loads, of registers and entries; then all must work. */
static int cmd_registers(const uint64_t *arg)
{
	evil.seed = arg[1];
	for (uint64_t i = 0; i < arg[0] && !evil.is_gone; i++) {
		volatile uint8_t *at = bar0 + (evil_random(&evil, 8) ?
			evil_random(&evil, 0x200000) : evil_random(&evil, 0xfffff8));
		const uint64_t val = (uint64_t)evil_random(&evil, ~0u) << 32 |
			evil_random(&evil, ~0u);

		switch (evil_random(&evil, 8)) {
		case 0: *at = (uint8_t)val; break;
		case 1: *(volatile uint16_t *)at = (uint16_t)val; break;
		case 2: *(volatile uint64_t *)at = val; break;
		case 3: (void)*(volatile uint32_t *)at; break;
		default:
			at = (volatile uint8_t *)((uintptr_t)at & ~3ul);
			*(volatile uint32_t *)at = (uint32_t)val;
		}
	}
	return begin() && all_work() ? 0 : evil.is_gone ? 3 : 1;
}

static int cmd_calm(const uint64_t *arg)
{
	(void)arg;
	return all_work() ? 0 : evil.is_gone ? 3 : 1;
}

static int cmd_true(const uint64_t *arg)
{
	(void)arg;
	return 0;
}

static int cmd_help(const uint64_t *arg);

static const struct {
	const char *name, *args;
	bool needs_gpu;
	int (*run)(const uint64_t *arg);
} commands[] = {
	{ "table", "[1]: each attack on one engine, or on every one", true, cmd_table },
	{ "victim", "ADDRESS: another guest's graphics memory", false, cmd_victim },
	{ "race", "COUNT SEED: submissions while the second processor rewrites", true,
	  cmd_race },
	{ "aperture", "COUNT SEED: two processors touch the aperture while entries change", true,
	  cmd_aperture },
	{ "moves", "COUNT SEED: the same while BAR2 moves and frames are given away", true, cmd_moves },
	{ "instructions", ": execute instructions with operands in the aperture", true,
	  cmd_instructions },
	{ "hangs", "COUNT: hangs of the render engine, each with a reset", true, cmd_hangs },
	{ "refused", "COUNT: refused contexts", true, cmd_refused },
	{ "flood", "COUNT: submissions with interrupts", true, cmd_flood },
	{ "spin", ": an endless batch that the render engine may preempt", true, cmd_spin },
	{ "bars", "COUNT: move BAR0, and give away the RAM behind it", true, cmd_bars },
	{ "registers", "COUNT SEED: stores and loads at random", true, cmd_registers },
	{ "calm", ": reset all engines, and check that they work", true, cmd_calm },
	{ "true", ": nothing", false, cmd_true },
	{ "help", ": this list", false, cmd_help },
};

static int cmd_help(const uint64_t *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char line[EVIL_LINE];
		uint32_t n = evil_add(line, 0, commands[i].name);

		n = evil_add(line, n, " ");
		evil_add(line, n, commands[i].args);
		op_say(NULL, line);
	}
	return 0;
}

/* ---- questions: "@run ID BASE64" ---- */

static bool is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static int digit_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (int i = 0; digits[i]; i++)
		if (digits[i] == c)
			return i;
	return -1;
}

/* Decodes in place. */
static void decode(char *text)
{
	uint32_t bits = 0, n = 0;
	char *to = text;

	for (; digit_of(*text) >= 0; text++) {
		bits = bits << 6 | (uint32_t)digit_of(*text);
		n += 6;
		if (n >= 8) {
			n -= 8;
			*to++ = (char)(bits >> n);
		}
	}
	*to = 0;
}

/* Cuts a line at blanks and quotes. Returns the number of words. */
static uint32_t cut(char *line, char **words)
{
	uint32_t n = 0;
	bool is_in = false;

	for (; *line; line++) {
		if (*line == ' ' || *line == '\'') {
			*line = 0;
			is_in = false;
		} else if (!is_in && n < WORDS) {
			words[n++] = line;
			is_in = true;
		}
	}
	return n;
}

static uint64_t number(const char *text)
{
	uint64_t val = 0, base = 10;

	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	for (; *text; text++)
		val = val * base + (uint64_t)(*text <= '9' ? *text - '0' :
					      (*text | 0x20) - 'a' + 10);
	return val;
}

static int run(char *line)
{
	uint64_t args[WORDS] = { 0 };
	char *words[WORDS];
	uint32_t n = cut(line, words);

	for (uint32_t i = 1; i < n; i++)
		args[i - 1] = number(words[i]);
	for (size_t i = 0; n && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!is_same(commands[i].name, words[0]))
			continue;
		if (commands[i].needs_gpu && !begin())
			return 3;
		return commands[i].run(args);
	}
	op_say(NULL, "no such command");
	return 127;
}

static void answer(char *line)
{
	char *words[WORDS], end[EVIL_LINE];
	uint32_t n;
	int status;

	if (cut(line, words) != 3 || !is_same(words[0], "@run"))
		return;
	evil_add(id, 0, words[1]);
	decode(words[2]);
	status = run(words[2]);
	n = evil_add(end, 0, "==guest-exit:");
	n = evil_add(end, n, id);
	n = evil_add(end, n, ":");
	n = evil_add_number(end, n, (uint64_t)status);
	evil_add(end, n, "==");
	console_put(end);
}

/* ---- processors ---- */

void kernel_second(void)
{
	is_second_up = true;
	while (is_racing)
		second_job();
}

void kernel_trap(const uint64_t *stack)
{
	id[0] = 0;
	for (uint32_t i = 0; i < 4; i++)
		say_number("trap: ", stack[i]);
}

_Noreturn void kernel_main(void)
{
	static char line[LINE];
	uint32_t n = 0;

	cpu_init();
	console_init();
	console_put(start_second() ? "hostile: two processors" :
		    "hostile: one processor");
	for (;;) {
		int c = console_get();

		if (c < 0) {
			cpu_pause();
		} else if (c == '\n' || c == '\r') {
			line[n] = 0;
			answer(line);
			n = 0;
		} else if (n < LINE - 1) {
			line[n++] = (char)c;
		}
	}
}
