/* SPDX-License-Identifier: GPL-2.0-only */
/* Text as a quoted string of an xl.cfg: see vgt_quote.h. */
#include "vgt_quote.h"

#include <stdio.h>

char *vgt_quote(const char *text)
{
    char *quoted = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&quoted, &len);

    if ( !out )
        return NULL;
    fputc('"', out);
    for ( ; *text; text++ )
    {
        unsigned char c = *text;

        /* All other bytes mean themselves. libxlutil does not know \xNN. */
        if ( c == '"' || c == '\\' )
            fprintf(out, "\\%c", c);
        else if ( c == '\n' )
            fputs("\\n", out);
        else
            fputc(c, out);
    }
    fputc('"', out);
    fclose(out);

    return quoted;
}
