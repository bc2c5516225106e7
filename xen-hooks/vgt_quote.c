/* SPDX-License-Identifier: GPL-2.0-only */
/* See vgt_quote.h. */
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

        /*
         * Only these three characters need an escape. libxlutil does not know
         * the escape \xNN.
         */
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
