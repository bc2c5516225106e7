/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_store.h. All nodes of a request are written in one transaction, so
 * that the broker never sees a part of a request.
 */
#include "vgt_store.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/text.h"

#define PATH_LEN 128
#define LOST_MAX 20

static void base_path(unsigned int domid, char *buf, size_t len)
{
    snprintf(buf, len, "/local/domain/0/backend/vgt/%u/0", domid);
}

static char *read_node(struct xs_handle *xs, unsigned int domid,
                       const char *node)
{
    char path[PATH_LEN];
    unsigned int len;

    base_path(domid, path, sizeof(path));
    strcat(path, "/");
    strcat(path, node);

    return xs_read(xs, XBT_NULL, path, &len);
}

enum vgt_state vgt_store_state(struct xs_handle *xs, unsigned int domid)
{
    char *text = read_node(xs, domid, "state");
    enum vgt_state state = VGT_STATE_UNKNOWN;

    if ( !text )
        return errno == ENOENT ? VGT_STATE_NONE : VGT_STATE_UNKNOWN;
    if ( *text >= '1' && *text <= '6' && !text[1] )
        state = *text - '0';
    free(text);
    errno = EPROTO;

    return state;
}

static bool write_node(struct xs_handle *xs, xs_transaction_t t,
                       unsigned int domid, const char *node, const char *text)
{
    char path[PATH_LEN];

    base_path(domid, path, sizeof(path));
    strcat(path, "/");
    strcat(path, node);

    return xs_write(xs, t, path, text, strlen(text));
}

int vgt_store_set(struct xs_handle *xs, unsigned int domid, const char *node,
                  const char *text)
{
    enum vgt_state state = vgt_store_state(xs, domid);

    if ( state == VGT_STATE_UNKNOWN )
        return -errno;
    if ( state != VGT_STATE_CONNECTED )
        return -ENOENT;

    return write_node(xs, XBT_NULL, domid, node, text) ? 0 : -errno;
}

static bool write_request(struct xs_handle *xs, xs_transaction_t t,
                          unsigned int domid, const char *name,
                          const struct vgt_config *cfg)
{
    char path[PATH_LEN], buf[32];

    /* Remove the nodes of an earlier request that failed. */
    base_path(domid, path, sizeof(path));
    if ( !xs_rm(xs, t, path) && errno != ENOENT )
        return false;

    if ( !write_node(xs, t, domid, "domain", name) )
        return false;
    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
    {
        const char *text = vgt_config_node_value(cfg, i, buf, sizeof(buf));

        if ( text && !write_node(xs, t, domid, vgt_keys[i].node, text) )
            return false;
    }

    if ( cfg->stage && !write_node(xs, t, domid, "stage", cfg->stage) )
        return false;

    return write_node(xs, t, domid, "state", "1");
}

/*
 * A forced live update of xenstored loses the transactions: xenstored answers ENOENT to the
 * next call in such a transaction. The calls of a request have no other reason for ENOENT.
 * -EAGAIN: xenstored lost LOST_MAX transactions.
 */
static int request(struct xs_handle *xs, unsigned int domid, const char *name,
                   const struct vgt_config *cfg)
{
    for ( int lost = 0; lost < LOST_MAX; )
    {
        xs_transaction_t t = xs_transaction_start(xs);
        int r;

        if ( t == XBT_NULL )
            return -errno;
        r = write_request(xs, t, domid, name, cfg) ? 0 : -errno;
        if ( !xs_transaction_end(xs, t, r) && !r )
            r = -errno;
        if ( !r )
            return 0;
        if ( r == -ENOENT )
            lost++;
        else if ( r != -EAGAIN )
            return r;
    }

    return -EAGAIN;
}

static void remove_nodes(struct xs_handle *xs, unsigned int domid)
{
    char path[PATH_LEN];

    snprintf(path, sizeof(path), "/local/domain/0/backend/vgt/%u", domid);
    xs_rm(xs, XBT_NULL, path);
}

void vgt_store_leave(struct xs_handle *xs, unsigned int domid, const char *name,
                     const char *why)
{
    if ( write_node(xs, XBT_NULL, domid, "domain", name) &&
         write_node(xs, XBT_NULL, domid, "error", why) )
        write_node(xs, XBT_NULL, domid, "state", "6");
}

static long now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * Wait until is_done() is true for the state. *ret_state becomes the last state
 * that was read. The function reads the state after each event of its watch,
 * and at least every half second. Returns 0; -ETIMEDOUT; -EINTR: *is_cancelled
 * is set; or an error of xenstore.
 */
static int wait_state(struct xs_handle *xs, unsigned int domid,
                      bool (*is_done)(enum vgt_state), unsigned int wait_sec,
                      const volatile sig_atomic_t *is_cancelled,
                      enum vgt_state *ret_state)
{
    static const char token[] = "xengt";
    long deadline = now_ms() + wait_sec * 1000L;
    char path[PATH_LEN];
    int r;

    base_path(domid, path, sizeof(path));
    strcat(path, "/state");
    xs_watch(xs, path, token);

    for ( ; ; )
    {
        struct pollfd pfd = { .fd = xs_fileno(xs), .events = POLLIN };
        long left = deadline - now_ms();
        char **event;

        *ret_state = vgt_store_state(xs, domid);
        r = *ret_state == VGT_STATE_UNKNOWN ? -errno : -ETIMEDOUT;
        if ( is_done(*ret_state) )
            r = 0;
        else if ( is_cancelled && *is_cancelled )
            r = -EINTR;
        if ( !r || r == -EINTR || left <= 0 )
            break;
        poll(&pfd, 1, left < 500 ? left : 500);
        while ( (event = xs_check_watch(xs)) )
            free(event);
    }
    xs_unwatch(xs, path, token);

    return r;
}

static bool is_decided(enum vgt_state state)
{
    return state == VGT_STATE_CONNECTED || state == VGT_STATE_CLOSED ||
           state == VGT_STATE_NONE;
}

static bool is_gone(enum vgt_state state)
{
    return state == VGT_STATE_CLOSED || state == VGT_STATE_NONE;
}

/* Copy the broker's text to buf as one line without control characters. */
static void copy_line(char *buf, size_t len, const char *text)
{
    size_t i = 0;

    for ( ; *text && i + 1 < len; text++ )
        buf[i++] = (unsigned char)*text < ' ' ? ' ' : *text;
    buf[i] = '\0';
    xengt_text_show(buf);
}

static int cannot_read(char *err, size_t err_len, int error)
{
    snprintf(err, err_len, "cannot read xenstore: %s", strerror(-error));

    return error;
}

int vgt_store_create(struct xs_handle *xs, unsigned int domid,
                     const char *name, const struct vgt_config *cfg,
                     unsigned int wait_sec,
                     const volatile sig_atomic_t *is_cancelled, char *err,
                     size_t err_len)
{
    enum vgt_state state = vgt_store_state(xs, domid);
    char *text;
    int r;

    if ( state == VGT_STATE_UNKNOWN )
        return cannot_read(err, err_len, -errno);
    if ( state != VGT_STATE_NONE && state != VGT_STATE_CLOSED )
    {
        snprintf(err, err_len, "domain \"%s\" has a vGPU already: "
                 "'xengt-ctl destroy %s' removes it", name, name);
        return -EEXIST;
    }
    r = request(xs, domid, name, cfg);
    if ( r )
    {
        snprintf(err, err_len, "cannot write to xenstore: %s", strerror(-r));
        return r;
    }

    r = wait_state(xs, domid, is_decided, wait_sec, is_cancelled, &state);
    if ( !r && state == VGT_STATE_CONNECTED )
        return 0;

    if ( !r )
    {
        text = read_node(xs, domid, "error");
        if ( text && *text )
            copy_line(err, err_len, text);
        else
            snprintf(err, err_len, "xengtd ended the vGPU and gave no "
                     "reason (log: /var/log/xengt/xengtd.log)");
        free(text);
        r = -EREMOTEIO;
    }
    else if ( r == -EINTR )
        snprintf(err, err_len, "interrupted while waiting for the vGPU");
    else if ( r != -ETIMEDOUT )
        cannot_read(err, err_len, r);
    else
        snprintf(err, err_len, "%s within %u s: see "
                 "/var/log/xengt/xengtd.log and restart it with "
                 "'service xengtd restart'",
                 state == VGT_STATE_REQUESTED ?
                 "xengtd did not answer the request for a vGPU" :
                 "the vGPU was not ready", wait_sec);
    /*
     * When the nodes are removed, the broker also ends a vGPU that it has begun
     * to create.
     */
    remove_nodes(xs, domid);

    return r;
}

int vgt_store_destroy(struct xs_handle *xs, unsigned int domid,
                      unsigned int wait_sec, char *err, size_t err_len)
{
    enum vgt_state state = vgt_store_state(xs, domid);
    int r = 0;

    if ( state == VGT_STATE_UNKNOWN )
        return cannot_read(err, err_len, -errno);
    if ( state == VGT_STATE_NONE )
    {
        snprintf(err, err_len, "domain %u has no vGPU", domid);
        return -ENOENT;
    }
    if ( state != VGT_STATE_CLOSED )
    {
        if ( !write_node(xs, XBT_NULL, domid, "state", "5") )
        {
            r = -errno;
            snprintf(err, err_len, "cannot write to xenstore: %s",
                     strerror(-r));
            return r;
        }
        r = wait_state(xs, domid, is_gone, wait_sec, NULL, &state);
    }
    /*
     * Remove the nodes even if the broker did not answer: the broker ends a
     * vGPU whose nodes were removed.
     */
    remove_nodes(xs, domid);
    if ( r )
        snprintf(err, err_len, "xengtd did not remove the vGPU within %u s; "
                 "xengtd removes it when xengtd runs again (log: "
                 "/var/log/xengt/xengtd.log)", wait_sec);

    return r;
}

/*
 * Returns the name of the domain /local/domain/<id>. Returns NULL and sets
 * errno after an error.
 */
static char *name_of(struct xs_handle *xs, const char *id)
{
    char path[PATH_LEN];
    unsigned int len;

    snprintf(path, sizeof(path), "/local/domain/%.20s/name", id);

    return xs_read(xs, XBT_NULL, path, &len);
}

/* xl treats a text of digits as a number. */
static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/*
 * Returns the index in ids of the domain whose id or name is text; -ENOENT:
 * there is no such domain; or an error of xenstore.
 */
static int choose(struct xs_handle *xs, char **ids, unsigned int count,
                  const char *text)
{
    int error = -ENOENT;

    for ( unsigned int i = 0; i < count && is_number(text); i++ )
        if ( is_number(ids[i]) &&
             strtoul(ids[i], NULL, 10) == strtoul(text, NULL, 10) )
            return i;

    for ( unsigned int i = 0; i < count; i++ )
    {
        char *name = name_of(xs, ids[i]);
        bool is_it = name && !strcmp(name, text);

        if ( !name && errno != ENOENT )
            error = -errno;
        free(name);
        if ( is_it )
            return i;
    }

    return error;
}

int vgt_store_find_domain(struct xs_handle *xs, const char *text,
                          char **ret_name)
{
    unsigned int count;
    char **ids = xs_directory(xs, XBT_NULL, "/local/domain", &count);
    char *name;
    int at, domid;

    if ( !ids )
        return errno ? -errno : -EIO;
    at = choose(xs, ids, count, text);
    domid = at < 0 ? at : atoi(ids[at]);
    if ( at >= 0 && ret_name )
    {
        name = name_of(xs, ids[at]);
        *ret_name = name ? name : strdup(text);
    }
    free(ids);

    return domid;
}
