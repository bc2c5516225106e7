/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_scan.h. The grammar of xl.cfg: an assignment is NAME = VALUE or NAME += VALUE,
 * and ends at a newline or ';'. A VALUE is a number, a quoted string or a [list], which
 * may contain newlines. '#' starts a comment. Inside quotes a backslash escapes the next
 * character.
 */
#include "vgt_scan.h"

#include <string.h>

struct scanner {
    const char *p, *end;
    unsigned int line;
};

static bool is_name_start(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_name(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void skip_blanks(struct scanner *s)
{
    while ( s->p < s->end && (*s->p == ' ' || *s->p == '\t') )
        s->p++;
}

/* Moves s past a quoted string. A quoted string cannot contain a newline. */
static void skip_quoted(struct scanner *s)
{
    char quote = *s->p++;

    while ( s->p < s->end && *s->p != quote && *s->p != '\n' )
    {
        if ( *s->p == '\\' && s->p + 1 < s->end && s->p[1] != '\n' )
            s->p++;
        s->p++;
    }
    if ( s->p < s->end && *s->p == quote )
        s->p++;
}

static void skip_comment(struct scanner *s)
{
    while ( s->p < s->end && *s->p != '\n' )
        s->p++;
}

/*
 * Returns true if an assignment begins at s (NAME, blanks, "=" or "+="). Then also
 * sets the name and the line of *a, lets a->value point to the value, and moves s to
 * the value.
 */
static bool match_assignment(struct scanner *s, struct vgt_assignment *a)
{
    struct scanner t = *s;

    if ( t.p >= t.end || !is_name_start(*t.p) )
        return false;
    a->name = t.p;
    while ( t.p < t.end && is_name(*t.p) )
        t.p++;
    a->name_len = t.p - a->name;
    a->line = t.line;
    skip_blanks(&t);
    if ( t.p < t.end && *t.p == '+' )
        t.p++;
    if ( t.p >= t.end || *t.p != '=' )
        return false;
    t.p++;
    skip_blanks(&t);
    a->value = t.p;
    *s = t;

    return true;
}

/*
 * Moves s past the value. A newline inside a list does not end the value. But
 * if the next line is an assignment, the list lacks its ']', and the value ends
 * at this newline.
 */
static void skip_value(struct scanner *s)
{
    unsigned int depth = 0;
    struct vgt_assignment ignored;

    while ( s->p < s->end )
    {
        switch ( *s->p )
        {
        case '"':
        case '\'':
            skip_quoted(s);
            continue;

        case '#':
            if ( !depth )
                return;
            skip_comment(s);
            continue;

        case '[':
            depth++;
            break;

        case ']':
            if ( depth )
                depth--;
            break;

        case ';':
            if ( !depth )
                return;
            break;

        case '\n':
            if ( !depth )
                return;
            s->line++;
            s->p++;
            skip_blanks(s);
            struct scanner t = *s;
            if ( match_assignment(&t, &ignored) )
                return;
            continue;
        }
        s->p++;
    }
}

void vgt_scan(const char *text, size_t len,
              bool (*each)(void *ctx, const struct vgt_assignment *a),
              void *ctx)
{
    struct scanner s = { .p = text, .end = text + len, .line = 1 };
    struct vgt_assignment a;

    while ( s.p < s.end )
    {
        skip_blanks(&s);
        if ( s.p >= s.end )
            break;
        if ( match_assignment(&s, &a) )
        {
            skip_value(&s);
            a.value_len = s.p - a.value;
            while ( a.value_len && strchr(" \t\r\n", a.value[a.value_len - 1]) )
                a.value_len--;
            if ( !each(ctx, &a) )
                return;
            continue;
        }
        if ( *s.p == '"' || *s.p == '\'' )
            skip_quoted(&s);
        else if ( *s.p == '#' )
            skip_comment(&s);
        else if ( is_name_start(*s.p) )
            while ( s.p < s.end && is_name(*s.p) )
                s.p++;
        else if ( *s.p++ == '\n' )
            s.line++;
    }
}

static bool is_not_vgt(void *ctx, const struct vgt_assignment *a)
{
    bool *ret = ctx;

    *ret = a->name_len >= 3 && !strncmp(a->name, "vgt", 3);

    return !*ret;
}

bool vgt_scan_has_vgt(const char *text, size_t len)
{
    bool has_vgt = false;

    vgt_scan(text, len, is_not_vgt, &has_vgt);

    return has_vgt;
}
